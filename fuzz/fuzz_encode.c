/* Fuzz target encode: any bytes, packed with any options and in pieces of any size, come back.
 *
 * The input: options and steps, then a script that the raw bytes are made by, so that a short input
 * can say long runs and repetitions: a byte under 128 is followed by as many literal bytes and one, one
 * under 192 repeats what is there, the others are runs. */
#include "fuzzing.h"

#define CHUNK_LEN    ((size_t)64 << 10) /* the least there is */
#define MODELLED_MAX ((size_t)4 << 10)  /* what is no run takes time */
#define SMALL_MAX    ((size_t)512)      /* above level 1 */

struct settings {
    pith_options options;
    size_t in_max, out_max;
    uint64_t random;
};

static void read_settings(struct settings *settings, struct fuzz_input *input)
{
    uint8_t choice = fuzz_byte(input);

    memset(settings, 0, sizeof *settings);
    settings->options.struct_size = sizeof settings->options;
    settings->options.level = choice & 0x80 ? PITH_LEVEL_MIN + choice % PITH_LEVEL_MAX : 1;
    settings->options.threads = 1 + choice / 8 % 3;
    settings->options.no_verify = (choice & 0x40) != 0;
    settings->options.chunk_len = CHUNK_LEN + fuzz_byte(input);
    settings->options.size_hint = fuzz_number(input, 2);
    settings->in_max = (size_t)1 << fuzz_byte(input) % 18;
    settings->out_max = (size_t)1 << fuzz_byte(input) % 15;
    settings->random = choice;
}

static void append_run(struct fuzz_bytes *raw, uint8_t byte, size_t len)
{
    uint8_t *run = fuzz_memory(len);

    memset(run, byte, len);
    fuzz_append(raw, run, len);
    free(run);
}

static struct fuzz_bytes make_raw(struct fuzz_input *input, size_t modelled_max, size_t raw_max)
{
    struct fuzz_bytes raw = {fuzz_memory(0), 0, 0};
    size_t modelled = 0;

    while (input->left > 0) {
        uint8_t step = fuzz_byte(input);
        size_t len = step < 128 ? step + (size_t)1 : raw.len;

        if (step < 192) {
            if (modelled + len > modelled_max)
                break;
            modelled += len;
        }
        if (step < 128) {
            len = len < input->left ? len : input->left;
            fuzz_append(&raw, input->data, len);
            input->data += len;
            input->left -= len;
        } else if (step < 192) {
            struct fuzz_bytes again = fuzz_copy(raw.data, raw.len);

            fuzz_append(&raw, again.data, again.len);
            free(again.data);
        } else {
            size_t run_len = (size_t)1 << (step - 192) % 18;

            if (raw.len + run_len > raw_max)
                break;
            append_run(&raw, fuzz_byte(input), run_len);
        }
    }
    return raw;
}

static struct fuzz_bytes encode_stream(struct fuzz_bytes raw, struct settings *settings)
{
    struct fuzz_bytes packed = {fuzz_memory(0), 0, 0};
    pith_error error = {.status = PITH_OK};
    pith_encoder *encoder = NULL;
    pith_status status = pith_encoder_create(&encoder, &settings->options, &error);
    size_t taken = 0;

    FUZZ_CHECK(status == PITH_OK);
    while (status == PITH_OK) {
        size_t n = 1 + (size_t)(fuzz_random(&settings->random) % settings->in_max);
        size_t room = 1 + (size_t)(fuzz_random(&settings->random) % settings->out_max);
        pith_action action = n >= raw.len - taken ? PITH_FINISH : PITH_RUN;
        struct fuzz_bytes piece =
            fuzz_copy(raw.data + taken, n < raw.len - taken ? n : raw.len - taken);
        uint8_t *buffer = fuzz_memory(room);
        pith_in in = {piece.data, piece.len, 0};
        pith_out out = {buffer, room, 0};

        status = pith_encoder_run(encoder, &out, &in, action, &error);
        fuzz_check_error(status, &error);
        FUZZ_CHECK(in.pos <= in.size && out.pos <= room);
        FUZZ_CHECK(status != PITH_OK || in.pos > 0 || out.pos > 0);
        taken += in.pos;
        fuzz_append(&packed, buffer, out.pos);
        free(buffer);
        free(piece.data);
    }
    FUZZ_CHECK(status == PITH_END && taken == raw.len);
    pith_encoder_destroy(encoder);
    return packed;
}

static void check_restored(struct fuzz_bytes grown, struct fuzz_bytes raw)
{
    struct fuzz_bytes packed = fuzz_copy(grown.data, grown.len); /* of exactly that length */
    struct fuzz_bytes restored = {fuzz_memory(raw.len), 0, 0};
    pith_archive_info info;

    FUZZ_CHECK(packed.len <= pith_compress_bound(raw.len));
    FUZZ_CHECK(pith_decompress(restored.data, raw.len, &restored.len, packed.data, packed.len, NULL,
                               NULL) == PITH_OK);
    FUZZ_CHECK(fuzz_is_same(restored, raw));
    FUZZ_CHECK(pith_list(&info, fuzz_read_at, &packed, packed.len, NULL, NULL, NULL) == PITH_OK);
    FUZZ_CHECK(info.raw_len == raw.len);
    free(restored.data);
    free(packed.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct settings settings;
    struct fuzz_bytes raw, packed, at_once;

    read_settings(&settings, &input);
    if (settings.options.level == 1)
        raw = make_raw(&input, MODELLED_MAX, FUZZ_RAW_MAX);
    else
        raw = make_raw(&input, SMALL_MAX, MODELLED_MAX);
    packed = encode_stream(raw, &settings);
    check_restored(packed, raw);
    if (raw.len <= SMALL_MAX) { /* one chunk: the same bytes at once and by one thread */
        settings.options.threads = 1;
        at_once = (struct fuzz_bytes){fuzz_memory(packed.len), packed.len, 0};
        FUZZ_CHECK(pith_compress(at_once.data, at_once.len, &at_once.len, raw.data, raw.len,
                                 &settings.options, NULL) == PITH_OK);
        FUZZ_CHECK(fuzz_is_same(at_once, packed));
        free(at_once.data);
    }
    free(packed.data);
    free(raw.data);
    return 0;
}
