/* See trig.h. */
#include "num/trig.h"

#include <string.h>

#define ROOT_LEAST 0x1p-1000

/* Half the exponent is within 6 % of the root; each of Newton's steps squares the error: 2^-4, 2^-9, 2^-19, 2^-39, 2^-77. */
double pith_sqrt(double x)
{
    uint64_t bits;
    double root;

    if (!(x > ROOT_LEAST))
        return 0;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits >> 1) + ((uint64_t)1023 << 51);
    memcpy(&root, &bits, sizeof root);
    for (int step = 0; step < 4; step++)
        root = 0.5 * (root + x / root);
    return root;
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

/* Of 0 <= t <= 1.  Halving the angle twice leaves t below tan(pi / 16) < 0.2; the series' next term is below 2^-58. */
static double atan_of(double t)
{
    double s, sum;

    t = t / (1 + pith_sqrt(1 + t * t));
    t = t / (1 + pith_sqrt(1 + t * t));
    s = t * t;
    sum = 1.0 / 23;
    for (int k = 21; k >= 1; k -= 2)
        sum = 1.0 / k - s * sum;
    return 4 * t * sum;
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
