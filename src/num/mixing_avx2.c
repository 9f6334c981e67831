/* Mixer kernels for AVX2: 16 elements a register.  See mixing.h for the definition and the bounds:
 * pmaddwd puts the products of elements 2k and 2k + 1 into lane k, as the C does. */
#include "num/mixing.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline int32_t fold(__m256i lanes)
{
    __m256i shifted = _mm256_srai_epi32(lanes, 3);
    __m128i sum4 =
        _mm_add_epi32(_mm256_castsi256_si128(shifted), _mm256_extracti128_si256(shifted, 1));
    __m128i sum2 = _mm_add_epi32(sum4, _mm_shuffle_epi32(sum4, 0x4e));

    return _mm_cvtsi128_si32(_mm_add_epi32(sum2, _mm_shuffle_epi32(sum2, 0xb1)));
}

AVX2 static inline int32_t dot_block(const int16_t *w, const int16_t *x, size_t n)
{
    __m256i lanes = _mm256_setzero_si256();

    for (size_t i = 0; i < n; i += 16) {
        __m256i wi = _mm256_loadu_si256((const __m256i *)(const void *)(w + i));
        __m256i xi = _mm256_loadu_si256((const __m256i *)(const void *)(x + i));

        lanes = _mm256_add_epi32(lanes, _mm256_madd_epi16(wi, xi));
    }
    return fold(lanes) >> 11;
}

AVX2 static void dot_avx2(int32_t *sums, int16_t *const *weights, size_t n_sets, const int16_t *x,
                          size_t n)
{
    for (size_t s = 0; s < n_sets; s++) {
        int32_t sum = 0;

        for (size_t i = 0; i < n; i += PITH_MIX_BLOCK)
            sum += dot_block(weights[s] + i, x + i, pith_mix_block_len(n, i));
        sums[s] = sum;
    }
}

/* pmulhrsw is (a * b + 2^14) >> 15 in one instruction. */
AVX2 static void train_avx2(int16_t *const *weights, const int16_t *steps, size_t n_sets,
                            const int16_t *x, size_t n)
{
    for (size_t s = 0; s < n_sets; s++) {
        int16_t *w = weights[s];
        __m256i step = _mm256_set1_epi16(steps[s]);

        if (steps[s] == 0)
            continue;
        for (size_t i = 0; i < n; i += 16) {
            __m256i *wi = (__m256i *)(void *)(w + i);
            __m256i xi = _mm256_loadu_si256((const __m256i *)(const void *)(x + i));

            _mm256_storeu_si256(
                wi, _mm256_adds_epi16(_mm256_loadu_si256(wi), _mm256_mulhrs_epi16(xi, step)));
        }
    }
}

const struct pith_mix_kernels pith_mix_kernels_avx2 = {"avx2", dot_avx2, train_avx2};
#else
typedef int pith_mixing_avx2_unused;
#endif
