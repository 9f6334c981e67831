/* Mixer kernels for NEON: two int32 accumulators of four lanes take one element in eight each lane,
 * as the C does.  See mixing.h for the definition and the bounds. */
#include "num/mixing.h"

#if defined(__aarch64__)
#include <arm_neon.h>

static void dot_neon(int32_t *sums, int16_t *const *weights, size_t n_sets, const int16_t *x,
                     size_t n)
{
    for (size_t s = 0; s < n_sets; s++) {
        const int16_t *w = weights[s];
        int32x4_t low = vdupq_n_s32(0), high = vdupq_n_s32(0);

        for (size_t i = 0; i < n; i += 8) {
            int16x8_t wi = vld1q_s16(w + i), xi = vld1q_s16(x + i);

            low = vmlal_s16(low, vget_low_s16(wi), vget_low_s16(xi));
            high = vmlal_s16(high, vget_high_s16(wi), vget_high_s16(xi));
        }
        sums[s] = (int32_t)((vaddlvq_s32(low) + vaddlvq_s32(high)) >> 14);
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
