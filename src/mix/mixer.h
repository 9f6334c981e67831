/* Gated two-layer mixer: many predictions in, one out.
 *
 * Inputs are logits.  The first layer has several weight sets at work at once, each picked by a
 * selector (a small context) out of its own array; each gives a prediction of its own and learns
 * from its own error.  The second layer mixes those predictions with a weight vector picked by one
 * more selector.  Online gradient descent on coding cost in the logit domain (M. Mahoney, "Adaptive
 * Weighing of Context Models", 2005; gating as in C. Mattern, "Mixing Strategies in Data
 * Compression", 2012). */
#ifndef PITH_MIX_MIXER_H
#define PITH_MIX_MIXER_H

#include "base/arena.h"
#include "base/compiler.h"
#include "num/logistic.h"
#include "num/mixing.h"

#define PITH_MIXER_SETS_MAX   16
#define PITH_MIXER_ERROR_MIN  128       /* 1/65536: smaller errors are not learnt from */
#define PITH_MIXER_RATE_LIMIT (1 << 15) /* rates, in 1/65536, are below this */

struct pith_mixer {
    const struct pith_mix_kernels *kernels;
    int16_t *weights;  /* first layer: all sets' vectors of n_padded weights */
    int16_t *weights2; /* second layer: vectors of n_padded2 weights */
    uint32_t n_inputs, n_padded, n_sets;
    uint32_t n_padded2;                          /* 8 or 16 */
    uint32_t set_start[PITH_MIXER_SETS_MAX + 1]; /* first vector of each set; [n_sets] = total */
    uint32_t n_select2;
    int32_t rate_q16; /* learning rate of the first layer, decays to rate_end_q16 */
    int32_t rate_end_q16;
    int32_t rate2_q16;
    uint32_t age; /* bits learnt, for the decay */
    int16_t inputs[PITH_MIX_INPUTS_MAX];
    int32_t inputs2[PITH_MIXER_SETS_MAX];
    int16_t *chosen[PITH_MIXER_SETS_MAX];
    int16_t *chosen2;
    int32_t logit; /* of the last prediction */
};

/* set_sizes[s] is how many values selector s has. */
void pith_mixer_layout(struct pith_mixer *mixer, struct pith_arena *arena, uint32_t n_inputs,
                       const uint32_t *set_sizes, uint32_t n_sets, uint32_t n_select2);
/* Every first-layer vector starts as weight_start (padded with zeros to PITH_MIX_INPUTS_MAX). Rates
 * in 1/65536: the first layer's goes from rate to rate_end. */
void pith_mixer_init(struct pith_mixer *mixer, const int16_t *weight_start, int32_t rate_q16,
                     int32_t rate_end_q16, int32_t rate2_q16);

/* Picks a set's vector and fetches it. */
static inline void pith_mixer_select(struct pith_mixer *mixer, uint32_t set, uint32_t value)
{
    int16_t *vector = mixer->weights + (size_t)(mixer->set_start[set] + value) * mixer->n_padded;

    mixer->chosen[set] = vector;
    for (uint32_t i = 0; i < mixer->n_padded; i += 32)
        PITH_PREFETCH(vector + i);
}

/* Mixes mixer->inputs with the chosen sets; returns the logit of P(1). */
PITH_INLINE int32_t pith_mixer_predict(struct pith_mixer *mixer, uint32_t select2)
{
    int32_t sum = 0;

    mixer->kernels->dot(mixer->inputs2, mixer->chosen, mixer->n_sets, mixer->inputs,
                        mixer->n_padded);
    if (mixer->n_sets == 1) /* nothing to mix */
        return mixer->logit = mixer->inputs2[0] = pith_logit_clamp(mixer->inputs2[0]);
    mixer->chosen2 = mixer->weights2 + (size_t)select2 * mixer->n_padded2;
    for (uint32_t s = 0; s < mixer->n_sets; s++) {
        mixer->inputs2[s] = pith_logit_clamp(mixer->inputs2[s]);
        sum += mixer->inputs2[s] * mixer->chosen2[s]; /* 16 times 3071 * 2^15 is below 2^31 */
    }
    mixer->logit = pith_logit_clamp(sum >> 14);
    return mixer->logit;
}

/* The step for a set: error * rate, in the units that the train kernel takes.  A weight moves by
 * rate * error * x; with x in 1/256, error in 1/65536 and weights in 1/16384 that is
 * x * error * rate_q16 / 2^26 = (x * step) >> 15 for step = error * rate_q16 >> 11.
 * |error| < 2^16 and rate_q16 < PITH_MIXER_RATE_LIMIT = 2^15: the product fits. */
PITH_INLINE int16_t pith_mixer_step(int32_t error, int32_t rate_q16)
{
    int32_t step = (error * rate_q16) >> 11;

    step = step > INT16_MAX ? INT16_MAX : step;
    return (int16_t)(step < -INT16_MAX ? -INT16_MAX : step);
}

/* What was all but certain teaches nothing: leaving it out is faster and loses no accuracy. */
PITH_INLINE void pith_mixer_update(struct pith_mixer *mixer, int bit)
{
    int32_t target = bit ? 65535 : 0, error = target - (int32_t)pith_squash(mixer->logit);
    int16_t steps[PITH_MIXER_SETS_MAX], step2;

    if (error > -PITH_MIXER_ERROR_MIN && error < PITH_MIXER_ERROR_MIN)
        return;
    for (uint32_t s = 0; s < mixer->n_sets; s++)
        steps[s] =
            pith_mixer_step(target - (int32_t)pith_squash(mixer->inputs2[s]), mixer->rate_q16);
    mixer->kernels->train(mixer->chosen, steps, mixer->n_sets, mixer->inputs, mixer->n_padded);
    if ((++mixer->age & 1023) == 0 && mixer->rate_q16 > mixer->rate_end_q16)
        mixer->rate_q16 -= (mixer->rate_q16 - mixer->rate_end_q16 + 63) >> 6;
    if (mixer->n_sets == 1)
        return;
    step2 = pith_mixer_step(error, mixer->rate2_q16);
    for (uint32_t s = 0; s < mixer->n_sets; s++)
        mixer->chosen2[s] = pith_mix_train_one(mixer->chosen2[s], mixer->inputs2[s], step2);
}

#endif
