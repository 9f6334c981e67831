/* Mixer kernels for NEON: two int32 accumulators of four lanes; a lane takes two elements of every
 * 16, as the C does.  See mixing.h for the definition and the bounds. */
#include "num/mixing.h"

#if defined(__aarch64__)
#include <arm_neon.h>

static inline int32x4_t pair_products(int16x8_t a, int16x8_t b)
{
    return vpaddq_s32(vmull_s16(vget_low_s16(a), vget_low_s16(b)), vmull_high_s16(a, b));
}

static inline int32_t dot_block(const int16_t *w, const int16_t *x, size_t n)
{
    int32x4_t low = vdupq_n_s32(0), high = vdupq_n_s32(0);

    for (size_t i = 0; i < n; i += 16) {
        low = vaddq_s32(low, pair_products(vld1q_s16(w + i), vld1q_s16(x + i)));
        high = vaddq_s32(high, pair_products(vld1q_s16(w + i + 8), vld1q_s16(x + i + 8)));
    }
    return vaddvq_s32(vaddq_s32(vshrq_n_s32(low, 3), vshrq_n_s32(high, 3))) >> 11;
}

static void dot_neon(int32_t *sums, int16_t *const *weights, size_t n_sets, const int16_t *x,
                     size_t n)
{
    for (size_t s = 0; s < n_sets; s++) {
        int32_t sum = 0;

        for (size_t i = 0; i < n; i += PITH_MIX_BLOCK)
            sum += dot_block(weights[s] + i, x + i, pith_mix_block_len(n, i));
        sums[s] = sum;
    }
}

/* sqrdmulh is (2ab + 2^15) >> 16 = (ab + 2^14) >> 15. */
static void train_neon(int16_t *const *weights, const int16_t *steps, size_t n_sets,
                       const int16_t *x, size_t n)
{
    for (size_t s = 0; s < n_sets; s++) {
        int16_t *w = weights[s];
        int16x8_t step = vdupq_n_s16(steps[s]);

        if (steps[s] == 0)
            continue;
        for (size_t i = 0; i < n; i += 8)
            vst1q_s16(w + i, vqaddq_s16(vld1q_s16(w + i), vqrdmulhq_s16(vld1q_s16(x + i), step)));
    }
}

const struct pith_mix_kernels pith_mix_kernels_neon = {"neon", dot_neon, train_neon};
#else
typedef int pith_mixing_neon_unused;
#endif
