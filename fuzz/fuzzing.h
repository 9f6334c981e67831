/* What the fuzz targets share: pieces of an input, checks that stop, decoding in both ways.
 *
 * A target is one file fuzz_NAME.c with LLVMFuzzerTestOneInput(): it is found, built with libFuzzer in
 * the fuzz build, and with replay.c in the others.  What goes through a decoder here lies in blocks
 * of exactly its length, so that the address sanitizer sees each byte read or written beyond. */
#ifndef FUZZ_FUZZING_H
#define FUZZ_FUZZING_H

#include <pith/pith.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bounds that keep one input quick. */
#define FUZZ_RAW_MAX      ((size_t)256 << 10)
#define FUZZ_MEMORY_LIMIT ((uint64_t)16 << 20)

#define FUZZ_CHECK(condition)                                                       \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

/* --- the input as numbers, taken from its front; zeros when it has ended --- */

struct fuzz_input {
    const uint8_t *data;
    size_t left;
};

static inline uint8_t fuzz_byte(struct fuzz_input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->data++;
}

static inline uint64_t fuzz_number(struct fuzz_input *input, size_t len)
{
    uint64_t value = 0;

    for (size_t i = 0; i < len; i++)
        value |= (uint64_t)fuzz_byte(input) << (8 * i);
    return value;
}

/* splitmix64 */
static inline uint64_t fuzz_random(uint64_t *random)
{
    uint64_t z = *random += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* --- memory --- */

struct fuzz_bytes {
    uint8_t *data;
    size_t len;
    size_t cap; /* of what grows: at least len; else 0 */
};

static inline void *fuzz_memory(size_t len)
{
    void *memory = malloc(len ? len : 1);

    FUZZ_CHECK(memory != NULL);
    return memory;
}

static inline struct fuzz_bytes fuzz_copy(const uint8_t *data, size_t len)
{
    struct fuzz_bytes copy = {fuzz_memory(len), len, 0};

    if (len > 0)
        memcpy(copy.data, data, len);
    return copy;
}

static inline void fuzz_append(struct fuzz_bytes *all, const uint8_t *data, size_t len)
{
    if (len == 0)
        return;
    if (all->cap < all->len + len) {
        all->cap = 2 * (all->len + len);
        all->data = realloc(all->data, all->cap);
        FUZZ_CHECK(all->data != NULL);
    }
    memcpy(all->data + all->len, data, len);
    all->len += len;
}

static inline int fuzz_is_same(struct fuzz_bytes a, struct fuzz_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Reads an archive in memory, for pith_list(). */
static inline int fuzz_read_at(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct fuzz_bytes *archive = opaque;

    FUZZ_CHECK(offset <= archive->len && len <= archive->len - offset);
    memcpy(buffer, archive->data + offset, len);
    return 0;
}

/* --- decoding --- */

static inline void fuzz_check_error(pith_status status, const pith_error *error)
{
    FUZZ_CHECK(status != PITH_E_INTERNAL && status != PITH_E_ARGUMENT && status != PITH_E_MEMORY);
    if (status == PITH_OK || status == PITH_END)
        return;
    FUZZ_CHECK(error->status == status);
    FUZZ_CHECK(memchr(error->text, 0, sizeof error->text) != NULL && error->text[0] != 0);
}

/* Decodes at once into *raw, whose len is the room.  PITH_OK or why not. */
static inline pith_status fuzz_decode_once(struct fuzz_bytes *raw, const uint8_t *data, size_t len)
{
    pith_options options = {.struct_size = sizeof options, .memory_limit = FUZZ_MEMORY_LIMIT};
    pith_error error = {.status = PITH_OK};
    size_t room = raw->len;
    pith_status status;

    raw->data = fuzz_memory(room);
    status = pith_decompress(raw->data, room, &raw->len, data, len, &options, &error);
    FUZZ_CHECK(raw->len <= room && (status == PITH_OK || raw->len == 0));
    fuzz_check_error(status, &error);
    return status;
}

struct fuzz_steps {
    size_t in_max, out_max; /* a call is shown 1..in_max and 1..out_max bytes */
    uint64_t random;
    unsigned threads;
    size_t raw_max;        /* stop when so much is out */
    uint64_t memory_limit; /* at first; FUZZ_MEMORY_LIMIT after it was found too low */
};

/* One call, with buffers of its own that do not outlive it. */
static inline pith_status fuzz_decode_step(struct fuzz_bytes *raw, pith_decoder *decoder,
                                           const uint8_t *data, size_t *taken, size_t len,
                                           struct fuzz_steps *steps, pith_error *error)
{
    size_t left = len - *taken, n = 1 + (size_t)(fuzz_random(&steps->random) % steps->in_max);
    size_t room = 1 + (size_t)(fuzz_random(&steps->random) % steps->out_max);
    pith_action action = n >= left ? PITH_FINISH : PITH_RUN;
    struct fuzz_bytes piece = fuzz_copy(data + *taken, n < left ? n : left);
    uint8_t *buffer = fuzz_memory(room);
    pith_in in = {piece.data, piece.len, 0};
    pith_out out = {buffer, room, 0};
    pith_status status = pith_decoder_run(decoder, &out, &in, action, error);

    FUZZ_CHECK(in.pos <= in.size && out.pos <= out.size);
    FUZZ_CHECK(status != PITH_OK || out.pos == room || (action == PITH_RUN && in.pos == in.size));
    *taken += in.pos;
    fuzz_append(raw, buffer, out.pos);
    free(buffer);
    free(piece.data);
    return status;
}

/* Decodes as a stream.  PITH_E_OUTPUT_FULL: stopped at raw_max. */
static inline pith_status fuzz_decode_stream(struct fuzz_bytes *raw, const uint8_t *data,
                                             size_t len, struct fuzz_steps steps)
{
    pith_options options = {.struct_size = sizeof options,
                            .threads = steps.threads,
                            .memory_limit = steps.memory_limit};
    pith_error error = {.status = PITH_OK};
    pith_decoder *decoder = NULL;
    size_t taken = 0;
    pith_status status = pith_decoder_create(&decoder, &options, &error);

    *raw = (struct fuzz_bytes){fuzz_memory(0), 0, 0};
    if (status == PITH_E_MEMORY_LIMIT)
        return status;
    FUZZ_CHECK(status == PITH_OK);
    while (status == PITH_OK && raw->len <= steps.raw_max) {
        status = fuzz_decode_step(raw, decoder, data, &taken, len, &steps, &error);
        if (status != PITH_E_MEMORY_LIMIT || options.memory_limit == FUZZ_MEMORY_LIMIT)
            continue;
        options.memory_limit = FUZZ_MEMORY_LIMIT;
        FUZZ_CHECK(pith_decoder_set_memory_limit(decoder, FUZZ_MEMORY_LIMIT) == PITH_OK);
        status = PITH_OK;
    }
    FUZZ_CHECK(status != PITH_END || taken == len);
    fuzz_check_error(status, &error);
    pith_decoder_destroy(decoder);
    return status == PITH_OK ? PITH_E_OUTPUT_FULL : status;
}

/* A stream ends as decoding at once does, with the same bytes.  Only limits may differ: at once no
 * buffers are needed, and the destination has an end. */
static inline void fuzz_compare(const uint8_t *data, size_t len, pith_status status,
                                struct fuzz_bytes raw)
{
    struct fuzz_bytes whole = {NULL, FUZZ_RAW_MAX, 0};
    pith_status expected = fuzz_decode_once(&whole, data, len);
    int is_limited = expected == PITH_E_MEMORY_LIMIT || status == PITH_E_MEMORY_LIMIT ||
                     expected == PITH_E_OUTPUT_FULL || status == PITH_E_OUTPUT_FULL;

    if (!is_limited && expected == PITH_OK)
        FUZZ_CHECK(status == PITH_END && fuzz_is_same(raw, whole));
    else if (!is_limited)
        FUZZ_CHECK(status == expected);
    free(whole.data);
}

/* --- codecs without their container --- */

/* Levels of all kinds. */
static inline int fuzz_level(uint8_t choice)
{
    static const int levels[] = {1, 5, 3, 7};

    return levels[choice & 3];
}

/* Working memory; free() it. */
static inline void *fuzz_arena(uint64_t len)
{
    void *memory = aligned_alloc(64, (size_t)len);

    FUZZ_CHECK(memory != NULL);
    return memory;
}

#endif
