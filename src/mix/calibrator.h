/* Calibrator: corrects a probability by what really happened when it was given in this context.
 *
 * A map from (context, logit) to probability, sampled at PITH_CALIBRATOR_STEPS logits and linearly
 * interpolated; the two samples around the logit learn (M. Mahoney's adaptive probability maps;
 * secondary symbol estimation).  Starts as the identity. */
#ifndef PITH_MIX_CALIBRATOR_H
#define PITH_MIX_CALIBRATOR_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/lazy.h"
#include "num/logistic.h"

#define PITH_CALIBRATOR_STEPS  32  /* 16-bit samples: one cache line a context */
#define PITH_CALIBRATOR_STEP   200 /* logits between samples */
#define PITH_CALIBRATOR_LOWEST (-(PITH_CALIBRATOR_STEPS - 1) * PITH_CALIBRATOR_STEP / 2)

struct pith_calibrator {
    uint16_t *cells; /* [context][step]: P(1) in 1/65536 */
    uint32_t contexts_log2;
    uint32_t rate_log2;    /* a sample moves by error >> rate_log2 */
    uint32_t row;          /* first sample of the chosen context */
    uint32_t low;          /* index of the lower sample of the last prediction */
    uint32_t weight;       /* of the upper one, 0..199 */
    struct pith_lazy lazy; /* pairs of rows */
};

void pith_calibrator_layout(struct pith_calibrator *calibrator, struct pith_arena *arena,
                            uint32_t contexts_log2);
void pith_calibrator_init(struct pith_calibrator *calibrator, uint32_t rate_log2);
/* Memory for pith_calibrator_begin(). */
void pith_calibrator_layout_lazy(struct pith_calibrator *calibrator, struct pith_arena *arena);
/* Begins as a copy of one that has learnt, with 2^contexts_log2 contexts: no fewer than that has, no more than
 * were laid out. */
void pith_calibrator_begin(struct pith_calibrator *calibrator, const struct pith_calibrator *start,
                           uint32_t contexts_log2);
/* First sample of the first of two rows that stand side by side: those that follow `parent`. */
static inline uint32_t pith_calibrator_pair(const struct pith_calibrator *calibrator,
                                            uint32_t parent)
{
    return ((parent * 0x9e3779b1u) >> (33 - calibrator->contexts_log2)) * PITH_CALIBRATOR_STEPS * 2;
}

/* Chooses the row of the next prediction by hash: context, any number with its low 8 bits zero, and
 * the bits of the byte seen so far with a leading 1.  Fetches both rows that the bit after may need. */
static inline void pith_calibrator_select(struct pith_calibrator *calibrator, uint32_t context,
                                          uint32_t bits_seen)
{
    uint32_t next = pith_calibrator_pair(calibrator, context ^ bits_seen);

    calibrator->row = pith_calibrator_pair(calibrator, context ^ bits_seen >> 1);
    pith_lazy_touch(&calibrator->lazy, calibrator->row / (2 * PITH_CALIBRATOR_STEPS));
    calibrator->row += (bits_seen & 1) * PITH_CALIBRATOR_STEPS;
    PITH_PREFETCH(calibrator->cells + next);
    PITH_PREFETCH(calibrator->cells + next + PITH_CALIBRATOR_STEPS);
}

/* Returns P(1) in 1..65535. */
PITH_INLINE uint32_t pith_calibrator_predict(struct pith_calibrator *calibrator, int32_t logit)
{
    uint32_t at = (uint32_t)(logit - PITH_CALIBRATOR_LOWEST), p1;

    calibrator->low = calibrator->row + at / PITH_CALIBRATOR_STEP;
    calibrator->weight = at % PITH_CALIBRATOR_STEP;
    p1 = (calibrator->cells[calibrator->low] * (PITH_CALIBRATOR_STEP - calibrator->weight) +
          calibrator->cells[calibrator->low + 1] * calibrator->weight) /
         PITH_CALIBRATOR_STEP;
    return p1 < 1 ? 1 : p1;
}

PITH_INLINE void pith_calibrator_update(struct pith_calibrator *calibrator, int bit)
{
    uint16_t *low = calibrator->cells + calibrator->low;

    low[0] = pith_probability_moved(low[0], bit, calibrator->rate_log2);
    low[1] = pith_probability_moved(low[1], bit, calibrator->rate_log2);
}

#endif
