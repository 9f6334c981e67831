/* See mixer.h. */
#include "mix/mixer.h"

#include <string.h>

void pith_mixer_layout(struct pith_mixer *mixer, struct pith_arena *arena, uint32_t n_inputs,
                       const uint32_t *set_sizes, uint32_t n_sets, const uint32_t *final_sizes,
                       uint32_t n_finals)
{
    mixer->n_inputs = n_inputs;
    mixer->n_padded = (n_inputs + PITH_MIX_LANES - 1) / PITH_MIX_LANES * PITH_MIX_LANES;
    mixer->n_sets = n_sets;
    mixer->n_padded2 = n_sets <= 8 ? 8 : 16;
    mixer->n_finals = n_finals;
    mixer->set_start[0] = mixer->final_start[0] = 0;
    for (uint32_t f = 0; f < n_finals; f++)
        mixer->final_start[f + 1] = mixer->final_start[f] + final_sizes[f];
    for (uint32_t s = 0; s < n_sets; s++)
        mixer->set_start[s + 1] = mixer->set_start[s] + set_sizes[s];
    mixer->weights = pith_arena_take(arena, (uint64_t)mixer->set_start[n_sets] * mixer->n_padded,
                                     sizeof *mixer->weights);
    mixer->weights2 = pith_arena_take(
        arena, (uint64_t)mixer->final_start[n_finals] * mixer->n_padded2, sizeof *mixer->weights2);
}

void pith_mixer_init(struct pith_mixer *mixer, const int16_t *weight_start, int32_t rate_q16,
                     int32_t rate_end_q16, int32_t rate2_q16)
{
    mixer->rate_q16 = rate_q16;
    mixer->rate_end_q16 = rate_end_q16;
    mixer->rate2_q16 = rate2_q16;
    mixer->kernels = pith_mix_kernels_best();
    memset(mixer->inputs, 0, sizeof mixer->inputs);
    memset(mixer->inputs2, 0, sizeof mixer->inputs2);
    for (size_t v = 0; v < mixer->set_start[mixer->n_sets]; v++)
        memcpy(mixer->weights + v * mixer->n_padded, weight_start,
               mixer->n_padded * sizeof *mixer->weights);
    for (size_t i = 0; i < (size_t)mixer->final_start[mixer->n_finals] * mixer->n_padded2; i++)
        mixer->weights2[i] = (int16_t)(PITH_WEIGHT_ONE / (int32_t)mixer->n_sets);
    mixer->age = 0;
}
