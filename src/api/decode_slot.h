/* Decode slot: one chunk on its way from payload to checked raw bytes, with the memory for it. */
#ifndef PITH_API_DECODE_SLOT_H
#define PITH_API_DECODE_SLOT_H

#include "api/watch.h"
#include "base/memory.h"
#include "container/frame.h"
#include "par/pool.h"

struct pith_decode_slot {
    struct pith_watch *watch;
    const struct pith_codec_prior *prior; /* at hand; NULL = none */
    const struct pith_codec_base *base;   /* the same */
    struct pith_block packed, plain, work;

    /* The chunk, set by the decoder. */
    struct pith_chunk_header header;
    uint64_t payload_start; /* in the archive */
    const uint8_t *payload; /* header.packed_len bytes: in `packed`, or the caller's own input */
    uint8_t *raw;           /* header.raw_len bytes: in `plain`, or the caller's own output; of a
                             * fill chunk none are kept */

    /* One run.  Read by the caller's thread when n_running is 0 again. */
    int is_in_caller;
    pith_error error; /* its status is the run's */
    struct pith_tally tally;
    unsigned n_running; /* guarded by watch->monitor */
};

/* PITH_E_PRIOR if the chunk, which begins at start, needs another prior than the one at hand. */
pith_status pith_decode_prior_check(const struct pith_chunk_header *header,
                                    const struct pith_codec_prior *prior, uint64_t start,
                                    pith_error *error);

/* PITH_E_BASE, the same of a base. */
pith_status pith_decode_base_check(const struct pith_chunk_header *header,
                                   const struct pith_codec_base *base, uint64_t start,
                                   pith_error *error);

/* The chunk is done: what its jobs have not reported is. */
void pith_decode_slot_report_end(struct pith_decode_slot *slot, int is_good);

/* Starts decoding of the chunk; in the caller's thread if pool is NULL or has no thread left. */
void pith_decode_slot_run(struct pith_decode_slot *slot, struct pith_pool *pool);

void pith_decode_slot_free(struct pith_decode_slot *slot, struct pith_memory *memory);

#endif
