/* See lattice_fit.h.
 *
 * Differences of points are whole numbers of steps along the right direction.  For points that are near each other, and about as high,
 * a rough direction is enough to tell: all directions are looked at.  Then each difference that a direction is sure enough of
 * makes it surer (a Kalman filter), until it holds for points of the whole scan. */
#include "codec/points/lattice_fit.h"

#include <string.h>

#include "num/solve.h"
#include "num/trig.h"

#define PAIRS       96 /* of near points */
#define PAIRS_FIRST 24 /* that a direction is judged by at first */
#define PAIRS_LEAST 48
#define NEAR_LEAST  1e-3 /* metres, of two points of a pair */
#define NEAR_FIRST  0.04 /* or, if there are too few of these, */
#define NEAR_MAX    0.1
#define LEVEL_MAX   7e-4 /* metres: how much higher one is, at most */
#define STEP_COARSE 12   /* steps that are looked for: 2^-12 metres, */
#define STEP_FIRST  15   /* to 2^-15 for one axis, */
#define STEP_FINE   18   /* and 2^-18 for the other */
#define GRID        0.2  /* steps: directions are looked at so close that no pair is off by more */
#define SLOPE_MAX   0.1  /* of an axis, in the scanner's frame */
#define OFF_FIRST   0.21 /* mean distance from whole steps of the first pairs; 0.25 by chance */
#define OFF_ENOUGH  0.19 /* and of all */
#define CANDIDATES  4
#define ASIDE       0.01 /* how far the axes are from a right angle, seen by a scanner that leans */
#define SURE        0.12 /* steps: a difference is used if its prediction is that sure */
#define NOISE       0.02 /* steps */
#define ROUNDING    5e-8 /* of coordinates, against their size */
#define POINTS_LOOK 6000 /* of each lag */
#define FAR_LEAST   1.0  /* metres; what is nearer may be no point */
#define ON_STEP     0.2  /* steps: a point is where the lattice says */
#define ON_SHARE    0.7  /* of points; 0.4 by chance */
#define ON_FIRST    0.55 /* of the few that are looked at first */

struct vector {
    double x[3];
};

/* A direction, in steps per metre, and how sure it is. */
struct direction {
    double row[3], spread[3][3];
    double step; /* metres */
};

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double off_step(double steps)
{
    return steps - pith_floor(steps + 0.5);
}

static struct vector point_of(const struct pith_scan_model *model, size_t i)
{
    return (struct vector){{model->reals[0][i], model->reals[1][i], model->reals[2][i]}};
}

static struct vector between(const struct pith_scan_model *model, size_t a, size_t b)
{
    struct vector v = point_of(model, b), from = point_of(model, a);

    for (uint32_t k = 0; k < 3; k++)
        v.x[k] -= from.x[k];
    return v;
}

static int is_far(const struct pith_scan_model *model, size_t i)
{
    struct vector v = point_of(model, i);

    return dot(v.x, v.x) > FAR_LEAST * FAR_LEAST;
}

struct search {
    const struct pith_scan_model *model;
    size_t n; /* points of whole columns */
    struct vector pairs[PAIRS];
    float x[PAIRS], y[PAIRS], z[PAIRS]; /* the same, for many directions at once */
    uint32_t n_pairs;
    double near; /* metres: how far points of a pair are from each other, at most */
};

/* The difference of a point and the next of its laser.  Returns 0 if they are not near each other. */
static int is_near(struct vector *v, const struct search *search, size_t i)
{
    size_t next = i + search->model->scan->period;
    double square;

    if (!is_far(search->model, i) || !is_far(search->model, next))
        return 0;
    *v = between(search->model, i, next);
    square = dot(v->x, v->x);
    return square > NEAR_LEAST * NEAR_LEAST && square < search->near * search->near &&
           pith_abs(v->x[2]) < LEVEL_MAX;
}

/* Pairs of all parts of the scan. */
static void take_pairs(struct search *search, double near)
{
    size_t end = search->n - search->model->scan->period, n_near = 0, at = 0;
    struct vector v;

    search->near = near;
    search->n_pairs = 0;
    for (size_t i = 0; i < end; i++)
        n_near += (size_t)is_near(&v, search, i);
    for (size_t i = 0; i < end && search->n_pairs < PAIRS; i++)
        if (is_near(&v, search, i) && at++ * PAIRS >= search->n_pairs * n_near)
            search->pairs[search->n_pairs++] = v;
    for (uint32_t k = 0; k < search->n_pairs; k++) {
        search->x[k] = (float)search->pairs[k].x[0];
        search->y[k] = (float)search->pairs[k].x[1];
        search->z[k] = (float)search->pairs[k].x[2];
    }
}

/* How far a pair is from whole steps, in 1/1024 of them.  Any number with a whole part below 2^22 is rounded by what is added. */
#define ROUNDER 12582912.0f

static int32_t off_sum(const struct search *search, const float row[3], uint32_t from, uint32_t end)
{
    int32_t sum = 0;

    for (uint32_t k = from; k < end; k++) {
        float steps = search->x[k] * row[0] + search->y[k] * row[1] + search->z[k] * row[2];
        float whole = steps + ROUNDER;

        steps -= whole - ROUNDER;
        sum += (int32_t)((steps < 0 ? -steps : steps) * 1024);
    }
    return sum;
}

/* The mean distance of pairs from whole steps, or 1 if it is no good. */
static double off_pairs(const struct search *search, const double row[3])
{
    const float narrow[3] = {(float)row[0], (float)row[1], (float)row[2]};
    int32_t sum = off_sum(search, narrow, 0, PAIRS_FIRST);

    if (sum > (int32_t)(OFF_FIRST * PAIRS_FIRST * 1024))
        return 1;
    sum += off_sum(search, narrow, PAIRS_FIRST, search->n_pairs);
    return (double)sum / 1024 / search->n_pairs;
}

/* Learns that the difference is a whole number of steps, if it can tell which.  Returns whether it did. */
static int learn(struct direction *d, const double v[3], double rounding)
{
    double gain[3], variance = NOISE * NOISE + rounding * rounding / (d->step * d->step), off;

    for (uint32_t k = 0; k < 3; k++) {
        gain[k] = dot(d->spread[k], v);
        variance += gain[k] * v[k];
    }
    if (!(variance < SURE * SURE))
        return 0;
    off = off_step(dot(d->row, v));
    if (off * off > 9 * variance)
        return 0;
    for (uint32_t k = 0; k < 3; k++)
        d->row[k] -= gain[k] * off / variance;
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t k = 0; k < 3; k++)
            d->spread[i][k] -= gain[i] * gain[k] / variance;
    return 1;
}

/* A unit vector, roughly, and how far off it may be along the horizontal and up. */
static void begin(struct direction *d, const double axis[3], double angle, double slope,
                  uint32_t step)
{
    const double across[3] = {-axis[1], axis[0], 0};
    double per_metre = (double)(1u << step), square = per_metre * per_metre;

    memset(d, 0, sizeof *d);
    d->step = 1 / per_metre;
    for (uint32_t i = 0; i < 3; i++) {
        d->row[i] = axis[i] * per_metre;
        for (uint32_t k = 0; k < 3; k++)
            d->spread[i][k] =
                (angle * angle * across[i] * across[k] + 1e-10 * axis[i] * axis[k]) * square;
    }
    d->spread[2][2] += slope * slope * square;
}

/* From neighbours to points in ever more distant columns. */
static void follow(struct direction *d, const struct search *search)
{
    const struct pith_scan_model *model = search->model;
    size_t period = model->scan->period, n = search->n;

    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t k = 0; k < search->n_pairs; k++)
            (void)learn(d, search->pairs[k].x, 0);
    for (size_t lag = 1; lag * period < n / 2; lag *= 2) {
        size_t step = (n - lag * period) / POINTS_LOOK + 1;

        for (size_t i = 0; i + lag * period < n; i += step)
            if (is_far(model, i) && is_far(model, i + lag * period)) {
                struct vector v = point_of(model, i);

                (void)learn(d, between(model, i, i + lag * period).x,
                            ROUNDING * (pith_abs(v.x[0]) + pith_abs(v.x[1])));
            }
    }
}

/* The direction and the origin's phase by every `look`th point.  Returns the share of points that are on steps. */
static double settle(struct direction *d, double *phase, const struct search *search, size_t look)
{
    const struct pith_scan_model *model = search->model;
    struct pith_equations e;
    size_t n_far = 0, n_on = 0;
    double x[4];

    memset(&e, 0, sizeof e);
    for (uint32_t k = 0; k < 4; k++)
        e.left[k][k] = 1e-6;
    for (size_t i = 0; i < search->n; i += look) {
        struct vector v = point_of(model, i);
        const double row[4] = {v.x[0], v.x[1], v.x[2], 1};
        double off = off_step(dot(d->row, v.x) + *phase);

        if (!is_far(model, i))
            continue;
        n_far++;
        if (pith_abs(off) > ON_STEP)
            continue;
        n_on++;
        pith_equations_add(&e, 4, row, -off);
    }
    pith_equations_solve(x, &e, 4);
    for (uint32_t k = 0; k < 3; k++)
        d->row[k] += x[k];
    *phase += x[3];
    return n_far > 0 ? (double)n_on / (double)n_far : 0;
}

static double phase_of(const struct direction *d, const struct search *search, size_t look)
{
    struct pith_bunch bunch = {0, 0, 0};

    for (size_t i = 0; i < search->n; i += look)
        if (is_far(search->model, i))
            pith_bunch_add(&bunch, dot(d->row, point_of(search->model, i).x));
    return -pith_bunch_phase(&bunch);
}

/* Steps twice as large, as long as points are on them: a rough direction may have been too rough for these. */
static uint32_t coarsen(struct direction *d, double *phase, const struct search *search,
                        uint32_t step)
{
    for (; step > PITH_LATTICE_STEP_MIN; step--) {
        struct direction twice = *d;
        double at;

        twice.step *= 2;
        for (uint32_t k = 0; k < 3; k++)
            twice.row[k] /= 2;
        at = phase_of(&twice, search, 4);
        if (settle(&twice, &at, search, 1) < ON_SHARE)
            return step;
        *d = twice;
        *phase = at;
    }
    return step;
}

/* Whether points are on steps in about that direction.  Sets the axis. */
static int try_axis(struct pith_lattice *lattice, uint32_t k, const struct search *search,
                    const double axis[3], uint32_t step)
{
    size_t look = search->n / 1000 + 1;
    double grid = GRID / (double)(1u << step), phase;
    struct direction d;

    begin(&d, axis, grid / 2 / search->near, grid / 2 / LEVEL_MAX, step);
    follow(&d, search);
    phase = phase_of(&d, search, look);
    if (settle(&d, &phase, search, look) < ON_FIRST)
        return 0;
    for (uint32_t round = 0; round < 2; round++)
        (void)settle(&d, &phase, search, 4);
    if (settle(&d, &phase, search, 1) < ON_SHARE)
        return 0;
    lattice->steps[k] = coarsen(&d, &phase, search, step);
    lattice->phases[k] = pith_floor_int((phase - pith_floor(phase)) / PITH_LATTICE_UNIT);
    for (uint32_t i = 0; i < 3; i++) {
        double unit = d.row[i] * d.step;

        if (!(pith_abs(unit) <= 1))
            return 0;
        lattice->axes[k][i] = pith_floor_int(unit / PITH_LATTICE_UNIT + 0.5);
    }
    return 1;
}

struct candidates {
    double offs[CANDIDATES], axes[CANDIDATES][3];
};

/* Keeps the best directions. */
static void consider(struct candidates *best, double off, const double axis[3])
{
    uint32_t k = CANDIDATES;

    for (; k > 0 && off < best->offs[k - 1]; k--)
        if (k < CANDIDATES) {
            best->offs[k] = best->offs[k - 1];
            memcpy(best->axes[k], best->axes[k - 1], sizeof best->axes[k]);
        }
    if (k < CANDIDATES) {
        best->offs[k] = off;
        memcpy(best->axes[k], axis, sizeof best->axes[k]);
    }
}

/* Looks at directions from an angle on, in all slopes.  Returns whether one is an axis with such steps. */
static int find_axis(struct pith_lattice *lattice, uint32_t axis, const struct search *search,
                     double from, double to, uint32_t step)
{
    double per_metre = (double)(1u << step), grid = GRID / per_metre;
    double turn = grid / search->near, slope = grid / LEVEL_MAX;
    struct candidates best;

    for (uint32_t k = 0; k < CANDIDATES; k++)
        best.offs[k] = OFF_ENOUGH;
    for (double angle = from; angle < to; angle += turn) {
        double sine, cosine;

        pith_sin_cos(angle, &sine, &cosine);
        for (double up = -SLOPE_MAX; up <= SLOPE_MAX; up += slope) {
            double flat = 1 - up * up / 2;
            const double unit[3] = {cosine * flat, sine * flat, up};
            const double row[3] = {unit[0] * per_metre, unit[1] * per_metre, up * per_metre};
            double off = off_pairs(search, row);

            if (off < best.offs[CANDIDATES - 1])
                consider(&best, off, unit);
        }
    }
    for (uint32_t k = 0; k < CANDIDATES && best.offs[k] < OFF_ENOUGH; k++)
        if (try_axis(lattice, axis, search, best.axes[k], step))
            return 1;
    return 0;
}

void pith_lattice_fit(struct pith_lattice *lattice, const struct pith_scan_model *model)
{
    struct search search = {.model = model};
    uint32_t step = STEP_COARSE;
    double angle;

    memset(lattice, 0, sizeof *lattice);
    search.n = model->columns->n / model->scan->period * model->scan->period;
    take_pairs(&search, NEAR_FIRST);
    if (search.n_pairs < PAIRS_LEAST)
        take_pairs(&search, NEAR_MAX);
    if (search.n_pairs < PAIRS_LEAST)
        return;
    while (step <= STEP_FIRST && !find_axis(lattice, 0, &search, 0, PITH_PI, step))
        step++;
    if (step > STEP_FIRST)
        return;
    angle = pith_atan2((double)lattice->axes[0][1], (double)lattice->axes[0][0]) + PITH_PI / 2;
    for (step = STEP_COARSE; step <= STEP_FINE; step++)
        if (find_axis(lattice, 1, &search, angle - ASIDE, angle + ASIDE, step))
            break;
    lattice->is_there = step <= STEP_FINE && pith_lattice_make(lattice);
}
