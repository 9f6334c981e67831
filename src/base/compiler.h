/* The few compiler extensions that pith uses, each with a plain meaning elsewhere. */
#ifndef PITH_BASE_COMPILER_H
#define PITH_BASE_COMPILER_H

/* Asks for the cache line at an address; never faults, never changes a result. */
#if defined(__GNUC__) || defined(__clang__)
#define PITH_PREFETCH(address) __builtin_prefetch(address)
#else
#define PITH_PREFETCH(address) ((void)(address))
#endif

/* For the few functions of each bit: compiled into the engine's variant for each instruction set. */
#if defined(__GNUC__) || defined(__clang__)
#define PITH_INLINE static inline __attribute__((always_inline))
#else
#define PITH_INLINE static inline
#endif

/* The number of zero bits below the lowest one bit; value must not be 0. */
static inline unsigned pith_trailing_zeros(unsigned value)
{
#if defined(__GNUC__) || defined(__clang__)
    return (unsigned)__builtin_ctz(value);
#else
    unsigned n = 0;

    while (!(value >> n & 1))
        n++;
    return n;
#endif
}

/* The number of bits of a number: 0 of 0. */
static inline unsigned pith_bit_length(unsigned long long value)
{
#if defined(__GNUC__) || defined(__clang__)
    return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
#else
    unsigned n = 0;

    for (; value; value >>= 1)
        n++;
    return n;
#endif
}

#endif
