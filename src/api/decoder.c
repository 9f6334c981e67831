/* Streaming decoder: packed bytes in, checked raw bytes out.
 *
 * The parser takes headers apart; each chunk's payload goes into a slot of a ring, slots are decoded
 * up to n_slots at once, and bytes leave in order, each chunk's only after its checks.  What is
 * wrong with the input is reported after the chunks before it are out.  No memory is asked for
 * before the header that asks for it has been checked, and none for a model before the whole
 * payload is there. */
#include "api/decoder.h"

#include "api/base.h"
#include "api/decode_slot.h"
#include "api/settings.h"
#include "base/checked.h"
#include "container/parser.h"
#include "prior/prior.h"

#include <inttypes.h>
#include <string.h>

/* Below this a thread costs more than it saves. */
#define THREAD_LEN_MIN ((uint64_t)16 << 10)

/* What has to happen before the next step. */
enum need { NEED_NOTHING, NEED_INPUT, NEED_SLOT };

struct pith_decoder {
    struct pith_memory memory;
    struct pith_watch watch;
    struct pith_pool *pool; /* made when first needed */
    const pith_executor *executor;
    const struct pith_codec_prior *prior; /* at hand; NULL = none */
    const struct pith_codec_base *base;   /* the same */
    uint64_t output_limit;                /* UINT64_MAX = none */
    uint64_t raw_started;                 /* raw bytes of the chunks that were let in */
    pith_error failure;                   /* final; its status is PITH_OK while none */

    struct pith_parser parser;
    pith_error pending;    /* the parser's error, until the slots before it are out */
    uint64_t payload_done; /* in PITH_STAGE_PAYLOAD: bytes that are in the slot */
    int has_payload_room;  /* in PITH_STAGE_PAYLOAD: the slot has got its memory */

    struct pith_decode_slot *slots;
    unsigned n_slots;
    unsigned oldest; /* slots[oldest .. oldest + n_busy) mod n_slots are in flight */
    unsigned n_busy;
    uint64_t out_done; /* bytes of the oldest slot that are out */

    int is_direct;      /* slots work in the caller's buffers */
    uint8_t *direct_at; /* where the next chunk's bytes go */
    size_t direct_left; /* room there */
};

static pith_status make_slots(struct pith_decoder *d, unsigned n_slots, pith_error *error)
{
    void *block;
    size_t len = n_slots * sizeof *d->slots;

    TRY(pith_memory_take(&d->memory, &block, len, "the decoder", 0, error));
    memset(block, 0, len);
    d->slots = block;
    d->n_slots = n_slots;
    for (unsigned i = 0; i < n_slots; i++)
        d->slots[i].watch = &d->watch;
    return PITH_OK;
}

pith_status pith_decoder_create(pith_decoder **decoder, const pith_options *options,
                                pith_error *error)
{
    struct pith_memory memory;
    struct pith_decoder *made;
    pith_options settings;
    pith_status status;
    void *block;

    if (!decoder)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "decoder is NULL");
    *decoder = NULL;
    TRY(pith_settings_take(&settings, options, error));
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    TRY(pith_memory_take(&memory, &block, sizeof *made, "the decoder", 0, error));
    made = block;
    memset(made, 0, sizeof *made);
    made->memory = memory;
    made->executor = settings.executor;
    made->prior = pith_prior_codec(settings.prior);
    made->base = pith_base_codec(settings.base);
    made->output_limit = settings.output_limit ? settings.output_limit : UINT64_MAX;
    pith_parser_init(&made->parser);
    status = pith_watch_init(&made->watch, &settings, error);
    if (status != PITH_OK) {
        pith_memory_give(&memory, made);
        return status;
    }
    status = make_slots(made, settings.threads, error);
    if (status != PITH_OK) {
        pith_decoder_destroy(made);
        return status;
    }
    *decoder = made;
    return PITH_OK;
}

void pith_decoder_destroy(pith_decoder *decoder)
{
    struct pith_memory memory;

    if (!decoder)
        return;
    pith_watch_cancel(&decoder->watch);
    pith_pool_destroy(decoder->pool, &decoder->memory);
    for (unsigned i = 0; i < decoder->n_slots; i++)
        pith_decode_slot_free(&decoder->slots[i], &decoder->memory);
    pith_memory_give(&decoder->memory, decoder->slots);
    pith_watch_destroy(&decoder->watch);
    memory = decoder->memory;
    pith_memory_give(&memory, decoder);
}

pith_status pith_decoder_use_prior(pith_decoder *decoder, const pith_prior *prior)
{
    if (!decoder)
        return PITH_E_ARGUMENT;
    decoder->prior = pith_prior_codec(prior);
    return PITH_OK;
}

pith_status pith_decoder_set_memory_limit(pith_decoder *decoder, uint64_t memory_limit)
{
    if (!decoder)
        return PITH_E_ARGUMENT;
    decoder->memory.limit = memory_limit ? memory_limit : PITH_MEMORY_LIMIT_DEFAULT;
    return PITH_OK;
}

void pith_decoder_set_direct(pith_decoder *decoder)
{
    decoder->is_direct = 1;
}

/* What the caller can mend and go on. */
static int is_mendable(pith_status status)
{
    return status == PITH_E_MEMORY_LIMIT || status == PITH_E_PRIOR;
}

static struct pith_decode_slot *slot_at(struct pith_decoder *d, unsigned after_oldest)
{
    return &d->slots[(d->oldest + after_oldest) % d->n_slots];
}

/* Bytes that the chunk takes in this slot beyond what the slot holds already. */
static uint64_t extra_need(const struct pith_decoder *d, const struct pith_decode_slot *slot)
{
    const struct pith_chunk_header *chunk = &d->parser.chunk;
    uint64_t need = pith_block_missing(&slot->work, chunk->codec_need);

    if (d->is_direct || chunk->codec.id == PITH_CODEC_FILL)
        return need;
    need = pith_saturated_add(need, pith_block_missing(&slot->plain, chunk->raw_len));
    if (chunk->codec.id != PITH_CODEC_STORED)
        need = pith_saturated_add(need, pith_block_missing(&slot->packed, chunk->packed_len));
    return need;
}

/* Makes sure that the chunk fits under the limit, if need be by letting memory of idle slots go. */
static pith_status check_limit(struct pith_decoder *d, const struct pith_decode_slot *slot,
                               enum need *need, pith_error *error)
{
    const struct pith_chunk_header *chunk = &d->parser.chunk;
    uint64_t start = d->parser.position - chunk->len;

    if (extra_need(d, slot) <= pith_memory_left(&d->memory))
        return PITH_OK;
    for (unsigned i = d->n_busy; i < d->n_slots; i++)
        pith_decode_slot_free(slot_at(d, i), &d->memory);
    if (extra_need(d, slot) <= pith_memory_left(&d->memory))
        return PITH_OK;
    if (d->n_busy > 0) {
        *need = NEED_SLOT;
        return PITH_OK;
    }
    return pith_fail(error, PITH_E_MEMORY_LIMIT, start,
                     "decoding the chunk at byte %" PRIu64 " (%" PRIu64 " bytes raw) needs %" PRIu64
                     " bytes of memory, the limit is %" PRIu64,
                     start, chunk->raw_len, pith_saturated_add(d->memory.used, extra_need(d, slot)),
                     d->memory.limit);
}

/* Finds a place for the payload. */
static pith_status make_room(struct pith_decoder *d, struct pith_decode_slot *slot, pith_in *in,
                             enum need *need, pith_error *error)
{
    const struct pith_chunk_header *chunk = &d->parser.chunk;
    int is_stored = chunk->codec.id == PITH_CODEC_STORED;
    struct pith_block *block = is_stored ? &slot->plain : &slot->packed;

    TRY(pith_decode_prior_check(chunk, d->prior, d->parser.position - chunk->len, error));
    TRY(pith_decode_base_check(chunk, d->base, d->parser.position - chunk->len, error));
    TRY(check_limit(d, slot, need, error));
    if (*need != NEED_NOTHING)
        return PITH_OK;
    slot->header = *chunk;
    slot->prior = d->prior;
    slot->base = d->base;
    slot->payload_start = d->parser.position;
    slot->tally = (struct pith_tally){0};
    d->payload_done = 0;
    if (d->is_direct) {
        slot->payload = (const uint8_t *)in->data + in->pos;
    } else {
        TRY(pith_block_reserve(block, &d->memory, chunk->packed_len, "a chunk's payload",
                               d->parser.position, error));
        slot->payload = block->data;
    }
    d->has_payload_room = 1;
    return PITH_OK;
}

/* The payload is there: finds a place for the raw bytes and the model, and starts decoding. */
static pith_status dispatch(struct pith_decoder *d, struct pith_decode_slot *slot,
                            pith_error *error)
{
    const struct pith_chunk_header *chunk = &slot->header;
    uint64_t start = slot->payload_start;
    int is_threaded =
        d->n_slots > 1 && chunk->raw_len >= THREAD_LEN_MIN && chunk->codec.id != PITH_CODEC_FILL;

    if (d->is_direct) {
        if (chunk->raw_len > d->direct_left)
            return pith_fail(error, PITH_E_OUTPUT_FULL, start,
                             "the chunk at byte %" PRIu64 " has %" PRIu64
                             " raw bytes, the destination has room for %zu more",
                             start - chunk->len, chunk->raw_len, d->direct_left);
        slot->raw = d->direct_at;
    } else if (chunk->codec.id != PITH_CODEC_FILL) {
        TRY(pith_block_reserve(&slot->plain, &d->memory, chunk->raw_len, "a chunk's raw bytes",
                               start, error));
        slot->raw = slot->plain.data;
    }
    TRY(pith_block_reserve(&slot->work, &d->memory, chunk->codec_need, "the decoder's model", start,
                           error));
    if (is_threaded && !d->pool)
        TRY(pith_pool_create(&d->pool, d->n_slots, d->executor, &d->memory, error));
    if (d->is_direct && chunk->raw_len > 0) {
        d->direct_at += chunk->raw_len;
        d->direct_left -= (size_t)chunk->raw_len;
    }
    d->has_payload_room = 0;
    pith_parser_pass_payload(&d->parser);
    d->n_busy++;
    pith_decode_slot_run(slot, is_threaded ? d->pool : NULL);
    return PITH_OK;
}

/* Takes payload into the slot after those in flight, and starts it when all is there. */
static pith_status take_payload(struct pith_decoder *d, pith_in *in, pith_action action,
                                enum need *need, pith_error *error)
{
    struct pith_decode_slot *slot = slot_at(d, d->n_busy);
    uint64_t left;
    size_t n = in->size - in->pos;

    if (d->n_busy == d->n_slots) {
        *need = NEED_SLOT;
        return PITH_OK;
    }
    left = d->parser.chunk.packed_len - (d->has_payload_room ? d->payload_done : 0);
    if (!d->has_payload_room) {
        if (action == PITH_FINISH && n < left)
            return pith_parser_end(&d->parser, n, error);
        TRY(make_room(d, slot, in, need, error));
        if (*need != NEED_NOTHING)
            return PITH_OK;
    }
    if (n > left)
        n = (size_t)left;
    if (n > 0 && !d->is_direct)
        memcpy((d->parser.chunk.codec.id == PITH_CODEC_STORED ? slot->plain : slot->packed).data +
                   d->payload_done,
               (const uint8_t *)in->data + in->pos, n);
    d->payload_done += n;
    in->pos += n;
    if (d->payload_done == d->parser.chunk.packed_len)
        return dispatch(d, slot, error);
    if (action == PITH_FINISH)
        return pith_parser_end(&d->parser, d->payload_done, error);
    *need = NEED_INPUT;
    return PITH_OK;
}

static pith_status over_limit(const struct pith_decoder *d, uint64_t start, uint64_t len,
                              const char *what, pith_error *error)
{
    return pith_output_limit_fail(error, what, start, pith_saturated_add(d->raw_started, len),
                                  d->output_limit);
}

/* A chunk goes out whole or not at all. */
static pith_status check_output_limit(struct pith_decoder *d, pith_error *error)
{
    const struct pith_chunk_header *chunk = &d->parser.chunk;

    if (chunk->raw_len > d->output_limit - d->raw_started)
        return over_limit(d, d->parser.position - chunk->len, chunk->raw_len, "chunk", error);
    d->raw_started += chunk->raw_len;
    return PITH_OK;
}

/* A frame that says more than may come out, or than the whole destination holds, is refused at once. */
static pith_status check_room(const struct pith_decoder *d, pith_error *error)
{
    const struct pith_parser *parser = &d->parser;
    uint64_t len = parser->frame.content_size;

    if (parser->stage != PITH_STAGE_CHUNK || parser->sum.n_chunks > 0)
        return PITH_OK;
    if (len > d->output_limit - d->raw_started)
        return over_limit(d, parser->frame_start, len, "frame", error);
    if (!d->is_direct || len <= d->direct_left)
        return PITH_OK;
    return pith_fail(error, PITH_E_OUTPUT_FULL, parser->frame_start,
                     "the frame at byte %" PRIu64 " has %" PRIu64
                     " raw bytes, the destination has room for %zu more",
                     parser->frame_start, len, d->direct_left);
}

/* One step of reading. */
static pith_status advance(struct pith_decoder *d, pith_in *in, pith_action action, enum need *need,
                           pith_error *error)
{
    enum pith_parsed parsed;

    if (d->parser.stage == PITH_STAGE_PAYLOAD)
        return take_payload(d, in, action, need, error);
    TRY(pith_parser_step(&d->parser, &parsed, in, error));
    if (parsed == PITH_PARSED_CHUNK)
        TRY(check_output_limit(d, error));
    if (parsed != PITH_PARSED_NEED_INPUT)
        return check_room(d, error);
    *need = NEED_INPUT;
    return PITH_OK;
}

/* Lets out the next n bytes of a slot that is done. */
static void put(struct pith_decoder *d, pith_out *out, const struct pith_decode_slot *slot,
                size_t n)
{
    uint8_t *to = n > 0 ? (uint8_t *)out->data + out->pos : NULL;

    if (n > 0 && slot->header.codec.id == PITH_CODEC_FILL)
        memset(to, slot->header.codec.params[0], n);
    else if (n > 0 && !d->is_direct)
        memcpy(to, slot->raw + d->out_done, n);
    out->pos += n;
    d->out_done += n;
}

/* Lets out the bytes of slots that are done, waiting for the oldest if asked to.  *is_full: room ran
 * out. */
static pith_status release(struct pith_decoder *d, pith_out *out, int must_wait, int *is_full,
                           pith_error *error)
{
    while (d->n_busy > 0 && !*is_full) {
        struct pith_decode_slot *slot = slot_at(d, 0);
        size_t room = out->size - out->pos;
        uint64_t left = slot->header.raw_len - d->out_done;
        unsigned n_running;

        if (must_wait)
            pith_watch_wait(&d->watch, &slot->n_running);
        pith_monitor_lock(&d->watch.monitor);
        n_running = slot->n_running;
        pith_monitor_unlock(&d->watch.monitor);
        if (n_running != 0)
            return PITH_OK;
        must_wait = 0;
        if (slot->error.status != PITH_OK)
            return pith_error_copy(error, &slot->error);
        if (room > left)
            room = (size_t)left;
        put(d, out, slot, room);
        if (slot->header.codec.id == PITH_CODEC_FILL) /* no job has reported that */
            pith_watch_report(&d->watch, &slot->tally, d->out_done, 0);
        if (room < left) {
            *is_full = 1;
        } else {
            pith_decode_slot_report_end(slot, 1);
            d->out_done = 0;
            d->oldest = (d->oldest + 1) % d->n_slots;
            d->n_busy--;
        }
    }
    return PITH_OK;
}

/* PITH_OK: no input or no room is left.  PITH_END: all is written. */
static pith_status run(struct pith_decoder *d, pith_out *out, pith_in *in, pith_action action,
                       pith_error *error)
{
    int must_wait = 0, is_full = 0;

    for (;;) {
        enum need need = NEED_NOTHING;
        pith_status status = PITH_OK;

        TRY(release(d, out, must_wait, &is_full, error));
        if (pith_watch_tell(&d->watch, 0))
            return pith_fail(error, PITH_E_CANCELLED, d->parser.position, "cancelled");
        if (is_full)
            return PITH_OK;
        if (d->pending.status == PITH_OK) {
            status = advance(d, in, action, &need, &d->pending);
            if (status == PITH_OK)
                d->pending.status = PITH_OK; /* too little input may have left words there */
        }
        if (is_mendable(status)) { /* the next call tries again */
            pith_error_copy(error, &d->pending);
            d->pending.status = PITH_OK;
            return status;
        }
        if (need == NEED_INPUT && action == PITH_RUN && !pith_parser_is_between(&d->parser))
            return PITH_OK;
        must_wait = need != NEED_NOTHING || d->pending.status != PITH_OK;
        if (!must_wait || d->n_busy > 0)
            continue;
        if (d->pending.status != PITH_OK)
            return pith_error_copy(error, &d->pending);
        return action == PITH_RUN ? PITH_OK : pith_parser_end(&d->parser, 0, error);
    }
}

pith_status pith_decoder_run(pith_decoder *decoder, pith_out *out, pith_in *in, pith_action action,
                             pith_error *error)
{
    pith_error found;
    pith_status status;

    if (!decoder)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "decoder is NULL");
    if (decoder->failure.status != PITH_OK)
        return pith_error_copy(error, &decoder->failure);
    TRY(pith_settings_check_buffers(out, in, action, decoder->parser.position, error));
    memset(&found, 0, sizeof found);
    if (decoder->is_direct && out->pos == 0) {
        decoder->direct_at = out->data;
        decoder->direct_left = out->size;
    }
    status = run(decoder, out, in, action, &found);
    if (status == PITH_OK)
        return status;
    if (status == PITH_END) {
        if (!pith_watch_tell(&decoder->watch, 1))
            return status;
        status = pith_fail(&found, PITH_E_CANCELLED, decoder->parser.position, "cancelled");
    }
    if (!is_mendable(status)) {
        pith_watch_cancel(&decoder->watch);
        if (decoder->pool)
            pith_pool_wait(decoder->pool);
        decoder->failure = found;
    }
    return pith_error_copy(error, &found);
}
