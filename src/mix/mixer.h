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
#include "num/mixing.h"

#define PITH_MIXER_SETS_MAX 16
#define PITH_MIXER_RATE_LIMIT (1 << 15) /* rates, in 1/65536, are below this */

struct pith_mixer {
    const struct pith_mix_kernels *kernels;
    int16_t *weights;  /* first layer: all sets' vectors of n_padded weights */
    int16_t *weights2; /* second layer: vectors of PITH_MIX_LANES weights */
    uint32_t n_inputs, n_padded, n_sets;
    uint32_t set_start[PITH_MIXER_SETS_MAX + 1]; /* first vector of each set; [n_sets] = total */
    uint32_t n_select2;
    int32_t rate_q16;  /* learning rate of the first layer, decays to rate_end_q16 */
    int32_t rate_end_q16;
    int32_t rate2_q16;
    uint32_t age; /* bits learnt, for the decay */
    int16_t inputs[PITH_MIX_INPUTS_MAX];
    int16_t inputs2[PITH_MIX_LANES];
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

static inline void pith_mixer_select(struct pith_mixer *mixer, uint32_t set, uint32_t value)
{
    int16_t *vector = mixer->weights + (size_t)(mixer->set_start[set] + value) * mixer->n_padded;

    mixer->chosen[set] = vector;
    for (uint32_t i = 0; i < mixer->n_padded; i += 32)
        PITH_PREFETCH(vector + i);
}

/* Mixes mixer->inputs with the chosen sets; returns the logit of P(1). */
int32_t pith_mixer_predict(struct pith_mixer *mixer, uint32_t select2);
void pith_mixer_update(struct pith_mixer *mixer, int bit);

#endif
