/* See calibrator.h. */
#include "mix/calibrator.h"

#include "num/logistic.h"

void pith_calibrator_layout(struct pith_calibrator *calibrator, struct pith_arena *arena,
                            uint32_t contexts_log2)
{
    calibrator->contexts_log2 = contexts_log2;
    calibrator->cells = pith_arena_take(arena, (uint64_t)PITH_CALIBRATOR_STEPS << contexts_log2,
                                        sizeof *calibrator->cells);
}

void pith_calibrator_layout_lazy(struct pith_calibrator *calibrator, struct pith_arena *arena)
{
    pith_lazy_layout(&calibrator->lazy, arena, 1u << (calibrator->contexts_log2 - 1),
                     2 * PITH_CALIBRATOR_STEPS * sizeof *calibrator->cells);
}

void pith_calibrator_init(struct pith_calibrator *calibrator, uint32_t rate_log2)
{
    for (uint32_t i = 0; i < (uint32_t)PITH_CALIBRATOR_STEPS << calibrator->contexts_log2; i++) {
        int32_t logit =
            (int32_t)(i % PITH_CALIBRATOR_STEPS) * PITH_CALIBRATOR_STEP + PITH_CALIBRATOR_LOWEST;

        calibrator->cells[i] = (uint16_t)pith_squash(pith_logit_clamp(logit));
    }
    calibrator->rate_log2 = rate_log2;
    calibrator->low = 0;
    calibrator->weight = 0;
    calibrator->lazy.start = NULL;
}

void pith_calibrator_begin(struct pith_calibrator *calibrator, const struct pith_calibrator *start,
                           uint32_t contexts_log2)
{
    calibrator->contexts_log2 = contexts_log2;
    pith_lazy_begin(&calibrator->lazy, calibrator->cells, start->cells);
    calibrator->lazy.shift = calibrator->contexts_log2 - start->contexts_log2;
    calibrator->rate_log2 = start->rate_log2;
    calibrator->low = 0;
    calibrator->weight = 0;
}
