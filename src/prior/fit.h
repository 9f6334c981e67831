/* Fit: what of all that was learnt goes into the room that there is. */
#ifndef PITH_PRIOR_FIT_H
#define PITH_PRIOR_FIT_H

#include "prior/learnt_code.h"
#include "prior/select.h"
#include "prior/worth.h"

#define PITH_FIT_NONE SIZE_MAX /* in place of a length: it does not fit */

/* Room for contexts. */
struct pith_fit {
    const struct pith_collector *collector;
    const struct pith_worth *worth;
    struct pith_memory *memory; /* for the selection */
};

/* Chooses the contexts that gain most in cap bytes and writes them.  *selection holds those that were chosen,
 * rounded; one from before is given back first. */
pith_status pith_fit_contexts(struct pith_selection *selection, const struct pith_fit *fit,
                              uint8_t *to, size_t cap, size_t *len, pith_error *error);

/* Writes what an engine has learnt, to begin with for small data: it goes on to learn faster than it did last.
 * Returns its bytes or PITH_FIT_NONE. */
size_t pith_fit_write_learnt(struct pith_engine *learner, struct pith_message_head *head,
                             struct pith_learnt_choice choice, uint8_t *to, size_t cap);

/* The same with its smallest differences left out until it takes least_cap bytes or, with hardly anything left,
 * cap.  Returns its bytes and the parts that they have, or PITH_FIT_NONE. */
size_t pith_fit_learnt(struct pith_engine *learner, struct pith_message_head *head, uint8_t *to,
                       size_t least_cap, size_t cap, uint32_t *parts);

#endif
