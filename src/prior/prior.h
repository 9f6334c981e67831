/* Prior: opened, it is what engines begin with. */
#ifndef PITH_PRIOR_PRIOR_H
#define PITH_PRIOR_PRIOR_H

#include "base/memory.h"
#include "codec/codec.h"
#include "prior/file.h"

struct pith_prior {
    struct pith_memory memory;
    pith_prior_info info;
    struct pith_codec_prior codec; /* what codecs are given */
    struct pith_start start;
    struct pith_message_head head;
    void *block; /* the memory of start */
};

/* Reads a prior; prior->memory is set, everything else zero.  On failure the block is still the caller's
 * to give back.  Errors as of pith_prior_open(). */
pith_status pith_prior_read(struct pith_prior *prior, const uint8_t *data, size_t len,
                            pith_error *error);

/* The parts of that, for priors whose header has been read.  The engine is a learner that is laid out, the
 * store is too. */
pith_status pith_prior_check_tail(const uint8_t *data, size_t len, pith_error *error);
pith_status pith_prior_read_learnt(struct pith_engine *engine, struct pith_message_head *message,
                                   const struct pith_prior_head *head, const uint8_t *data,
                                   pith_error *error);
pith_status pith_prior_read_store(struct pith_store *store, const struct pith_prior_head *head,
                                  const uint8_t *data, pith_error *error);

/* As codecs see it; NULL for none. */
static inline const struct pith_codec_prior *pith_prior_codec(const struct pith_prior *prior)
{
    return prior ? &prior->codec : NULL;
}

#endif
