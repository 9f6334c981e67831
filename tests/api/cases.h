/* What the tests of the public interface share: seeded data, whole-buffer streams, checks.
 *
 * A test that defines TESTS_NO_BUILTIN before packs without built-in priors: trying them is not what it is about, and takes
 * most of its time.  The seed is fixed; PITH_TEST_SEED in the environment sets another.  Every failure names it. */
#ifndef TESTS_API_CASES_H
#define TESTS_API_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pith/pith.h>

#define CHUNK_LEN    ((uint64_t)64 << 10)
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* MIXED: half text, half random.  PERIOD: 0..250 again and again.  HOLES: the same, but zeros in the
 * second and third quarter. */
enum kind { RANDOM, ZERO, TEXT, PERIOD, MIXED, HOLES, N_KINDS };

struct bytes {
    uint8_t *data;
    size_t len;
};

static inline uint64_t test_seed(void)
{
    const char *text = getenv("PITH_TEST_SEED");

    return text ? strtoull(text, NULL, 0) : 20240607;
}

/* splitmix64 */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

#define CHECK(condition, ...)                                       \
    do {                                                            \
        if (!(condition)) {                                         \
            char check_text_[400];                                  \
            snprintf(check_text_, sizeof check_text_, __VA_ARGS__); \
            fail_msg("%s: %s (seed %llu)", #condition, check_text_, \
                     (unsigned long long)test_seed());              \
        }                                                           \
    } while (0)

static inline void *get_memory(size_t len)
{
    void *memory = malloc(len ? len : 1);

    assert_non_null(memory);
    return memory;
}

static inline void fill_text(uint8_t *data, size_t len, uint64_t *state)
{
    static const char *const words[] = {
        "the ", "model ", "reads ", "and ",      "predicts ", "what ",     "comes ", "next, ",
        "so ",  "that ",  "only ",  "surprise ", "is ",       "stored.\n", "a ",     "byte ",
    };
    size_t at = 0;

    while (at < len) {
        const char *word = words[next_random(state) % COUNT(words)];
        size_t n = strlen(word);

        if (n > len - at)
            n = len - at;
        memcpy(data + at, word, n);
        at += n;
    }
}

static inline void fill_random(uint8_t *data, size_t len, uint64_t *state)
{
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)next_random(state);
}

static inline void fill_period(uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i % 251);
}

/* The same kind, length and salt always give the same bytes. */
static inline struct bytes make_data(enum kind kind, size_t len, uint64_t salt)
{
    struct bytes bytes = {get_memory(len), len};
    uint64_t state = test_seed() ^ salt << 32 ^ (uint64_t)kind << 24 ^ len;
    size_t half = kind == MIXED ? len / 2 : len;

    memset(bytes.data, 0, len ? len : 1);
    if (kind == TEXT || kind == MIXED)
        fill_text(bytes.data, half, &state);
    if (kind == RANDOM)
        fill_random(bytes.data, len, &state);
    if (kind == MIXED)
        fill_random(bytes.data + half, len - half, &state);
    if (kind == PERIOD || kind == HOLES)
        fill_period(bytes.data, len);
    if (kind == HOLES && len >= 4)
        memset(bytes.data + len / 4, 0, len / 2);
    return bytes;
}

static inline pith_options make_options(int level, uint64_t chunk_len, unsigned threads)
{
    pith_options options = {.struct_size = sizeof options};

    options.level = level;
    options.chunk_len = chunk_len;
    options.threads = threads;
#ifdef TESTS_NO_BUILTIN
    options.no_builtin = 1;
#endif
    return options;
}

static inline struct bytes compress(struct bytes raw, const pith_options *options)
{
    size_t cap = pith_compress_bound(raw.len);
    struct bytes packed = {get_memory(cap), 0};
    pith_error error = {.status = PITH_OK};
    pith_status status =
        pith_compress(packed.data, cap, &packed.len, raw.data, raw.len, options, &error);

    CHECK(status == PITH_OK, "length %zu: status %d, %s", raw.len, status, error.text);
    return packed;
}

/* Decodes at once; dst has exactly cap bytes. */
static inline pith_status decompress(struct bytes *raw, size_t cap, struct bytes packed,
                                     pith_error *error)
{
    raw->data = get_memory(cap);
    return pith_decompress(raw->data, cap, &raw->len, packed.data, packed.len, NULL, error);
}

static inline void append(struct bytes *all, const uint8_t *data, size_t len)
{
    uint8_t *grown = realloc(all->data, all->len + len + 1);

    assert_non_null(grown);
    if (len > 0)
        memcpy(grown + all->len, data, len);
    all->data = grown;
    all->len += len;
}

/* Step sizes for input and output: at most these many bytes are shown to a call. */
struct steps {
    size_t in, out;
};

#define STREAM_BUFFER_LEN ((size_t)1 << 16)

/* Runs an encoder or a decoder over all of input; what comes out is appended to *output. */
static inline pith_status run_stream(struct bytes *output, pith_encoder *encoder,
                                     pith_decoder *decoder, struct bytes input, struct steps steps,
                                     pith_error *error)
{
    uint8_t *buffer = get_memory(STREAM_BUFFER_LEN);
    size_t taken = 0;
    pith_status status = PITH_OK;

    if (steps.out > STREAM_BUFFER_LEN)
        steps.out = STREAM_BUFFER_LEN;
    while (status == PITH_OK) {
        size_t n = input.len - taken < steps.in ? input.len - taken : steps.in;
        pith_in in = {input.data + taken, n, 0};
        pith_out out = {buffer, steps.out, 0};
        pith_action action = taken + n == input.len ? PITH_FINISH : PITH_RUN;

        status = encoder ? pith_encoder_run(encoder, &out, &in, action, error)
                         : pith_decoder_run(decoder, &out, &in, action, error);
        assert_true(in.pos <= n && out.pos <= steps.out);
        assert_true(status != PITH_OK || in.pos > 0 || out.pos > 0 || n == 0);
        taken += in.pos;
        append(output, buffer, out.pos);
    }
    free(buffer);
    return status;
}

static inline struct bytes stream_compress(struct bytes raw, const pith_options *options,
                                           struct steps steps)
{
    struct bytes packed = {NULL, 0};
    pith_encoder *encoder;
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_encoder_create(&encoder, options, &error);

    CHECK(status == PITH_OK, "%s", error.text);
    append(&packed, NULL, 0);
    status = run_stream(&packed, encoder, NULL, raw, steps, &error);
    CHECK(status == PITH_END, "length %zu: status %d, %s", raw.len, status, error.text);
    pith_encoder_destroy(encoder);
    return packed;
}

static inline pith_status stream_decompress(struct bytes *raw, struct bytes packed,
                                            const pith_options *options, struct steps steps,
                                            pith_error *error)
{
    pith_decoder *decoder;
    pith_status status;

    *raw = (struct bytes){NULL, 0};
    append(raw, NULL, 0);
    status = pith_decoder_create(&decoder, options, error);
    if (status != PITH_OK)
        return status;
    status = run_stream(raw, NULL, decoder, packed, steps, error);
    pith_decoder_destroy(decoder);
    return status;
}

static inline int is_same(struct bytes a, struct bytes b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static inline int is_prefix(struct bytes part, struct bytes whole)
{
    return part.len <= whole.len && memcmp(part.data, whole.data, part.len) == 0;
}

/* Whatever is done to an archive: the end without an error comes with the right bytes, in one call
 * and in a stream, and a stream gives out nothing but a prefix of them.  Returns the status. */
static inline pith_status check_never_wrong(struct bytes packed, struct bytes truth,
                                            const char *what, size_t where)
{
    struct bytes raw;
    pith_error error = {.status = PITH_OK};
    pith_status status = decompress(&raw, truth.len, packed, &error);
    struct steps steps = {4096, STREAM_BUFFER_LEN};

    CHECK(status != PITH_OK || is_same(raw, truth), "%s %zu: wrong bytes at once", what, where);
    CHECK(status == PITH_OK || (error.status == status && error.text[0] != 0),
          "%s %zu: no error told", what, where);
    CHECK(status != PITH_E_INTERNAL && status != PITH_E_ARGUMENT, "%s %zu: %s", what, where,
          error.text);
    free(raw.data);
    status = stream_decompress(&raw, packed, NULL, steps, &error);
    CHECK(status != PITH_END || is_same(raw, truth), "%s %zu: wrong bytes in a stream", what,
          where);
    CHECK(is_prefix(raw, truth), "%s %zu: unverified bytes left", what, where);
    CHECK(status == PITH_END || (error.status == status && error.text[0] != 0),
          "%s %zu: no error told", what, where);
    free(raw.data);
    return status;
}

#endif
