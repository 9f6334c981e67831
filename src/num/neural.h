/* Float arithmetic of the network, the same bits on every machine.
 *
 * Only + - * / on float32, compares and conversions within range, in a fixed order; no libm.  Every
 * function is inlined into the caller's variant for an instruction set: loops over independent
 * elements become vectors of any width without changing a bit, and sums have sixteen lanes by
 * definition. */
#ifndef PITH_NUM_NEURAL_H
#define PITH_NUM_NEURAL_H

#include <float.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

#ifdef __FAST_MATH__
#error "pith cannot be built with -ffast-math: archives would not decode elsewhere"
#endif
_Static_assert(
    FLT_EVAL_METHOD == 0,
    "float arithmetic must carry no more bits: -mfpmath=sse; on s390 -fexcess-precision=fast");

#define PITH_NEURAL_LANES 16
#define PITH_EXP_LIMIT    80.0f

PITH_INLINE float pith_float_of_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

PITH_INLINE uint32_t pith_bits_of_float(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Within -limit..limit; a NaN becomes a limit.  On the bits, because compilers make no vectors of
 * float comparisons, which may trap. */
PITH_INLINE float pith_float_clamp(float value, float limit)
{
    uint32_t bits = pith_bits_of_float(value);
    int32_t size = (int32_t)(bits & 0x7fffffffu), most = (int32_t)pith_bits_of_float(limit);

    size = size < most ? size : most;
    return pith_float_of_bits((uint32_t)size | (bits & 0x80000000u));
}

/* e^x for |x| <= PITH_EXP_LIMIT (others count as the limit); relative error below 2^-22.
 * x = k ln 2 + r with |r| <= 0.35, ln 2 in two parts so that k times the first is exact; e^r by its
 * Taylor series to r^7, whose rest is below 2^-27; adding 1.5 * 2^23 rounds to the nearest whole. */
PITH_INLINE float pith_exp(float x)
{
    float clamped = pith_float_clamp(x, PITH_EXP_LIMIT);
    float shifted = clamped * 1.44269504f + 12582912.0f;
    float k = shifted - 12582912.0f;
    float r = (clamped - k * 0.693359375f) + k * 2.12194440e-4f;
    float p = 1.98412698e-4f;

    p = p * r + 1.38888889e-3f;
    p = p * r + 8.33333333e-3f;
    p = p * r + 4.16666667e-2f;
    p = p * r + 1.66666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    /* the low bits of `shifted` are k; 127 is the exponent's bias */
    return p * pith_float_of_bits((pith_bits_of_float(shifted) + 127) << 23);
}

/* 1 / (1 + e^-x): absolute error below 2^-22. */
PITH_INLINE float pith_logistic(float x)
{
    return 1.0f / (1.0f + pith_exp(-x));
}

/* Hyperbolic tangent: absolute error below 2^-21. */
PITH_INLINE float pith_tanh(float x)
{
    return 2.0f * pith_logistic(2.0f * x) - 1.0f;
}

/* 1 / sqrt(x) for normal positive x; relative error below 2^-20.  A guess good to 3.5 % from the
 * exponent's half, then three of Newton's steps, each of which squares the error. */
PITH_INLINE float pith_reciprocal_sqrt(float x)
{
    float y = pith_float_of_bits(0x5f3759dfu - (pith_bits_of_float(x) >> 1));
    float half = 0.5f * x;

    y = y * (1.5f - half * y * y);
    y = y * (1.5f - half * y * y);
    return y * (1.5f - half * y * y);
}

/* Folds sixteen lanes in halves, down to eight. */
PITH_INLINE void pith_lanes_fold(float *restrict eight, const float *lane)
{
    for (size_t l = 0; l < 8; l++)
        eight[l] = lane[l] + lane[l + 8];
}

/* The sum of eight lanes. */
PITH_INLINE float pith_lanes_sum8(const float *eight)
{
    return ((eight[0] + eight[4]) + (eight[2] + eight[6])) +
           ((eight[1] + eight[5]) + (eight[3] + eight[7]));
}

PITH_INLINE float pith_lanes_sum(const float *lane)
{
    float eight[8];

    pith_lanes_fold(eight, lane);
    return pith_lanes_sum8(eight);
}

#define PITH_DOTS_MAX 256

/* The dot product of every row of a matrix with b: lane l sums the products of elements l, l + 16, l + 32,
 * ...; n is a multiple of 16, n_rows at most PITH_DOTS_MAX.  The last folds are done for all rows side by
 * side. */
PITH_INLINE void pith_dots(float *restrict dots, const float *rows, size_t n_rows, const float *b,
                           size_t n)
{
    float folded[PITH_DOTS_MAX * 8];

    for (size_t row = 0; row < n_rows; row++) {
        float lane[PITH_NEURAL_LANES] = {0};

        for (size_t i = 0; i < n; i += PITH_NEURAL_LANES)
            for (size_t l = 0; l < PITH_NEURAL_LANES; l++)
                lane[l] += rows[row * n + i + l] * b[i + l];
        pith_lanes_fold(folded + 8 * row, lane);
    }
    for (size_t row = 0; row < n_rows; row++)
        dots[row] = pith_lanes_sum8(folded + 8 * row);
}

#endif
