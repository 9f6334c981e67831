/* Fuzz target options: what a caller may get wrong.
 *
 * An even first byte: the fields of pith_options follow, whole or wild, and every function that takes
 * them is called, over an allocator that fails at some point.  PITH_E_ARGUMENT comes exactly when the
 * options are wrong, and all memory is given back.  An odd one: the command's arguments, each ended by
 * a zero byte; numbers that it reads are read again from what it writes. */
#include "fuzzing.h"

#include "args.h"
#include "help.h"
#include "number.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>

#define ARGS_MAX  32
#define HEAP_MAX  ((size_t)64 << 20)
#define DATA_LEN  300
#define CHUNK_MIN ((uint64_t)1 << 16)
#define CHUNK_MAX ((uint64_t)1 << 30)

/* Of pith_options: the first pith.h had no executor. */
#define LEN_MIN offsetof(pith_options, executor)
#define LEN_MAX 4096

/* --- the command's arguments --- */

/* In place of the command's own, which print. */
enum code help_print(void)
{
    return CODE_DONE;
}

enum code help_print_version(void)
{
    return CODE_DONE;
}

void message_set_verbosity(int verbosity)
{
    (void)verbosity;
}

enum code message_error(const char *path, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    FUZZ_CHECK(vsnprintf(text, sizeof text, format, arguments) > 0);
    va_end(arguments);
    FUZZ_CHECK(path == NULL || *path != '\0');
    return CODE_FAILED;
}

static void check_number(const char *text)
{
    char again[NUMBER_TEXT_CAP];
    uint64_t value, found;

    if (number_parse(&value, text, 0, UINT64_MAX)) {
        snprintf(again, sizeof again, "%" PRIu64, value);
        while (*text == '0' && text[1] != '\0')
            text++;
        FUZZ_CHECK(strcmp(again, text) == 0);
        FUZZ_CHECK(value == 0 || !number_parse(&found, text, 0, value - 1));
        FUZZ_CHECK(number_parse_size(&found, text) && found == value);
    }
    if (!number_parse_size(&value, text))
        return;
    FUZZ_CHECK(strlen(number_size_text(again, value)) >= 3);
    (void)number_size_option(again, value);
    if (value <= UINT64_MAX >> 1) /* rounding up may pass what 64 bits hold */
        FUZZ_CHECK(number_parse_size(&found, again) && found >= value);
}

static void check_args(struct fuzz_bytes text)
{
    char *argv[ARGS_MAX + 2], *at = (char *)text.data, name[] = "pith";
    int argc = 1;
    struct settings settings;
    enum code code = CODE_INTERNAL;
    pith_options options;

    argv[0] = name;
    for (size_t left = text.len; left > 0 && argc <= ARGS_MAX;) {
        size_t len = strlen(at) + 1;

        check_number(at);
        argv[argc++] = at;
        at += len;
        left -= len;
    }
    argv[argc] = NULL;
    optind = 0; /* glibc: forget everything */
    if (!args_read(&settings, &code, argc, argv)) {
        FUZZ_CHECK(code == CODE_DONE || code == CODE_FAILED);
        return;
    }
    FUZZ_CHECK(settings.threads > 0 && settings.memory_limit > 0 && *settings.suffix != '\0');
    FUZZ_CHECK(settings.level >= 0 && settings.level <= PITH_LEVEL_MAX);
    FUZZ_CHECK(settings.n_files >= 0 && settings.n_files < argc);
    for (int i = 0; i < settings.n_files; i++)
        FUZZ_CHECK(settings.files[i] != NULL);
    args_options(&options, &settings);
    FUZZ_CHECK(options.struct_size == sizeof options);
}

/* --- the library's options --- */

struct heap {
    unsigned n_left; /* calls until one fails */
    size_t used, n_blocks;
};

static void *heap_allocate(void *opaque, size_t len)
{
    struct heap *heap = opaque;
    size_t *block;

    if (heap->n_left == 0 || len > HEAP_MAX - heap->used)
        return NULL;
    heap->n_left--;
    block = malloc(len + 16);
    FUZZ_CHECK(block != NULL);
    *block = len;
    heap->used += len;
    heap->n_blocks++;
    return (uint8_t *)block + 16;
}

static void heap_release(void *opaque, void *memory)
{
    struct heap *heap = opaque;
    size_t *block = (size_t *)(void *)((uint8_t *)memory - 16);

    if (memory == NULL)
        return;
    heap->used -= *block;
    heap->n_blocks--;
    free(block);
}

static int on_progress(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    (void)raw_done;
    (void)packed_done;
    return *(const uint8_t *)opaque;
}

static int refuse_to_start(void *opaque, pith_job_fn job, void *job_opaque)
{
    (void)opaque;
    (void)job;
    (void)job_opaque;
    return 0;
}

static int start_at_once(void *opaque, pith_job_fn job, void *job_opaque)
{
    (void)opaque;
    job(job_opaque);
    return 1;
}

/* A value as it may be, or any. */
static uint64_t read_field(struct fuzz_input *input, uint64_t sound)
{
    uint8_t choice = fuzz_byte(input);

    return choice < 192 ? sound : choice < 240 ? sound + choice - 215 : fuzz_number(input, 8);
}

struct wrong {
    int for_decoding, for_encoding;
};

/* Fills *options; its trailing bytes are the caller's. */
static struct wrong read_options(pith_options *options, struct fuzz_input *input)
{
    struct wrong wrong = {0, 0};

    options->level = (int)read_field(input, (fuzz_byte(input) & 7) != 0);
    options->threads = (unsigned)read_field(input, 1);
    options->memory_limit = read_field(input, 0);
    options->chunk_len = read_field(input, fuzz_byte(input) & 1 ? CHUNK_MIN : 0);
    options->size_hint = read_field(input, 0);
    options->no_verify = (int)read_field(input, fuzz_byte(input) & 1);
    options->output_limit = read_field(input, 0);
    wrong.for_decoding = options->struct_size < LEN_MIN || options->struct_size > LEN_MAX;
    wrong.for_encoding = options->level < 0 || options->level > PITH_LEVEL_MAX ||
                         options->no_verify < 0 || options->no_verify > 1 ||
                         (options->chunk_len != 0 &&
                          (options->chunk_len < CHUNK_MIN || options->chunk_len > CHUNK_MAX));
    return wrong;
}

static void check_encoding(const pith_options *options, int is_wrong)
{
    uint8_t raw[DATA_LEN], packed[DATA_LEN + 64];
    size_t packed_len = 1;
    pith_encoder *encoder;
    pith_in in = {raw, sizeof raw, 0};
    pith_out out = {packed, sizeof packed, 0};
    pith_status status;

    memset(raw, 'a', sizeof raw);
    status = pith_compress(packed, sizeof packed, &packed_len, raw, sizeof raw, options, NULL);
    FUZZ_CHECK((status == PITH_E_ARGUMENT) == is_wrong);
    FUZZ_CHECK(status != PITH_E_INTERNAL && (status == PITH_OK) == (packed_len > 0));
    status = pith_encoder_create(&encoder, options, NULL);
    FUZZ_CHECK((status == PITH_E_ARGUMENT) == is_wrong);
    FUZZ_CHECK((status == PITH_OK) == (encoder != NULL));
    if (status == PITH_OK) {
        status = pith_encoder_run(encoder, &out, &in, PITH_FINISH, NULL);
        FUZZ_CHECK(status != PITH_E_ARGUMENT && status != PITH_E_INTERNAL);
        FUZZ_CHECK(status == PITH_OK || status == PITH_END ||
                   pith_encoder_run(encoder, &out, &in, PITH_FINISH, NULL) == status);
    }
    pith_encoder_destroy(encoder);
}

static void check_decoding(const pith_options *options, int is_wrong)
{
    static const uint8_t raw[4] = "text";
    uint8_t packed[64], restored[sizeof raw];
    size_t packed_len, restored_len = 1;
    pith_decoder *decoder;
    pith_status status;

    FUZZ_CHECK(pith_compress(packed, sizeof packed, &packed_len, raw, sizeof raw, NULL, NULL) ==
               PITH_OK);
    status = pith_decompress(restored, sizeof restored, &restored_len, packed, packed_len, options,
                             NULL);
    FUZZ_CHECK((status == PITH_E_ARGUMENT) == is_wrong);
    FUZZ_CHECK(status != PITH_OK || memcmp(raw, restored, sizeof raw) == 0);
    status = pith_decoder_create(&decoder, options, NULL);
    FUZZ_CHECK((status == PITH_E_ARGUMENT) == is_wrong);
    FUZZ_CHECK((status == PITH_OK) == (decoder != NULL));
    pith_decoder_destroy(decoder);
}

static void check_numbers(struct fuzz_input *input)
{
    int level = (int)(int8_t)fuzz_byte(input);
    uint64_t raw_len = read_field(input, UINT64_MAX), chunk_len = read_field(input, 0);
    uint64_t encode = pith_encode_need(level, raw_len, chunk_len);
    uint64_t decode = pith_decode_need(level, raw_len, chunk_len);
    size_t len = (size_t)read_field(input, 1000), bound = pith_compress_bound(len);

    FUZZ_CHECK((encode == 0) == (decode == 0) && decode <= encode);
    FUZZ_CHECK(bound == 0 || bound > len);
    FUZZ_CHECK(pith_status_text((pith_status)fuzz_byte(input)) != NULL);
}

/* A field set and told by its name. */
static void check_named(pith_options *options, struct fuzz_input *input)
{
    const pith_parameter *parameter = pith_parameter_at(fuzz_byte(input) % 8);
    const char *name = parameter ? parameter->name : "none";
    uint64_t value = read_field(input, parameter ? parameter->max : 0), told = 0;
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_options_set(options, name, value, &error);

    FUZZ_CHECK(status == PITH_OK || (status == PITH_E_ARGUMENT && error.text[0] != '\0'));
    FUZZ_CHECK(parameter || status != PITH_OK);
    if (status != PITH_OK)
        return;
    FUZZ_CHECK(value == 0 || (value >= parameter->min && value <= parameter->max));
    FUZZ_CHECK(pith_options_get(options, name, &told, NULL) == PITH_OK && told == value);
}

static void check_options(struct fuzz_input *input)
{
    static const pith_executor executors[] = {
        {NULL, NULL}, {refuse_to_start, NULL}, {start_at_once, NULL}};
    size_t len = (size_t)read_field(input, sizeof(pith_options)) % 5000, room = len;
    struct heap heap = {.n_left = fuzz_byte(input)};
    pith_allocator allocator = {heap_allocate, heap_release, &heap};
    uint8_t flaws = fuzz_byte(input), stop = flaws & 1;
    pith_options *options, copy = {.struct_size = len};
    struct wrong wrong = read_options(&copy, input);

    if (room < sizeof copy.struct_size)
        room = sizeof copy.struct_size;
    copy.progress = on_progress;
    copy.progress_opaque = &stop;
    copy.allocator = &allocator;
    if (flaws >> 4 & 3 && len >= sizeof copy) { /* a shorter struct has none */
        copy.executor = &executors[(flaws >> 4 & 3) - 1];
        wrong.for_decoding |= copy.executor->start == NULL;
    }
    if (flaws & 2)
        allocator.allocate = NULL;
    if (flaws & 4)
        allocator.release = NULL;
    options = fuzz_memory(room);
    memset(options, 0, room);
    memcpy(options, &copy, room < sizeof copy ? room : sizeof copy);
    if (flaws & 8 && room > sizeof copy) {
        ((uint8_t *)options)[room - 1] = 1;
        wrong.for_decoding = 1;
    }
    if (flaws & 6)
        wrong.for_decoding = 1;
    check_encoding(options, wrong.for_decoding || wrong.for_encoding);
    check_decoding(options, wrong.for_decoding);
    FUZZ_CHECK(heap.n_blocks == 0 && heap.used == 0);
    check_named(options, input);
    free(options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};

    if (fuzz_byte(&input) & 1) {
        struct fuzz_bytes text = fuzz_copy(input.data, input.left);

        fuzz_append(&text, (const uint8_t *)"", 1);
        check_args(text);
        free(text.data);
    } else {
        check_options(&input);
        check_numbers(&input);
    }
    return 0;
}
