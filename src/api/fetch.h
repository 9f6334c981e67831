/* Fetcher: decodes chunks of a seekable archive, several side by side, for who knows where they are.
 *
 * The fetcher owns a row of decode slots.  Its user starts chunks in slots, waits for each, takes the
 * checked bytes and lets go of the slot, which keeps them until it is used again or its memory is
 * wanted elsewhere. */
#ifndef PITH_API_FETCH_H
#define PITH_API_FETCH_H

#include "api/decode_slot.h"
#include "api/window.h"

struct pith_fetch_slot {
    struct pith_decode_slot decode;
    int is_held;     /* started, and not let go */
    int has_content; /* decode.raw has the checked bytes of decode.header */
};

struct pith_fetcher {
    struct pith_memory memory;
    struct pith_archive archive;
    struct pith_watch watch;
    struct pith_pool *pool; /* made when first needed */
    const pith_executor *executor;
    struct pith_fetch_slot *slots;
    unsigned n_slots;
};

/* As many slots as settings->threads.  The fetcher stays where it is: it is full of pointers to itself. */
pith_status pith_fetcher_init(struct pith_fetcher *fetcher, const struct pith_archive *archive,
                              const pith_options *settings, const struct pith_memory *memory,
                              pith_error *error);

/* Stops what is running, and frees all but what the user took from fetcher->memory. */
void pith_fetcher_free(struct pith_fetcher *fetcher);

/* Reads the payload at payload_start, which lies within the archive, and starts decoding in a slot that
 * is not held; a fill chunk has its bytes nowhere.  On an error the slot is not held. */
pith_status pith_fetcher_start(struct pith_fetcher *fetcher, unsigned at,
                               const struct pith_chunk_header *header, uint64_t payload_start,
                               pith_error *error);

/* Waits until the held slot is at rest, and returns how its run ended; while it waits, progress is
 * told.  PITH_E_CANCELLED when that asked to stop. */
pith_status pith_fetcher_wait(struct pith_fetcher *fetcher, unsigned at, pith_error *error);

/* Lets go of a slot that was waited for. */
void pith_fetcher_release(struct pith_fetcher *fetcher, unsigned at);

#endif
