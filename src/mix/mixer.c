/* See mixer.h. */
#include "mix/mixer.h"

#include <string.h>

#include "num/logistic.h"

void pith_mixer_layout(struct pith_mixer *mixer, struct pith_arena *arena, uint32_t n_inputs,
                       const uint32_t *set_sizes, uint32_t n_sets, uint32_t n_select2)
{
    mixer->n_inputs = n_inputs;
    mixer->n_padded = (n_inputs + PITH_MIX_LANES - 1) / PITH_MIX_LANES * PITH_MIX_LANES;
    mixer->n_sets = n_sets;
    mixer->n_select2 = n_select2;
    mixer->set_start[0] = 0;
    for (uint32_t s = 0; s < n_sets; s++)
        mixer->set_start[s + 1] = mixer->set_start[s] + set_sizes[s];
    mixer->weights = pith_arena_take(arena, (uint64_t)mixer->set_start[n_sets] * mixer->n_padded,
                                     sizeof *mixer->weights);
    mixer->weights2 =
        pith_arena_take(arena, (uint64_t)n_select2 * PITH_MIX_LANES, sizeof *mixer->weights2);
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
    for (size_t i = 0; i < (size_t)mixer->n_select2 * PITH_MIX_LANES; i++)
        mixer->weights2[i] = (int16_t)(i % PITH_MIX_LANES < mixer->n_sets
                                           ? PITH_WEIGHT_ONE / (int32_t)mixer->n_sets
                                           : 0);
    mixer->age = 0;
}

int32_t pith_mixer_predict(struct pith_mixer *mixer, uint32_t select2)
{
    int32_t sums[PITH_MIXER_SETS_MAX], sum;

    mixer->kernels->dot(sums, mixer->chosen, mixer->n_sets, mixer->inputs, mixer->n_padded);
    for (uint32_t s = 0; s < mixer->n_sets; s++)
        mixer->inputs2[s] = (int16_t)pith_logit_clamp(sums[s]);
    mixer->chosen2 = mixer->weights2 + (size_t)select2 * PITH_MIX_LANES;
    mixer->kernels->dot(&sum, &mixer->chosen2, 1, mixer->inputs2, PITH_MIX_LANES);
    mixer->logit = pith_logit_clamp(sum);
    return mixer->logit;
}

/* The step for a set: error * rate, in the units that the train kernel takes.  A weight moves by
 * rate * error * x; with x in 1/256, error in 1/65536 and weights in 1/16384 that is
 * x * error * rate_q16 / 2^26 = (x * step) >> 15 for step = error * rate_q16 >> 11.
 * |error| < 2^16 and rate_q16 < PITH_MIXER_RATE_LIMIT = 2^15: the product fits. */
static int16_t step_of(int32_t target, int32_t logit, int32_t rate_q16)
{
    int32_t step = ((target - (int32_t)pith_squash(logit)) * rate_q16) >> 11;

    if (step > INT16_MAX)
        return INT16_MAX;
    return (int16_t)(step < -INT16_MAX ? -INT16_MAX : step);
}

void pith_mixer_update(struct pith_mixer *mixer, int bit)
{
    int32_t target = bit ? 65535 : 0;
    int16_t steps[PITH_MIXER_SETS_MAX], step2;

    for (uint32_t s = 0; s < mixer->n_sets; s++)
        steps[s] = step_of(target, mixer->inputs2[s], mixer->rate_q16);
    mixer->kernels->train(mixer->chosen, steps, mixer->n_sets, mixer->inputs, mixer->n_padded);
    step2 = step_of(target, mixer->logit, mixer->rate2_q16);
    mixer->kernels->train(&mixer->chosen2, &step2, 1, mixer->inputs2, PITH_MIX_LANES);
    if ((++mixer->age & 1023) == 0 && mixer->rate_q16 > mixer->rate_end_q16)
        mixer->rate_q16 -= (mixer->rate_q16 - mixer->rate_end_q16 + 63) >> 6;
}
