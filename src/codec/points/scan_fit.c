/* See scan_fit.h.
 *
 * Constants come from where values bunch. */
#include "codec/points/scan_fit.h"

#include <string.h>

#include "num/trig.h"

#define TURN         (2 * PITH_PI)
#define POINTS_LEAST 256
#define EXACT_SHARE  4  /* of so many points that are seen one has to be where its ticks put it, */
#define EXACT_OFF    16 /* to so many steps of float32, as some compute in that */
#define POLISHES     3
#define ASIDE_MAX    0.060
#define ASIDE_STEP   0.002
#define CIRCLE       1024 /* steps, near enough to see what bunches */

void pith_scan_fit_layout(struct pith_scan_fit *fit, struct pith_scan_model *model,
                          struct pith_arena *arena, size_t n)
{
    fit->angles = pith_arena_take(arena, n, sizeof *fit->angles);
    fit->flats = pith_arena_take(arena, n, sizeof *fit->flats);
    fit->repeated = pith_arena_take(arena, n, sizeof *fit->repeated);
    fit->circle = pith_arena_take(arena, CIRCLE, sizeof *fit->circle);
    fit->rays = pith_arena_take(arena, (size_t)2 * PITH_SCAN_SAMPLE, sizeof *fit->rays);
    for (uint32_t axis = 0; axis < 3; axis++)
        model->reals[axis] = pith_arena_take(arena, n, sizeof *model->reals[axis]);
}

/* Of a laser's angles in ticks, if its beam passes that far aside. */
static struct pith_bunch bunch_angles(const struct pith_scan_fit *fit, struct pith_scan_group group,
                                      double aside, double tick)
{
    struct pith_bunch bunch = {0, 0, 0};

    for (size_t i = group.first; i < group.end; i += group.step)
        if (fit->flats[i] >= PITH_SCAN_FLAT_LEAST)
            pith_bunch_add(&bunch, (fit->angles[i] + aside / fit->flats[i]) / tick);
    return bunch;
}

static double far_of(double flat, double aside, double cosine)
{
    double square = flat * flat - aside * aside;

    return square > 0 ? pith_sqrt(square) / cosine : 0;
}

static struct pith_bunch bunch_ranges(const struct pith_scan_fit *fit, struct pith_scan_group group,
                                      double aside, double cosine, double tick)
{
    struct pith_bunch bunch = {0, 0, 0};

    for (size_t i = group.first; i < group.end; i += group.step)
        if (fit->flats[i] >= PITH_SCAN_FLAT_LEAST)
            pith_bunch_add(&bunch, far_of(fit->flats[i], aside, cosine) / tick);
    return bunch;
}

/* Of a thinned group, each second one a point later: a tick that only so many points are multiples of is none.  Returns how many. */
static size_t gather_rays(const struct pith_scan_fit *fit, struct pith_scan_group group,
                          double tick)
{
    size_t n = 0;

    for (size_t k = group.first, odd = 0; k < group.end && n < (size_t)2 * PITH_SCAN_SAMPLE;
         k += group.step, odd = !odd) {
        size_t i = k + (odd && group.step > group.next ? group.next : 0);

        if (i < group.end && fit->flats[i] >= PITH_SCAN_FLAT_LEAST) {
            fit->rays[n][0] = fit->angles[i] / tick;
            fit->rays[n++][1] = 1 / (fit->flats[i] * tick);
        }
    }
    return n;
}

/* How well rays bunch if the beam passes that far aside: about their coherence. */
static double bunch_rays(const struct pith_scan_fit *fit, size_t n, double aside)
{
    struct pith_bunch bunch = {0, 0, (double)n};

    for (size_t i = 0; i < n; i++) {
        double turns = fit->rays[i][0] + aside * fit->rays[i][1];
        size_t step = (size_t)(int64_t)(turns * CIRCLE) % CIRCLE;

        bunch.cosines += fit->circle[step][0];
        bunch.sines += fit->circle[step][1];
    }
    return pith_bunch_coherence(&bunch);
}

/* How far aside the laser's angles bunch best. */
static double best_aside(const struct pith_scan_fit *fit, struct pith_scan_group group, double tick,
                         double from, double to, double step, double *best)
{
    size_t n = gather_rays(fit, group, tick);
    double aside = 0;

    *best = -1;
    for (double at = from; at <= to; at += step) {
        double is = bunch_rays(fit, n, at) - pith_abs(at) * 1e-6; /* none if it is all the same */

        if (is > *best) {
            *best = is;
            aside = at;
        }
    }
    return aside;
}

/* The laser of most points. */
static uint32_t longest(const struct pith_scan *scan, size_t n)
{
    uint32_t best = 0;

    for (uint32_t k = 0; k < scan->n_lasers; k++) {
        struct pith_scan_group a = pith_scan_group_of(scan, k, n),
                               b = pith_scan_group_of(scan, best, n);

        if ((a.end - a.first) / a.step > (b.end - b.first) / b.step)
            best = k;
    }
    return best;
}

#define TICK_FINE 1000 /* units; if there is none */

/* The largest tick that angles are multiples of. */
static uint32_t find_angle_tick(const struct pith_scan_fit *fit, const struct pith_scan *scan,
                                size_t n)
{
    static const uint32_t ticks[] = {400000, 351562, 200000, 180000, 175781, 173000, 166000,
                                     100000, 90000,  87891,  80000,  60000,  50000,  45000,
                                     40000,  30000,  20000,  10000,  5000,   2000};
    struct pith_scan_group group = pith_scan_thinned(pith_scan_group_of(scan, longest(scan, n), n));
    double best = 0;
    uint32_t found = TICK_FINE;

    for (size_t k = 0; k < sizeof ticks / sizeof ticks[0]; k++) {
        double is;

        (void)best_aside(fit, group, pith_scan_tick(ticks[k]), -ASIDE_MAX, ASIDE_MAX, ASIDE_STEP,
                         &is);
        if (is > 0.6 && is > best + 0.1) {
            best = is;
            found = ticks[k];
        }
    }
    return found;
}

#define RANGE_FINE 10000 /* units: a millimetre */

static uint32_t find_range_tick(const struct pith_scan_fit *fit, const struct pith_scan *scan,
                                size_t n)
{
    uint32_t laser = longest(scan, n), found = RANGE_FINE;
    struct pith_scan_group group = pith_scan_thinned(pith_scan_group_of(scan, laser, n));
    double best = 0;

    for (uint32_t tick = 100000; tick >= 10000; tick -= 10000) {
        struct pith_bunch bunch =
            bunch_ranges(fit, group, scan->lasers[laser].aside * PITH_LENGTH_UNIT,
                         scan->beams[laser].cosine, tick * PITH_LENGTH_UNIT);
        double is = pith_bunch_coherence(&bunch);

        if (is > 0.4 && is > best + 0.1) {
            best = is;
            found = tick;
        }
    }
    return found;
}

int32_t pith_rounded_units(double x)
{
    return x < 2e8 && x > -2e8 ? (int32_t)pith_floor_int(x + 0.5) : 0;
}

/* What is left to know of each laser. */
static void fit_lasers(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    struct pith_scan *scan = model->scan;
    size_t n = model->columns->n;
    double tick;

    scan->angle_tick = find_angle_tick(fit, scan, n);
    tick = pith_scan_tick(scan->angle_tick);
    for (uint32_t k = 0; k < scan->n_lasers; k++) {
        struct pith_scan_group group = pith_scan_thinned(pith_scan_group_of(scan, k, n));
        double aside = 0, is;
        struct pith_bunch bunch;

        group.next = group.step; /* the tick is known */
        if (scan->angle_tick != TICK_FINE) {
            aside = best_aside(fit, group, tick, -ASIDE_MAX, ASIDE_MAX, ASIDE_STEP, &is);
            aside = best_aside(fit, group, tick, aside - ASIDE_STEP, aside + ASIDE_STEP,
                               ASIDE_STEP / 20, &is);
        }
        bunch = bunch_angles(fit, group, aside, tick);
        scan->lasers[k].aside = pith_rounded_units(aside / PITH_LENGTH_UNIT);
        scan->lasers[k].turn = pith_rounded_units(pith_bunch_phase(&bunch) * scan->angle_tick);
    }
    scan->range_tick = find_range_tick(fit, scan, n);
    for (uint32_t k = 0; k < scan->n_lasers; k++) {
        struct pith_bunch bunch = bunch_ranges(
            fit, pith_scan_group_of(scan, k, n), scan->lasers[k].aside * PITH_LENGTH_UNIT,
            scan->beams[k].cosine, scan->range_tick * PITH_LENGTH_UNIT);

        scan->lasers[k].near = pith_rounded_units(pith_bunch_phase(&bunch) * scan->range_tick);
    }
    pith_scan_make_beams(scan);
}

/* How far the place of a point is from where it stands, in steps of its columns. */
static uint64_t distance(const struct pith_scan_model *model, size_t i, int64_t turn, int64_t range)
{
    double place[3];
    uint64_t sum = 0;
    uint32_t off;

    pith_scan_place(place, model->scan, model->walk.laser, turn, range);
    for (uint32_t axis = 0; axis < 3; axis++) {
        uint32_t field = model->scan->fields[axis];
        int64_t is = pith_column(model->columns, field)[i];
        int64_t by = is - pith_column_nearest(model->columns, field, place[axis], &off);

        sum += (uint64_t)(by < 0 ? -by : by);
    }
    return sum;
}

/* The ticks of the point that the walk is at.  Returns how far off they put it. */
static uint64_t find_ticks(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    static const int8_t tries[][2] = {{0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}};
    const struct pith_scan *scan = model->scan;
    const struct pith_beam *beam = &scan->beams[model->walk.laser];
    size_t i = model->walk.i;
    double flat = fit->flats[i], far = far_of(flat, beam->aside, beam->cosine), angle;
    double along = far * beam->cosine;
    int64_t turn, range;
    uint64_t least = UINT64_MAX;

    angle = fit->angles[i] + pith_atan2(beam->aside, along > 0 ? along : 1);
    turn = pith_floor_int((angle - beam->turn) / scan->tick + 0.5);
    range = pith_floor_int((far - beam->near) / (scan->range_tick * PITH_LENGTH_UNIT) + 0.5);
    for (size_t k = 0; k < sizeof tries / sizeof tries[0] && least > 0; k++) {
        uint64_t is = distance(model, i, turn + tries[k][0], range + tries[k][1]);

        if (is < least) {
            least = is;
            model->turns[i] = turn + tries[k][0];
            model->ranges[i] = range + tries[k][1];
        }
    }
    return least;
}

/* A point where nothing was seen is where its neighbours make it be. */
static void guess_turn(struct pith_scan_model *model)
{
    const struct pith_scan_walk *walk = &model->walk;
    uint32_t left = walk->left[0], up = walk->up;
    int64_t turn = left != PITH_NO_POINT ? model->turns[left] : 0;

    if (model->scan->period && left != PITH_NO_POINT && up != PITH_NO_POINT &&
        up >= model->scan->period)
        turn += model->turns[up] - model->turns[up - model->scan->period];
    else if (model->scan->width && walk->left[1] != PITH_NO_POINT)
        turn += turn - model->turns[walk->left[1]];
    model->turns[walk->i] = turn;
    model->ranges[walk->i] = 0;
}

void pith_scan_fit_walk(const struct pith_scan_fit *fit, struct pith_scan_model *model, size_t i)
{
    if (fit->lasers) {
        model->walk.i = i;
        model->walk.laser = fit->lasers[i];
        return;
    }
    if (!model->scan->period)
        model->ups[i] = PITH_NO_POINT;
    pith_scan_walk_to(model, i);
}

/* Ticks of all points.  Returns how many are where they put them. */
static size_t find_all_ticks(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    uint8_t decimals = model->columns->decimals[model->scan->fields[0]];
    uint64_t most = decimals == PITH_POINT_NO_GRID ? EXACT_OFF : 0;
    size_t n_exact = 0;

    model->scan->has_empty = 0;
    for (size_t i = 0; i < model->columns->n; i++) {
        pith_scan_fit_walk(fit, model, i);
        if (fit->flats[i] == 0) {
            guess_turn(model);
            model->scan->has_empty = 1;
        } else {
            n_exact += find_ticks(fit, model) <= most;
        }
    }
    return n_exact;
}

static size_t count_exact(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    size_t n = 0, step = model->columns->n / 4096 + 1;

    model->walk.laser = 0;
    for (size_t i = 0; i < model->columns->n; i += step) {
        pith_scan_fit_walk(fit, model, i);
        n += fit->flats[i] > 0 && find_ticks(fit, model) == 0;
    }
    return n;
}

static int32_t snapped(int32_t value, int32_t step)
{
    int32_t half = value < 0 ? -step / 2 : step / 2;

    return (value + half) / step * step;
}

/* Constants are often round numbers: those are kept that put more points where they are. */
static void snap(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    static const int32_t steps[][5] = {
        {10000, 10000, 10000, 10000, 10000}, {10000, 1, 1, 1, 1}, {1, 1, 1, 10000, 1}};
    struct pith_scan *scan = model->scan;
    size_t best = count_exact(fit, model);

    for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
        struct pith_laser was[PITH_LASERS_MAX];
        size_t n;

        memcpy(was, scan->lasers, scan->n_lasers * sizeof was[0]);
        for (uint32_t l = 0; l < scan->n_lasers; l++) {
            struct pith_laser *laser = &scan->lasers[l];

            laser->elevation = snapped(laser->elevation, steps[k][0]);
            laser->turn = snapped(laser->turn, steps[k][1]);
            laser->height = snapped(laser->height, steps[k][2]);
            laser->aside = snapped(laser->aside, steps[k][3]);
            laser->near = snapped(laser->near, steps[k][4]);
        }
        pith_scan_make_beams(scan);
        n = count_exact(fit, model);
        if (n >= best) {
            best = n;
        } else {
            memcpy(scan->lasers, was, scan->n_lasers * sizeof was[0]);
            pith_scan_make_beams(scan);
        }
    }
}

/* Ticks of all points, with constants that are polished if coordinates have bits enough to tell.  Returns whether many points are where
 * they put them. */
static int settle(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    struct pith_scan *scan = model->scan;
    size_t best = find_all_ticks(fit, model);
    uint8_t decimals = model->columns->decimals[scan->fields[0]];

    for (uint32_t round = 0; round < POLISHES && decimals == PITH_POINT_NO_GRID; round++) {
        struct pith_laser was[PITH_LASERS_MAX];
        size_t is;

        memcpy(was, scan->lasers, scan->n_lasers * sizeof was[0]);
        pith_scan_polish(fit, model);
        is = find_all_ticks(fit, model);
        if (is > best) {
            best = is;
            continue;
        }
        memcpy(scan->lasers, was, scan->n_lasers * sizeof was[0]);
        pith_scan_make_beams(scan);
        best = find_all_ticks(fit, model);
        break;
    }
    return best > fit->n_seen / EXACT_SHARE;
}

/* A scanner that stood still, or whose motion has been left in.  Returns 0 unless many points are where its ticks put them. */
static int fit_still(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    model->scan->is_moving = model->scan->phase = 0;
    if (!pith_scan_find_lasers(fit, model))
        return 0;
    fit_lasers(fit, model);
    if (model->scan->angle_tick == TICK_FINE)
        return 0;
    snap(fit, model);
    model->walk.laser = 0;
    return settle(fit, model);
}

/* Where nothing was seen there may be no numbers, as well as zeros. */
static void take_reals(struct pith_scan_model *model, size_t i)
{
    double place[3];
    int is_none = 1;

    for (uint32_t axis = 0; axis < 3; axis++) {
        place[axis] = pith_column_real(model->columns, model->scan->fields[axis], i);
        is_none &= place[axis] != place[axis];
    }
    for (uint32_t axis = 0; axis < 3; axis++)
        model->reals[axis][i] = is_none ? 0 : place[axis];
}

/* As the scanner sees it, if it stands. */
static void see(struct pith_scan_fit *fit, size_t to, double x, double y)
{
    fit->angles[to] = pith_atan2(y, x);
    if (fit->angles[to] < 0)
        fit->angles[to] += TURN;
    fit->flats[to] = pith_sqrt(x * x + y * y);
}

/* Points by laser, as if those were rings. */
static void sort_points(struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    struct pith_scan *scan = model->scan;
    uint32_t *starts = scan->starts, *at = model->ups; /* which are not known yet */
    size_t n = model->columns->n;

    memset(starts, 0, (scan->n_lasers + 1) * sizeof *starts);
    for (size_t i = 0; i < n; i++)
        starts[fit->lasers[i] + 1]++;
    for (uint32_t k = 0; k < scan->n_lasers; k++) {
        starts[k + 1] += starts[k];
        at[k] = starts[k];
    }
    for (size_t i = 0; i < n; i++) {
        size_t to = at[fit->lasers[i]]++;

        see(fit, to, pith_column_real(model->columns, scan->fields[0], i),
            pith_column_real(model->columns, scan->fields[1], i));
        model->reals[2][to] = pith_column_real(model->columns, scan->fields[2], i);
    }
}

int pith_scan_fit_lasers(struct pith_scan_fit *fit, struct pith_scan_model *model,
                         const uint8_t *lasers)
{
    struct pith_scan *scan = model->scan;
    int is_found;

    scan->period = scan->is_moving = scan->phase = 0;
    fit->lasers = lasers;
    sort_points(fit, model);
    is_found = pith_scan_fit_lines(fit, model) < PITH_SCAN_LINE_ERROR_MAX;
    if (is_found)
        fit_lasers(fit, model);
    for (size_t i = 0; i < model->columns->n; i++) {
        take_reals(model, i);
        see(fit, i, model->reals[0][i], model->reals[1][i]);
    }
    scan->period = scan->n_lasers;
    if (is_found && scan->angle_tick != TICK_FINE) {
        snap(fit, model);
        is_found = settle(fit, model) && !scan->has_empty;
    }
    fit->lasers = NULL;
    return is_found && scan->angle_tick != TICK_FINE;
}

int pith_scan_fit(struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    size_t n = model->columns->n;

    fit->lasers = NULL;
    fit->n_seen = 0;
    if (n < POINTS_LEAST)
        return 0;
    for (uint32_t k = 0; k < CIRCLE; k++)
        pith_sin_cos(TURN * k / CIRCLE, &fit->circle[k][1], &fit->circle[k][0]);
    for (size_t i = 0; i < n; i++) {
        double x, y, z;

        take_reals(model, i);
        x = model->reals[0][i];
        y = model->reals[1][i];
        z = model->reals[2][i];

        if (!(pith_abs(x) < 1e5 && pith_abs(y) < 1e5 && pith_abs(z) < 1e5))
            return 0;
        see(fit, i, x, y);
        fit->n_seen += fit->flats[i] > 0;
        if (fit->flats[i] == 0 && i > 0)
            fit->angles[i] = fit->angles[i - 1]; /* no ring ends there */
    }
    return fit_still(fit, model) || pith_scan_fit_moving(fit, model);
}
