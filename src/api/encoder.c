/* Streaming encoder: raw bytes in, one frame out.
 *
 * Slots form a ring.  The one after those in flight is filled with a chunk's raw bytes; a full chunk
 * is coded, up to n_slots at once, and chunks leave in order.  Where chunks begin depends on
 * chunk_len and, in files of tensors, on what they say of themselves.  The first chunk waits until one more byte or the end has come, because an input
 * of one chunk takes the single form.
 *
 * Chunks of one byte repeated take no slot: they become a fill chunk, however many they are, that
 * leaves before the next chunk. */
#include "api/encoder.h"
#include "api/array.h"
#include "api/base.h"
#include "api/builtin.h"
#include "api/cloud.h"
#include "api/encode_slot.h"
#include "api/settings.h"
#include "base/bytes.h"
#include "codec/points/points.h"
#include "codec/tensor/split.h"
#include "codec/tensor/tensor.h"
#include "container/index.h"
#include "prior/prior.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

/* First allocation for raw bytes when nothing is known of their number. */
#define RAW_LEN_START ((uint64_t)4 << 10)

#define FAST_TENSORS_LEN ((uint64_t)4 << 20)

struct piece {
    const uint8_t *data;
    size_t len;
};

struct pith_encoder {
    struct pith_memory memory;
    struct pith_watch watch;
    struct pith_pool *pool; /* made when first needed */
    const pith_executor *executor;
    int level;
    const struct pith_codec_prior *prior; /* NULL = none */
    const struct pith_codec_base *base;
    int uses_builtin;
    unsigned n_threads;
    int is_verified;
    uint64_t chunk_len;
    uint64_t size_hint;               /* 0 = none */
    uint64_t content_size;            /* UINT64_MAX = not known */
    pith_error failure;               /* its status is PITH_OK while none */
    struct pith_encoder_study *study; /* NULL in normal use */

    struct pith_encode_slot *slots;
    unsigned n_slots;
    unsigned oldest; /* slots[oldest .. oldest + n_busy) mod n_slots are in flight */
    unsigned n_busy;
    int is_emitting; /* the pieces belong to the oldest slot */

    uint64_t raw_taken; /* bytes of the stream that were put into slots */
    int is_several;     /* more than one chunk: the full form */
    int is_input_ended;
    int is_index_out;
    int is_ended;
    int is_framed; /* frame is filled in */
    struct pith_frame_header frame;
    struct pith_index_sum sum;
    struct pith_block entries; /* of the index, as on the wire */

    struct pith_snap snap;   /* of points; n is 0 if they keep all bits */
    struct pith_split split; /* where the chunk that is being filled ends */
    struct pith_fill fill;   /* before that chunk */
    struct pith_chunk_header fill_header;

    struct piece pieces[4]; /* what goes out next */
    unsigned n_pieces;
    uint8_t head[PITH_HEADER_MAX]; /* the frame header, later the index's head */
    uint8_t tail[PITH_HEADER_MAX]; /* the index's tail and the footer */
};

/* A prior of the caller's own takes the place of the built-in ones. */
static int uses_builtin(const pith_options *settings)
{
    return !settings->no_builtin && !settings->prior;
}

/* As many slots as threads, but no more than the memory limit holds and the content fills. */
static unsigned slots_for(const pith_options *settings, uint64_t content_size)
{
    uint64_t need = pith_encode_slot_need(settings->level, settings->chunk_len,
                                          !settings->no_verify, pith_prior_codec(settings->prior),
                                          uses_builtin(settings), settings->base != NULL);
    uint64_t n = settings->threads, room = settings->memory_limit;

    room = room > PITH_OBJECT_NEED ? room - PITH_OBJECT_NEED : 0;
    if (n > room / need)
        n = room / need;
    if (content_size != UINT64_MAX && n > content_size / settings->chunk_len + 1)
        n = content_size / settings->chunk_len + 1;
    return n > 0 ? (unsigned)n : 1;
}

/* At the lowest levels chunks of points are short, so that they take no more memory than others do there. */
#define SMALL_POINTS_LEVEL 2
#define SMALL_POINTS_LEN   ((uint64_t)1 << 20)

/* Raw bytes of a chunk of tensors.  The fast path learns nothing from one chunk to the next: short ones are
 * quick to get at, and keep more threads busy.  0: a prior of the caller's own is one of bytes. */
static uint64_t tensors_len(const struct pith_encoder *e)
{
    if (e->prior)
        return 0;
    return e->level >= PITH_TENSOR_MODEL_LEVEL_MIN || e->chunk_len < FAST_TENSORS_LEN
               ? e->chunk_len
               : FAST_TENSORS_LEN;
}

static pith_status make_slots(struct pith_encoder *e, pith_error *error)
{
    void *block;
    size_t len = e->n_slots * sizeof *e->slots;

    TRY(pith_memory_take(&e->memory, &block, len, "the encoder", 0, error));
    memset(block, 0, len);
    e->slots = block;
    for (unsigned i = 0; i < e->n_slots; i++) {
        e->slots[i].watch = &e->watch;
        e->slots[i].codec = &pith_codec_bytes;
        e->slots[i].level = e->level;
        e->slots[i].prior = e->prior;
        e->slots[i].base = e->base;
        e->slots[i].uses_builtin = e->uses_builtin;
        e->slots[i].is_verified = e->is_verified;
    }
    return PITH_OK;
}

pith_status pith_encoder_make(pith_encoder **encoder, const pith_options *options,
                              uint64_t content_size, pith_error *error)
{
    struct pith_tensor_entry array;
    struct pith_points_layout points;
    struct pith_snap snap = {.n = 0};
    struct pith_memory memory;
    struct pith_encoder *made;
    pith_options settings;
    pith_status status;
    void *block;

    if (!encoder)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "encoder is NULL");
    *encoder = NULL;
    TRY(pith_settings_take_encoding(&settings, options, error));
    if (settings.array)
        TRY(pith_array_take(&array, settings.array, error));
    if (settings.points)
        TRY(pith_cloud_take(&points, settings.points, error));
    if (settings.grid)
        TRY(pith_cloud_take_grid(&snap, settings.grid, error));
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    TRY(pith_memory_take(&memory, &block, sizeof *made, "the encoder", 0, error));
    made = block;
    memset(made, 0, sizeof *made);
    made->memory = memory;
    made->level = settings.level;
    made->snap = snap;
    made->prior = pith_prior_codec(settings.prior);
    made->base = pith_base_codec(settings.base);
    made->uses_builtin = uses_builtin(&settings);
    made->is_verified = !settings.no_verify;
    made->chunk_len = settings.chunk_len;
    made->size_hint = content_size == UINT64_MAX ? settings.size_hint : content_size;
    made->content_size = content_size;
    made->n_threads = settings.threads;
    made->executor = settings.executor;
    made->n_slots = slots_for(&settings, content_size);
    pith_index_sum_init(&made->sum);
    pith_split_init(&made->split, made->chunk_len, tensors_len(made), made->base);
    if (made->level <= SMALL_POINTS_LEVEL)
        made->split.points_len = SMALL_POINTS_LEN;
    if (settings.array)
        pith_split_set_array(&made->split, &array);
    if (settings.points)
        pith_split_set_points(&made->split, &points);
    status = pith_watch_init(&made->watch, &settings, error);
    if (status != PITH_OK) {
        pith_memory_give(&memory, made);
        return status;
    }
    status = make_slots(made, error);
    if (status != PITH_OK) {
        pith_encoder_destroy(made);
        return status;
    }
    *encoder = made;
    return PITH_OK;
}

pith_status pith_encoder_create(pith_encoder **encoder, const pith_options *options,
                                pith_error *error)
{
    return pith_encoder_make(encoder, options, UINT64_MAX, error);
}

void pith_encoder_ignore_tensors(pith_encoder *encoder)
{
    pith_split_init(&encoder->split, encoder->chunk_len, 0, NULL);
}

void pith_encoder_set_study(pith_encoder *encoder, struct pith_encoder_study *study)
{
    encoder->study = study;
    pith_encoder_ignore_tensors(encoder);
    encoder->slots[0].study = &study->codec;
}

void pith_encoder_destroy(pith_encoder *encoder)
{
    struct pith_memory memory;

    if (!encoder)
        return;
    pith_watch_cancel(&encoder->watch);
    pith_pool_destroy(encoder->pool, &encoder->memory);
    for (unsigned i = 0; encoder->slots && i < encoder->n_slots; i++)
        pith_encode_slot_free(&encoder->slots[i], &encoder->memory);
    pith_memory_give(&encoder->memory, encoder->slots);
    pith_block_free(&encoder->entries, &encoder->memory);
    pith_split_free(&encoder->split, &encoder->memory);
    pith_watch_destroy(&encoder->watch);
    memory = encoder->memory;
    pith_memory_give(&memory, encoder);
}

static struct pith_encode_slot *slot_at(struct pith_encoder *e, unsigned after_oldest)
{
    return &e->slots[(e->oldest + after_oldest) % e->n_slots];
}

static void piece_add(struct pith_encoder *e, const uint8_t *data, size_t len)
{
    e->pieces[e->n_pieces].data = data;
    e->pieces[e->n_pieces++].len = len;
}

/* Writes pieces while there is room.  Nonzero: none are left. */
static int flush(struct pith_encoder *e, pith_out *out)
{
    for (unsigned i = 0; i < e->n_pieces; i++) {
        struct piece *piece = &e->pieces[i];
        size_t n = out->size - out->pos;

        if (n > piece->len)
            n = piece->len;
        if (n > 0) { /* an empty piece may have no address to count from */
            memcpy((uint8_t *)out->data + out->pos, piece->data, n);
            out->pos += n;
            piece->data += n;
            piece->len -= n;
        }
        if (piece->len > 0)
            return 0;
    }
    e->n_pieces = 0;
    if (e->is_emitting) {
        slot_at(e, 0)->raw_len = 0;
        e->oldest = (e->oldest + 1) % e->n_slots;
        e->n_busy--;
        e->is_emitting = 0;
    }
    return 1;
}

/* Room for one more byte at least in the slot being filled. */
static pith_status reserve_raw(struct pith_encoder *e, struct pith_encode_slot *slot,
                               size_t available, pith_error *error)
{
    uint64_t len = slot->raw_len + (uint64_t)available;
    uint64_t most = pith_split_most(&e->split);

    if (slot->raw.cap > slot->raw_len)
        return PITH_OK;
    if (len < slot->raw.cap * 2)
        len = slot->raw.cap * 2;
    if (len < RAW_LEN_START)
        len = RAW_LEN_START;
    if (len < e->size_hint)
        len = e->size_hint;
    if (len > most || e->is_several)
        len = most;
    return pith_block_grow(&slot->raw, &e->memory, len, slot->raw_len, "a chunk's raw bytes",
                           e->raw_taken, error);
}

static pith_status take(struct pith_encoder *e, struct pith_encode_slot *slot, pith_in *in,
                        pith_error *error)
{
    size_t n = in->size - in->pos;

    TRY(reserve_raw(e, slot, n, error));
    if (slot->raw_len == 0)
        slot->raw_start = e->raw_taken;
    if (n > slot->raw.cap - slot->raw_len)
        n = (size_t)slot->raw.cap - slot->raw_len;
    if (n > e->split.limit - slot->raw_len)
        n = (size_t)e->split.limit - slot->raw_len;
    memcpy(slot->raw.data + slot->raw_len, (const uint8_t *)in->data + in->pos, n);
    slot->raw_len += n;
    in->pos += n;
    e->raw_taken += n;
    return PITH_OK;
}

/* Whether a slot's chunk can go into the fill before it, or begin one. */
static int continues_fill(const struct pith_encoder *e, const struct pith_encode_slot *slot)
{
    const uint8_t *raw = slot->raw.data;

    return memcmp(raw, raw + 1, slot->raw_len - 1) == 0 &&
           (e->fill.len == 0 ||
            (e->fill.byte == raw[0] && e->fill.len + slot->raw_len <= PITH_FILL_LEN_MAX));
}

static pith_status take_as_fill(struct pith_encoder *e, struct pith_encode_slot *slot,
                                pith_error *error)
{
    struct pith_tally tally = {0};

    e->fill.byte = slot->raw.data[0];
    e->fill.len += slot->raw_len;
    pith_watch_report(&e->watch, &tally, slot->raw_len, 0);
    slot->raw_len = 0;
    if (pith_watch_tell(&e->watch, 0))
        return pith_fail(error, PITH_E_CANCELLED, e->raw_taken, "cancelled");
    return PITH_OK;
}

/* Where the slot's chunk ends the next begins; its codec is known now. */
static pith_status end_chunk(struct pith_encoder *e, struct pith_encode_slot *slot,
                             pith_error *error)
{
    int has_tensors = pith_split_has_tensors(&e->split);

    if (has_tensors) {
        TRY(pith_block_reserve(&slot->runs, &e->memory,
                               PITH_TENSOR_RUNS_MAX * sizeof *slot->layout.runs,
                               "the layout of a chunk", e->raw_taken, error));
        slot->layout.runs = (void *)slot->runs.data;
    }
    slot->is_head = e->split.state == PITH_SPLIT_HEAD && e->split.n_entries > 0;
    slot->points = e->split.has_points ? &e->split.points : NULL;
    slot->codec = !has_tensors          ? &pith_codec_bytes
                  : e->split.has_points ? &pith_codec_points
                                        : &pith_codec_tensor;
    slot->points_before = pith_split_points_before(&e->split);
    slot->snap = e->snap.n > 0 ? &e->snap : NULL;
    slot->n_bounds = 0;
    pith_split_end(&e->split, &slot->layout, slot->raw_len);
    return PITH_OK;
}

/* Starts coding of the slot being filled.  Pool threads: one a coding slot, unless the caller's
 * thread does that, and one a verifying decode. */
static pith_status dispatch(struct pith_encoder *e, struct pith_encode_slot *slot,
                            pith_error *error)
{
    int in_caller = e->n_threads == 1 || (e->is_input_ended && e->n_busy == 0);

    TRY(end_chunk(e, slot, error));
    if (e->is_several && continues_fill(e, slot))
        return take_as_fill(e, slot, error);
    slot->fill = e->fill;
    e->fill.len = 0;
    if (slot->raw_len == 0)
        slot->raw_start = e->raw_taken;
    TRY(pith_encode_slot_plan(slot, &e->memory, !e->is_several, error));
    if (!e->pool && (!in_caller || (e->is_verified && slot->payload_cap > 0)))
        TRY(pith_pool_create(&e->pool, 2 * e->n_slots, e->executor, &e->memory, error));
    e->n_busy++;
    pith_encode_slot_run(slot, e->pool, in_caller);
    return PITH_OK;
}

/* The frame header goes before the first chunk.  Hashes of what comes first, a fill or else a chunk's
 * raw bytes or both, make the frame's id. */
static void begin_frame(struct pith_encoder *e, const struct pith_fill *fill, uint64_t first_hash)
{
    uint8_t first_fill[9] = {fill->byte};
    unsigned flags = 0;
    uint64_t need = pith_builtin_chunk_need(e->level, e->chunk_len, e->prior, e->uses_builtin);
    uint64_t tensors_need =
        e->split.n_entries == 0
            ? 0
            : pith_typed_chunk_need(e->level, e->split.tensors_len, e->base, e->split.has_points);

    pith_store_le64(first_fill + 1, fill->len);
    if (fill->len > 0)
        first_hash = XXH3_64bits_withSeed(first_fill, sizeof first_fill, first_hash);
    e->frame.level = e->level;
    e->frame.chunk_len = e->chunk_len;
    if (e->content_size != UINT64_MAX) {
        flags |= PITH_FLAG_SIZED;
        e->frame.content_size = e->content_size;
    }
    e->frame.flags = pith_frame_flags(e->level, flags);
    piece_add(e, e->head,
              pith_frame_write(e->head, &e->frame, need > tensors_need ? need : tensors_need,
                               first_hash));
    e->is_framed = 1;
}

/* What has been coded so far must not be lost for a few bytes: slots at rest give theirs. */
static pith_status grow_index(struct pith_encoder *e, size_t used, uint64_t position,
                              pith_error *error)
{
    uint64_t len = 2 * e->entries.cap + PITH_HEADER_MAX;

    for (unsigned i = 0; i < e->n_slots && len > pith_memory_left(&e->memory); i++) {
        unsigned n_running;

        pith_monitor_lock(&e->watch.monitor);
        n_running = e->slots[i].n_running;
        pith_monitor_unlock(&e->watch.monitor);
        if (n_running == 0)
            pith_encode_slot_trim(&e->slots[i], &e->memory);
    }
    return pith_block_grow(&e->entries, &e->memory, len, used, "the index", position, error);
}

static pith_status add_to_index(struct pith_encoder *e, const struct pith_chunk_header *header,
                                uint64_t position, pith_error *error)
{
    uint8_t entry[PITH_HEADER_MAX];
    size_t used = (size_t)e->sum.entries_len;
    size_t len;

    TRY(pith_index_sum_chunk(&e->sum, entry, &len, header, position, error));
    if (used + len > e->entries.cap)
        TRY(grow_index(e, used, position, error));
    memcpy(e->entries.data + used, entry, len);
    return PITH_OK;
}

/* A chunk's header and place, in the stream and in the index, when all else is known. */
static pith_status finish_chunk(struct pith_encoder *e, struct pith_chunk_header *header,
                                uint64_t raw_hash, uint64_t position, pith_error *error)
{
    header->id = e->frame.id;
    header->raw_offset = e->sum.raw_len;
    pith_chunk_write(header, raw_hash);
    if (e->is_several)
        TRY(add_to_index(e, header, position, error));
    piece_add(e, header->bytes, header->len);
    return e->study ? e->study->each(e->study->opaque, header, error) : PITH_OK;
}

static pith_status emit_fill(struct pith_encoder *e, struct pith_fill *fill, pith_error *error)
{
    struct pith_chunk_header *header = &e->fill_header;
    struct pith_tally tally = {.raw_done = fill->len}; /* reported when it was taken */

    if (fill->len == 0)
        return PITH_OK;
    pith_chunk_plan_fill(header, fill->byte, fill->len);
    fill->len = 0;
    TRY(finish_chunk(e, header, 0, e->sum.raw_len, error));
    pith_watch_report(&e->watch, &tally, header->raw_len, header->len);
    return PITH_OK;
}

/* Waits for the oldest chunk and makes pieces of it. */
static pith_status emit(struct pith_encoder *e, pith_error *error)
{
    struct pith_encode_slot *slot = slot_at(e, 0);
    struct pith_chunk_header *header = &slot->header;
    const struct pith_block *payload;

    pith_watch_wait(&e->watch, &slot->n_running);
    TRY(pith_encode_slot_verdict(slot, error));
    if (e->is_several && !e->is_framed)
        begin_frame(e, &slot->fill, slot->raw_hash);
    TRY(emit_fill(e, &slot->fill, error));
    TRY(finish_chunk(e, header, slot->raw_hash, slot->raw_start, error));
    payload = header->codec.id == PITH_CODEC_STORED ? &slot->raw : &slot->payload;
    piece_add(e, payload->data, (size_t)header->packed_len);
    e->is_emitting = 1;
    pith_tally_join(&slot->tally, &slot->verify_tally);
    pith_watch_report(&e->watch, &slot->tally, slot->raw_len, header->len + header->packed_len);
    return PITH_OK;
}

/* What is left when no chunk follows. */
static pith_status emit_last_fill(struct pith_encoder *e, pith_error *error)
{
    if (!e->is_framed)
        begin_frame(e, &e->fill, 0);
    return emit_fill(e, &e->fill, error);
}

static void emit_index(struct pith_encoder *e)
{
    piece_add(e, e->head, pith_index_head_write(e->head, &e->frame, &e->sum));
    piece_add(e, e->entries.data, (size_t)e->sum.entries_len);
    piece_add(e, e->tail, pith_index_end_write(e->tail, &e->frame, &e->sum));
    e->is_index_out = 1;
}

static int is_oldest_done(struct pith_encoder *e)
{
    int is_done;

    pith_monitor_lock(&e->watch.monitor);
    is_done = slot_at(e, 0)->n_running == 0;
    pith_monitor_unlock(&e->watch.monitor);
    return is_done;
}

/* One step on the way from input to chunks in flight.  *wants_input: there is nothing to do before
 * more comes. */
static pith_status fill(struct pith_encoder *e, pith_in *in, pith_action action, int *wants_input,
                        pith_error *error)
{
    struct pith_encode_slot *slot = slot_at(e, e->n_busy);
    int has_input = in->pos < in->size, ends = 0;

    if (slot->raw_len == e->split.limit)
        TRY(pith_split_ends(&e->split, &ends, slot->raw.data, slot->raw_len, &e->memory, error));
    if (ends && (e->is_several || has_input)) {
        e->is_several = 1;
        return dispatch(e, slot, error);
    }
    if (has_input)
        return take(e, slot, in, error);
    if (action == PITH_FINISH) {
        e->is_input_ended = 1;
        if (slot->raw_len > 0 || !e->is_several)
            return dispatch(e, slot, error);
        return PITH_OK;
    }
    *wants_input = 1;
    return PITH_OK;
}

/* PITH_OK: no room or no input is left.  PITH_END: all is written. */
static pith_status run(struct pith_encoder *e, pith_out *out, pith_in *in, pith_action action,
                       pith_error *error)
{
    while (flush(e, out)) {
        int wants_input = 0;

        if (e->n_busy > 0 && is_oldest_done(e))
            TRY(emit(e, error));
        else if (!e->is_input_ended && e->n_busy < e->n_slots)
            TRY(fill(e, in, action, &wants_input, error));
        else if (!e->is_input_ended && in->pos == in->size && action == PITH_RUN)
            wants_input = 1;
        else if (e->n_busy > 0)
            TRY(emit(e, error));
        else if (e->fill.len > 0)
            TRY(emit_last_fill(e, error));
        else if (e->is_several && !e->is_index_out)
            emit_index(e);
        else {
            if (!e->is_ended && pith_watch_tell(&e->watch, 1))
                return pith_fail(error, PITH_E_CANCELLED, e->raw_taken, "cancelled");
            e->is_ended = 1;
            return PITH_END;
        }
        if (wants_input)
            return PITH_OK;
    }
    return PITH_OK;
}

pith_status pith_encoder_run(pith_encoder *encoder, pith_out *out, pith_in *in, pith_action action,
                             pith_error *error)
{
    pith_error found;
    pith_status status;

    if (!encoder)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "encoder is NULL");
    if (encoder->failure.status != PITH_OK)
        return pith_error_copy(error, &encoder->failure);
    TRY(pith_settings_check_buffers(out, in, action, encoder->raw_taken, error));
    if (encoder->is_input_ended && (action != PITH_FINISH || in->pos < in->size))
        return pith_fail(error, PITH_E_ARGUMENT, encoder->raw_taken, "input after PITH_FINISH");
    memset(&found, 0, sizeof found);
    status = run(encoder, out, in, action, &found);
    if (status == PITH_OK || status == PITH_END)
        return status;
    pith_watch_cancel(&encoder->watch);
    if (encoder->pool)
        pith_pool_wait(encoder->pool);
    encoder->failure = found;
    return pith_error_copy(error, &found);
}
