/* CPU features: which kernels this machine may run.  Every kernel gives the same bits, so this
 * choice never changes a result. */
#ifndef PITH_CPU_CPU_H
#define PITH_CPU_CPU_H

enum pith_cpu_feature {
    PITH_CPU_AVX2 = 1,
    PITH_CPU_AVX512 = 2, /* F, BW and VL */
    PITH_CPU_NEON = 4
};

/* A set of pith_cpu_feature that the CPU, the operating system and pith_cpu_limit() allow. */
unsigned pith_cpu_features(void);

/* For tests only: hide features that are not in `allowed` from objects made after this call. */
void pith_cpu_limit(unsigned allowed);

#endif
