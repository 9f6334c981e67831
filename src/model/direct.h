/* Direct contexts: orders 0 and 1 in plain tables, each node with a slow and a fast counter. */
#ifndef PITH_MODEL_DIRECT_H
#define PITH_MODEL_DIRECT_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/lazy.h"
#include "num/logistic.h"

#define PITH_DIRECT_INPUTS    4
#define PITH_DIRECT_SLOW_LOG2 6
#define PITH_DIRECT_FAST_LOG2 3

struct pith_direct {
    uint16_t *counters;    /* [order 0, then 256 bytes of order 1][node][slow, fast]: P(1) q16 */
    uint32_t at[2];        /* of the current node's counters, for each order */
    struct pith_lazy lazy; /* rows of 256 nodes: order 0, then each byte of order 1 */
};

void pith_direct_layout(struct pith_direct *direct, struct pith_arena *arena);
void pith_direct_init(struct pith_direct *direct);
/* Memory for pith_direct_begin(). */
void pith_direct_layout_lazy(struct pith_direct *direct, struct pith_arena *arena);
/* Begins as a copy of one that has learnt. */
void pith_direct_begin(struct pith_direct *direct, const struct pith_direct *start);
/* At a byte boundary; last: the byte before. */
static inline void pith_direct_next(struct pith_direct *direct, uint32_t last)
{
    pith_lazy_touch(&direct->lazy, 0);
    pith_lazy_touch(&direct->lazy, last + 1);
}
/* last: the byte before; bits_seen: bits of the current byte with a leading 1. */
PITH_INLINE void pith_direct_predict(struct pith_direct *direct, uint32_t last, uint32_t bits_seen,
                                     int16_t *inputs)
{
    direct->at[0] = bits_seen * 2;
    direct->at[1] = ((last + 1) * 256 + bits_seen) * 2;
    PITH_PREFETCH(direct->counters + ((last + 1) * 256 + bits_seen * 2) * 2); /* the next bit's */
    for (int i = 0; i < 2; i++) {
        const uint16_t *counter = direct->counters + direct->at[i];

        inputs[2 * i] = (int16_t)pith_stretch(counter[0]);
        inputs[2 * i + 1] = (int16_t)pith_stretch(counter[1]);
    }
}

PITH_INLINE void pith_direct_update(struct pith_direct *direct, int bit)
{
    for (int i = 0; i < 2; i++) {
        uint16_t *counter = direct->counters + direct->at[i];

        counter[0] = pith_probability_moved(counter[0], bit, PITH_DIRECT_SLOW_LOG2);
        counter[1] = pith_probability_moved(counter[1], bit, PITH_DIRECT_FAST_LOG2);
    }
}

#endif
