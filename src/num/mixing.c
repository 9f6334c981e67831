/* See mixing.h.  This C is the definition of the kernels. */
#include "num/mixing.h"

#include "cpu/cpu.h"

static int32_t dot_block(const int16_t *w, const int16_t *x, size_t n)
{
    int32_t lane[8] = {0};
    int32_t sum = 0;

    for (size_t i = 0; i < n; i += 16) {
        for (size_t l = 0; l < 8; l++)
            lane[l] += w[i + 2 * l] * x[i + 2 * l] + w[i + 2 * l + 1] * x[i + 2 * l + 1];
    }
    for (size_t l = 0; l < 8; l++)
        sum += lane[l] >> 3;
    return sum >> 11;
}

static void dot_c(int32_t *sums, int16_t *const *weights, size_t n_sets, const int16_t *x, size_t n)
{
    for (size_t s = 0; s < n_sets; s++) {
        sums[s] = 0;
        for (size_t i = 0; i < n; i += PITH_MIX_BLOCK)
            sums[s] += dot_block(weights[s] + i, x + i, pith_mix_block_len(n, i));
    }
}

static void train_c(int16_t *const *weights, const int16_t *steps, size_t n_sets, const int16_t *x,
                    size_t n)
{
    for (size_t s = 0; s < n_sets; s++) {
        int16_t *w = weights[s];
        int32_t step = steps[s];

        if (step == 0)
            continue;
        for (size_t i = 0; i < n; i++)
            w[i] = pith_mix_train_one(w[i], x[i], step);
    }
}

const struct pith_mix_kernels pith_mix_kernels_c = {"c", dot_c, train_c};

const struct pith_mix_kernels *pith_mix_kernels_best(void)
{
    unsigned features = pith_cpu_features();

#if defined(__x86_64__) && defined(__GNUC__)
    if (features & PITH_CPU_AVX2)
        return &pith_mix_kernels_avx2;
#elif defined(__aarch64__)
    if (features & PITH_CPU_NEON)
        return &pith_mix_kernels_neon;
#endif
    (void)features;
    return &pith_mix_kernels_c;
}
