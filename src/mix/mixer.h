/* Gated two-layer mixer: many predictions in, one out.
 *
 * Inputs are logits.  The first layer has several weight sets at work at once, each picked by a
 * selector (a small context) out of its own array; each gives a prediction of its own and learns
 * from its own error.  The second layer mixes those predictions with weight vectors picked by one or
 * more further selectors, each again with its own prediction and error; the mean of their logits is
 * the mixer's.  Online gradient descent on coding cost in the logit domain (M. Mahoney, "Adaptive
 * Weighing of Context Models", 2005; gating as in C. Mattern, "Mixing Strategies in Data
 * Compression", 2012). */
#ifndef PITH_MIX_MIXER_H
#define PITH_MIX_MIXER_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/lazy.h"
#include "num/logistic.h"
#include "num/mixing.h"

#define PITH_MIXER_SETS_MAX   16
#define PITH_MIXER_FINALS_MAX 6
#define PITH_MIXER_ERROR_MIN  128       /* 1/65536: smaller errors are not learnt from */
#define PITH_MIXER_RATE_LIMIT (1 << 15) /* rates, in 1/65536, are below this */

/* Rates of vectors with an age of their own: one step for every 2^PITH_MIXER_AGE_LOG2 times. */
#define PITH_MIXER_AGE_LOG2  6
#define PITH_MIXER_AGE_STEPS 512
#define PITH_MIXER_AGE_MAX   ((PITH_MIXER_AGE_STEPS << PITH_MIXER_AGE_LOG2) - 1)

/* Vectors of the second layer are so short that several are copied at once. */
#define PITH_MIXER_LAZY2_VECTORS 8

struct pith_mixer {
    const struct pith_mix_kernels *kernels;
    int16_t *weights;  /* first layer: all sets' vectors of n_padded weights */
    int16_t *weights2; /* second layer: vectors of n_padded2 weights */
    uint16_t *ages;    /* how often each vector of the first layer has learnt; NULL = not counted */
    uint32_t n_inputs, n_padded, n_sets;
    uint32_t n_padded2;                          /* 8 or 16 */
    uint32_t set_start[PITH_MIXER_SETS_MAX + 1]; /* first vector of each set; [n_sets] = total */
    uint32_t n_finals;                           /* vectors of the second layer at work at once */
    uint32_t final_start[PITH_MIXER_FINALS_MAX + 1]; /* as set_start, for the second layer */
    int32_t rate_q16; /* first layer's learning rate without ages, decays to rate_end_q16 */
    int32_t rate_end_q16;
    int32_t rate2_q16;
    uint32_t age; /* bits learnt, for that decay */
    int16_t inputs[PITH_MIX_INPUTS_MAX];
    int32_t inputs2[PITH_MIXER_SETS_MAX];
    int16_t *chosen[PITH_MIXER_SETS_MAX];
    uint16_t *chosen_ages[PITH_MIXER_SETS_MAX];
    int16_t *chosen2[PITH_MIXER_FINALS_MAX];
    int32_t logits2[PITH_MIXER_FINALS_MAX]; /* of the second layer's vectors */
    int32_t logit;                          /* of the last prediction */
    uint16_t rates[PITH_MIXER_AGE_STEPS];   /* of the first layer by age, if ages are counted */
    struct pith_lazy lazy, lazy2;           /* vectors of the first layer, and of the second */
};

/* set_sizes[s] is how many values selector s has, final_sizes[f] how many selector f of the second
 * layer has.  has_ages: vectors of the first layer learn by ages of their own. */
void pith_mixer_layout(struct pith_mixer *mixer, struct pith_arena *arena, uint32_t n_inputs,
                       const uint32_t *set_sizes, uint32_t n_sets, const uint32_t *final_sizes,
                       uint32_t n_finals, int has_ages);
/* Every first-layer vector starts as weight_start (padded with zeros to PITH_MIX_INPUTS_MAX). Rates
 * in 1/65536: the first layer's goes from rate to rate_end, with the bits learnt by all or, if vectors
 * have ages, with those that each has learnt. */
void pith_mixer_init(struct pith_mixer *mixer, const int16_t *weight_start, int32_t rate_q16,
                     int32_t rate_end_q16, int32_t rate2_q16);

/* Memory for pith_mixer_begin(). */
void pith_mixer_layout_lazy(struct pith_mixer *mixer, struct pith_arena *arena);
/* Begins as a copy of one that has learnt, laid out alike. */
void pith_mixer_begin(struct pith_mixer *mixer, const struct pith_mixer *start);

/* Picks a set's vector and fetches it. */
static inline void pith_mixer_select(struct pith_mixer *mixer, uint32_t set, uint32_t value)
{
    uint32_t number = mixer->set_start[set] + value;
    int16_t *vector = mixer->weights + (size_t)number * mixer->n_padded;

    pith_lazy_touch(&mixer->lazy, number);
    mixer->chosen[set] = vector;
    for (uint32_t i = 0; i < mixer->n_padded; i += 32)
        PITH_PREFETCH(vector + i);
    if (mixer->ages)
        mixer->chosen_ages[set] = mixer->ages + mixer->set_start[set] + value;
}

/* Picks a vector of the second layer. */
static inline void pith_mixer_select_final(struct pith_mixer *mixer, uint32_t final, uint32_t value)
{
    uint32_t number = mixer->final_start[final] + value;

    pith_lazy_touch(&mixer->lazy2, number / PITH_MIXER_LAZY2_VECTORS);
    mixer->chosen2[final] = mixer->weights2 + (size_t)number * mixer->n_padded2;
}

/* What the second layer gave a set in the last prediction: PITH_WEIGHT_ONE = all. */
static inline int32_t pith_mixer_set_weight(const struct pith_mixer *mixer, uint32_t set)
{
    int32_t sum = 0;

    if (mixer->n_sets == 1)
        return PITH_WEIGHT_ONE;
    for (uint32_t f = 0; f < mixer->n_finals; f++)
        sum += mixer->chosen2[f][set];
    return sum / (int32_t)mixer->n_finals;
}

/* Mixes mixer->inputs with the chosen vectors; returns the logit of P(1). */
PITH_INLINE int32_t pith_mixer_predict(struct pith_mixer *mixer)
{
    int32_t total = 0;

    mixer->kernels->dot(mixer->inputs2, mixer->chosen, mixer->n_sets, mixer->inputs,
                        mixer->n_padded);
    if (mixer->n_sets == 1) /* nothing to mix */
        return mixer->logit = mixer->inputs2[0] = pith_logit_clamp(mixer->inputs2[0]);
    for (uint32_t s = 0; s < mixer->n_sets; s++)
        mixer->inputs2[s] = pith_logit_clamp(mixer->inputs2[s]);
    for (uint32_t f = 0; f < mixer->n_finals; f++) {
        int32_t sum = 0;

        for (uint32_t s = 0; s < mixer->n_sets; s++) /* 16 times 3071 * 2^15 is below 2^31 */
            sum += mixer->inputs2[s] * mixer->chosen2[f][s];
        mixer->logits2[f] = pith_logit_clamp(sum >> 14);
        total += mixer->logits2[f];
    }
    mixer->logit = mixer->n_finals == 1 ? total : total / (int32_t)mixer->n_finals;
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

/* The rate of a set's chosen vector, which becomes older.  A vector that is seldom chosen stays quick
 * to learn, however much the others have learnt. */
PITH_INLINE int32_t pith_mixer_rate(struct pith_mixer *mixer, uint32_t set)
{
    uint32_t age;

    if (!mixer->ages)
        return mixer->rate_q16;
    age = *mixer->chosen_ages[set];
    *mixer->chosen_ages[set] = (uint16_t)(age + (age < PITH_MIXER_AGE_MAX));
    return mixer->rates[age >> PITH_MIXER_AGE_LOG2];
}

/* What was all but certain teaches nothing: leaving it out is faster and loses no accuracy. */
PITH_INLINE void pith_mixer_update(struct pith_mixer *mixer, int bit)
{
    int32_t target = bit ? 65535 : 0, error = target - (int32_t)pith_squash(mixer->logit);
    int16_t steps[PITH_MIXER_SETS_MAX];

    if (error > -PITH_MIXER_ERROR_MIN && error < PITH_MIXER_ERROR_MIN)
        return;
    for (uint32_t s = 0; s < mixer->n_sets; s++)
        steps[s] = pith_mixer_step(target - (int32_t)pith_squash(mixer->inputs2[s]),
                                   pith_mixer_rate(mixer, s));
    mixer->kernels->train(mixer->chosen, steps, mixer->n_sets, mixer->inputs, mixer->n_padded);
    if (!mixer->ages && (++mixer->age & 1023) == 0 && mixer->rate_q16 > mixer->rate_end_q16)
        mixer->rate_q16 -= (mixer->rate_q16 - mixer->rate_end_q16 + 63) >> 6;
    if (mixer->n_sets == 1)
        return;
    for (uint32_t f = 0; f < mixer->n_finals; f++) {
        int16_t *weights2 = mixer->chosen2[f];
        int16_t step =
            pith_mixer_step(target - (int32_t)pith_squash(mixer->logits2[f]), mixer->rate2_q16);

        for (uint32_t s = 0; s < mixer->n_sets; s++)
            weights2[s] = pith_mix_train_one(weights2[s], mixer->inputs2[s], step);
    }
}

#endif
