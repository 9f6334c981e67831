/* How that is written which an engine has learnt apart from contexts: maps, counters, weights,
 * calibrators.  Rounded: what is decoded is what engines begin with, not quite what was learnt. */
#ifndef PITH_PRIOR_LEARNT_CODE_H
#define PITH_PRIOR_LEARNT_CODE_H

#include "codec/bytes/compact.h"
#include "coder/coder.h"
#include "engine/engine.h"

/* Parts that are worth their bytes in large priors only; without them engines begin with the mean of each
 * weight set, and with counters and calibrators that know nothing. */
enum {
    PITH_LEARNT_VECTORS = 1, /* the vectors of the weight sets */
    PITH_LEARNT_DIRECT = 2,
    PITH_LEARNT_CALIBRATORS = 4,
    PITH_LEARNT_ALL = 7
};

/* What is written. */
struct pith_learnt_choice {
    uint32_t parts;
    uint32_t
        least_move; /* encoding: a vector of its own has moved so far, in steps a weight, in 1/16 */
};

/* Codes what `engine`, a learner of this level, knows, in either direction: all its kinds_begun.  When
 * decoding, the engine has begun (pith_engine_begin), the head is as new, and kinds are begun here; the rest
 * is left out when the coder has asked for more than PITH_CODER_OVERRUN_MAX bytes beyond the end. */
void pith_learnt_code(struct pith_engine *engine, struct pith_message_head *head,
                      struct pith_learnt_choice choice, struct pith_coder *coder);

#endif
