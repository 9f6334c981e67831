/* Fit of a scanner that moved while it turned, in points that have been put where they would have been seen at one moment.
 *
 * Points at which nothing was seen are where the scanner is: all of a column are the same.  Seen from there, lasers look up by a constant angle but for
 * how the scanner leans, which is a wave over the turn.  From the first column on its pose is followed as a decoder
 * will (pose.h), and each point is put on the nearest ticks. */
#include "codec/points/lattice_fit.h"
#include "codec/points/scan_fit.h"

#include <string.h>

#include "num/solve.h"
#include "num/trig.h"

#define COLUMNS_LEAST 64
#define PLACED_SHARE  5 /* of so many columns one has to tell where the scanner is */
#define FAR_LEAST     1.0
#define FLAT_LEAST    0.01 /* what is straight above the scanner leans nowhere */
#define LEAN_TERMS    4    /* of each of two waves: how they change over the scan */
#define ROUNDS        4
#define WAVE          (2 * LEAN_TERMS)
#define OFF_MAX       0.02 /* metres: of points that are seen as the scanner's */

/* The scanner's place at each whole column. */
typedef double place_of[3];

static int is_same(const struct pith_scan_model *model, size_t a, size_t b)
{
    return model->reals[0][a] == model->reals[0][b] && model->reals[1][a] == model->reals[1][b] &&
           model->reals[2][a] == model->reals[2][b];
}

/* The point of each column that another is the same as. */
static void find_repeated(struct pith_scan_fit *fit, const struct pith_scan_model *model,
                          size_t n_columns)
{
    for (size_t c = 0; c < n_columns; c++) {
        size_t end = pith_scan_first(model->scan, c + 1);

        fit->repeated[c] = PITH_NO_POINT;
        for (size_t a = pith_scan_first(model->scan, c);
             a < end && fit->repeated[c] == PITH_NO_POINT; a++)
            for (size_t b = a + 1; b < end; b++)
                if (is_same(model, a, b))
                    fit->repeated[c] = (uint32_t)a;
    }
}

/* Where the scanner is at each column, in a straight line between those that tell.  Returns 0 if too few do. */
static int find_places(place_of *places, const struct pith_scan_fit *fit,
                       const struct pith_scan_model *model, size_t n_columns)
{
    size_t last = n_columns, n_found = 0;

    for (size_t c = 0; c < n_columns; c++) {
        uint32_t point = fit->repeated[c];

        if (point == PITH_NO_POINT)
            continue;
        for (uint32_t axis = 0; axis < 3; axis++) {
            double place = model->reals[axis][point], from = place;

            if (last < n_columns)
                from = places[last][axis];
            places[c][axis] = place;
            for (size_t k = last < n_columns ? last + 1 : 0; k < c; k++)
                places[k][axis] = last < n_columns ? from + (place - from) * (double)(k - last) /
                                                                (double)(c - last)
                                                   : place;
        }
        last = c;
        n_found++;
    }
    for (size_t k = last + 1; last < n_columns && k < n_columns; k++)
        memcpy(places[k], places[last], sizeof places[k]);
    return n_found >= n_columns / PLACED_SHARE;
}

/* A point seen from the scanner's place. */
struct sight {
    double x, y, z, flat, far;
};

static struct sight see(const struct pith_scan_model *model, const double place[3], size_t i)
{
    struct sight s = {model->reals[0][i] - place[0], model->reals[1][i] - place[1],
                      model->reals[2][i] - place[2], 0, 0};

    s.flat = pith_sqrt(s.x * s.x + s.y * s.y);
    s.far = pith_sqrt(s.flat * s.flat + s.z * s.z);
    return s;
}

/* The wave's terms for a sight at a column, -1 to 1. */
static void terms_of(double row[WAVE], const struct sight *s, double at)
{
    double power = 1;

    for (uint32_t k = 0; k < LEAN_TERMS; k++, power *= at) {
        row[k] = s->x / s->flat * power;
        row[LEAN_TERMS + k] = s->y / s->flat * power;
    }
}

/* How high a point is seen, and the wave's terms there.  Returns 0 if it says nothing: near, or straight above. */
static int look_up(double *angle, double row[WAVE], const struct pith_scan_model *model,
                   const double place[3], size_t i, double at)
{
    struct sight s = see(model, place, i);

    if (s.far < FAR_LEAST || s.flat < FLAT_LEAST)
        return 0;
    terms_of(row, &s, at);
    *angle = pith_atan2(s.z, s.flat);
    return 1;
}

static double wave_of(const double lean[WAVE], const double row[WAVE])
{
    double sum = 0;

    for (uint32_t k = 0; k < WAVE; k++)
        sum += lean[k] * row[k];
    return sum;
}

/* Where a column stands in the scan, -1 to 1. */
static double at_column(size_t column, size_t n_columns)
{
    return 2.0 * (double)column / (double)n_columns - 1;
}

/* Every fourth column is enough to fit by. */
static size_t next_point(const struct pith_scan *scan, size_t i)
{
    return pith_scan_laser(scan, i + 1) == 0 ? i + 1 + 3 * (size_t)scan->period : i + 1;
}

/* Mean elevations of the lasers without the wave; what is further off than `most` does not count. */
static void fit_elevations(double *elevations, const double lean[WAVE],
                           const struct pith_scan_model *model, place_of *places, size_t n_columns,
                           double most)
{
    double sums[PITH_LASERS_MAX] = {0}, counts[PITH_LASERS_MAX] = {0};
    const struct pith_scan *scan = model->scan;

    for (size_t i = 0; i < pith_scan_first(scan, n_columns); i = next_point(scan, i)) {
        size_t column = pith_scan_column(scan, i), laser = pith_scan_laser(scan, i);
        double row[WAVE], angle;

        if (!look_up(&angle, row, model, places[column], i, at_column(column, n_columns)))
            continue;
        angle -= wave_of(lean, row);
        if (pith_abs(angle - elevations[laser]) > most)
            continue;
        sums[laser] += angle;
        counts[laser]++;
    }
    for (size_t k = 0; k < scan->period; k++)
        elevations[k] = counts[k] > 0 ? sums[k] / counts[k] : elevations[k];
}

/* The wave that is left when lasers have these elevations.  Returns the mean error. */
static double fit_wave(double lean[WAVE], const double *elevations,
                       const struct pith_scan_model *model, place_of *places, size_t n_columns,
                       double most)
{
    const struct pith_scan *scan = model->scan;
    double off = 0, all = 0;
    struct pith_equations e;

    memset(&e, 0, sizeof e);
    for (uint32_t k = 0; k < WAVE; k++)
        e.left[k][k] = 1e-6;
    for (size_t i = 0; i < pith_scan_first(scan, n_columns); i = next_point(scan, i)) {
        size_t column = pith_scan_column(scan, i);
        double row[WAVE], rest;

        if (!look_up(&rest, row, model, places[column], i, at_column(column, n_columns)))
            continue;
        rest -= elevations[pith_scan_laser(scan, i)];
        if (pith_abs(rest - wave_of(lean, row)) > most)
            continue;
        off += pith_abs(rest - wave_of(lean, row));
        all++;
        pith_equations_add(&e, WAVE, row, rest);
    }
    pith_equations_solve(lean, &e, WAVE);
    return all > 0 ? off / all : 1e9;
}

/* Elevations of the lasers, and how the scanner leans, in turns.  Returns the mean error. */
static double fit_lean(double lean[WAVE], double *elevations, const struct pith_scan_model *model,
                       place_of *places, size_t n_columns)
{
    double error = 1e9;

    memset(lean, 0, WAVE * sizeof *lean);
    memset(elevations, 0, model->scan->period * sizeof *elevations);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        fit_elevations(elevations, lean, model, places, n_columns, 4 * error);
        error = fit_wave(lean, elevations, model, places, n_columns, 4 * error);
    }
    return error;
}

#define ROUND_ELEVATION 10000 /* units */
#define ROUND_LEAST     0.9   /* coherence */
#define MISS_MAX        0.09  /* mean distance of angles that are on ticks; 0.25 if not */
#define BLUR_MAX        0.16  /* and of those that are blurred */

/* Elevations that are round numbers, but for one offset that is the same for all, lose that. */
static void make_round(double *elevations, uint32_t n)
{
    const double step = ROUND_ELEVATION * PITH_ANGLE_UNIT;
    struct pith_bunch bunch = {0, 0, 0};
    double offset;

    for (uint32_t k = 0; k < n; k++)
        pith_bunch_add(&bunch, elevations[k] / step);
    offset = pith_bunch_phase(&bunch);
    for (uint32_t k = 0; k < n && pith_bunch_coherence(&bunch) > ROUND_LEAST; k++)
        elevations[k] = pith_floor(elevations[k] / step - offset + 0.5) * step;
}

static void set_elevations(struct pith_scan *scan, const double *elevations)
{
    memset(scan->lasers, 0, scan->n_lasers * sizeof scan->lasers[0]);
    for (uint32_t k = 0; k < scan->n_lasers; k++)
        scan->lasers[k].elevation = pith_rounded_units(elevations[k] / PITH_ANGLE_UNIT);
    pith_scan_make_beams(scan);
}

/* The angle from the x axis of a place seen by the scanner, in ticks. */
static double angle_of(const double place[3], const struct pith_scan *scan)
{
    return pith_atan2(place[1], place[0]) / (scan->angle_tick * PITH_ANGLE_UNIT);
}

/* The point as the scanner sees it in its pose. */
static void see_posed(double place[3], const struct pith_scan_model *model, size_t i)
{
    for (uint32_t axis = 0; axis < 3; axis++)
        place[axis] = model->reals[axis][i];
    pith_pose_undo(place, model->pose);
}

static double length_of(const double v[3])
{
    return pith_sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

/* Angles of the first column in ticks, as the pose stands. */
static struct pith_bunch bunch_column(const struct pith_scan_model *model)
{
    struct pith_bunch bunch = {0, 0, 0};

    for (size_t i = 0; i < pith_scan_first(model->scan, 1); i++) {
        double place[3];

        see_posed(place, model, i);
        if (length_of(place) >= FAR_LEAST)
            pith_bunch_add(&bunch, angle_of(place, model->scan));
    }
    return bunch;
}

/* The largest tick that ranges are multiples of, by the n points of whole columns.  Returns 0 if there is none. */
static int find_range_tick(struct pith_scan_model *model, place_of *places, size_t n)
{
    size_t step = n / 2000 + 1;

    for (uint32_t tick = 100000; tick >= 10000; tick -= 10000) {
        struct pith_bunch bunch = {0, 0, 0};

        for (size_t i = 0; i < n; i += step) {
            struct sight s = see(model, places[pith_scan_column(model->scan, i)], i);

            if (s.far >= FAR_LEAST)
                pith_bunch_add(&bunch, s.far / (tick * PITH_LENGTH_UNIT));
        }
        model->scan->range_tick = tick;
        if (pith_bunch_coherence(&bunch) > 0.25)
            return 1;
    }
    return 0;
}

static int64_t units_of(double x)
{
    x = x / PITH_POSE_UNIT + 0.5;
    return x < 5e11 && x > -5e11 ? pith_floor_int(x) : 0;
}

/* The pose at the first column, and how it changes. */
static void set_start(struct pith_scan_model *model, place_of *places, const double lean[WAVE],
                      size_t n_columns)
{
    struct pith_pose_start *start = &model->scan->start;
    double a = 0, b = 0, a1 = 0, b1 = 0, power = 1, step = 2.0 / (double)n_columns;

    for (uint32_t k = 0; k < LEAN_TERMS; k++, power *= -1) { /* at -1, and the derivative there */
        a += lean[k] * power;
        b += lean[LEAN_TERMS + k] * power;
        a1 -= k * lean[k] * power;
        b1 -= k * lean[LEAN_TERMS + k] * power;
    }
    memset(start, 0, sizeof *start);
    start->turned[0] = units_of(b);
    start->turned[1] = units_of(-a);
    start->turning[0] = units_of(b1 * step);
    start->turning[1] = units_of(-a1 * step);
    for (uint32_t axis = 0; axis < 3; axis++) {
        size_t later = n_columns < 16 ? n_columns - 1 : 15;

        start->moved[axis] = units_of(places[0][axis]);
        start->moving[axis] =
            units_of((places[later][axis] - places[0][axis]) / (double)(later > 0 ? later : 1));
    }
}

/* Turns the start so that the first columns' angles are whole ticks. */
static void set_phase(struct pith_scan_model *model)
{
    struct pith_bunch bunch = bunch_column(model);

    model->scan->start.turned[2] +=
        units_of(pith_bunch_phase(&bunch) * model->scan->angle_tick * PITH_ANGLE_UNIT);
}

/* The tick next to an angle in whole turns from the left one. */
static int64_t nearest_turn(const struct pith_scan_model *model, size_t i, double angle)
{
    double all = 360e6 / model->scan->angle_tick, from = 0;

    if (i >= model->scan->period)
        from = (double)model->turns[i - model->scan->period];
    angle += pith_floor((from - angle) / all + 0.5) * all;
    return pith_floor_int(angle + 0.5);
}

/* What following the scanner has come to. */
struct trail {
    size_t n, n_good; /* points that were seen; those that are where their ticks put them */
    double misses;    /* how far angles are from their ticks: a quarter each if there are none */
};

/* Ticks of a point, and what it tells of the pose. */
static void find_ticks(struct trail *trail, struct pith_scan_model *model, size_t i)
{
    double place[3], arm[3], off[3], far, angle;
    size_t period = model->scan->period;

    see_posed(place, model, i);
    far = length_of(place) / (model->scan->range_tick * PITH_LENGTH_UNIT);
    model->ranges[i] = pith_floor_int(far + 0.5);
    if (model->ranges[i] == 0) {
        model->turns[i] = i >= period ? model->turns[i - period] : 0;
        if (i > period && pith_scan_laser(model->scan, i) > 0)
            model->turns[i] += model->turns[i - 1] - model->turns[i - 1 - period];
        model->scan->has_empty = 1;
        return;
    }
    angle = angle_of(place, model->scan);
    trail->misses += pith_abs(angle - pith_floor(angle + 0.5));
    model->turns[i] = nearest_turn(model, i, angle);
    pith_scan_place(place, model->scan, pith_scan_laser(model->scan, i), model->turns[i],
                    model->ranges[i]);
    pith_pose_apply(place, arm, model->pose);
    for (uint32_t axis = 0; axis < 3; axis++)
        off[axis] = model->reals[axis][i] - place[axis];
    pith_pose_learn(model->pose, arm, off);
    trail->n++;
    trail->n_good += length_of(off) < OFF_MAX;
}

/* Follows the pose through the columns of n points. */
static struct trail follow(const struct pith_scan_fit *fit, struct pith_scan_model *model, size_t n)
{
    const struct pith_scan *scan = model->scan;
    size_t half = pith_scan_column(scan, n / 2), end;
    struct trail trail = {0, 0, 0};

    pith_pose_begin(model->pose, &model->scan->start, 0);
    model->scan->has_empty = 0;
    for (size_t first = 0, column = 0; first < n; first = end, column++) {
        uint32_t empty = PITH_NO_POINT;
        double off[3];

        end = pith_scan_first(scan, column + 1);
        if (end <= n)
            empty = fit->repeated[column];
        end = end < n ? end : n;
        if (column == half) /* it has found its way */
            trail = (struct trail){0, 0, 0};
        if (empty != PITH_NO_POINT) {
            for (uint32_t axis = 0; axis < 3; axis++)
                off[axis] = model->reals[axis][empty] - model->pose->moved[axis];
            pith_pose_place(model->pose, off);
        }
        for (size_t i = first; i < end; i++)
            find_ticks(&trail, model, i);
        pith_pose_next(model->pose);
    }
    return trail;
}

#define SHIFTS       4    /* steps of ROUND_ELEVATION, either way */
#define MISS_ENOUGH  0.04 /* no need to look on */
#define LOOK_COLUMNS 112  /* that are followed to compare shifts */
#define FIRST_LEAST  0.3  /* coherence of the first column's angles */

/* What is left to find when lasers, lean and range tick are known. */
struct angles {
    const struct pith_scan_fit *fit;
    struct pith_scan_model *model;
    place_of *places;
    size_t n_columns;
    /* With all lasers higher by shifts from -SHIFTS on: */
    double elevations[2 * SHIFTS + 1][PITH_LASERS_MAX], leans[2 * SHIFTS + 1][WAVE];
};

/* Lasers are higher by a shift: the lean that is left then makes up for it.  What it has to be is as far from that without a shift as the
 * shift is: two are enough to tell all. */
static void find_leans(struct angles *angles, const double *elevations, const double lean[WAVE])
{
    double ends[2][WAVE];

    for (int32_t i = 0; i <= 2 * SHIFTS; i++)
        for (uint32_t k = 0; k < angles->model->scan->period; k++)
            angles->elevations[i][k] =
                elevations[k] + (i - SHIFTS) * ROUND_ELEVATION * PITH_ANGLE_UNIT;
    for (uint32_t end = 0; end < 2; end++) {
        memcpy(ends[end], lean, sizeof ends[end]);
        (void)fit_wave(ends[end], angles->elevations[end * 2 * SHIFTS], angles->model,
                       angles->places, angles->n_columns, 1);
    }
    for (int32_t i = 0; i <= 2 * SHIFTS; i++)
        for (uint32_t k = 0; k < WAVE; k++)
            angles->leans[i][k] = ends[0][k] + (ends[1][k] - ends[0][k]) * i * (0.5 / SHIFTS);
}

/* Sets the scan up with a shift. */
static void set_up(const struct angles *angles, int32_t shift)
{
    struct pith_scan_model *model = angles->model;

    set_elevations(model->scan, angles->elevations[SHIFTS + shift]);
    set_start(model, angles->places, angles->leans[SHIFTS + shift], angles->n_columns);
    pith_pose_begin(model->pose, &model->scan->start, 0);
    set_phase(model);
    pith_pose_begin(model->pose, &model->scan->start, 0);
}

/* A turn of the head and a turn of its leaning look alike as long as angles are not looked at: all lasers may be higher by some
 * steps, and the lean makes up for it.  Returns the shift at which angles miss their ticks the least, by less than *most; else
 * SHIFTS + 1. */
static int32_t find_shift(const struct angles *angles, double *most)
{
    struct pith_scan_model *model = angles->model;
    size_t look = angles->n_columns < LOOK_COLUMNS ? angles->n_columns : LOOK_COLUMNS;
    int32_t best = SHIFTS + 1;

    for (int32_t i = 0; i <= 2 * SHIFTS && *most > MISS_ENOUGH; i++) {
        int32_t shift = i % 2 ? (i + 1) / 2 : -i / 2; /* the nearest first */
        struct pith_bunch bunch;
        struct trail trail;

        set_up(angles, shift);
        bunch = bunch_column(model);
        if (pith_bunch_coherence(&bunch) < FIRST_LEAST)
            continue;
        trail = follow(angles->fit, model, pith_scan_first(model->scan, look));
        if (trail.n > 0 && trail.misses / (double)trail.n < *most) {
            *most = trail.misses / (double)trail.n;
            best = shift;
        }
    }
    return best;
}

/* Finds that shift and the tick: the largest that angles are multiples of, or, if rounded coordinates blur all of them, the one
 * that they miss the least.  Returns 0 if there is none. */
static int find_angle_tick(const struct angles *angles)
{
    static const uint32_t ticks[] = {200000, 100000, 90000, 50000, 20000, 10000, 5000};
    struct pith_scan *scan = angles->model->scan;
    double least = BLUR_MAX;
    int32_t best = SHIFTS + 1;
    uint32_t best_tick = 0;

    for (size_t k = 0; k < sizeof ticks / sizeof ticks[0]; k++) {
        double most = least;
        int32_t shift;

        scan->angle_tick = ticks[k];
        shift = find_shift(angles, &most);
        if (shift > SHIFTS)
            continue;
        best = shift;
        best_tick = ticks[k];
        least = most;
        if (most < MISS_MAX)
            break;
    }
    if (best > SHIFTS)
        return 0;
    scan->angle_tick = best_tick;
    set_up(angles, best);
    return 1;
}

#define LEAN_ERROR_MAX 0.002 /* radians */

int pith_scan_fit_moving(struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    static const uint32_t periods[] = {16, 32, 64};
    struct pith_scan *scan = model->scan;
    place_of *places = (place_of *)fit->flats; /* not needed any more, and three for a column fit */
    size_t n = model->columns->n;

    for (size_t k = 0; k < sizeof periods / sizeof periods[0]; k++) {
        double elevations[PITH_LASERS_MAX], lean[WAVE];
        uint32_t phase = (uint32_t)(fit->before % periods[k]);
        size_t n_columns = (n + phase) / periods[k];
        struct angles angles = {
            .fit = fit, .model = model, .places = places, .n_columns = n_columns};
        struct trail trail;

        scan->period = scan->n_lasers = periods[k];
        scan->phase = phase;
        find_repeated(fit, model, n_columns);
        if (n_columns < COLUMNS_LEAST || !find_places(places, fit, model, n_columns) ||
            !(fit_lean(lean, elevations, model, places, n_columns) <= LEAN_ERROR_MAX))
            continue;
        scan->is_moving = 1;
        make_round(elevations, scan->period);
        if (!find_range_tick(model, places, pith_scan_first(scan, n_columns)))
            continue;
        find_leans(&angles, elevations, lean);
        if (!find_angle_tick(&angles))
            continue;
        trail = follow(fit, model, n);
        if (trail.n_good <= trail.n / 2)
            return 0;
        if (model->columns->decimals[scan->fields[0]] == PITH_POINT_NO_GRID)
            pith_lattice_fit(&scan->lattice, model);
        return 1;
    }
    return 0;
}
