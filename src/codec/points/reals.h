/* Reals: floating point numbers and their bits. */
#ifndef PITH_CODEC_POINTS_REALS_H
#define PITH_CODEC_POINTS_REALS_H

#include <stdint.h>
#include <string.h>

/* Integers are exact in double precision below this. */
#define PITH_WHOLE_MAX 4503599627370496.0

/* float32 nearest to a double, as bits; of two that are as near the even one.  In integers, as gcc 12 at -O3 leaves out a rounding to float and back when
 * it works on two numbers at once (seen in a loop over three coordinates). */
static inline uint32_t pith_narrow_bits(uint64_t wide)
{
    uint32_t sign = (uint32_t)(wide >> 63) << 31, shift, whole;
    int32_t exponent = (int32_t)(wide >> 52 & 2047) - 1023 + 127;
    uint64_t mantissa = wide & (((uint64_t)1 << 52) - 1), rest, half;

    if (exponent == 2047 - 1023 + 127)
        return sign | 0x7f800000u | (mantissa ? 0x400000u : 0);
    if (exponent >= 255)
        return sign | 0x7f800000u;
    if (exponent < -24)
        return sign;
    shift = exponent > 0 ? 29 : (uint32_t)(30 - exponent);
    mantissa |=
        exponent > 0 ? 0 : (uint64_t)1 << 52; /* below the normal numbers the first bit is told */
    half = (uint64_t)1 << (shift - 1);
    rest = mantissa & (2 * half - 1);
    whole = (uint32_t)(mantissa >> shift) + (exponent > 0 ? (uint32_t)exponent << 23 : 0);
    whole += rest > half || (rest == half && (whole & 1));
    return sign | whole;
}

/* The same number as a double, as bits. */
static inline uint64_t pith_wide_bits(uint32_t narrow)
{
    uint64_t sign = (uint64_t)(narrow >> 31) << 63, mantissa = narrow & 0x7fffffu;
    uint32_t exponent = narrow >> 23 & 255;

    if (exponent == 255)
        return sign | (uint64_t)2047 << 52 | mantissa << 29;
    if (exponent == 0 && mantissa == 0)
        return sign;
    if (exponent == 0) { /* the first bit, which is told below the normal numbers, goes */
        for (exponent = 1; !(mantissa >> 23); exponent--)
            mantissa <<= 1;
        mantissa &= 0x7fffffu;
    }
    return sign | (uint64_t)(exponent + 1023 - 127) << 52 | mantissa << 29;
}

static inline uint64_t pith_real_bits(double x, int is_wide)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return is_wide ? bits : pith_narrow_bits(bits);
}

static inline double pith_real_of(uint64_t bits, int is_wide)
{
    uint32_t bits32 = (uint32_t)bits;
    float narrow;
    double wide;

    memcpy(&narrow, &bits32, sizeof narrow);
    memcpy(&wide, &bits, sizeof wide);
    return is_wide ? wide : (double)narrow;
}

#endif
