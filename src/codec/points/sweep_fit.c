/* See sweep_fit.h.
 *
 * Ahead of the scanner (azimuth 0) points have moved little: there a rough motion puts them back on their grid, and says how to look further to both sides, up to
 * the whole turn. */
#include "codec/points/sweep_fit.h"

#include <string.h>

#include "codec/points/reals.h"
#include "num/solve.h"
#include "num/trig.h"

#define GRID         1e-3 /* metres */
#define DECIMALS     3
#define POINTS_LEAST 4096
#define SEED_WINDOW  0.5 /* degrees, either way */
#define SEED_POINTS  400 /* at most */
#define SEED_LEAST   60
#define SEED_OFF \
    0.17 /* mean distance from the grid, in steps, of the right motion; 0.25 by chance */
#define FIT_POINTS   1500
#define FIT_ROUNDS   3
#define FIT_OFF      0.15 /* of a window's points, from the third on */
#define UNDO_ROUNDS  3
#define NEAR_LEAST   2.0 /* metres */
#define FAR_MAX      30.0
#define GATE         0.2 /* steps: no point that is further off counts */
#define FINAL_POINTS 30000
#define FINAL_ROUNDS 4
#define FINAL_GATE   40 /* steps of float32 */
#define MOTION       6
#define FAR_ENOUGH   1e6

struct search {
    double *const *reals;
    size_t n;
    struct pith_sweep motion; /* by, around */
};

static double off_grid(double x)
{
    x /= GRID;
    return x - pith_floor(x + 0.5);
}

/* Where the scanner saw a point, roughly.  Returns the share of the turn. */
static double put_back(double place[3], const struct search *search, size_t i)
{
    double s = 0;

    for (uint32_t round = 0; round < UNDO_ROUNDS; round++) {
        for (uint32_t k = 0; k < 3; k++)
            place[k] = search->reals[k][i];
        s = round == 0 ? pith_sweep_share(place) : s;
        pith_sweep_undo(place, &search->motion, s);
        s = pith_sweep_share(place);
    }
    return s;
}

/* Points no further from straight ahead than so much; only near ones if that is little. */
struct window {
    double degrees, sine, cosine;
};

static struct window window_of(double degrees)
{
    struct window window = {degrees, 0, 1};

    pith_sin_cos(degrees * (PITH_PI / 180), &window.sine, &window.cosine);
    return window;
}

/* sine * x - cosine * |y| is the sine of what is left to the window's end. */
static int is_within(const struct search *search, size_t i, const struct window *window)
{
    double x = search->reals[0][i], y = search->reals[1][i], z = search->reals[2][i];
    double square = x * x + y * y + z * z;

    return square > NEAR_LEAST * NEAR_LEAST &&
           (window->degrees > 30 || square < FAR_MAX * FAR_MAX) &&
           window->sine * x - window->cosine * pith_abs(y) > 0;
}

/* Points ahead, which the search begins with. */
struct seed {
    uint32_t n;
    double places[SEED_POINTS][3], shares[SEED_POINTS];
};

static void take_seed(struct seed *seed, const struct search *search)
{
    const struct window window = window_of(SEED_WINDOW);

    seed->n = 0;
    for (size_t i = 0; i < search->n && seed->n < SEED_POINTS; i++) {
        double *place = seed->places[seed->n];

        if (!is_within(search, i, &window))
            continue;
        for (uint32_t k = 0; k < 3; k++)
            place[k] = search->reals[k][i];
        seed->shares[seed->n++] = pith_sweep_share(place);
    }
}

/* What is tried of one axis: velocities, and turns that move a point by so much for each metre along another axis. */
struct range {
    uint32_t axis, lever;
    double sign; /* of the lever */
    double speed_max, speed_step, turn_max, turn_step;
};

/* The best pair.  Returns the mean distance from the grid. */
static double search_axis(double *speed, double *turn, const struct seed *seed,
                          const struct range *range)
{
    double least = 1;

    for (double v = -range->speed_max; v <= range->speed_max; v += range->speed_step)
        for (double w = -range->turn_max; w <= range->turn_max; w += range->turn_step) {
            double sum = 0;

            for (uint32_t i = 0; i < seed->n; i++) {
                const double *place = seed->places[i];

                sum += pith_abs(
                    off_grid(place[range->axis] -
                             seed->shares[i] * (v + range->sign * w * place[range->lever])));
                if (i == SEED_LEAST / 2 && sum > (SEED_OFF + 0.06) * i) {
                    sum = seed->n;
                    break;
                }
            }
            if (sum / seed->n < least) {
                least = sum / seed->n;
                *speed = v;
                *turn = w;
            }
        }
    return least;
}

/* A rough motion.  Returns 0 if there is none. */
static int find_seed(struct search *search)
{
    static const struct range y = {1, 0, 1, 0.6, 0.05, 0.15, 0.005};
    static const struct range z = {2, 0, -1, 0.4, 0.05, 0.05, 0.005};
    struct seed seed;
    double *by = search->motion.by, *around = search->motion.around, known;
    struct range x = {0, 2, 1, 4.5, 0.05, 0, 1};

    take_seed(&seed, search);
    if (seed.n < SEED_LEAST || search_axis(&by[1], &around[2], &seed, &y) > SEED_OFF ||
        search_axis(&by[2], &around[1], &seed, &z) > SEED_OFF)
        return 0;
    for (uint32_t i = 0; i < seed.n; i++) /* what is known of x already */
        seed.places[i][0] -= seed.shares[i] * around[1] * seed.places[i][2];
    return search_axis(&by[0], &known, &seed, &x) < SEED_OFF;
}

/* How a point's coordinates change with the motion, at a share of the turn. */
static void motion_rows(double rows[3][MOTION], const double place[3], double s)
{
    const double all[3][MOTION] = {{1, 0, 0, 0, place[2], -place[1]},
                                   {0, 1, 0, -place[2], 0, place[0]},
                                   {0, 0, 1, place[1], -place[0], 0}};

    for (uint32_t r = 0; r < 3; r++)
        for (uint32_t k = 0; k < MOTION; k++)
            rows[r][k] = s * all[r][k];
}

static void add_motion(struct search *search, struct pith_equations *e)
{
    double x[MOTION];

    pith_equations_solve(x, e, MOTION);
    for (uint32_t k = 0; k < 3; k++) {
        search->motion.by[k] += x[k];
        search->motion.around[k] += x[3 + k];
    }
}

/* Least squares of what points within a window are off the grid.  Returns the mean distance. */
static double fit_window(struct search *search, double degrees, double ridge)
{
    const struct window window = window_of(degrees);
    size_t n_within = 0, step, at = 0;
    double sum = 0, n = 0;
    struct pith_equations e;

    for (size_t i = 0; i < search->n; i += 8)
        n_within += (size_t)is_within(search, i, &window);
    step = 8 * n_within / FIT_POINTS + 1;
    memset(&e, 0, sizeof e);
    for (uint32_t k = 0; k < MOTION; k++)
        e.left[k][k] = ridge * (k < 3 ? 1.6e-5 : k == 3 ? 1e-4 : 1.6e-3);
    for (size_t i = 0; i < search->n; i++) {
        double place[3], rows[3][MOTION], s;

        if (!is_within(search, i, &window) || at++ % step != 0)
            continue;
        s = put_back(place, search, i);
        motion_rows(rows, place, s);
        for (uint32_t r = 0; r < 3; r++) {
            double off = off_grid(place[r]);

            sum += pith_abs(off);
            n++;
            if (pith_abs(off) < GATE)
                pith_equations_add(&e, MOTION, rows[r], off * GRID);
        }
    }
    add_motion(search, &e);
    return n > 0 ? sum / n : 1;
}

/* From the seed to the whole turn.  Returns 0 if points are not on the grid then. */
static int widen(struct search *search)
{
    static const double windows[] = {0.5, 0.7, 1,  1.4, 2,  3,  4,   6,   8,  11,
                                     15,  20,  30, 45,  65, 90, 120, 150, 180};

    for (size_t k = 0; k < sizeof windows / sizeof windows[0]; k++) {
        double off = 1;

        for (uint32_t round = 0; round < FIT_ROUNDS; round++)
            off = fit_window(search, windows[k], windows[k] < 3 ? 1 : 1e-6);
        if (k >= 2 && off > FIT_OFF)
            return 0;
    }
    return 1;
}

/* The point of the grid that a point was; behind the scanner either end of the turn may be meant.  Returns 0 if neither is near one. */
static int find_grid(int64_t multiples[3], double place[3], const struct search *search, size_t i)
{
    double s, far = 0;

    for (uint32_t k = 0; k < 3; k++)
        far += pith_abs(search->reals[k][i]);
    if (!(far < FAR_ENOUGH))
        return 0;
    s = put_back(place, search, i);
    for (uint32_t end = 0; end < 2; end++) {
        double most = 0;

        for (uint32_t k = 0; k < 3; k++) {
            multiples[k] = pith_floor_int(place[k] / GRID + 0.5);
            most = pith_abs(off_grid(place[k])) > most ? pith_abs(off_grid(place[k])) : most;
        }
        if (most < GATE || pith_abs(s) < 0.49)
            return most < GATE;
        s = s > 0 ? -0.5 : 0.5;
        for (uint32_t k = 0; k < 3; k++)
            place[k] = search->reals[k][i];
        pith_sweep_undo(place, &search->motion, s);
    }
    return 0;
}

static void to_grid(double place[3], const int64_t multiples[3])
{
    for (uint32_t k = 0; k < 3; k++)
        place[k] = pith_real_of(pith_real_bits((double)multiples[k] / 1000, 0), 0);
}

/* Steps of float32 at x, about. */
static double spacing(double x)
{
    uint64_t bits = pith_real_bits(x, 0);

    return pith_abs(pith_real_of(bits + 1, 0) - pith_real_of(bits, 0));
}

/* As exact as the coordinates are: by what grid points become when they are moved. */
static void polish(struct search *search)
{
    size_t step = search->n / FINAL_POINTS + 1;
    struct pith_equations e;

    memset(&e, 0, sizeof e);
    for (uint32_t k = 0; k < MOTION; k++)
        e.left[k][k] = 1e-6;
    for (size_t i = 0; i < search->n; i += step) {
        double place[3], moved[3], rows[3][MOTION], s;
        int64_t multiples[3];

        if (!find_grid(multiples, place, search, i))
            continue;
        to_grid(place, multiples);
        memcpy(moved, place, sizeof moved);
        pith_sweep_apply(moved, &search->motion);
        s = pith_sweep_share(place);
        motion_rows(rows, place, s);
        for (uint32_t r = 0; r < 3; r++) {
            double weight = 1 / spacing(search->reals[r][i]);
            double off = (search->reals[r][i] - moved[r]) * weight;

            if (!(pith_abs(off) < FINAL_GATE))
                continue;
            for (uint32_t k = 0; k < MOTION; k++)
                rows[r][k] *= weight;
            pith_equations_add(&e, MOTION, rows[r], off);
        }
    }
    add_motion(search, &e);
}

static void store_motion(struct pith_sweep *sweep, const struct pith_sweep *motion)
{
    sweep->is_there = 1;
    for (uint32_t k = 0; k < 3; k++) {
        sweep->moved[k] = pith_floor_int(motion->by[k] / PITH_SWEEP_UNIT + 0.5);
        sweep->turned[k] = pith_floor_int(motion->around[k] / PITH_SWEEP_UNIT + 0.5);
    }
    pith_sweep_make(sweep);
}

static uint64_t bits_at(const struct pith_columns *columns, uint32_t field, size_t i)
{
    return pith_column_bits(columns, field, pith_column(columns, field)[i]);
}

/* Puts a point on the grid; what does not come back is an exception.  Returns how many of its coordinates are. */
static uint32_t convert(struct pith_columns *columns, const uint32_t fields[3],
                        const struct search *search, size_t i)
{
    int64_t multiples[3] = {0, 0, 0};
    double place[3];
    uint32_t n = 0;
    int is_on = find_grid(multiples, place, search, i);

    to_grid(place, multiples);
    pith_sweep_apply(place, &columns->sweep);
    for (uint32_t axis = 0; axis < 3; axis++) {
        uint64_t bits = bits_at(columns, fields[axis], i);

        pith_column(columns, fields[axis])[i] = is_on ? multiples[axis] : 0;
        if (is_on && pith_real_bits(place[axis], 0) == bits)
            continue;
        if (columns->n_exceptions < pith_exceptions_room(columns->n))
            columns->exceptions[columns->n_exceptions++] =
                (struct pith_point_exception){(uint32_t)i, fields[axis], bits};
        n++;
    }
    return n;
}

/* By field, then by point. */
static void sort_exceptions(struct pith_columns *columns)
{
    struct pith_point_exception *e = columns->exceptions;

    for (uint32_t k = 1; k < columns->n_exceptions; k++) {
        struct pith_point_exception one = e[k];
        uint32_t at = k;

        for (; at > 0 && (e[at - 1].field > one.field ||
                          (e[at - 1].field == one.field && e[at - 1].point > one.point));
             at--)
            e[at] = e[at - 1];
        e[at] = one;
    }
}

enum pith_sweep_found pith_sweep_fit(struct pith_columns *columns, const uint32_t fields[3],
                                     double *const reals[3])
{
    struct search search = {.reals = reals, .n = columns->n};
    uint32_t n = columns->n_exceptions;

    if (columns->n < POINTS_LEAST || !find_seed(&search) || !widen(&search))
        return PITH_SWEEP_NONE;
    for (uint32_t round = 0; round < FINAL_ROUNDS; round++)
        polish(&search);
    store_motion(&columns->sweep, &search.motion);
    search.motion = columns->sweep;
    for (size_t i = 0; i < columns->n && n <= pith_exceptions_room(columns->n); i++)
        n += convert(columns, fields, &search, i);
    if (n > pith_exceptions_room(columns->n))
        return PITH_SWEEP_SPOILT;
    for (uint32_t axis = 0; axis < 3; axis++) {
        columns->decimals[fields[axis]] = DECIMALS;
        for (size_t i = 0; i < columns->n; i++)
            reals[axis][i] = pith_column_real(columns, fields[axis], i);
    }
    sort_exceptions(columns);
    return PITH_SWEEP_FOUND;
}
