/* Clouds as scanners make them: lasers that turn, in rings or in columns, standing still or moving.
 *
 * Goes after the header that has next_random(). */
#ifndef TESTS_SUPPORT_CLOUD_H
#define TESTS_SUPPORT_CLOUD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "num/trig.h"

struct cloud_spec {
    uint32_t n_lasers, n_turns; /* points are n_lasers * n_turns */
    int is_in_rings;
    double grid;  /* coordinates are multiples of this; 0 = all bits */
    double speed; /* metres from the first column to the last */
    double empty; /* share of points at which nothing is seen */
    double
        sweep; /* metres moved over a turn: points are put where one moment would have seen them */
    double
        map; /* x and y of a map, in which the scanner stands askew, are multiples of this; or 0 */
};

/* The range at which a laser sees something: a room, and a few boxes. */
static inline double cloud_range(double angle, double elevation, uint64_t *random)
{
    double range = 18, sine, cosine;

    pith_sin_cos(3 * angle, &sine, &cosine);
    range += 4 * sine + 2 * elevation;
    if (cosine > 0.8)
        range = 7 + elevation;
    return range + (double)(next_random(random) % 9) * 0.002;
}

static inline void cloud_put(uint8_t *to, double value)
{
    float narrow = (float)value;

    memcpy(to, &narrow, sizeof narrow); /* tests that read it make it little-endian */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (int i = 0; i < 2; i++) {
        uint8_t byte = to[i];

        to[i] = to[3 - i];
        to[3 - i] = byte;
    }
#endif
}

/* Where the map has the place, and back. */
static inline void cloud_round(double at[3], double step)
{
    const double s = 0.04 / 1.0004, c = 0.9996 / 1.0004; /* leans by that sine and cosine */
    const double turned[3][3] = {{0.8 * c, 0.6 * c, s}, {-0.6, 0.8, 0}, {-0.8 * s, -0.6 * s, c}};
    double on[3], x = at[0], y = at[1], z = at[2];

    for (int i = 0; i < 3; i++)
        on[i] = turned[i][0] * x + turned[i][1] * y + turned[i][2] * z;
    for (int i = 0; i < 2; i++)
        on[i] = pith_floor(on[i] / step + 0.3) * step;
    for (int i = 0; i < 3; i++)
        at[i] = turned[0][i] * on[0] + turned[1][i] * on[1] + turned[2][i] * on[2];
}

/* As KITTI's odometry scans: whole millimetres, moved by as much of the turn as has passed. */
static inline void cloud_sweep(double at[3], double by)
{
    const double turned = 0.004;
    double share, s, c, x, y;

    for (int i = 0; i < 3; i++) {
        volatile float narrow = (float)(pith_floor(at[i] / 0.001 + 0.5) / 1000);

        at[i] = (double)narrow;
    }
    share = pith_atan2(at[1], at[0]) / (2 * PITH_PI);
    pith_sin_cos(share * turned, &s, &c);
    x = at[0];
    y = at[1];
    at[0] = c * x - s * y - share * by;
    at[1] = s * x + c * y + share * 0.01;
    at[2] += share * 0.02;
}

/* Lasers that fire in an order of their own, not all of which see something, on a scanner that moves so many metres, or stands: any
 * bits. */
static inline size_t make_fired_cloud(uint8_t *to, uint32_t n_turns, double moves, uint64_t *random)
{
    const uint32_t n_lasers = 16;
    size_t n = 0;

    for (uint32_t i = 0; i < n_lasers * n_turns; i++) {
        uint32_t laser = i % n_lasers * 7 % n_lasers, turn = i / n_lasers;
        double share = (double)turn / n_turns, elevation = (laser * 2.0 - 15) * PITH_PI / 180;
        double angle = -2 * PITH_PI * share + (laser % 3) * 0.02;
        double range = pith_floor(cloud_range(angle, elevation, random) / 0.004) * 0.004, s, c, es,
               ec;
        uint8_t *at = to + 16 * n;

        if (next_random(random) % 5 == 0)
            continue;
        pith_sin_cos(angle, &s, &c);
        pith_sin_cos(elevation, &es, &ec);
        cloud_put(at, range * ec * c + (moves > 0 ? 1.3 + share * moves : 0));
        cloud_put(at + 4, range * ec * s - 0.1 * share * moves);
        cloud_put(at + 8, range * es + (moves > 0 ? 1.6 : 0));
        cloud_put(at + 12, (double)(laser * 3 + turn % 2) / 100);
        n++;
    }
    return 16 * n;
}

/* Records of four float32: x, y, z, intensity.  Returns their bytes. */
static inline size_t make_cloud(uint8_t *to, const struct cloud_spec *spec, uint64_t *random)
{
    uint32_t n = spec->n_lasers * spec->n_turns;
    const double degree = PITH_PI / 180;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t laser = spec->is_in_rings ? i / spec->n_turns : i % spec->n_lasers;
        uint32_t turn = spec->is_in_rings ? i % spec->n_turns : i / spec->n_lasers;
        double elevation = (-25 + 30.0 * laser / spec->n_lasers) * degree;
        double angle = (double)turn * (int)(36000 / spec->n_turns) * 0.01 * degree;
        double range = cloud_range(angle, elevation, random), at[3], s, c, es, ec;

        range = pith_floor(range / 0.002) * 0.002;
        if (spec->empty > 0 && (turn / 9 + laser) % (uint32_t)(1 / spec->empty) == 0)
            range = 0;
        pith_sin_cos(angle, &s, &c);
        pith_sin_cos(elevation, &es, &ec);
        at[0] = range * ec * c + spec->speed * (double)turn / spec->n_turns;
        at[1] = range * ec * s - 0.2 * spec->speed * (double)turn / spec->n_turns;
        at[2] = range * es;
        if (spec->map > 0)
            cloud_round(at, spec->map);
        if (spec->sweep > 0)
            cloud_sweep(at, spec->sweep);
        for (int axis = 0; axis < 3; axis++) {
            if (spec->grid > 0)
                at[axis] = pith_floor(at[axis] / spec->grid + 0.5) * spec->grid;
            cloud_put(to + 16 * (size_t)i + 4 * axis, at[axis]);
        }
        cloud_put(to + 16 * (size_t)i + 12, (double)((uint32_t)(range * 7) % 100) / 100);
    }
    return 16 * (size_t)n;
}

#endif
