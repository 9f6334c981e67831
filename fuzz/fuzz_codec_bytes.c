/* Fuzz target codec_bytes: the bytes codec's decoder, without container.
 *
 * The input: a byte of settings, two of raw length, then the payload.  Few payloads of a fuzzer end
 * where the coder does, so a forger is here too: it takes segments and model stream from the input
 * and codes them as an encoder would, whatever they are, and so reaches the code that puts segments
 * together. */
#include "fuzzing.h"

#include "codec/bytes/segment.h"
#include "codec/codec.h"
#include "engine/engine.h"

#define FORGED       0x80u /* settings */
#define ANY_LEVEL    0x40u
#define LEVEL        0x3fu
#define LONG         0x20u /* and not ANY_LEVEL */
#define SEGMENTS_MAX 16
#define STREAM_MAX   1024
#define AGAIN_MAX    128

/* Longer ones have larger tables to clear. */
#define LONG_RAW_MAX  ((size_t)64 << 10)
#define SHORT_RAW_MAX ((size_t)1 << 10)

struct packed {
    uint8_t level;
    size_t raw_len;
    struct fuzz_bytes payload;
    uint32_t final_state; /* forged ones */
};

static void *arena_memory(uint64_t len)
{
    void *memory = aligned_alloc(PITH_ARENA_ALIGN, (size_t)len);

    FUZZ_CHECK(memory != NULL);
    return memory;
}

static pith_status decode(struct fuzz_bytes *raw, uint32_t *final_state,
                          const struct packed *packed)
{
    pith_error error = {.status = PITH_OK};
    uint64_t need = 0;
    pith_status status =
        pith_codec_bytes.decode_need(&need, &packed->level, 1, packed->raw_len, &error);
    void *memory;

    fuzz_check_error(status, &error);
    raw->len = packed->raw_len;
    raw->data = fuzz_memory(raw->len);
    if (status != PITH_OK)
        return status;
    memory = arena_memory(need);
    status =
        pith_codec_bytes.decode(final_state, raw->data, raw->len, &packed->level, 1,
                                packed->payload.data, packed->payload.len, memory, NULL, &error);
    fuzz_check_error(status, &error);
    FUZZ_CHECK(status == PITH_OK || error.position <= packed->payload.len);
    free(memory);
    return status;
}

/* What has been decoded, encoded and decoded again. */
static void check_again(struct fuzz_bytes raw)
{
    struct packed packed = {.level = 1, .raw_len = raw.len};
    struct pith_codec_packed coded = {.params_len = 0};
    struct fuzz_bytes original = fuzz_copy(raw.data, raw.len), restored;
    void *memory = arena_memory(pith_codec_bytes.encode_need(1, raw.len, 0));
    uint32_t final_state;
    pith_status status;

    packed.payload = (struct fuzz_bytes){fuzz_memory(2 * raw.len + 64), 2 * raw.len + 64, 0};
    pith_codec_bytes.plan(&coded, packed.level, raw.len, NULL, NULL);
    status = pith_codec_bytes.encode(&coded, packed.payload.data, packed.payload.len, raw.data,
                                     raw.len, memory, NULL, NULL);
    FUZZ_CHECK(status == PITH_OK && fuzz_is_same(raw, original));
    packed.payload.len = coded.payload_len;
    FUZZ_CHECK(decode(&restored, &final_state, &packed) == PITH_OK);
    FUZZ_CHECK(fuzz_is_same(restored, original) && final_state == coded.final_state);
    free(restored.data);
    free(packed.payload.data);
    free(original.data);
    free(memory);
}

/* --- the forger --- */

struct forged {
    struct pith_segment segments[SEGMENTS_MAX];
    size_t n_segments, stream_len, stored_len;
    uint8_t stream[STREAM_MAX];
};

static void forge_segment(struct pith_segment *segment, struct fuzz_input *input, size_t raw_max)
{
    static const uint8_t tags[] = {
        PITH_KIND_TEXT | PITH_SEGMENT_TRANSFORMED,
        PITH_KIND_MARKUP | PITH_SEGMENT_TRANSFORMED,
        PITH_KIND_X86 | PITH_SEGMENT_TRANSFORMED,
        PITH_KIND_TEXT,
        PITH_KIND_MARKUP,
        PITH_KIND_RECORDS,
        PITH_SEGMENT_STORED,
        PITH_SEGMENT_FILL,
    };
    uint8_t choice = fuzz_byte(input);

    memset(segment, 0, sizeof *segment);
    segment->tag = tags[choice % 8];
    segment->raw_len = 1 + (uint32_t)(fuzz_number(input, choice & 8 ? 2 : 1) % raw_max);
    if (segment->tag == PITH_KIND_RECORDS)
        segment->record_len = fuzz_byte(input);
    if (segment->tag == PITH_SEGMENT_FILL) {
        segment->fill = fuzz_byte(input);
        segment->raw_len <<= choice >> 4 & 3; /* room for more segments */
    }
    if (pith_segment_type(segment) < PITH_KINDS)
        segment->model_len = segment->raw_len;
    if (choice % 8 < 2)
        segment->model_len = fuzz_byte(input);
}

/* Fills in all but the stream's bytes. */
static void forge_segments(struct forged *forged, struct packed *packed, struct fuzz_input *input)
{
    size_t n = 1 + fuzz_byte(input) % SEGMENTS_MAX;

    memset(forged, 0, sizeof *forged);
    packed->raw_len = 0;
    while (forged->n_segments < n) {
        struct pith_segment *segment = &forged->segments[forged->n_segments];

        forge_segment(segment, input, STREAM_MAX);
        if (forged->stream_len + segment->model_len > sizeof forged->stream)
            break;
        forged->stream_len += segment->model_len;
        packed->raw_len += segment->raw_len;
        if (segment->tag == PITH_SEGMENT_STORED)
            forged->stored_len += segment->raw_len;
        forged->n_segments++;
    }
}

/* Codes the stream as the codec does. */
static void forge_coded(struct pith_coder *coder, struct forged *forged,
                        const struct packed *packed)
{
    struct pith_engine engine;
    struct pith_arena arena = {NULL, 0};
    uint8_t *stream = forged->stream;

    pith_engine_layout(&engine, &arena, packed->level, packed->raw_len);
    arena = (struct pith_arena){arena_memory(arena.used), 0};
    pith_engine_layout(&engine, &arena, packed->level, packed->raw_len);
    pith_engine_init(&engine, stream);
    for (size_t i = 0, at = 0; i < forged->n_segments; i++) {
        const struct pith_segment *segment = &forged->segments[i];

        if (pith_segment_type(segment) >= PITH_KINDS)
            continue;
        pith_engine_begin_segment(&engine, (enum pith_kind)pith_segment_type(segment),
                                  segment->record_len);
        for (uint32_t k = 0; k < segment->model_len; k++, at++)
            (void)pith_engine_byte(&engine, coder, stream[at]);
    }
    pith_coder_finish_encode(coder);
    FUZZ_CHECK(!coder->is_full);
    free(arena.base);
}

static void forge(struct packed *packed, struct fuzz_input *input)
{
    struct forged *forged = fuzz_memory(sizeof *forged);
    struct pith_writer writer;
    struct pith_coder coder;

    forge_segments(forged, packed, input);
    packed->payload.data = fuzz_memory(4 * STREAM_MAX + forged->stored_len);
    writer = (struct pith_writer){packed->payload.data, 4 * STREAM_MAX + forged->stored_len, 0};
    FUZZ_CHECK(pith_segments_write(&writer, forged->segments, forged->n_segments) == PITH_OK);
    for (size_t i = 0; i < forged->stored_len; i++)
        writer.data[writer.at++] = fuzz_byte(input);
    for (size_t i = 0; i < forged->stream_len; i++)
        forged->stream[i] = fuzz_byte(input);
    pith_coder_begin_encode(&coder, writer.data + writer.at, writer.cap - writer.at);
    if (forged->stream_len > 0)
        forge_coded(&coder, forged, packed);
    packed->payload.len = writer.at + coder.pos;
    packed->final_state = coder.range;
    free(forged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t settings = fuzz_byte(&input);
    struct packed packed = {.level = settings & ANY_LEVEL ? settings & LEVEL : 1};
    int is_forged =
        settings & FORGED && packed.level >= PITH_LEVEL_MIN && packed.level <= PITH_LEVEL_MAX;
    struct fuzz_bytes raw;
    uint32_t final_state = 0;
    pith_status status;

    if (is_forged) {
        forge(&packed, &input);
    } else {
        int is_long = (settings & (ANY_LEVEL | LONG)) == LONG;
        size_t raw_max = is_long ? LONG_RAW_MAX : SHORT_RAW_MAX;

        packed.raw_len = 1 + (size_t)fuzz_number(&input, 2) % raw_max;
        packed.payload = fuzz_copy(input.data, input.left);
    }
    status = decode(&raw, &final_state, &packed);
    FUZZ_CHECK(status != PITH_OK || !is_forged || final_state == packed.final_state);
    if (status == PITH_OK && raw.len > 0 && raw.len <= AGAIN_MAX)
        check_again(raw);
    free(raw.data);
    free(packed.payload.data);
    return 0;
}
