/* Direct contexts: orders 0 and 1 in plain tables, each node with a slow and a fast counter. */
#ifndef PITH_MODEL_DIRECT_H
#define PITH_MODEL_DIRECT_H

#include "base/arena.h"

#define PITH_DIRECT_INPUTS 4

struct pith_direct {
    uint16_t *counters; /* [order 0, then 256 bytes of order 1][node][slow, fast]: P(1) q16 */
    uint32_t at[2];     /* of the current node's counters, for each order */
};

void pith_direct_layout(struct pith_direct *direct, struct pith_arena *arena);
void pith_direct_init(struct pith_direct *direct);
/* last: the byte before; bits_seen: bits of the current byte with a leading 1. */
void pith_direct_predict(struct pith_direct *direct, uint32_t last, uint32_t bits_seen,
                         int16_t *inputs);
void pith_direct_update(struct pith_direct *direct, int bit);

#endif
