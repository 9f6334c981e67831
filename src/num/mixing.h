/* Integer kernels of the mixer.
 *
 * Inputs x are logits (|x| <= PITH_LOGIT_MAX), weights int16 with PITH_WEIGHT_ONE = 1.0.  n is a
 * multiple of PITH_MIX_LANES and at most PITH_MIX_INPUTS_MAX.
 *
 * dot is exact: a product is below 3071 * 32768 < 2^26.6; an int32 lane that takes one element in
 * eight sums n / 8 <= 20 of them, below 2^31, and lanes are added in 64 bits.  So every order and
 * width gives the same sum.  train is element by element.  The plain C is the definition. */
#ifndef PITH_NUM_MIXING_H
#define PITH_NUM_MIXING_H

#include <stddef.h>
#include <stdint.h>

#define PITH_MIX_LANES 16
#define PITH_MIX_INPUTS_MAX 160
#define PITH_WEIGHT_ONE 16384

struct pith_mix_kernels {
    const char *name;
    /* sums[s] = sum over i of weights[s][i] * x[i], divided by PITH_WEIGHT_ONE (arithmetic shift) */
    void (*dot)(int32_t *sums, int16_t *const *weights, size_t n_sets, const int16_t *x, size_t n);
    /* weights[s][i] += (x[i] * steps[s] + 2^14) >> 15, saturating; sets with step 0 stay. */
    void (*train)(int16_t *const *weights, const int16_t *steps, size_t n_sets, const int16_t *x,
                  size_t n);
};

extern const struct pith_mix_kernels pith_mix_kernels_c;
extern const struct pith_mix_kernels pith_mix_kernels_avx2;
extern const struct pith_mix_kernels pith_mix_kernels_neon;

/* The fastest that this CPU runs. */
const struct pith_mix_kernels *pith_mix_kernels_best(void);

#endif
