/* See fpmode.h. */
#include "num/fpmode.h"

#if defined(__SSE2__) || defined(_M_X64)
#include <xmmintrin.h>

/* All exceptions masked, rounding to nearest, neither flush-to-zero nor denormals-are-zero. */
#define DEFAULT_MXCSR 0x1f80u

uint64_t pith_fpmode_pin(void)
{
    uint32_t mode = _mm_getcsr();

    if (mode != DEFAULT_MXCSR)
        _mm_setcsr(DEFAULT_MXCSR);
    return mode;
}

/* Flags that the network's own arithmetic raised go too: the caller never sees them. */
void pith_fpmode_restore(uint64_t mode)
{
    _mm_setcsr((uint32_t)mode);
}
#elif defined(__aarch64__) && defined(__GNUC__)
/* FPCR of zero is the default mode. */
uint64_t pith_fpmode_pin(void)
{
    uint64_t mode;

    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    if (mode != 0)
        __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
    return mode;
}

void pith_fpmode_restore(uint64_t mode)
{
    if (mode != 0)
        __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}
#elif defined(__s390__) && defined(__GNUC__)
/* A floating-point control register of zero is the default mode. */
uint64_t pith_fpmode_pin(void)
{
    uint32_t mode;

    __asm__ volatile("efpc %0" : "=d"(mode));
    if (mode != 0)
        __asm__ volatile("sfpc %0" : : "d"(0));
    return mode;
}

void pith_fpmode_restore(uint64_t mode)
{
    if (mode != 0)
        __asm__ volatile("sfpc %0" : : "d"((uint32_t)mode));
}
#else
/* Machines whose mode pith does not know how to set: what the program has must be the default. */
uint64_t pith_fpmode_pin(void)
{
    return 0;
}

void pith_fpmode_restore(uint64_t mode)
{
    (void)mode;
}
#endif
