/* See encode_choice.h. */
#include "api/encode_choice.h"

#include "api/settings.h"
#include "codec/points/points.h"
#include "codec/tensor/tensor.h"

#include <string.h>

/* By which it is tried whether tensors are coded as such, at this level. */
#define SAMPLE_LEVEL 5
#define SAMPLE_LEN   ((size_t)48 << 10)
#define SAMPLE_LEAST ((size_t)2 << 10)

/* Of points, at two places of the chunk. */
#define POINTS_SAMPLE_LEN ((size_t)40 << 10)
#define FAST_SAMPLE_LEN   ((size_t)16 << 10) /* at levels that are to be quick */

/* Text is longer than records, and bytes take longer to learn it: samples are that much longer. */
#define TEXT_FACTOR 4

/* Bytes are to take less by one in so many: they take ten times as long or more, which only the highest level is for. */
static const uint8_t margins[PITH_LEVEL_MAX + 1] = {0, 4, 4, 4, 4, 4, 4, 8, 8, 32};

/* But for text, of which they learn more in a whole chunk than in a sample: there points are to take less by that. */
#define TEXT_MARGIN 7

/* Heads of files of tensors, if the tensors themselves take the fast path: they would take longer than those. */
#define HEAD_LEVEL 1

int pith_encode_trial_progress(void *opaque, uint64_t raw_done)
{
    struct pith_encode_slot *slot = opaque;

    (void)raw_done;
    return pith_watch_tell(slot->watch, 1);
}

/* A part of a chunk of tensors by which its codec is chosen: rows of its longest run, of those that have a base if any
 * do. */
struct sample {
    struct pith_tensor_run run;
    size_t start, len;
};

static struct sample take_sample(const struct pith_encode_slot *slot)
{
    struct sample sample = {.len = 0};
    uint64_t at = 0, row, n;

    for (uint32_t i = 0; i < slot->layout.n_runs && at < slot->raw_len; i++) {
        const struct pith_tensor_run *run = &slot->layout.runs[i];
        uint64_t len = pith_tensor_run_len(run);

        if (len > sample.len && len <= slot->raw_len - at && run->has_base == slot->layout.has_base)
            sample = (struct sample){*run, (size_t)at, (size_t)len};
        at += len;
    }
    if (sample.len <= SAMPLE_LEN)
        return sample;
    row = sample.len / sample.run.dims[0];
    if (row <= SAMPLE_LEN) {
        sample.run.dims[0] = n = SAMPLE_LEN / row;
        sample.len = (size_t)(n * row);
    } else {
        n = SAMPLE_LEN / pith_tensor_forms[sample.run.type].width;
        sample.run = (struct pith_tensor_run){.dims = {1, 1, 1, n},
                                              .type = sample.run.type,
                                              .has_base = sample.run.has_base,
                                              .base_at = sample.run.base_at};
        sample.len = (size_t)pith_tensor_run_len(&sample.run);
    }
    return sample;
}

static size_t try_codec(struct pith_encode_slot *slot, const struct pith_codec *codec,
                        struct sample *sample)
{
    struct pith_tensor_layout layout = {
        .runs = &sample->run, .n_runs = 1, .has_base = sample->run.has_base};
    const struct pith_codec_base *base = sample->run.has_base ? slot->base : NULL;
    struct pith_codec_hooks hooks = {
        .progress = pith_encode_trial_progress, .opaque = slot, .layout = &layout, .base = base};
    struct pith_codec_packed packed;

    codec->plan(&packed, SAMPLE_LEVEL, sample->len, NULL, base);
    if (codec->encode(&packed, slot->payload.data, sample->len, slot->raw.data + sample->start,
                      sample->len, slot->work.data, &hooks, NULL) != PITH_OK)
        return SIZE_MAX;
    return packed.payload_len;
}

/* Numbers that are few, or repeat each other, are better off as bytes. */
static pith_status choose_tensor(struct pith_encode_slot *slot, struct pith_memory *memory,
                                 pith_error *error)
{
    struct sample sample = take_sample(slot);
    uint64_t need;

    if (slot->level < SAMPLE_LEVEL || sample.len < SAMPLE_LEAST)
        return PITH_OK;
    need = pith_codec_bytes.encode_need(SAMPLE_LEVEL, sample.len, 0);
    TRY(pith_block_reserve(&slot->payload, memory, sample.len, "a chunk's payload", slot->raw_start,
                           error));
    if (need < pith_codec_tensor.encode_need(SAMPLE_LEVEL, sample.len, sample.run.has_base))
        need = pith_codec_tensor.encode_need(SAMPLE_LEVEL, sample.len, sample.run.has_base);
    TRY(pith_block_reserve(&slot->work, memory, need, "the encoder's model", slot->raw_start,
                           error));
    if (try_codec(slot, &pith_codec_bytes, &sample) < try_codec(slot, &pith_codec_tensor, &sample))
        slot->codec = &pith_codec_bytes;
    return PITH_OK;
}

/* A part of a chunk of points. */
struct points_sample {
    size_t start, len;
};

/* Whole records, or whole lines as far as they go; no more than len bytes. */
static struct points_sample take_points(const struct pith_encode_slot *slot, size_t start,
                                        size_t len)
{
    const uint8_t *raw = slot->raw.data;

    if (!slot->points->is_text) {
        size_t stride = pith_points_stride(slot->points);

        return (struct points_sample){start / stride * stride, len};
    }
    while (start > 0 && raw[start - 1] != '\n')
        start--;
    while (len > 1 && raw[start + len - 1] != '\n')
        len--;
    return (struct points_sample){start, len};
}

/* So many bytes of a chunk of points, or the most that it has of whole records. */
static size_t sample_len(const struct pith_encode_slot *slot)
{
    size_t len = slot->level < SAMPLE_LEVEL ? FAST_SAMPLE_LEN : POINTS_SAMPLE_LEN;
    size_t stride = pith_points_stride(slot->points);

    if (slot->points->is_text) {
        len *= TEXT_FACTOR;
        return len < slot->raw_len ? len : slot->raw_len;
    }
    return (len < slot->raw_len ? len : slot->raw_len) / stride * stride;
}

/* Bytes that points, in which no scan is seen, take at two places of the chunk, or SIZE_MAX if they do not shrink. */
static size_t try_points(struct pith_encode_slot *slot, const struct pith_codec *codec, int level,
                         size_t len)
{
    struct pith_codec_hooks hooks = {
        .progress = pith_encode_trial_progress,
        .opaque = slot,
        .points = slot->points,
        .points_seen = PITH_POINTS_NO_SCAN,
    };
    size_t sum = 0;

    for (size_t k = 0; k < 2; k++) {
        struct points_sample sample = take_points(slot, k * (slot->raw_len - len) / 2, len);
        struct pith_codec_packed packed;

        codec->plan(&packed, level, sample.len, NULL, NULL);
        if (codec->encode(&packed, slot->payload.data, sample.len, slot->raw.data + sample.start,
                          sample.len, slot->work.data, &hooks, NULL) != PITH_OK)
            return SIZE_MAX;
        sum += packed.payload_len;
    }
    return sum;
}

/* Memory for the whole chunk, by either codec. */
static pith_status reserve_points(struct pith_encode_slot *slot, struct pith_memory *memory,
                                  int level, uint64_t len, pith_error *error)
{
    uint64_t bytes = pith_codec_bytes.encode_need(level, len, 0);
    uint64_t points = pith_codec_points.encode_need(level, len, 0);

    return pith_block_reserve(&slot->work, memory, bytes > points ? bytes : points,
                              "the encoder's model", slot->raw_start, error);
}

/* What there is to see in the chunk. */
static pith_status look_at(struct pith_points_look *look, struct pith_encode_slot *slot,
                           struct pith_memory *memory, pith_error *error)
{
    uint64_t need = pith_codec_points.encode_need(slot->level, slot->raw_len, 0);

    TRY(pith_block_reserve(&slot->work, memory, need, "the encoder's model", slot->raw_start,
                           error));
    pith_points_look_at(look, slot->points, slot->points_before, slot->level, slot->raw.data,
                        slot->raw_len, slot->work.data);
    slot->points_seen = PITH_POINTS_KEPT;
    return PITH_OK;
}

/* A grid may blur what the scanner is known by: then all bits take less, and are kept. */
static pith_status snap_points(struct pith_points_look *look, struct pith_encode_slot *slot,
                               struct pith_memory *memory, pith_error *error)
{
    struct pith_points_look snapped;

    TRY(pith_block_reserve(&slot->check_raw, memory, slot->raw_len,
                           "points before they are snapped", slot->raw_start, error));
    memcpy(slot->check_raw.data, slot->raw.data, slot->raw_len);
    slot->n_bounds =
        pith_snap(slot->bounds, slot->raw.data, slot->raw_len, slot->points, slot->snap);
    if (slot->n_bounds == 0)
        return PITH_OK;
    TRY(look_at(&snapped, slot, memory, error));
    if (!look->has_scan || snapped.has_scan)
        return PITH_OK;
    memcpy(slot->raw.data, slot->check_raw.data, slot->raw_len);
    slot->n_bounds = 0;
    return look_at(look, slot, memory, error);
}

/* Of a sample: with less, bytes are better. */
static size_t least_of_bytes(const struct pith_encode_slot *slot, size_t points)
{
    if (slot->points->is_text && slot->level >= SAMPLE_LEVEL)
        return points + points / TEXT_MARGIN;
    return points - points / margins[slot->level];
}

/* Points that are numbers like others, or repeat each other, and are no scan, are better off as bytes, as are all where memory is short: that is
 * told from the limit alone, so that the same limit gives the same bytes. */
static pith_status choose_points(struct pith_encode_slot *slot, struct pith_memory *memory,
                                 pith_error *error)
{
    size_t len = sample_len(slot);
    int level = slot->level < SAMPLE_LEVEL ? slot->level : SAMPLE_LEVEL;
    uint64_t need = pith_codec_points.encode_need(slot->level, slot->raw_len, 0);
    struct pith_points_look look;
    size_t points;

    if (2 * need + 4 * slot->raw_len + PITH_OBJECT_NEED > memory->limit) {
        slot->codec = &pith_codec_bytes;
        return PITH_OK;
    }
    TRY(look_at(&look, slot, memory, error));
    if (!look.is_fit)
        slot->codec = &pith_codec_bytes;
    else if (slot->snap && !slot->points->is_text)
        TRY(snap_points(&look, slot, memory, error));
    if (len < SAMPLE_LEAST || !look.is_fit ||
        look.has_scan || /* bounds are told with points alone */
        slot->n_bounds > 0)
        return PITH_OK;
    TRY(pith_block_reserve(&slot->payload, memory, len, "a chunk's payload", slot->raw_start,
                           error));
    TRY(reserve_points(slot, memory, level, len, error));
    slot->points_seen = PITH_POINTS_NO_SCAN;
    points = try_points(slot, &pith_codec_points, level, len);
    if (try_points(slot, &pith_codec_bytes, level, len) < least_of_bytes(slot, points))
        slot->codec = &pith_codec_bytes;
    return PITH_OK;
}

/* Whether a chunk of tensors takes more memory at a level than is stated for its length, as of bytes. */
static int takes_too_much(const struct pith_encode_slot *slot, int level)
{
    struct pith_chunk_header bytes, tensors;

    pith_chunk_plan(&bytes, &pith_codec_bytes, slot->level, slot->raw_len, NULL, NULL);
    pith_chunk_plan(&tensors, &pith_codec_tensor, level, slot->raw_len, NULL, NULL);
    return tensors.need > bytes.need ||
           pith_codec_tensor.encode_need(level, slot->raw_len, 0) >
               pith_codec_bytes.encode_need(slot->level, slot->raw_len, 0);
}

/* Below the levels that learn tensors.  The fast path's tables are large for a short chunk: a model takes less, and not long.
 * What is shorter still are bytes, unless it has a base. */
static void choose_fast_level(struct pith_encode_slot *slot)
{
    if (slot->is_head)
        slot->chunk_level = HEAD_LEVEL;
    if (slot->codec != &pith_codec_tensor || !takes_too_much(slot, slot->level))
        return;
    if (slot->layout.has_base || !takes_too_much(slot, PITH_TENSOR_MODEL_LEVEL_MIN))
        slot->chunk_level = PITH_TENSOR_MODEL_LEVEL_MIN;
    else
        slot->codec = &pith_codec_bytes;
}

pith_status pith_encode_choose(struct pith_encode_slot *slot, struct pith_memory *memory,
                               pith_error *error)
{
    slot->chunk_level = slot->level;
    if (slot->level < PITH_TENSOR_MODEL_LEVEL_MIN)
        choose_fast_level(slot);
    if (slot->codec == &pith_codec_points)
        return choose_points(slot, memory, error);
    return slot->codec == &pith_codec_tensor ? choose_tensor(slot, memory, error) : PITH_OK;
}
