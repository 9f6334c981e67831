/* See mixer.h. */
#include "mix/mixer.h"

#include <string.h>

/* Bits that a vector has learnt when its rate has come down to 1 / root of 2. */
#define AGE_HALF 20

/* Whole rows of vectors of the second layer. */
static uint32_t lazy2_rows(const struct pith_mixer *mixer)
{
    return (mixer->final_start[mixer->n_finals] + PITH_MIXER_LAZY2_VECTORS - 1) /
           PITH_MIXER_LAZY2_VECTORS;
}

void pith_mixer_layout(struct pith_mixer *mixer, struct pith_arena *arena, uint32_t n_inputs,
                       const uint32_t *set_sizes, uint32_t n_sets, const uint32_t *final_sizes,
                       uint32_t n_finals, int has_ages)
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
        arena, (uint64_t)lazy2_rows(mixer) * PITH_MIXER_LAZY2_VECTORS * mixer->n_padded2,
        sizeof *mixer->weights2);
    mixer->ages = NULL;
    if (has_ages)
        mixer->ages = pith_arena_take(arena, mixer->set_start[n_sets], sizeof *mixer->ages);
}

void pith_mixer_layout_lazy(struct pith_mixer *mixer, struct pith_arena *arena)
{
    pith_lazy_layout(&mixer->lazy, arena, mixer->set_start[mixer->n_sets],
                     mixer->n_padded * sizeof *mixer->weights);
    pith_lazy_layout(&mixer->lazy2, arena, lazy2_rows(mixer),
                     PITH_MIXER_LAZY2_VECTORS * mixer->n_padded2 * sizeof *mixer->weights2);
}

/* The greatest number whose square is at most n, for n < 2^24. */
static uint32_t square_root(uint32_t n)
{
    uint32_t root = 0;

    for (uint32_t bit = 1u << 11; bit > 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= n)
            root += bit;
    return root;
}

/* Falls with the root of the age, as the error of what has been learnt from so many bits does. */
static void init_rates(struct pith_mixer *mixer, uint32_t rate, uint32_t rate_end)
{
    memset(mixer->ages, 0, mixer->set_start[mixer->n_sets] * sizeof *mixer->ages);
    for (uint32_t i = 0; i < PITH_MIXER_AGE_STEPS; i++) {
        uint32_t age = i << PITH_MIXER_AGE_LOG2;
        uint32_t now = square_root(rate * rate * AGE_HALF / (AGE_HALF + age));

        mixer->rates[i] = (uint16_t)(now > rate_end ? now : rate_end);
    }
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
    mixer->lazy.start = mixer->lazy2.start = NULL;
    if (mixer->ages)
        init_rates(mixer, (uint32_t)rate_q16, (uint32_t)rate_end_q16);
}

/* Ages are few: they are copied at once. */
void pith_mixer_begin(struct pith_mixer *mixer, const struct pith_mixer *start)
{
    mixer->rate_q16 = start->rate_q16;
    mixer->rate_end_q16 = start->rate_end_q16;
    mixer->rate2_q16 = start->rate2_q16;
    mixer->age = start->age;
    mixer->kernels = start->kernels;
    memset(mixer->inputs, 0, sizeof mixer->inputs);
    memset(mixer->inputs2, 0, sizeof mixer->inputs2);
    pith_lazy_begin(&mixer->lazy, mixer->weights, start->weights);
    pith_lazy_begin(&mixer->lazy2, mixer->weights2, start->weights2);
    if (mixer->ages) {
        memcpy(mixer->ages, start->ages, mixer->set_start[mixer->n_sets] * sizeof *mixer->ages);
        memcpy(mixer->rates, start->rates, sizeof mixer->rates);
    }
}
