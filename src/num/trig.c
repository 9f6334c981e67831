/* See trig.h. */
#include "num/trig.h"

#include <float.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define ROOT_LEAST    0x1p-1000
#define FRACTION_BITS 52
#define EXPONENT_BIAS 1023

/* Digit by digit: the root of the fraction, an integer of 53 or 54 bits, times 2^54 has 54; the last one rounds.  There are no ties: the
 * square of a number of 54 bits that is odd has more bits than the fraction. */
double pith_sqrt_in_steps(double x)
{
    uint64_t bits, fraction, rest = 0, root = 0;
    int exponent;

    if (!(x > ROOT_LEAST))
        return 0;
    if (x > DBL_MAX)
        return x;
    memcpy(&bits, &x, sizeof bits);
    exponent = (int)(bits >> FRACTION_BITS) - EXPONENT_BIAS;
    fraction = (bits & (((uint64_t)1 << FRACTION_BITS) - 1)) | (uint64_t)1 << FRACTION_BITS;
    if (exponent & 1) {
        fraction <<= 1;
        exponent--;
    }
    for (int at = FRACTION_BITS + 1; at >= 0; at--) {
        uint64_t trial = root << 2 | 1;

        rest = rest << 2 | (at > 26 ? fraction >> (2 * at - 54) & 3 : 0);
        root <<= 1;
        if (rest >= trial) {
            rest -= trial;
            root |= 1;
        }
    }
    root = (root + 1) >> 1;
    bits = ((uint64_t)(exponent / 2 + EXPONENT_BIAS - 1) << FRACTION_BITS) + root;
    memcpy(&x, &bits, sizeof x);
    return x;
}

double pith_sqrt(double x)
{
    if (!(x > ROOT_LEAST))
        return 0;
#if defined(__SSE2__)
    return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(x)));
#elif defined(__aarch64__)
    return vget_lane_f64(vsqrt_f64(vdup_n_f64(x)), 0);
#else
    return pith_sqrt_in_steps(x);
#endif
}

/* pi / 2 in two parts: the first has 33 bits, so that its products with counts below 2^20 are exact. */
#define HALF_PI_HIGH 1.57079632673412561417e+00
#define HALF_PI_LOW  6.07710050650619224932e-11
#define ANGLE_MAX    1048576.0

/* Taylor series for |r| <= pi / 4: what is left out is below r^19 / 19! < 2^-62. */
static double sine_of(double r)
{
    double s = r * r, sum;

    sum = 1.0 / 355687428096000.0;
    sum = sum * s - 1.0 / 1307674368000.0;
    sum = sum * s + 1.0 / 6227020800.0;
    sum = sum * s - 1.0 / 39916800.0;
    sum = sum * s + 1.0 / 362880.0;
    sum = sum * s - 1.0 / 5040.0;
    sum = sum * s + 1.0 / 120.0;
    sum = sum * s - 1.0 / 6.0;
    return r + r * s * sum;
}

static double cosine_of(double r)
{
    double s = r * r, sum;

    sum = 1.0 / 20922789888000.0;
    sum = sum * s - 1.0 / 87178291200.0;
    sum = sum * s + 1.0 / 479001600.0;
    sum = sum * s - 1.0 / 3628800.0;
    sum = sum * s + 1.0 / 40320.0;
    sum = sum * s - 1.0 / 720.0;
    sum = sum * s + 1.0 / 24.0;
    return 1.0 - s * 0.5 + s * s * sum;
}

void pith_sin_cos(double angle, double *sine, double *cosine)
{
    double turns, r, s, c;
    int quarter;

    if (!(angle < ANGLE_MAX && angle > -ANGLE_MAX))
        angle = 0;
    turns = angle * (2 / PITH_PI);
    quarter = (int)(turns < 0 ? turns - 0.5 : turns + 0.5);
    r = angle - quarter * HALF_PI_HIGH - quarter * HALF_PI_LOW;
    s = sine_of(r);
    c = cosine_of(r);
    switch (quarter & 3) {
    case 0:
        *sine = s;
        *cosine = c;
        break;
    case 1:
        *sine = c;
        *cosine = -s;
        break;
    case 2:
        *sine = -s;
        *cosine = -c;
        break;
    default:
        *sine = -c;
        *cosine = s;
    }
}

/* Angles whose tangents are k / 16. */
static const double sixteenths[17] = {
    0.0,
    0.06241880999595735,
    0.12435499454676144,
    0.18534794999569476,
    0.24497866312686414,
    0.3028848683749714,
    0.35877067027057225,
    0.4124104415973873,
    0.4636476090008061,
    0.5123894603107377,
    0.5585993153435624,
    0.6022873461349642,
    0.6435011087932844,
    0.6823165548747481,
    0.7188299996216245,
    0.7531512809621944,
    0.7853981633974483,
};

/* Of 0 <= t <= 1, or of no number: 0.  As that of the nearest sixteenth and what is left, r, at most 1 / 32: the series' next term is below 2^-68. */
static double atan_of(double t)
{
    double near, r, s, sum;
    int k;

    if (!(t <= 1))
        return 0;
    k = (int)(t * 16 + 0.5);
    near = k * 0.0625;
    r = (t - near) / (1 + t * near);
    s = r * r;
    sum = 1.0 / 11;
    sum = 1.0 / 9 - s * sum;
    sum = 1.0 / 7 - s * sum;
    sum = 1.0 / 5 - s * sum;
    sum = 1.0 / 3 - s * sum;
    return sixteenths[k] + (r - r * s * sum);
}

double pith_atan2(double y, double x)
{
    double a = x < 0 ? -x : x, b = y < 0 ? -y : y, angle;

    if (a == 0 && b == 0)
        return 0;
    angle = b <= a ? atan_of(b / a) : PITH_PI / 2 - atan_of(a / b);
    if (x < 0)
        angle = PITH_PI - angle;
    return y < 0 ? -angle : angle;
}
