/* See calibrator.h. */
#include "mix/calibrator.h"

#include "num/logistic.h"

#define STEP 200 /* logits between samples */
#define LOWEST (-(PITH_CALIBRATOR_STEPS - 1) * STEP / 2) /* -3100, below every logit */

void pith_calibrator_layout(struct pith_calibrator *calibrator, struct pith_arena *arena,
                            uint32_t contexts_log2)
{
    calibrator->contexts_log2 = contexts_log2;
    calibrator->cells = pith_arena_take(arena, (uint64_t)PITH_CALIBRATOR_STEPS << contexts_log2,
                                        sizeof *calibrator->cells);
}

void pith_calibrator_init(struct pith_calibrator *calibrator, uint32_t rate_log2)
{
    for (uint32_t i = 0; i < (uint32_t)PITH_CALIBRATOR_STEPS << calibrator->contexts_log2; i++) {
        int32_t logit = (int32_t)(i % PITH_CALIBRATOR_STEPS) * STEP + LOWEST;

        calibrator->cells[i] = (uint16_t)pith_squash(pith_logit_clamp(logit));
    }
    calibrator->rate_log2 = rate_log2;
    calibrator->low = 0;
    calibrator->weight = 0;
}

uint32_t pith_calibrator_predict(struct pith_calibrator *calibrator, int32_t logit)
{
    uint32_t at = (uint32_t)(logit - LOWEST), p1;

    calibrator->low = calibrator->row + at / STEP;
    calibrator->weight = at % STEP;
    p1 = (calibrator->cells[calibrator->low] * (STEP - calibrator->weight) +
          calibrator->cells[calibrator->low + 1] * calibrator->weight) /
         STEP;
    return p1 < 1 ? 1 : p1;
}

static void learn(uint16_t *cell, int bit, uint32_t rate_log2)
{
    if (bit)
        *cell = (uint16_t)(*cell + ((65535u - *cell) >> rate_log2));
    else
        *cell = (uint16_t)(*cell - (*cell >> rate_log2));
}

void pith_calibrator_update(struct pith_calibrator *calibrator, int bit)
{
    learn(&calibrator->cells[calibrator->low], bit, calibrator->rate_log2);
    learn(&calibrator->cells[calibrator->low + 1], bit, calibrator->rate_log2);
}
