/* Fuzz target explain: pith_explain() over any bytes, with any components left out.  Its spans are the
 * input in order, their costs add up, watching changes no size, and whole it is what packing gives.
 *
 * The input: level and whether a chunk of one byte comes first, a mask of components, the raw bytes. */
#include "fuzzing.h"

#define CHUNK_LEN    ((size_t)64 << 10) /* the least there is */
#define MODELLED_MAX ((size_t)4 << 10)  /* what is no run takes time */
#define SMALL_MAX    ((size_t)512)      /* above level 1 */

struct tally {
    struct fuzz_bytes raw;
    uint64_t at, cost;
};

static int add_span(void *opaque, const pith_span *span)
{
    struct tally *tally = opaque;

    FUZZ_CHECK(span->raw_offset == tally->at && span->len > 0);
    FUZZ_CHECK(span->data == tally->raw.data + tally->at &&
               span->len <= tally->raw.len - tally->at);
    FUZZ_CHECK(span->kind != NULL);
    for (size_t i = 0; i < span->len; i++)
        tally->cost += span->costs[i];
    tally->at += span->len;
    return 0;
}

static pith_explanation explain(struct fuzz_bytes raw, uint32_t left_out, struct tally *tally,
                                const pith_options *options)
{
    pith_explanation sum = {.struct_size = sizeof sum};
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_explain(&sum, raw.data, raw.len, left_out, tally ? add_span : NULL,
                                      tally, options, &error);

    FUZZ_CHECK(status == PITH_OK && sum.raw_len == raw.len && sum.payload_len <= sum.packed_len);
    return sum;
}

static void check_packed(struct fuzz_bytes raw, uint64_t packed_len, const pith_options *options)
{
    struct fuzz_bytes packed = {NULL, pith_compress_bound(raw.len), 0};
    pith_options plain = *options;

    plain.no_builtin = 1;
    packed.data = fuzz_memory(packed.len);
    FUZZ_CHECK(pith_compress(packed.data, packed.len, &packed.len, raw.data, raw.len, &plain,
                             NULL) == PITH_OK);
    FUZZ_CHECK(packed.len == packed_len);
    free(packed.data);
}

/* A chunk of one byte in front costs no time and makes the rest the second one. */
static struct fuzz_bytes make_raw(struct fuzz_input *input, int level, int has_fill)
{
    size_t max = level == 1 ? MODELLED_MAX : SMALL_MAX;
    struct fuzz_bytes raw = {fuzz_memory(0), 0, 0};

    if (has_fill) {
        uint8_t *fill = fuzz_memory(CHUNK_LEN);

        memset(fill, fuzz_byte(input), CHUNK_LEN);
        fuzz_append(&raw, fill, CHUNK_LEN);
        free(fill);
    }
    fuzz_append(&raw, input->data, input->left < max ? input->left : max);
    return raw;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t choice = fuzz_byte(&input);
    uint32_t left_out = (uint32_t)fuzz_number(&input, 3);
    int level = choice & 0x80 ? PITH_LEVEL_MIN + choice % PITH_LEVEL_MAX : 1;
    pith_options options = {.struct_size = sizeof options,
                            .level = level,
                            .threads = 1,
                            .no_verify = 1,
                            .chunk_len = CHUNK_LEN};
    struct fuzz_bytes raw = make_raw(&input, level, (choice & 0x40) != 0);
    struct tally tally = {.raw = raw};
    pith_explanation sum = explain(raw, left_out, &tally, &options);

    FUZZ_CHECK(tally.at == raw.len && tally.cost == sum.cost);
    FUZZ_CHECK(sum.cost / 2048 <= sum.payload_len + sum.chunks);
    FUZZ_CHECK(explain(raw, left_out, NULL, &options).packed_len == sum.packed_len);
    if (left_out == 0)
        check_packed(raw, sum.packed_len, &options);
    free(raw.data);
    return 0;
}
