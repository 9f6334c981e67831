/* See encode_slot.h. */
#include "api/encode_slot.h"

#include "api/builtin.h"
#include "api/encode_choice.h"

#include "api/settings.h"
#include "base/checked.h"
#include "codec/points/points.h"
#include "codec/tensor/tensor.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

/* Below this a second thread costs more than it saves. */
#define BESIDE_LEN_MIN ((size_t)64 << 10)

/* Shorter chunks begin without a built-in prior: they would gain a few bytes, for what opening one takes. */
#define BUILTIN_LEN_MIN 32

/* Of a chunk's first bytes, to see whether a built-in prior helps. */
#define TRIAL_LEN ((size_t)8 << 10)

/* A prior that gains less than one in so many may be in the way later on. */
#define TRIAL_MARGIN 128

/* With longer chunks what helped is tried again on more: contexts of numbers, say, soon know better by
 * themselves, and then it costs up to a fiftieth. */
#define LONG_LEN          ((size_t)40 << 10)
#define LONG_TRIAL_LEN    ((size_t)24 << 10)
#define LONG_TRIAL_MARGIN 64

/* Chunks no longer than TRIAL_LEN are also tried at this level if theirs is higher: its built-in weights are
 * finer, and so little data leave the stronger models no time. */
#define SMALL_LEVEL 7

/* For what the encoder takes later: its threads, the first entries of the index. */
#define HEADROOM ((uint64_t)64 << 10)

/* Of shorter chunks of points a listing tells less: it would take bytes that count. */
#define SHARES_LEN_MIN ((size_t)64 << 10)

static uint64_t chunk_need(int level, uint64_t raw_len, int is_verified,
                           const struct pith_codec_prior *prior)
{
    struct pith_chunk_header header;
    uint64_t need;

    pith_chunk_plan(&header, &pith_codec_bytes, level, raw_len, prior, NULL);
    need = pith_saturated_add(2 * raw_len,
                              pith_codec_bytes.encode_need(level, raw_len, prior != NULL));
    if (is_verified)
        need = pith_saturated_add(need, pith_saturated_add(raw_len, header.codec_need));
    return need;
}

uint64_t pith_encode_slot_need(int level, uint64_t raw_len, int is_verified,
                               const struct pith_codec_prior *prior, int uses_builtin, int has_base)
{
    uint64_t need = chunk_need(level, raw_len, is_verified, prior), builtin = 0;
    uint64_t base_need = has_base ? 2 * raw_len : 0; /* what is compared with, in both directions */

    if (uses_builtin && level >= PITH_BUILTIN_LEVEL_MIN) {
        if (raw_len > PITH_BUILTIN_CHUNK_MAX)
            raw_len = PITH_BUILTIN_CHUNK_MAX;
        builtin = chunk_need(level, raw_len, is_verified, pith_builtin_any());
    }
    /* of a chunk of tensors, the layout too */
    return pith_saturated_add(need > builtin ? need : builtin,
                              PITH_TENSOR_RUNS_MAX * sizeof(struct pith_tensor_run) + base_need);
}

uint64_t pith_typed_chunk_need(int level, uint64_t raw_len, const struct pith_codec_base *base,
                               int has_points)
{
    struct pith_chunk_header header;

    pith_chunk_plan(&header, has_points ? &pith_codec_points : &pith_codec_tensor, level, raw_len,
                    NULL, has_points ? NULL : base);
    return header.need;
}

/* Shares one model between encoding and verifying if the limit has no room for two. */
static pith_status check_limit(struct pith_encode_slot *slot, struct pith_memory *memory,
                               uint64_t work_need, pith_error *error)
{
    uint64_t need = memory->used - slot->check_work.cap + HEADROOM, second = slot->check_work.cap;

    need += pith_block_missing(&slot->payload, slot->payload_cap);
    need += pith_block_missing(&slot->work, work_need);
    if (slot->is_verified)
        need += pith_block_missing(&slot->check_raw, slot->raw_len);
    if (second < slot->header.codec_need)
        second = slot->header.codec_need;
    slot->shares_work = slot->is_verified && need + second > memory->limit;
    if (slot->shares_work)
        pith_block_free(&slot->check_work, memory);
    if (need - HEADROOM <= memory->limit) /* later it may have been taken already */
        return PITH_OK;
    return pith_fail(error, PITH_E_MEMORY_LIMIT, slot->raw_start,
                     "encoding %zu bytes at once at level %d needs %" PRIu64
                     " bytes of memory, the limit is %" PRIu64,
                     slot->raw_len, slot->level, need, memory->limit);
}

/* Bytes that a chunk's first ones take, or SIZE_MAX if they do not shrink. */
static size_t try_prior(struct pith_encode_slot *slot, size_t len, int level,
                        const struct pith_codec_prior *prior)
{
    struct pith_codec_packed packed;
    struct pith_codec_hooks hooks = {
        .progress = pith_encode_trial_progress, .opaque = slot, .prior = prior};

    slot->codec->plan(&packed, level, len, prior, NULL);
    if (slot->codec->encode(&packed, slot->payload.data, len, slot->raw.data, len, slot->work.data,
                            &hooks, NULL) != PITH_OK)
        return SIZE_MAX;
    return packed.payload_len + packed.params_len;
}

/* Tries the built-in priors of a level on the chunk's first bytes. */
static pith_status try_level(struct pith_encode_slot *slot, int level, size_t len, size_t *least,
                             pith_error *error)
{
    uint32_t numbers[PITH_BUILTIN_GUESSES];
    uint32_t n = pith_builtin_numbers(level, slot->raw.data, slot->raw_len, numbers);

    for (uint32_t i = 0; i < n; i++) {
        const struct pith_codec_prior *prior;
        size_t packed_len;

        TRY(pith_builtin_find(&prior, numbers[i], level, slot->raw_start, error));
        packed_len = try_prior(slot, len, level, prior);
        if (packed_len < *least) {
            *least = packed_len;
            slot->prior = prior;
            slot->chunk_level = level;
        }
    }
    return PITH_OK;
}

/* Whether the chunk may begin with a built-in prior.  That there is no memory for it is told from the limit
 * alone: the same limit gives the same bytes, whatever else goes on. */
static int may_begin_builtin(const struct pith_encode_slot *slot, const struct pith_memory *memory)
{
    if (slot->level < PITH_BUILTIN_LEVEL_MIN || slot->raw_len < BUILTIN_LEN_MIN ||
        slot->raw_len > PITH_BUILTIN_CHUNK_MAX)
        return 0;
    return pith_saturated_add(PITH_OBJECT_NEED,
                              chunk_need(slot->level, slot->raw_len, slot->is_verified,
                                         pith_builtin_any())) <= memory->limit;
}

static pith_status reserve_trial(struct pith_encode_slot *slot, struct pith_memory *memory,
                                 size_t len, pith_error *error)
{
    TRY(pith_block_reserve(&slot->payload, memory, len, "a chunk's payload", slot->raw_start,
                           error));
    return pith_block_reserve(&slot->work, memory, slot->codec->encode_need(slot->level, len, 1),
                              "the encoder's model", slot->raw_start, error);
}

/* Chooses the chunk's built-in prior, if one helps with its first bytes. */
static pith_status choose_builtin(struct pith_encode_slot *slot, struct pith_memory *memory,
                                  pith_error *error)
{
    size_t len = slot->raw_len < TRIAL_LEN ? slot->raw_len : TRIAL_LEN, least;

    if (!may_begin_builtin(slot, memory))
        return PITH_OK;
    TRY(reserve_trial(slot, memory, len, error));
    least = try_prior(slot, len, slot->level, NULL);
    if (len < slot->raw_len && least != SIZE_MAX)
        least -= least / TRIAL_MARGIN;
    TRY(try_level(slot, slot->level, len, &least, error));
    if (len == slot->raw_len && slot->level > SMALL_LEVEL)
        return try_level(slot, SMALL_LEVEL, len, &least, error);
    if (slot->raw_len <= LONG_LEN || !slot->prior)
        return PITH_OK;
    TRY(reserve_trial(slot, memory, LONG_TRIAL_LEN, error));
    least = try_prior(slot, LONG_TRIAL_LEN, slot->level, NULL);
    if (least != SIZE_MAX && try_prior(slot, LONG_TRIAL_LEN, slot->level, slot->prior) >
                                 least - least / LONG_TRIAL_MARGIN)
        slot->prior = NULL;
    return PITH_OK;
}

/* NULL = the chunk has none. */
static const struct pith_codec_base *chunk_base(const struct pith_encode_slot *slot)
{
    return slot->codec == &pith_codec_tensor && slot->layout.has_base ? slot->base : NULL;
}

/* What a listing shows. */
static void describe_points(struct pith_encode_slot *slot)
{
    struct pith_points_params params = {.level = slot->chunk_level, .n_bounds = slot->n_bounds};
    struct pith_codec_choice *codec = &slot->header.codec;

    if (slot->raw_len >= SHARES_LEN_MIN)
        params.n_shares = PITH_POINTS_SCAN_PARTS + slot->points->n_fields;
    memcpy(params.bounds, slot->bounds, slot->n_bounds * sizeof slot->bounds[0]);
    codec->params_len = pith_points_params_write(codec->params, &params);
}

pith_status pith_encode_slot_plan(struct pith_encode_slot *slot, struct pith_memory *memory,
                                  int is_single, pith_error *error)
{
    uint64_t start = slot->raw_start;
    uint64_t work_need;

    slot->chunk_level = slot->level;
    slot->points_seen = PITH_POINTS_UNSEEN;
    if (slot->uses_builtin)
        slot->prior = NULL;
    TRY(pith_encode_choose(slot, memory, error));
    if (slot->uses_builtin && slot->codec == &pith_codec_bytes)
        TRY(choose_builtin(slot, memory, error));
    pith_chunk_plan(&slot->header, slot->codec, slot->chunk_level, slot->raw_len, slot->prior,
                    chunk_base(slot));
    if (slot->codec == &pith_codec_points)
        describe_points(slot);
    slot->header.is_single = is_single;
    slot->header.flags = pith_frame_flags(slot->level, PITH_FLAG_SINGLE);
    slot->payload_cap = (size_t)pith_chunk_payload_max(&slot->header);
    slot->tally = slot->verify_tally = (struct pith_tally){0};
    slot->published = 0;
    slot->is_published = slot->is_abandoned = 0;
    if (slot->payload_cap == 0)
        return PITH_OK; /* will be stored */
    work_need = slot->codec->encode_need(slot->chunk_level, slot->raw_len,
                                         slot->prior != NULL || chunk_base(slot) != NULL);
    if (slot->is_verified && work_need < slot->header.codec_need)
        work_need = slot->header.codec_need; /* either may work there */
    TRY(check_limit(slot, memory, work_need, error));
    TRY(pith_block_reserve(&slot->payload, memory, slot->payload_cap, "a chunk's payload", start,
                           error));
    TRY(pith_block_reserve(&slot->work, memory, work_need, "the encoder's model", start, error));
    if (!slot->is_verified)
        return PITH_OK;
    TRY(pith_block_reserve(&slot->check_raw, memory, slot->raw_len, "the verifying decode", start,
                           error));
    if (slot->shares_work)
        return PITH_OK;
    return pith_block_reserve(&slot->check_work, memory, slot->header.codec_need,
                              "the verifying decoder's model", start, error);
}

static int on_progress(void *opaque, uint64_t raw_done)
{
    struct pith_encode_slot *slot = opaque;
    uint64_t parts = slot->is_verified ? 2 : 1;
    int is_cancelled =
        pith_watch_report(slot->watch, &slot->tally, raw_done / parts, slot->published / parts);

    if (slot->is_in_caller)
        is_cancelled |= pith_watch_tell(slot->watch, 1);
    return is_cancelled;
}

static void on_published(void *opaque, size_t packed_len)
{
    struct pith_encode_slot *slot = opaque;

    pith_monitor_lock(&slot->watch->monitor);
    slot->published = packed_len;
    pith_monitor_wake_all(&slot->watch->monitor);
    pith_monitor_unlock(&slot->watch->monitor);
}

static size_t on_wait_more(void *opaque, size_t have)
{
    struct pith_encode_slot *slot = opaque;
    size_t published;

    pith_monitor_lock(&slot->watch->monitor);
    while (slot->published <= have && !slot->is_published && !slot->watch->is_cancelled)
        pith_monitor_wait(&slot->watch->monitor);
    published = slot->published;
    pith_monitor_unlock(&slot->watch->monitor);
    return published > have ? published : have;
}

static int on_verify_progress(void *opaque, uint64_t raw_done)
{
    struct pith_encode_slot *slot = opaque;
    uint64_t packed_len;
    int stop;

    pith_monitor_lock(&slot->watch->monitor);
    stop = slot->is_abandoned;
    packed_len = slot->published;
    pith_monitor_unlock(&slot->watch->monitor);
    stop |= pith_watch_report(slot->watch, &slot->verify_tally, raw_done / 2,
                              packed_len * raw_done / slot->raw_len / 2);
    if (slot->verifies_after && slot->is_in_caller) /* in this order: the second is not shared */
        stop |= pith_watch_tell(slot->watch, 1);
    return stop;
}

/* The payload's length is not known yet when this runs beside the encoder: the codec then takes what
 * wait_more() ends with, and payload_cap is only its bound. */
static void verify(struct pith_encode_slot *slot, int is_beside)
{
    const struct pith_codec_choice *codec = &slot->header.codec;
    struct pith_codec_hooks hooks = {
        .progress = on_verify_progress,
        .wait_more = is_beside ? on_wait_more : NULL,
        .opaque = slot,
        .prior = slot->prior,
        .base = chunk_base(slot),
    };
    size_t len = is_beside ? slot->payload_cap : (size_t)slot->header.packed_len;

    slot->verify_status = slot->codec->decode(
        &slot->verify_state, slot->check_raw.data, slot->raw_len, codec->params, codec->params_len,
        slot->payload.data, len, slot->shares_work ? slot->work.data : slot->check_work.data,
        &hooks, NULL);
    if (slot->verify_status == PITH_OK)
        slot->verify_hash = XXH3_64bits(slot->check_raw.data, slot->raw_len);
}

static void job_end(struct pith_encode_slot *slot)
{
    pith_monitor_lock(&slot->watch->monitor);
    slot->n_running--;
    pith_monitor_wake_all(&slot->watch->monitor);
    pith_monitor_unlock(&slot->watch->monitor);
}

static void verify_job(void *opaque)
{
    verify(opaque, 1);
    job_end(opaque);
}

static void publish_end(struct pith_encode_slot *slot, int is_abandoned)
{
    pith_monitor_lock(&slot->watch->monitor);
    if (!is_abandoned)
        slot->published = (size_t)slot->header.packed_len;
    slot->is_published = 1;
    slot->is_abandoned = is_abandoned;
    pith_monitor_wake_all(&slot->watch->monitor);
    pith_monitor_unlock(&slot->watch->monitor);
}

/* Encodes, or stores what does not shrink.  The codec may use the raw buffer while it runs, so its
 * hash is taken before and, where the raw bytes themselves become the payload, compared after. */
static void encode(struct pith_encode_slot *slot)
{
    struct pith_chunk_header *header = &slot->header;
    struct pith_codec_packed packed = {.params_len = header->codec.params_len};
    struct pith_codec_hooks hooks = {
        .progress = on_progress,
        .published = on_published,
        .opaque = slot,
        .study = slot->study,
        .layout = &slot->layout,
        .points = slot->points,
        .points_seen = slot->points_seen,
        .points_before = slot->points_before,
        .prior = slot->prior,
        .base = chunk_base(slot),
    };

    slot->raw_hash = XXH3_64bits(slot->raw.data, slot->raw_len);
    slot->status = PITH_E_OUTPUT_FULL;
    memcpy(packed.params, header->codec.params, packed.params_len);
    if (slot->payload_cap > 0)
        slot->status =
            slot->codec->encode(&packed, slot->payload.data, slot->payload_cap, slot->raw.data,
                                slot->raw_len, slot->work.data, &hooks, &slot->error);
    if (slot->status == PITH_OK) {
        header->packed_len = packed.payload_len;
        header->final_state = packed.final_state;
        publish_end(slot, 0);
        header->packed_check = XXH3_64bits(slot->payload.data, packed.payload_len);
        return;
    }
    publish_end(slot, 1);
    if (slot->status != PITH_E_OUTPUT_FULL)
        return;
    slot->status = PITH_OK;
    slot->restored_hash = XXH3_64bits(slot->raw.data, slot->raw_len);
}

static void encode_job(void *opaque)
{
    struct pith_encode_slot *slot = opaque;

    encode(slot);
    if (slot->verifies_after && slot->status == PITH_OK && !slot->is_abandoned)
        verify(slot, 0);
    job_end(slot);
}

void pith_encode_slot_run(struct pith_encode_slot *slot, struct pith_pool *pool, int in_caller)
{
    int is_beside = pool && pith_pool_is_prompt(pool) && slot->is_verified && !slot->shares_work &&
                    slot->payload_cap > 0 && slot->raw_len >= BESIDE_LEN_MIN;

    slot->status = slot->verify_status = PITH_OK;
    slot->verify_hash = 0;
    slot->verify_state = 0;
    slot->is_in_caller = in_caller || !pool;
    slot->verifies_after = slot->is_verified && !is_beside;
    slot->n_running = 1 + (unsigned)is_beside; /* no job runs yet: no lock needed */
    if (is_beside && !pith_pool_start(pool, verify_job, slot)) {
        slot->n_running = 1;
        slot->verifies_after = 1;
    }
    if (!slot->is_in_caller && !pith_pool_start(pool, encode_job, slot))
        slot->is_in_caller = 1;
    if (slot->is_in_caller)
        encode_job(slot);
}

static pith_status differs(const struct pith_encode_slot *slot, uint64_t offset, const char *what,
                           pith_error *error)
{
    return pith_fail(error, PITH_E_INTERNAL, slot->raw_start + offset,
                     "the chunk of %zu bytes from byte %" PRIu64 " on %s: a fault of pith or of "
                     "this machine's memory; nothing of it was written",
                     slot->raw_len, slot->raw_start, what);
}

static int is_cancelled(struct pith_encode_slot *slot)
{
    int cancelled;

    pith_monitor_lock(&slot->watch->monitor);
    cancelled = slot->watch->is_cancelled;
    pith_monitor_unlock(&slot->watch->monitor);
    return cancelled;
}

/* The verifying decode's outcome against what went in. */
static pith_status compare(const struct pith_encode_slot *slot, pith_error *error)
{
    size_t at = 0;

    if (slot->verify_status != PITH_OK)
        return differs(slot, 0, "does not decode", error);
    if (slot->verify_hash != slot->raw_hash) {
        while (at < slot->raw_len && slot->check_raw.data[at] == slot->raw.data[at])
            at++;
        return differs(slot, at, "decodes to other bytes", error);
    }
    if (slot->verify_state != slot->header.final_state)
        return differs(slot, 0, "decodes to another final state", error);
    return PITH_OK;
}

pith_status pith_encode_slot_verdict(struct pith_encode_slot *slot, pith_error *error)
{
    if (is_cancelled(slot))
        return pith_fail(error, PITH_E_CANCELLED, slot->raw_start, "cancelled");
    if (slot->status != PITH_OK) {
        if (error) {
            *error = slot->error;
            error->position += slot->raw_start;
        }
        return slot->status;
    }
    if (slot->is_abandoned) {
        pith_chunk_make_stored(&slot->header);
        if (slot->restored_hash != slot->raw_hash)
            return differs(slot, 0, "was changed while it was encoded", error);
        return PITH_OK;
    }
    if (!slot->is_verified)
        return PITH_OK;
    /* A decode that read along saw the payload grow, not its end.  What counts is whether the
     * finished payload decodes, so one that failed is tried again as a decoder will. */
    if (slot->verify_status != PITH_OK && !slot->verifies_after) {
        slot->verifies_after = slot->is_in_caller = 1;
        verify(slot, 0);
        if (is_cancelled(slot))
            return pith_fail(error, PITH_E_CANCELLED, slot->raw_start, "cancelled");
    }
    return compare(slot, error);
}

void pith_encode_slot_trim(struct pith_encode_slot *slot, struct pith_memory *memory)
{
    pith_block_free(&slot->work, memory);
    pith_block_free(&slot->check_work, memory);
    pith_block_free(&slot->check_raw, memory);
}

void pith_encode_slot_free(struct pith_encode_slot *slot, struct pith_memory *memory)
{
    pith_block_free(&slot->raw, memory);
    pith_block_free(&slot->runs, memory);
    pith_block_free(&slot->payload, memory);
    pith_encode_slot_trim(slot, memory);
}
