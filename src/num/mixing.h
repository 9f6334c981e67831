/* Integer kernels of the mixer.
 *
 * Inputs x are logits (|x| <= PITH_LOGIT_MAX), weights int16 with PITH_WEIGHT_ONE = 1.0.  n is a
 * multiple of PITH_MIX_LANES and at most PITH_MIX_INPUTS_MAX.
 *
 * dot: lane l of eight sums the products of elements 2l, 2l + 1 of every 16, in blocks of
 * PITH_MIX_BLOCK elements; a product is below 3071 * 32768 < 2^26.6 and a lane has 20 of them, so it
 * is below 2^31; a block's lanes lose 3 bits before they are added, so their sum is as well, and the
 * blocks' sums, less 11 bits more, are below 2^20 each.  No order of adding changes the result.
 * train is element by element.  The plain C is the definition. */
#ifndef PITH_NUM_MIXING_H
#define PITH_NUM_MIXING_H

#include <stddef.h>
#include <stdint.h>

#define PITH_MIX_LANES      16
#define PITH_MIX_BLOCK      160
#define PITH_MIX_INPUTS_MAX 480
#define PITH_WEIGHT_ONE     16384

struct pith_mix_kernels {
    const char *name;
    /* sums[s] = sum over blocks of (sum over l of (lane l of weights[s] * x) >> 3) >> 11: the product
     * with PITH_WEIGHT_ONE taken off; arithmetic shifts. */
    void (*dot)(int32_t *sums, int16_t *const *weights, size_t n_sets, const int16_t *x, size_t n);
    /* weights[s][i] += (x[i] * steps[s] + 2^14) >> 15, saturating; sets with step 0 stay. */
    void (*train)(int16_t *const *weights, const int16_t *steps, size_t n_sets, const int16_t *x,
                  size_t n);
};

/* Elements of the block that begins at `at`, of n in all. */
static inline size_t pith_mix_block_len(size_t n, size_t at)
{
    return n - at < PITH_MIX_BLOCK ? n - at : PITH_MIX_BLOCK;
}

/* A weight after one step, the same as train's. */
static inline int16_t pith_mix_train_one(int16_t weight, int32_t x, int32_t step)
{
    int32_t value = weight + ((x * step + (1 << 14)) >> 15);

    value = value > INT16_MAX ? INT16_MAX : value;
    return (int16_t)(value < INT16_MIN ? INT16_MIN : value);
}

extern const struct pith_mix_kernels pith_mix_kernels_c;
extern const struct pith_mix_kernels pith_mix_kernels_avx2;
extern const struct pith_mix_kernels pith_mix_kernels_neon;

/* The fastest that this CPU runs. */
const struct pith_mix_kernels *pith_mix_kernels_best(void);

#endif
