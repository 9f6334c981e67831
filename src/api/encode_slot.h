/* Encode slot: one chunk on its way from raw bytes to payload, with the memory for it.
 *
 * Encoding and the verifying decode are two jobs.  They run side by side: the encoder publishes how
 * much of the payload is final, the decoder waits when it has read all of that.  Without a thread to
 * spare the decode follows the encode, and without memory to spare it does so in the same memory.
 * The slot's memory stays for the next chunk. */
#ifndef PITH_API_ENCODE_SLOT_H
#define PITH_API_ENCODE_SLOT_H

#include "api/watch.h"
#include "base/memory.h"
#include "codec/points/snap.h"
#include "codec/tensor/chunk_layout.h"
#include "container/frame.h"
#include "par/pool.h"

/* A run of one byte, chunks long. */
struct pith_fill {
    uint64_t len; /* 0 = none */
    uint8_t byte;
};

struct pith_encode_slot {
    /* Set once, by the encoder. */
    struct pith_watch *watch;
    const struct pith_codec *codec;
    int level;
    const struct pith_codec_prior
        *prior; /* NULL = none; of slots that use built-in ones the chunk's */
    int uses_builtin;
    const struct pith_codec_base *base; /* NULL = none */
    int is_head;                        /* the chunk is the head of a file of tensors */
    int chunk_level; /* of the chunk's model: `level`, or a lower one that was seen to code it better */
    int is_verified;
    struct pith_codec_study *study; /* NULL in normal use */

    struct pith_tensor_layout layout; /* of a chunk of tensors; its runs lie in `runs` */
    struct pith_block runs;
    const struct pith_points_layout *points; /* of a chunk of points; its owner is the encoder */
    const struct pith_snap *snap;            /* of points, or NULL */
    enum pith_points_seen points_seen;       /* in `work` */
    uint64_t points_before;                  /* of the file before the chunk; of text 0 */
    struct pith_points_bound bounds[PITH_POINTS_BOUNDS_MAX]; /* of a chunk of points */
    uint32_t n_bounds;

    struct pith_block raw; /* filled by the encoder, raw_len bytes */
    struct pith_block payload, work, check_work, check_raw;
    uint64_t raw_start; /* of the chunk in the stream */
    size_t raw_len;
    struct pith_fill fill; /* what stands before the chunk */

    /* One run.  Written by its jobs, read by the caller's thread when n_running is 0 again. */
    struct pith_chunk_header header;
    size_t payload_cap;
    uint64_t raw_hash;
    uint64_t restored_hash; /* of the raw bytes after encoding, if the chunk is stored */
    int is_in_caller;       /* the encode job runs in the caller's thread */
    int verifies_after;     /* in the encode job, after it */
    int shares_work;        /* and in its memory, not in check_work */
    pith_status status;     /* of encoding */
    pith_error error;
    pith_status verify_status;
    uint64_t verify_hash;
    uint32_t verify_state;
    /* A chunk that is verified is half done when it is encoded: each of the two jobs counts half. */
    struct pith_tally tally, verify_tally;

    /* Guarded by watch->monitor. */
    unsigned n_running;
    size_t published; /* payload bytes that are final */
    int is_published; /* no more will come */
    int is_abandoned; /* the payload is not wanted: the chunk is stored, or has failed */
};

/* Memory of a slot for chunks of raw_len bytes. */
uint64_t pith_encode_slot_need(int level, uint64_t raw_len, int is_verified,
                               const struct pith_codec_prior *prior, int uses_builtin,
                               int has_base);

/* Memory that decoding a chunk of tensors, or of points, takes. */
uint64_t pith_typed_chunk_need(int level, uint64_t raw_len, const struct pith_codec_base *base,
                               int has_points);

/* Plans the chunk in slot->raw and gets the memory for it. */
pith_status pith_encode_slot_plan(struct pith_encode_slot *slot, struct pith_memory *memory,
                                  int is_single, pith_error *error);

/* Runs the planned chunk's jobs; in the caller's thread if pool is NULL.  May return before the jobs
 * have ended: see slot->n_running. */
void pith_encode_slot_run(struct pith_encode_slot *slot, struct pith_pool *pool, int in_caller);

/* The outcome, when n_running is 0: the payload is good and the header knows all about it but its
 * place.  PITH_E_INTERNAL when the chunk does not decode to its raw bytes. */
pith_status pith_encode_slot_verdict(struct pith_encode_slot *slot, pith_error *error);

/* Gives back what a slot holds for its next run.  n_running must be 0. */
void pith_encode_slot_trim(struct pith_encode_slot *slot, struct pith_memory *memory);

void pith_encode_slot_free(struct pith_encode_slot *slot, struct pith_memory *memory);

#endif
