/* Calibrator: corrects a probability by what really happened when it was given in this context.
 *
 * A map from (context, logit) to probability, sampled at PITH_CALIBRATOR_STEPS logits and linearly
 * interpolated; the two samples around the logit learn (M. Mahoney's adaptive probability maps;
 * secondary symbol estimation).  Starts as the identity. */
#ifndef PITH_MIX_CALIBRATOR_H
#define PITH_MIX_CALIBRATOR_H

#include "base/arena.h"
#include "base/compiler.h"

#define PITH_CALIBRATOR_STEPS 32 /* 16-bit samples: one cache line a context */

struct pith_calibrator {
    uint16_t *cells; /* [context][step]: P(1) in 1/65536 */
    uint32_t contexts_log2;
    uint32_t rate_log2; /* a sample moves by error >> rate_log2 */
    uint32_t row;       /* first sample of the chosen context */
    uint32_t low;       /* index of the lower sample of the last prediction */
    uint32_t weight;    /* of the upper one, 0..199 */
};

void pith_calibrator_layout(struct pith_calibrator *calibrator, struct pith_arena *arena,
                            uint32_t contexts_log2);
void pith_calibrator_init(struct pith_calibrator *calibrator, uint32_t rate_log2);
/* Chooses the context of the next prediction, any number, by hash, and fetches its samples. */
static inline void pith_calibrator_select(struct pith_calibrator *calibrator, uint32_t context)
{
    calibrator->row =
        ((context * 0x9e3779b1u) >> (32 - calibrator->contexts_log2)) * PITH_CALIBRATOR_STEPS;
    PITH_PREFETCH(calibrator->cells + calibrator->row);
}

/* Returns P(1) in 1..65535. */
uint32_t pith_calibrator_predict(struct pith_calibrator *calibrator, int32_t logit);
void pith_calibrator_update(struct pith_calibrator *calibrator, int bit);

#endif
