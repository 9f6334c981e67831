/* Square root, sine, cosine and arctangent in double precision, the same on every machine.
 *
 * Only + - * / and square roots, which IEEE 754 rounds correctly; no function of the C library.  Compiled without contraction
 * (docs/design, determinism).  Errors are below 2^-50 for the ranges stated. */
#ifndef PITH_NUM_TRIG_H
#define PITH_NUM_TRIG_H

#include <stdint.h>

#define PITH_PI 3.14159265358979323846

static inline double pith_abs(double x)
{
    return x < 0 ? -x : x;
}

/* The whole number at or below x, |x| < 2^62; of others 0. */
static inline int64_t pith_floor_int(double x)
{
    int64_t whole = x < 0x1p62 && x > -0x1p62 ? (int64_t)x : 0;

    return (double)whole > x ? whole - 1 : whole;
}

static inline double pith_floor(double x)
{
    return (double)pith_floor_int(x);
}

/* Rounded correctly; 0 of what is not above 2^-1000.  In steps: the same without an instruction for it. */
double pith_sqrt(double x);
double pith_sqrt_in_steps(double x);

/* Of angles in radians, |angle| < 2^20; others give any numbers. */
void pith_sin_cos(double angle, double *sine, double *cosine);

/* Angle of (x, y) from the x axis in radians, -pi to pi; 0 for (0, 0).  Of what is not finite any angle. */
double pith_atan2(double y, double x);

#endif
