/* Codec "bytes": any data, predicted byte by byte.
 *
 * A chunk is cut into segments by what they look like.  Fill segments are a line in the table, stored
 * ones are kept as they are; the others, transformed where that helps, form one model stream that
 * the engine codes.  Payload: segment table, stored bytes, coder's bytes.  See docs/bytes.md. */
#include <string.h>

#include "base/checked.h"
#include "codec/bytes/attribute.h"
#include "codec/bytes/stream.h"
#include "codec/codec.h"
#include "engine/engine.h"

#define PARAMS_LEN         1
#define BUILTIN_PARAMS_LEN (PARAMS_LEN + 1)
#define PRIMED_PARAMS_LEN  (PARAMS_LEN + PITH_CODEC_PRIOR_ID_LEN)
#define PAGE_LEN           4096
#define TOUCH_LEN_MIN      ((uint64_t)64 << 20) /* less is there at once */

/* Working memory of one encode or decode. */
struct work {
    struct pith_engine engine;
    struct pith_stream stream;
    uint8_t *model; /* the engine's memory */
    uint64_t model_len;
    struct pith_pace pace;
    size_t report_every;
    size_t head_len;                     /* bytes of the payload before the coder's */
    struct pith_attribution attribution; /* of a study that watches */
};

/* Bytes of the model stream between two reports, a power of two.  A tenth of a second is what nobody
 * waits for, and the best levels take 100 us a byte on slow machines. */
static size_t report_every(int level)
{
    return (size_t)4096 >> level / 3;
}

static struct pith_study *study_of(const struct pith_codec_hooks *hooks)
{
    return hooks && hooks->study ? &hooks->study->model : NULL;
}

/* Returns the bytes of memory used; with memory NULL only counts. */
static uint64_t lay_out(struct work *work, int level, uint64_t raw_len, int is_encoding,
                        const struct pith_start *start, void *memory,
                        const struct pith_codec_hooks *hooks)
{
    struct pith_arena arena = {memory, 0};

    work->pace = (struct pith_pace){.hooks = hooks};
    work->attribution.study = NULL;
    pith_stream_layout(&work->stream, &arena, raw_len, is_encoding);
    work->report_every = report_every(level);
    work->model = pith_arena_take(&arena, 0, 1);
    work->model_len = arena.used;
    if (start) {
        pith_engine_layout_primed(&work->engine, &arena, level, raw_len, start);
        work->engine.study = study_of(hooks); /* watches only: nothing can be left out of a prior */
    } else {
        pith_engine_layout_studied(&work->engine, &arena, level, raw_len, study_of(hooks));
    }
    work->model_len = arena.used - work->model_len;
    return arena.used;
}

/* Any, where only memory is counted. */
static const struct pith_start some_start;

static uint64_t encode_need(int level, uint64_t raw_len, int is_aided)
{
    struct work work;

    return lay_out(&work, level, raw_len, 1, is_aided ? &some_start : NULL, NULL, NULL);
}

static void plan(struct pith_codec_packed *packed, int level, uint64_t raw_len,
                 const struct pith_codec_prior *prior, const struct pith_codec_base *base)
{
    (void)raw_len;
    (void)base;
    packed->params[0] = (uint8_t)level;
    packed->params_len = PARAMS_LEN;
    if (prior && prior->number > 0) {
        packed->params[PARAMS_LEN] = prior->number;
        packed->params_len = BUILTIN_PARAMS_LEN;
    } else if (prior) {
        memcpy(packed->params + PARAMS_LEN, prior->id, PITH_CODEC_PRIOR_ID_LEN);
        packed->params_len = PRIMED_PARAMS_LEN;
    }
}

static const uint8_t *prior_id(const uint8_t *params, size_t params_len)
{
    return params_len == PRIMED_PARAMS_LEN ? params + PARAMS_LEN : NULL;
}

static uint32_t prior_number(const uint8_t *params, size_t params_len)
{
    return params_len == BUILTIN_PARAMS_LEN ? params[PARAMS_LEN] : 0;
}

static uint64_t builtin_need(int level)
{
    struct pith_arena arena = {NULL, 0};
    struct pith_engine engine;

    pith_engine_layout_learner(&engine, &arena, level, 0);
    return arena.used + PITH_CODEC_BUILTIN_NEED;
}

static pith_status decode_need(uint64_t *need, const uint8_t *params, size_t params_len,
                               uint64_t raw_len, pith_error *error)
{
    struct work work;

    if (params_len != PARAMS_LEN && params_len != BUILTIN_PARAMS_LEN &&
        params_len != PRIMED_PARAMS_LEN)
        return pith_fail(error, PITH_E_CORRUPT, 0,
                         "the bytes codec has %zu bytes of parameters, not %d, %d or %d",
                         params_len, PARAMS_LEN, BUILTIN_PARAMS_LEN, PRIMED_PARAMS_LEN);
    if (params[0] < PITH_LEVEL_MIN || params[0] > PITH_LEVEL_MAX)
        return pith_fail(error, PITH_E_UNSUPPORTED, 0,
                         "made by a newer version of pith (bytes codec level %d, known: %d to %d)",
                         params[0], PITH_LEVEL_MIN, PITH_LEVEL_MAX);
    if (params_len == BUILTIN_PARAMS_LEN && params[PARAMS_LEN] == 0)
        return pith_fail(error, PITH_E_CORRUPT, 0, "no built-in prior has the number 0");
    *need = lay_out(&work, params[0], raw_len, 0, params_len > PARAMS_LEN ? &some_start : NULL,
                    NULL, NULL);
    if (params_len == BUILTIN_PARAMS_LEN)
        *need = pith_saturated_add(*need, builtin_need(params[0]));
    return PITH_OK;
}

static const struct pith_start *start_of(const struct pith_codec_hooks *hooks, size_t params_len)
{
    return params_len > PARAMS_LEN ? hooks->prior->start : NULL;
}

static pith_status cancelled(pith_error *error)
{
    return pith_fail(error, PITH_E_CANCELLED, 0, "cancelled");
}

/* Detects, transforms and writes the table and the stored bytes. */
static pith_status write_head(struct work *work, struct pith_writer *writer, const uint8_t *raw,
                              size_t raw_len, pith_error *error)
{
    const struct pith_stream *stream = &work->stream;
    size_t at = 0;

    pith_stream_init(&work->stream);
    pith_stream_make(&work->stream, raw, raw_len, study_of(work->pace.hooks), &work->pace);
    if (work->pace.is_cancelled)
        return cancelled(error);
    TRY(pith_segments_write(writer, stream->segments, stream->n_segments));
    for (size_t i = 0; i < stream->n_segments; i++) {
        if (stream->segments[i].tag == PITH_SEGMENT_STORED)
            TRY(pith_writer_bytes(writer, raw + at, stream->segments[i].raw_len));
        at += stream->segments[i].raw_len;
    }
    work->head_len = writer->at;
    return PITH_OK;
}

/* Tells a study what is in the chunk. */
static void begin_study(struct work *work)
{
    struct pith_codec_study *study = work->pace.hooks ? work->pace.hooks->study : NULL;

    if (!study)
        return;
    for (size_t i = 0; i < work->stream.n_segments; i++)
        if (work->stream.segments[i].tag & PITH_SEGMENT_TRANSFORMED)
            study->model.used |=
                pith_component_bit(pith_segment_type(&work->stream.segments[i]) == PITH_KIND_X86
                                       ? PITH_COMPONENT_BRANCHES
                                       : PITH_COMPONENT_WORD_CODES);
    if (study->model.is_watching)
        pith_attribution_init(&work->attribution, study, work->stream.words, work->stream.segments,
                              work->stream.n_segments);
}

/* Progress in raw bytes, as far as the model stream's position tells. */
static int report(struct work *work, size_t stream_at, size_t raw_len)
{
    work->pace.raw_done = (uint64_t)raw_len * stream_at / work->stream.len;
    return pith_pace_ask(&work->pace);
}

static void publish(const struct work *work, const struct pith_coder *coder)
{
    const struct pith_codec_hooks *hooks = work->pace.hooks;

    if (hooks && hooks->published)
        hooks->published(hooks->opaque, work->head_len + coder->pos);
}

/* Has the system give the model's pages a few at a time: for a gigabyte at once it takes seconds, in
 * which nobody could stop. */
static void touch_pages(struct work *work)
{
    for (uint64_t at = 0; at < work->model_len && !work->pace.is_cancelled; at += PAGE_LEN) {
        work->model[at] = 0;
        if (at % (16 * PITH_PACE_LEN) == 15 * PITH_PACE_LEN)
            pith_pace_ask(&work->pace);
    }
}

/* Codes the model stream, in either direction: the engine writes what it decodes into it. */
static pith_status code_stream(struct work *work, struct pith_coder *coder, size_t raw_len,
                               pith_error *error)
{
    size_t at = 0, raw_at = 0;

    if (work->stream.len == 0) /* nothing to predict: the engine's memory stays untouched */
        return PITH_OK;
    if (work->model_len >= TOUCH_LEN_MIN)
        touch_pages(work);
    if (work->pace.is_cancelled)
        return cancelled(error);
    pith_engine_init(&work->engine, work->stream.bytes);
    for (size_t i = 0; i < work->stream.n_segments; i++) {
        const struct pith_segment *segment = &work->stream.segments[i];
        size_t end = at + segment->model_len;

        raw_at += segment->raw_len;
        if (pith_segment_type(segment) >= PITH_KINDS)
            continue;
        if (work->attribution.study)
            pith_attribution_begin(&work->attribution, segment, work->stream.bytes + at,
                                   raw_at - segment->raw_len);
        pith_engine_begin_segment(&work->engine, (enum pith_kind)pith_segment_type(segment),
                                  segment->record_len);
        while (at < end) {
            pith_engine_byte(&work->engine, coder, work->stream.bytes[at]);
            if (work->attribution.study)
                pith_attribution_byte(&work->attribution);
            if (coder->overrun > PITH_CODER_OVERRUN_MAX)
                return pith_fail(error, PITH_E_CORRUPT, work->head_len + coder->pos,
                                 "the coded data ends too early");
            if (++at & (work->report_every - 1))
                continue;
            publish(work, coder);
            if (coder->is_full)
                return PITH_E_OUTPUT_FULL;
            if (report(work, at, raw_len))
                return cancelled(error);
        }
    }
    return PITH_OK;
}

static pith_status encode(struct pith_codec_packed *packed, uint8_t *payload, size_t cap,
                          uint8_t *raw, size_t raw_len, void *memory,
                          const struct pith_codec_hooks *hooks, pith_error *error)
{
    struct work work;
    struct pith_coder coder;
    struct pith_writer writer = {payload, cap, 0};
    pith_status status;

    lay_out(&work, packed->params[0], raw_len, 1, start_of(hooks, packed->params_len), memory,
            hooks);
    status = write_head(&work, &writer, raw, raw_len, error);
    if (status == PITH_OK) {
        begin_study(&work);
        pith_coder_begin_encode(&coder, payload + writer.at, cap - writer.at);
        status = code_stream(&work, &coder, raw_len, error);
    }
    if (status == PITH_OK && work.stream.len > 0)
        pith_coder_finish_encode(&coder);
    if (status == PITH_E_OUTPUT_FULL || (status == PITH_OK && coder.is_full))
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0, "the payload is larger than its bound");
    TRY(status);
    packed->payload_len = work.head_len + coder.pos;
    packed->final_state = coder.range;
    publish(&work, &coder);
    return PITH_OK;
}

/* Reads the table; leaves head_len behind the stored bytes. */
static pith_status read_head(struct work *work, const uint8_t *payload, size_t payload_len,
                             size_t raw_len, size_t *stored_at, pith_error *error)
{
    struct pith_reader reader = {payload, payload_len, 0};
    uint64_t stored_len = 0;

    TRY(pith_segments_read(&reader, work->stream.segments, pith_segments_max(raw_len),
                           &work->stream.n_segments, raw_len, error));
    work->stream.len = 0;
    for (size_t i = 0; i < work->stream.n_segments; i++) {
        work->stream.len += work->stream.segments[i].model_len;
        if (work->stream.segments[i].tag == PITH_SEGMENT_STORED)
            stored_len += work->stream.segments[i].raw_len;
    }
    if (stored_len > payload_len - reader.at)
        return pith_fail(error, PITH_E_CORRUPT, reader.at,
                         "stored segments are longer than what is left of the payload");
    *stored_at = reader.at;
    work->head_len = reader.at + (size_t)stored_len;
    return PITH_OK;
}

static size_t wait_more(void *opaque, size_t have)
{
    const struct work *work = opaque;
    const struct pith_codec_hooks *hooks = work->pace.hooks;

    return hooks->wait_more(hooks->opaque, work->head_len + have) - work->head_len;
}

/* Begins to decode behind the head; with wait_more, up to what is there already. */
static void begin_decode(struct work *work, struct pith_coder *coder, const uint8_t *payload,
                         size_t available)
{
    int is_growing = work->pace.hooks && work->pace.hooks->wait_more;

    if (work->stream.len == 0) { /* no coder's bytes at all */
        memset(coder, 0, sizeof *coder);
        coder->range = UINT32_MAX;
        coder->cap = available - work->head_len;
        return;
    }
    pith_coder_begin_decode(coder, payload + work->head_len, available - work->head_len,
                            is_growing ? wait_more : NULL, work);
}

static pith_status decode(uint32_t *final_state, uint8_t *raw, size_t raw_len,
                          const uint8_t *params, size_t params_len, const uint8_t *payload,
                          size_t payload_len, void *memory, const struct pith_codec_hooks *hooks,
                          pith_error *error)
{
    struct work work;
    struct pith_coder coder;
    pith_status status;
    size_t stored_at = 0;
    /* the encoder publishes its head whole, so one wait is enough for that */
    size_t available = hooks && hooks->wait_more ? hooks->wait_more(hooks->opaque, 0) : payload_len;

    lay_out(&work, params[0], raw_len, 0, start_of(hooks, params_len), memory, hooks);
    TRY(read_head(&work, payload, available, raw_len, &stored_at, error));
    begin_decode(&work, &coder, payload, available);
    TRY(code_stream(&work, &coder, raw_len, error));
    if (coder.pos == coder.cap && hooks && hooks->wait_more)
        coder.cap = wait_more(&work, coder.cap);
    if (coder.pos != coder.cap)
        return pith_fail(error, PITH_E_CORRUPT, work.head_len + coder.pos,
                         "the coded data goes on after the chunk's end");
    if (work.stream.len > 0 && !pith_coder_ends_well(&coder))
        return pith_fail(error, PITH_E_CORRUPT, work.head_len + coder.pos,
                         "the coded data does not end as an encoder ends it");
    *final_state = coder.range;
    pith_text_words_init(work.stream.words);
    status =
        pith_stream_restore(&work.stream, raw, raw_len, payload + stored_at, &work.pace, error);
    if (status == PITH_E_CORRUPT && error)
        error->position = work.head_len;
    return status;
}

const struct pith_codec pith_codec_bytes = {
    .id = PITH_CODEC_BYTES,
    .name = "bytes",
    .encode_need = encode_need,
    .plan = plan,
    .prior_id = prior_id,
    .prior_number = prior_number,
    .decode_need = decode_need,
    .encode = encode,
    .decode = decode,
};
