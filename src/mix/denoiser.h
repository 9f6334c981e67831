/* Denoiser: the last correction of a probability, in a few steps of counted surprise.
 *
 * Each step sorts predictions into cells by its own context and by the probability itself, counts how
 * often the less likely bit came and how often it should have, and moves its probability towards what
 * was counted: not at all where the difference is no more than noise (James-Stein shrinkage; after
 * Midicoth, arXiv 2603.08771, whose cells belong to symbols and correct by differences; bits near
 * certainty need ratios).  Every step works on what the one before left over.
 *
 * A cell that expected E of them and has met M: the difference D = M - E has the variance E, were the
 * predictions right; the signal to noise ratio is D^2 / E; the probability q of the less likely bit
 * grows by q D / E max(0, 1 - 4 E / D^2).  Integers only. */
#ifndef PITH_MIX_DENOISER_H
#define PITH_MIX_DENOISER_H

#include "base/arena.h"
#include "base/compiler.h"
#include "num/logistic.h"

#define PITH_DENOISER_STEPS 3
#define PITH_DENOISER_BINS  32   /* of the logit */
#define PITH_DENOISER_NOISE 4    /* signal to noise ratios below this correct nothing */
#define PITH_DENOISER_LIMIT 1023 /* predictions counted in a cell before its sums are halved */

struct pith_denoiser_cell {
    uint32_t met; /* in 1/65536; below 2^26, as is the next */
    uint32_t expected;
    uint32_t n; /* predictions */
};

struct pith_denoiser {
    struct pith_denoiser_cell *cells[PITH_DENOISER_STEPS]; /* [context][bin] */
    uint32_t n_contexts[PITH_DENOISER_STEPS];
    struct pith_denoiser_cell *chosen[PITH_DENOISER_STEPS];
    uint32_t given[PITH_DENOISER_STEPS]; /* P(1) as each step was given it */
};

void pith_denoiser_layout(struct pith_denoiser *denoiser, struct pith_arena *arena,
                          const uint32_t n_contexts[PITH_DENOISER_STEPS]);
void pith_denoiser_init(struct pith_denoiser *denoiser);
/* Begins as a copy of one that has learnt, laid out alike. */
void pith_denoiser_begin(struct pith_denoiser *denoiser, const struct pith_denoiser *start);

/* One more is added to what was expected, so that the first few predictions change little.  The
 * difference is below 2^27, its square below 2^54. */
PITH_INLINE uint32_t pith_denoiser_step(const struct pith_denoiser_cell *cell, uint32_t p1_q16)
{
    int is_one_likely = p1_q16 > 32768;
    int64_t less = is_one_likely ? 65536 - p1_q16 : p1_q16;
    int64_t difference = (int64_t)cell->met - cell->expected,
            noise = (int64_t)cell->expected + 65536;
    int64_t snr_q16 = difference * difference / noise;
    int64_t part_q16 = snr_q16 > PITH_DENOISER_NOISE * 65536
                           ? 65536 - PITH_DENOISER_NOISE * ((int64_t)1 << 32) / snr_q16
                           : 0;

    less += less * (difference * part_q16 / noise) / 65536;
    less = less < 1 ? 1 : less < 65535 ? less : 65535;
    return (uint32_t)(is_one_likely ? 65536 - less : less);
}

/* contexts[s] < n_contexts[s].  Returns P(1) in 1..65535. */
PITH_INLINE uint32_t pith_denoiser_predict(struct pith_denoiser *denoiser, uint32_t p1_q16,
                                           const uint32_t contexts[PITH_DENOISER_STEPS])
{
    for (uint32_t s = 0; s < PITH_DENOISER_STEPS; s++) {
        uint32_t logit = (uint32_t)(pith_stretch(p1_q16) + PITH_LOGIT_MAX + 1);
        uint32_t bin = logit * PITH_DENOISER_BINS / (2 * PITH_LOGIT_MAX + 2);

        denoiser->given[s] = p1_q16;
        denoiser->chosen[s] = denoiser->cells[s] + contexts[s] * PITH_DENOISER_BINS + bin;
        p1_q16 = pith_denoiser_step(denoiser->chosen[s], p1_q16);
    }
    return p1_q16;
}

PITH_INLINE void pith_denoiser_update(struct pith_denoiser *denoiser, int bit)
{
    for (uint32_t s = 0; s < PITH_DENOISER_STEPS; s++) {
        struct pith_denoiser_cell *cell = denoiser->chosen[s];
        uint32_t p = denoiser->given[s];
        int is_one_likely = p > 32768;

        cell->met += is_one_likely != bit ? 65536 : 0;
        cell->expected += is_one_likely ? 65536 - p : p;
        if (++cell->n > PITH_DENOISER_LIMIT) {
            cell->met /= 2;
            cell->expected /= 2;
            cell->n /= 2;
        }
    }
}

#endif
