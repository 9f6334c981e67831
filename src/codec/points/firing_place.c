/* See firing_place.h. */
#include "codec/points/firing_place.h"

#include <string.h>

#include "codec/points/pose.h"
#include "num/solve.h"
#include "num/trig.h"

#define UNKNOWNS      PITH_FIRING_UNKNOWNS
#define SEARCHED      6 /* the first of them, which are looked for from afar */
#define BINS          8192
#define WIDER         8
#define COARSE        0.006
#define COARSE_SAMPLE 1024
#define FINE_SAMPLE   2048
#define FINE          0.003 /* bins below this width want more points */
#define STARTS        2
#define RUN           256  /* points one after the other that least squares look at, */
#define RUNS          4    /* of so many times as many */
#define MEANS_REACH   3    /* times what equations may be off: means are of that */
#define RIDGE         1e-6 /* of least squares */

struct place {
    double at[UNKNOWNS], score;
};

/* What the slope and the angle between two lasers that fire one after the other mostly are, and how that changes. */
struct pith_firing_pair {
    double sums[2], rows[2][UNKNOWNS], n[2]; /* n: of which sums were made */
    double means[2];                         /* of the last time */
};

void pith_firing_place_layout(struct pith_firing_fit *fit, struct pith_arena *arena)
{
    fit->counts = pith_arena_take(arena, BINS + BINS / WIDER + 2, sizeof *fit->counts);
    fit->pairs = pith_arena_take(arena, PITH_FIRING_LASERS, sizeof *fit->pairs);
}

/* How the scanner stands. */
void pith_firing_take_place(struct pith_firing_fit *fit, const double at[UNKNOWNS])
{
    const double tilt[3] = {at[6], at[7], 0};

    memcpy(fit->place, at, sizeof fit->place);
    pith_pose_rotate(fit->rotation, tilt);
}

/* A point as seen from there. */
void pith_firing_see(double seen[3], const struct pith_firing_fit *fit, size_t i)
{
    double share = fit->shares[i], d[3], x, y;

    for (uint32_t k = 0; k < 3; k++)
        d[k] = fit->reals[k][i] - fit->place[k] - share * fit->place[3 + k];
    for (uint32_t k = 0; k < 3; k++)
        seen[k] =
            fit->rotation[0][k] * d[0] + fit->rotation[1][k] * d[1] + fit->rotation[2][k] * d[2];
    x = share * fit->place[8];
    y = share * fit->place[9];
    d[2] = seen[2];
    seen[2] += y * seen[0] - x * seen[1];
    seen[0] -= y * d[2];
    seen[1] += x * d[2];
}

double pith_firing_slope(const struct pith_firing_fit *fit, size_t i)
{
    double d[3], flat;

    pith_firing_see(d, fit, i);
    flat = pith_sqrt(d[0] * d[0] + d[1] * d[1]);
    return flat > 0 ? d[2] / flat : 0;
}

double pith_firing_angle(const struct pith_firing_fit *fit, size_t i)
{
    double d[3];

    pith_firing_see(d, fit, i);
    return pith_atan2(d[1], d[0]);
}

static void add_to(float *counts, double at)
{
    size_t bin = (size_t)at;
    float part = (float)(at - (double)bin);

    counts[bin] += 1 - part;
    counts[bin + 1] += part;
}

static double squares(const float *counts, size_t n)
{
    double sum = 0;

    for (size_t k = 0; k < n; k++)
        sum += (double)counts[k] * (double)counts[k];
    return sum;
}

/* Bins of a width that are used, at most. */
static size_t bins_of(double width)
{
    return (size_t)(2 * PITH_FIRING_SLOPE_MAX / width) + 2;
}

/* Counts slopes in bins of a width. */
void pith_firing_count_slopes(struct pith_firing_fit *fit, struct pith_firing_part part,
                              double width, size_t n)
{
    double end = 2 * PITH_FIRING_SLOPE_MAX / width;

    memset(fit->counts, 0, bins_of(width) * sizeof *fit->counts);
    memset(fit->counts + BINS, 0, bins_of(WIDER * width) * sizeof *fit->counts);
    for (size_t k = 0; k < n; k++) {
        double bin =
            (pith_firing_slope(fit, part.first + part.n * k / n) + PITH_FIRING_SLOPE_MAX) / width;

        if (!(bin >= 0 && bin < end - 1))
            continue;
        add_to(fit->counts, bin);
        add_to(fit->counts + BINS, bin / WIDER);
    }
}

static double sharpness(struct pith_firing_fit *fit, struct pith_firing_part part,
                        const double at[UNKNOWNS], double width)
{
    size_t n = width < FINE ? FINE_SAMPLE : COARSE_SAMPLE;

    n = n < part.n ? n : part.n;
    pith_firing_take_place(fit, at);
    pith_firing_count_slopes(fit, part, width, n);
    return squares(fit->counts, bins_of(width)) /
           (squares(fit->counts + BINS, bins_of(WIDER * width)) + (double)n);
}

static void keep_best(struct place best[STARTS], const struct place *place)
{
    uint32_t k = STARTS;

    while (k > 0 && best[k - 1].score < place->score)
        k--;
    for (uint32_t to = STARTS - 1; to > k; to--)
        best[to] = best[to - 1];
    if (k < STARTS)
        best[k] = *place;
}

/* Cars are no longer, and scanners not higher, than this around where the frame begins. */
static void look_around(struct pith_firing_fit *fit, struct pith_firing_part part,
                        struct place best[STARTS])
{
    memset(best, 0, STARTS * sizeof *best);
    for (int x = -6; x <= 6; x++)
        for (int y = -6; y <= 6; y++)
            for (int z = 0; z <= 12; z++) {
                struct place place = {{x * 0.5, y * 0.5, z * 0.25}, 0};

                place.score = sharpness(fit, part, place.at, COARSE);
                keep_best(best, &place);
            }
}

/* A step on one axis, to either side, as long as that is better; a change of the way keeps its middle. */
static void step_on(struct pith_firing_fit *fit, struct pith_firing_part part, struct place *place,
                    uint32_t k, double step, double width)
{
    for (int side = -1; side <= 1; side += 2) {
        struct place next = *place;

        next.at[k] += side * step;
        if (k >= 3)
            next.at[k - 3] -= side * step / 2;
        next.score = sharpness(fit, part, next.at, width);
        if (next.score > place->score) {
            *place = next;
            return;
        }
    }
}

static void refine(struct pith_firing_fit *fit, struct pith_firing_part part, struct place *place,
                   double from, double step, double to)
{
    for (double width = from; width > to; width /= 2, step /= 2) {
        place->score = sharpness(fit, part, place->at, width);
        for (uint32_t round = 0; round < 4; round++)
            for (uint32_t k = 0; k < SEARCHED; k++)
                step_on(fit, part, place, k, step, width);
    }
}

double pith_firing_find_place(struct pith_firing_fit *fit, struct pith_firing_part part,
                              double at[UNKNOWNS])
{
    struct place best[STARTS + 1], *most = best;

    look_around(fit, part, best);
    memset(&best[STARTS], 0, sizeof best[STARTS]); /* where scanners that stand mostly are */
    for (uint32_t k = 0; k <= STARTS; k++) {
        if (k < STARTS)
            refine(fit, part, &best[k], COARSE, 0.25, COARSE / 4);
        best[k].score = sharpness(fit, part, best[k].at, COARSE / 8);
        most = best[k].score > most->score ? &best[k] : most;
    }
    refine(fit, part, most, COARSE / 4, 0.06, COARSE / 16);
    memcpy(at, most->at, sizeof most->at);
    return sharpness(fit, part, at, COARSE / 8);
}

/* A point as seen from the scanner, and how that changes with where the scanner is: slope, then angle. */
struct sight {
    double is[2], rows[2][UNKNOWNS];
};

static void look(struct sight *sight, const struct pith_firing_fit *fit, size_t i)
{
    double d[3], flat, square, share = fit->shares[i], slope, *rows = sight->rows[0],
                               *turns = sight->rows[1];

    pith_firing_see(d, fit, i);
    square = d[0] * d[0] + d[1] * d[1] + 1e-12;
    flat = pith_sqrt(square);
    slope = d[2] / flat;
    sight->is[0] = slope;
    sight->is[1] = pith_atan2(d[1], d[0]);
    for (uint32_t k = 0; k < 2; k++) {
        rows[k] = slope * d[k] / square;
        turns[k] = (k ? -d[0] : d[1]) / square;
        rows[6 + k] = (k ? d[0] : -d[1]) / flat * (1 + slope * slope);
        turns[6 + k] = d[k] * slope / flat;
    }
    rows[2] = -1 / flat;
    turns[2] = 0;
    for (uint32_t k = 0; k < 3; k++) {
        rows[3 + k] = share * rows[k];
        turns[3 + k] = share * turns[k];
    }
    for (uint32_t k = 0; k < 2; k++) {
        rows[8 + k] = share * rows[6 + k];
        turns[8 + k] = share * turns[6 + k];
    }
}

static void add_to_pair(struct pith_firing_pair *pair, uint32_t of, double is,
                        const double row[UNKNOWNS])
{
    pair->n[of]++;
    pair->sums[of] += is;
    for (uint32_t k = 0; k < UNKNOWNS; k++)
        pair->rows[of][k] += row[k];
}

static void add_equation(struct pith_equations *e, const struct pith_firing_pair *pair, uint32_t of,
                         double is, const double row[UNKNOWNS])
{
    double centred[UNKNOWNS];

    for (uint32_t k = 0; k < UNKNOWNS; k++)
        centred[k] = row[k] - pair->rows[of][k] / pair->n[of];
    pith_equations_add(e, UNKNOWNS, centred, pair->sums[of] / pair->n[of] - is);
}

/* Goes over all pairs of points of lasers that fire one after the other: makes means if there are no equations yet. */
static void go_over(struct pith_firing_fit *fit, const struct pith_firing *firing,
                    struct pith_firing_part part, struct pith_equations *e, double most)
{
    struct sight sights[2];
    uint32_t last = PITH_FIRING_LASERS;

    for (size_t i = part.first; i < part.first + part.n; i++) {
        struct sight *sight = &sights[i & 1], *before = &sights[!(i & 1)];
        struct pith_firing_pair *pair = &fit->pairs[firing->lasers[i]];

        if (i / RUN % RUNS != 0) {
            last = PITH_FIRING_LASERS;
            continue;
        }
        look(sight, fit, i);
        for (uint32_t of = 0; of < 2 && firing->lasers[i] == last + 1; of++) {
            double is = sight->is[of] - before->is[of], row[UNKNOWNS];

            if (pith_abs(is - pair->means[of]) > most || (e && !(pair->n[of] > 0)))
                continue;
            for (uint32_t k = 0; k < UNKNOWNS; k++)
                row[k] = sight->rows[of][k] - before->rows[of][k];
            if (e)
                add_equation(e, pair, of, is, row);
            else
                add_to_pair(pair, of, is, row);
        }
        last = firing->lasers[i];
    }
}

/* For sums of what is near the means of what was added up before. */
static void take_means(struct pith_firing_pair *pair)
{
    double means[2];

    for (uint32_t of = 0; of < 2; of++)
        means[of] = pair->n[of] > 0 ? pair->sums[of] / pair->n[of] : 0;
    memset(pair, 0, sizeof *pair);
    memcpy(pair->means, means, sizeof means);
}

/* A step of least squares: angles between lasers that fire one after the other should always be the same. */
void pith_firing_improve(struct pith_firing_fit *fit, const struct pith_firing *firing,
                         struct pith_firing_part part, double at[UNKNOWNS], double most)
{
    struct pith_firing_pair *pairs = fit->pairs;
    struct pith_equations e;
    double x[UNKNOWNS];

    memset(&e, 0, sizeof e);
    memset(pairs, 0, PITH_FIRING_LASERS * sizeof *pairs);
    pith_firing_take_place(fit, at);
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t k = 0; k < PITH_FIRING_LASERS; k++)
            take_means(&pairs[k]);
        go_over(fit, firing, part, NULL, pass == 0 ? PITH_FIRING_GAP_MAX : MEANS_REACH * most);
    }
    for (uint32_t k = 0; k < PITH_FIRING_LASERS; k++)
        for (uint32_t of = 0; of < 2; of++)
            pairs[k].means[of] = pairs[k].n[of] > 0 ? pairs[k].sums[of] / pairs[k].n[of] : 0;
    go_over(fit, firing, part, &e, most);
    for (uint32_t k = 0; k < UNKNOWNS; k++)
        e.left[k][k] += RIDGE;
    pith_equations_solve(x, &e, UNKNOWNS);
    for (uint32_t k = 0; k < UNKNOWNS; k++)
        at[k] += x[k];
}
