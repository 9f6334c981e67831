/* See denoiser.h. */
#include "mix/denoiser.h"

#include <string.h>

void pith_denoiser_layout(struct pith_denoiser *denoiser, struct pith_arena *arena,
                          const uint32_t n_contexts[PITH_DENOISER_STEPS])
{
    for (uint32_t s = 0; s < PITH_DENOISER_STEPS; s++) {
        denoiser->n_contexts[s] = n_contexts[s];
        denoiser->cells[s] = pith_arena_take(arena, (uint64_t)n_contexts[s] * PITH_DENOISER_BINS,
                                             sizeof *denoiser->cells[s]);
    }
}

void pith_denoiser_init(struct pith_denoiser *denoiser)
{
    for (uint32_t s = 0; s < PITH_DENOISER_STEPS; s++) {
        memset(denoiser->cells[s], 0,
               (size_t)denoiser->n_contexts[s] * PITH_DENOISER_BINS * sizeof *denoiser->cells[s]);
        denoiser->chosen[s] = denoiser->cells[s];
        denoiser->given[s] = 32768;
    }
}

void pith_denoiser_begin(struct pith_denoiser *denoiser, const struct pith_denoiser *start)
{
    for (uint32_t s = 0; s < PITH_DENOISER_STEPS; s++) {
        memcpy(denoiser->cells[s], start->cells[s],
               (size_t)denoiser->n_contexts[s] * PITH_DENOISER_BINS * sizeof *denoiser->cells[s]);
        denoiser->chosen[s] = denoiser->cells[s];
        denoiser->given[s] = 32768;
    }
}
