/* Which codec and level a chunk is coded with that is known to hold tensors or points. */
#ifndef PITH_API_ENCODE_CHOICE_H
#define PITH_API_ENCODE_CHOICE_H

#include "api/encode_slot.h"

/* Sets the slot's chunk_level, and its codec to that of bytes if that is better. */
pith_status pith_encode_choose(struct pith_encode_slot *slot, struct pith_memory *memory,
                               pith_error *error);

/* As a hook of trials, opaque: the slot.  They count as no progress, but can be cancelled. */
int pith_encode_trial_progress(void *opaque, uint64_t raw_done);

#endif
