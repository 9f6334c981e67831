/* Reals: floating point numbers and their bits. */
#ifndef PITH_CODEC_POINTS_REALS_H
#define PITH_CODEC_POINTS_REALS_H

#include <stdint.h>
#include <string.h>

/* Integers are exact in double precision below this. */
#define PITH_WHOLE_MAX 4503599627370496.0

/* |x| below 2^64; rounded if it is not wide. */
static inline uint64_t pith_real_bits(double x, int is_wide)
{
    float narrow = (float)x;
    uint32_t bits32;
    uint64_t bits64;

    memcpy(&bits32, &narrow, sizeof bits32);
    memcpy(&bits64, &x, sizeof bits64);
    return is_wide ? bits64 : bits32;
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
