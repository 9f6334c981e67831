/* See decode_slot.h. */
#include "api/decode_slot.h"

#include "api/builtin.h"

#include "base/check.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

static int on_progress(void *opaque, uint64_t raw_done)
{
    struct pith_decode_slot *slot = opaque;
    uint64_t packed_done = slot->header.packed_len * raw_done / slot->header.raw_len;
    int is_cancelled = pith_watch_report(slot->watch, &slot->tally, raw_done, packed_done);

    if (slot->is_in_caller)
        is_cancelled |= pith_watch_tell(slot->watch, 1);
    return is_cancelled;
}

static void write_id(char text[2 * PITH_CODEC_PRIOR_ID_LEN + 1], const uint8_t *id)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < PITH_CODEC_PRIOR_ID_LEN; i++) {
        text[2 * i] = digits[id[i] >> 4];
        text[2 * i + 1] = digits[id[i] & 15];
    }
    text[2 * PITH_CODEC_PRIOR_ID_LEN] = '\0';
}

_Static_assert(PITH_CODEC_BASE_ID_LEN == PITH_CODEC_PRIOR_ID_LEN, "ids are alike");

/* Whether what a chunk needs, a prior or a base, is what is at hand (NULL = none). */
static pith_status check_id(const uint8_t *id, const uint8_t *id_at_hand, const char *what,
                            pith_status status, uint64_t start, pith_error *error)
{
    char needed[2 * PITH_CODEC_PRIOR_ID_LEN + 1], at_hand[sizeof needed];

    write_id(needed, id);
    if (!id_at_hand)
        return pith_fail(error, status, start, "needs the %s %s", what, needed);
    write_id(at_hand, id_at_hand);
    if (memcmp(id, id_at_hand, PITH_CODEC_PRIOR_ID_LEN) != 0)
        return pith_fail(error, status, start, "needs the %s %s, not %s", what, needed, at_hand);
    return PITH_OK;
}

pith_status pith_decode_prior_check(const struct pith_chunk_header *header,
                                    const struct pith_codec_prior *prior, uint64_t start,
                                    pith_error *error)
{
    const uint8_t *id = pith_chunk_prior_id(&header->codec);

    if (!id)
        return PITH_OK;
    TRY(check_id(id, prior ? prior->id : NULL, "prior", PITH_E_PRIOR, start, error));
    if (header->codec.params[0] != prior->level)
        return pith_fail(error, PITH_E_CORRUPT, start,
                         "the chunk at byte %" PRIu64 " is of level %d, its prior of level %d",
                         start, header->codec.params[0], prior->level);
    return PITH_OK;
}

pith_status pith_decode_base_check(const struct pith_chunk_header *header,
                                   const struct pith_codec_base *base, uint64_t start,
                                   pith_error *error)
{
    const uint8_t *id = pith_chunk_base_id(&header->codec);

    if (!id)
        return PITH_OK;
    return check_id(id, base ? base->id : NULL, "base", PITH_E_BASE, start, error);
}

/* In the full form the payload has a check of its own, so that damage is found before a slow decode
 * and told apart from a decode that goes wrong on intact bytes. */
static pith_status check_payload(const struct pith_decode_slot *slot, pith_error *error)
{
    const struct pith_chunk_header *header = &slot->header;
    uint64_t found;

    if (header->is_single || !pith_codec_is_modelled(header->codec.id))
        return PITH_OK;
    found = XXH3_64bits(slot->payload, (size_t)header->packed_len);
    if (pith_check_matches(found, header->packed_check))
        return PITH_OK;
    return pith_fail(error, PITH_E_CORRUPT, slot->payload_start,
                     "chunk payload of %" PRIu64 " bytes at byte %" PRIu64
                     " is damaged: its check is %016" PRIx64 ", its bytes give %016" PRIx64,
                     header->packed_len, slot->payload_start, header->packed_check, found);
}

static pith_status decode_payload(struct pith_decode_slot *slot, uint32_t *final_state,
                                  pith_error *error)
{
    const struct pith_chunk_header *header = &slot->header;
    const struct pith_codec *codec = pith_codec_find(header->codec.id);
    struct pith_codec_hooks hooks = {
        .progress = on_progress, .opaque = slot, .prior = slot->prior, .base = slot->base};
    uint32_t number = pith_chunk_prior_number(&header->codec);
    pith_status status;

    *final_state = 0;
    if (header->codec.id == PITH_CODEC_FILL)
        return PITH_OK;
    if (header->codec.id == PITH_CODEC_STORED) {
        if (slot->raw != slot->payload && header->raw_len > 0)
            memcpy(slot->raw, slot->payload, (size_t)header->raw_len);
        return PITH_OK;
    }
    if (number > 0)
        TRY(pith_builtin_find(&hooks.prior, number, header->codec.params[0], slot->payload_start,
                              error));
    status = codec->decode(final_state, slot->raw, (size_t)header->raw_len, header->codec.params,
                           header->codec.params_len, slot->payload, (size_t)header->packed_len,
                           slot->work.data, &hooks, error);
    if (status != PITH_OK)
        error->position += slot->payload_start;
    return status;
}

static pith_status decode(struct pith_decode_slot *slot, pith_error *error)
{
    const struct pith_chunk_header *header = &slot->header;
    uint32_t final_state;
    uint64_t start = slot->payload_start, raw_hash = 0, check;

    TRY(pith_decode_prior_check(header, slot->prior, start, error));
    TRY(pith_decode_base_check(header, slot->base, start, error));
    TRY(check_payload(slot, error));
    TRY(decode_payload(slot, &final_state, error));
    if (!header->is_single && !pith_check_matches(final_state, header->final_state))
        return pith_fail(
            error, PITH_E_CORRUPT, start,
            "payload at byte %" PRIu64 " is intact but decodes differently: final state "
            "%08" PRIx32 ", expected %08" PRIx64 "; a fault of pith or of a machine's memory",
            start, final_state, header->final_state);
    if (header->codec.id != PITH_CODEC_FILL)
        raw_hash = XXH3_64bits(slot->raw, (size_t)header->raw_len);
    check = pith_chunk_check(header, raw_hash, final_state);
    if (!pith_check_matches(check, header->check))
        return pith_fail(error, PITH_E_CORRUPT, start,
                         "the content of the payload at byte %" PRIu64
                         " is wrong: its check is %016" PRIx64 ", what was decoded gives "
                         "%016" PRIx64,
                         start, header->check, check);
    return PITH_OK;
}

static void decode_job(void *opaque)
{
    struct pith_decode_slot *slot = opaque;
    pith_error error = {.status = PITH_OK};
    pith_status status = decode(slot, &error);

    error.status = status;
    pith_monitor_lock(&slot->watch->monitor);
    slot->error = error;
    slot->n_running--;
    pith_monitor_wake_all(&slot->watch->monitor);
    pith_monitor_unlock(&slot->watch->monitor);
}

void pith_decode_slot_run(struct pith_decode_slot *slot, struct pith_pool *pool)
{
    slot->n_running = 1; /* no job runs yet: no lock needed */
    slot->is_in_caller = 0;
    if (pool && pith_pool_start(pool, decode_job, slot))
        return;
    slot->is_in_caller = 1;
    decode_job(slot);
}

void pith_decode_slot_report_end(struct pith_decode_slot *slot, int is_good)
{
    const struct pith_chunk_header *header = &slot->header;

    pith_watch_report(slot->watch, &slot->tally, is_good ? header->raw_len : 0,
                      header->len + header->packed_len);
}

void pith_decode_slot_free(struct pith_decode_slot *slot, struct pith_memory *memory)
{
    pith_block_free(&slot->packed, memory);
    pith_block_free(&slot->plain, memory);
    pith_block_free(&slot->work, memory);
}
