/* See cpu.h. */
#include "cpu/cpu.h"

#include <stdatomic.h>

static atomic_uint limit = ~0u;

static unsigned detect(void)
{
    unsigned features = 0;

#if (defined(__x86_64__) || defined(__i386__)) && defined(__GNUC__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2"))
        features |= PITH_CPU_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        features |= PITH_CPU_AVX512;
#elif defined(__aarch64__)
    features |= PITH_CPU_NEON;
#endif
    return features;
}

unsigned pith_cpu_features(void)
{
    return detect() & atomic_load(&limit);
}

void pith_cpu_limit(unsigned allowed)
{
    atomic_store(&limit, allowed);
}
