/* See fetch.h. */
#include "api/fetch.h"

#include "api/base.h"
#include "api/settings.h"
#include "base/checked.h"
#include "prior/prior.h"

#include <inttypes.h>
#include <string.h>

static pith_status make_slots(struct pith_fetcher *fetcher, unsigned n_slots,
                              const pith_options *settings, pith_error *error)
{
    size_t len = n_slots * sizeof *fetcher->slots;
    void *block;

    TRY(pith_memory_take(&fetcher->memory, &block, len, "the chunks' slots", 0, error));
    memset(block, 0, len);
    fetcher->slots = block;
    fetcher->n_slots = n_slots;
    for (unsigned i = 0; i < n_slots; i++) {
        fetcher->slots[i].decode.watch = &fetcher->watch;
        fetcher->slots[i].decode.prior = pith_prior_codec(settings->prior);
        fetcher->slots[i].decode.base = pith_base_codec(settings->base);
    }
    return PITH_OK;
}

pith_status pith_fetcher_init(struct pith_fetcher *fetcher, const struct pith_archive *archive,
                              const pith_options *settings, const struct pith_memory *memory,
                              pith_error *error)
{
    pith_status status;

    memset(fetcher, 0, sizeof *fetcher);
    fetcher->memory = *memory;
    fetcher->archive = *archive;
    fetcher->executor = settings->executor;
    TRY(pith_watch_init(&fetcher->watch, settings, error));
    status = make_slots(fetcher, settings->threads, settings, error);
    if (status != PITH_OK)
        pith_watch_destroy(&fetcher->watch);
    return status;
}

void pith_fetcher_free(struct pith_fetcher *fetcher)
{
    pith_watch_cancel(&fetcher->watch);
    pith_pool_destroy(fetcher->pool, &fetcher->memory);
    for (unsigned i = 0; i < fetcher->n_slots; i++)
        pith_decode_slot_free(&fetcher->slots[i].decode, &fetcher->memory);
    pith_memory_give(&fetcher->memory, fetcher->slots);
    pith_watch_destroy(&fetcher->watch);
}

static uint64_t missing(const struct pith_decode_slot *slot, const struct pith_chunk_header *header)
{
    uint64_t need = pith_block_missing(&slot->work, header->codec_need);

    need = pith_saturated_add(need, pith_block_missing(&slot->plain, header->raw_len));
    if (header->codec.id != PITH_CODEC_STORED)
        need = pith_saturated_add(need, pith_block_missing(&slot->packed, header->packed_len));
    return need;
}

static pith_status check_limit(struct pith_fetcher *fetcher, unsigned at,
                               const struct pith_chunk_header *header, uint64_t start,
                               pith_error *error)
{
    const struct pith_decode_slot *slot = &fetcher->slots[at].decode;

    if (missing(slot, header) <= pith_memory_left(&fetcher->memory))
        return PITH_OK;
    for (unsigned i = 0; i < fetcher->n_slots; i++) {
        if (fetcher->slots[i].is_held)
            continue;
        pith_decode_slot_free(&fetcher->slots[i].decode, &fetcher->memory);
        fetcher->slots[i].has_content = 0;
    }
    if (missing(slot, header) <= pith_memory_left(&fetcher->memory))
        return PITH_OK;
    return pith_fail(error, PITH_E_MEMORY_LIMIT, start,
                     "decoding the chunk at byte %" PRIu64 " (%" PRIu64 " bytes raw) needs %" PRIu64
                     " bytes of memory, the limit is %" PRIu64,
                     start, header->raw_len,
                     pith_saturated_add(fetcher->memory.used, missing(slot, header)),
                     fetcher->memory.limit);
}

static pith_status get_memory(struct pith_fetcher *fetcher, struct pith_decode_slot *slot,
                              uint64_t start, pith_error *error)
{
    const struct pith_chunk_header *header = &slot->header;

    TRY(pith_block_reserve(&slot->plain, &fetcher->memory, header->raw_len, "a chunk's raw bytes",
                           start, error));
    if (header->codec.id != PITH_CODEC_STORED)
        TRY(pith_block_reserve(&slot->packed, &fetcher->memory, header->packed_len,
                               "a chunk's payload", start, error));
    return pith_block_reserve(&slot->work, &fetcher->memory, header->codec_need,
                              "the decoder's model", start, error);
}

pith_status pith_fetcher_start(struct pith_fetcher *fetcher, unsigned at,
                               const struct pith_chunk_header *header, uint64_t payload_start,
                               pith_error *error)
{
    struct pith_decode_slot *slot = &fetcher->slots[at].decode;
    struct pith_block *block = header->codec.id == PITH_CODEC_STORED ? &slot->plain : &slot->packed;
    int is_fill = header->codec.id == PITH_CODEC_FILL;
    int is_threaded = fetcher->n_slots > 1 && !is_fill;

    fetcher->slots[at].has_content = 0;
    slot->header = *header;
    slot->payload_start = payload_start;
    slot->tally = (struct pith_tally){0};
    slot->error.status = PITH_OK;
    if (!is_fill) {
        TRY(check_limit(fetcher, at, header, payload_start - header->len, error));
        TRY(get_memory(fetcher, slot, payload_start, error));
    }
    if (is_threaded && !fetcher->pool)
        TRY(pith_pool_create(&fetcher->pool, fetcher->n_slots, fetcher->executor, &fetcher->memory,
                             error));
    TRY(pith_archive_read(&fetcher->archive, block->data, (size_t)header->packed_len, payload_start,
                          error));
    slot->payload = block->data;
    slot->raw = slot->plain.data;
    fetcher->slots[at].is_held = 1;
    pith_decode_slot_run(slot, is_threaded ? fetcher->pool : NULL);
    return PITH_OK;
}

pith_status pith_fetcher_wait(struct pith_fetcher *fetcher, unsigned at, pith_error *error)
{
    struct pith_decode_slot *slot = &fetcher->slots[at].decode;

    pith_watch_wait(&fetcher->watch, &slot->n_running);
    pith_decode_slot_report_end(slot, slot->error.status == PITH_OK);
    if (pith_watch_tell(&fetcher->watch, 0))
        return pith_fail(error, PITH_E_CANCELLED, slot->payload_start, "cancelled");
    if (slot->error.status != PITH_OK)
        return pith_error_copy(error, &slot->error);
    fetcher->slots[at].has_content = 1;
    return PITH_OK;
}

void pith_fetcher_release(struct pith_fetcher *fetcher, unsigned at)
{
    fetcher->slots[at].is_held = 0;
}
