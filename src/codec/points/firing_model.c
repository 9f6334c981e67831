/* The model of points in the order of firing: what firing.c knows of a point as contexts of its values. */
#include "codec/points/firing.h"

#include <string.h>

#include "codec/points/classes.h"
#include "codec/points/reals.h"
#include "codec/points/scan_model.h"
#include "num/trig.h"

#define STEPS_MAX  0x1p40
#define MARGIN     6    /* of plain steps' bits, this share is to be saved */
#define LEAST      1e-9 /* what is divided by is more */
#define TURN_UNITS 360000000

struct job {
    struct pith_firing *firing;
    struct pith_coder *coder; /* NULL: only counts */
    const struct pith_value_watch *watch;
    size_t n;
    uint64_t *bits; /* only adds up those of differences; or NULL */
};

/* One value, in either direction, or only counted. */
static int64_t value(struct job *job, uint32_t kind, const struct pith_value_view *view,
                     int64_t base, int64_t is)
{
    int64_t difference = 0;

    if (!job->coder || job->coder->out)
        difference = (int64_t)((uint64_t)is - (uint64_t)base);
    if (job->bits)
        *job->bits += pith_size_bits(difference);
    else if (!job->coder)
        pith_values_count(job->firing->values, kind, difference);
    else
        difference = pith_values_code(job->firing->values, job->coder, kind, view, difference);
    return (int64_t)((uint64_t)base + (uint64_t)difference);
}

/* Whether the next laser saw something. */
static void view_empty(const struct pith_firing *firing, struct pith_value_view *view,
                       uint32_t next)
{
    const struct pith_firing_walk *walk = &firing->walk;
    const struct pith_firing_laser *laser = &firing->states[next];
    const struct pith_firing_laser *before = &firing->states[walk->laser];
    const struct pith_firing_laser *under = &firing->states[laser->beside[0]];
    const struct pith_firing_laser *over = &firing->states[laser->beside[1]];
    uint32_t own = laser->history & 255, skipped = walk->skipped < 7 ? walk->skipped : 7;
    uint32_t far = pith_class_size((int64_t)(laser->flats[0] * 16));
    uint32_t near = (laser->history & 3) | (before->history & 3) << 2 | (under->history & 3) << 4 |
                    (over->history & 3) << 6;

    pith_view_begin(view);
    pith_view_list(view, 0, own, next, 0);
    pith_view_list(view, 1, near, laser->beside[0] < next, laser->beside[1] < next);
    pith_view_list(view, 2, own & 7, skipped, before->history & 7);
    pith_view_list(view, 3, near, next, 3);
    pith_view_list(view, 4, own & 15, far, next);
    pith_view_list(view, 5, under->history & 15, over->history & 15, own & 15);
    pith_view_list(view, 6, laser->history & 0xffff, 6, 0);
    pith_view_list(view, 7, own, skipped, 7);
    pith_view_list(view, 8, next, walk->laser, own & 1);
    pith_view_list(view, 9, before->history & 255, own & 3, 9);
    view->calibrators[0] = near;
    view->calibrators[1] = own;
    view->sets[0] = own & 7;
    view->sets[1] = skipped;
    view->class = (own & 7) | (under->history & 1) << 3 | (over->history & 1) << 4 |
                  (before->history & 1) << 5;
}

/* The exponent of a value of a column, and a step more for each quarter in between. */
static uint32_t scale_of(int64_t value)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    return (uint32_t)(size >> 22) & 1023;
}

static int64_t clamped(double steps)
{
    return steps < STEPS_MAX ? (int64_t)steps : (int64_t)STEPS_MAX;
}

/* Metres in steps of float32 at a value, roughly. */
static int64_t in_steps(double metres, int64_t value)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t exponent = size >> 23 & 255;

    return clamped(metres * pith_real_of((1023 + 150 - exponent) << 52, 1));
}

/* What is known of a value that is off by as much as `sure` says, as a class, and of which others were off before it.  of: 0, 1, 2 coordinates in
 * the order in which they are coded, 3 ticks. */
static void view_value(const struct pith_firing *firing, struct pith_value_view *view, uint32_t of,
                       uint32_t sure, uint32_t scale)
{
    const struct pith_firing_walk *walk = &firing->walk;
    const struct pith_firing_laser *laser = &firing->states[walk->laser];
    uint32_t past = pith_class_size(laser->errors[of]), other = pith_class_size(walk->errors[of]);
    int64_t first = of > 0 && of < 3 ? walk->errors[0] : laser->errors[1];
    uint32_t told = pith_class_size(first);
    uint32_t told2 = pith_class_size(of == 2 ? walk->errors[1] : laser->errors[2]);

    pith_view_begin(view);
    pith_view_list(view, 0, sure, of, 0);
    pith_view_list(view, 1, sure, told, 1);
    pith_view_list(view, 2, sure, past, 2);
    pith_view_list(view, 3, past, other, scale);
    pith_view_list(view, 4, sure, other, 4);
    pith_view_list(view, 5, sure, walk->laser, 5);
    pith_view_list(view, 6, told, told2, sure / 2);
    pith_view_list(view, 7, scale, sure, 7);
    pith_view_list(view, 8, past / 2, told / 2, sure);
    pith_view_list(view, 9, scale, walk->laser, past / 4);
    pith_view_list(view, 10, pith_class_signed(laser->errors[of]), sure, 10);
    pith_view_list(view, 11, pith_class_signed(walk->errors[of]), sure, 11);
    view->calibrators[0] = sure;
    view->calibrators[1] = told;
    view->sets[0] = sure / 3 & 7;
    view->sets[1] = past / 4 & 7;
    view->class = sure < 64 ? sure : 63;
}

/* A coordinate that is expected at a place, off by as much as `miss`, in metres. */
static void code_coordinate(struct job *job, uint32_t axis, uint32_t of, double place, double miss)
{
    struct pith_firing *firing = job->firing;
    struct pith_firing_walk *walk = &firing->walk;
    int64_t *column = pith_column(firing->columns, firing->fields[axis]), base;
    struct pith_value_view view;
    uint32_t off;

    base = pith_column_nearest(firing->columns, firing->fields[axis], place, &off);
    view_value(firing, &view, of, pith_class_size(in_steps(miss, base)), scale_of(base));
    column[walk->i] = value(job, PITH_KIND_X + of, &view, base, column[walk->i]);
    walk->errors[of] = (int64_t)((uint64_t)column[walk->i] - (uint64_t)base);
}

static double real_of(const struct pith_firing *firing, uint32_t axis)
{
    return pith_column_real(firing->columns, firing->fields[axis], firing->walk.i) -
           firing->walk.origin[axis];
}

static double sane(double x, double otherwise)
{
    return x < 1e6 && x > -1e6 ? x : otherwise;
}

/* The range as ticks: a distance that is surer than the one expected. */
static double code_ticks(struct job *job)
{
    struct pith_firing *firing = job->firing;
    struct pith_firing_walk *walk = &firing->walk;
    const struct pith_firing_laser *laser = &firing->states[walk->laser];
    double slope = laser->slope + walk->lean, longer = pith_sqrt(1 + slope * slope);
    int64_t base = pith_floor_int((walk->flat * longer - walk->near) / walk->tick + 0.5), is = 0;
    struct pith_value_view view;

    if (!job->coder || job->coder->out) {
        double d[3] = {real_of(firing, 0), real_of(firing, 1), real_of(firing, 2)};

        is = pith_floor_int(
            (pith_sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) - walk->near) / walk->tick + 0.5);
    }
    view_value(firing, &view, 3, pith_class_size((int64_t)(laser->misses[0] * 2 / walk->tick)),
               pith_class_size(base));
    is = value(job, PITH_KIND_RANGE, &view, base, is);
    walk->errors[3] = (int64_t)((uint64_t)is - (uint64_t)base);
    return sane((double)is * walk->tick + walk->near, walk->flat) / longer;
}

/* The coordinate that tells most of the distance first, then the one that tells the angle, then the height. */
static void code_place(struct job *job)
{
    struct pith_firing *firing = job->firing;
    struct pith_firing_walk *walk = &firing->walk;
    const struct pith_firing_laser *laser = &firing->states[walk->laser];
    const double *way = walk->way;
    uint32_t first = pith_abs(way[1]) > pith_abs(way[0]), second = !first;
    double flat = walk->flat, square = way[0] * way[0] + way[1] * way[1] + LEAST, a, b;
    double along = pith_abs(way[first]) + LEAST;

    if (walk->tick > 0)
        flat = code_ticks(job);
    code_coordinate(job, first, 0, walk->origin[first] + flat * way[first],
                    laser->misses[walk->tick > 0 ? 3 : 0] * along);
    flat = sane(real_of(firing, first) / (way[first] < 0 ? -along : along), flat);
    code_coordinate(job, second, 1, walk->origin[second] + flat * way[second],
                    laser->misses[1] * pith_abs(flat) / along);
    a = sane(real_of(firing, 0), flat * way[0]);
    b = sane(real_of(firing, 1), flat * way[1]);
    flat = pith_sqrt((a * a + b * b) / square);
    code_coordinate(job, 2, 2, walk->origin[2] + flat * way[2], laser->misses[2] * flat);
}

/* A turn is told from the one expected by less than half a turn of the head. */
static int64_t nearest_turn(const struct pith_scan *exact, int64_t base, int64_t is)
{
    int64_t all = TURN_UNITS / exact->angle_tick;

    return TURN_UNITS % exact->angle_tick == 0
               ? is + pith_floor_int((double)(base - is) / (double)all + 0.5) * all
               : is;
}

/* The range and the turn in ticks, and then what the coordinates are off the place that those make. */
static void code_exact(struct job *job)
{
    struct pith_firing *firing = job->firing;
    struct pith_firing_walk *walk = &firing->walk;
    struct pith_firing_laser *laser = &firing->states[walk->laser];
    const struct pith_scan *exact = firing->exact;
    const struct pith_beam *beam = &exact->beams[walk->laser];
    double range_tick = exact->range_tick * PITH_LENGTH_UNIT, cosine = beam->cosine + LEAST;
    double angle_tick = exact->tick, turn, place[3];
    int64_t *range = &firing->model->ranges[walk->i], *ticks = &firing->model->turns[walk->i], base;
    struct pith_value_view view;

    base = pith_scan_ticks(pith_floor_int((walk->flat / cosine - beam->near) / range_tick + 0.5));
    view_value(firing, &view, 3, pith_class_size(clamped(laser->misses[0] * 4 / range_tick)),
               pith_class_size(base));
    *range = pith_scan_ticks(value(job, PITH_KIND_RANGE, &view, base, *range));
    walk->errors[3] = *range - base;
    turn = (walk->turn + laser->turn - beam->turn) / angle_tick;
    base = pith_scan_ticks(pith_floor_int(turn + 0.5));
    if (!job->coder || job->coder->out)
        *ticks = nearest_turn(exact, base, *ticks);
    view_value(firing, &view, 0, (uint32_t)pith_floor_int((turn - (double)base + 0.5) * 16) & 15,
               pith_class_size(clamped(laser->misses[1] * 16 / angle_tick)));
    *ticks = pith_scan_ticks(value(job, PITH_KIND_TURN, &view, base, *ticks));
    walk->errors[0] = *ticks - base;
    pith_scan_place(place, exact, walk->laser, *ticks, *range);
    pith_scan_model_code_place(firing->model, job->coder, walk->i, walk->laser, place);
    pith_firing_learn_exact(firing, ((double)*range * range_tick + beam->near) * beam->cosine,
                            (double)*ticks * angle_tick + beam->turn);
}

/* Lasers that saw nothing, then the one that did: not the same again before all others.  Once too many were passed it is taken to be the next. */
static void code_laser(struct job *job)
{
    struct pith_firing *firing = job->firing;
    uint32_t n = firing->walk.block->n_lasers, is = 0;

    if (!job->coder || job->coder->out)
        is = firing->lasers[firing->walk.i];
    for (uint32_t k = 1; k < n && pith_firing_may_pass(firing); k++) {
        uint32_t next = pith_firing_next(firing);
        struct pith_value_view view;

        view_empty(firing, &view, next);
        if (value(job, PITH_KIND_EMPTY, &view, 0, next != is) == 0)
            break;
        pith_firing_pass(firing);
    }
}

static int code_points(struct job *job)
{
    struct pith_firing *firing = job->firing;

    pith_firing_begin(firing, firing->blocks, 0);
    memset(firing->model->place_errors, 0, sizeof firing->model->place_errors);
    for (size_t i = 0; i < job->n; i++) {
        pith_firing_walk_to(firing, i);
        code_laser(job);
        pith_firing_expect_flat(firing);
        firing->befores[i] = firing->states[firing->walk.laser].point;
        if (firing->exact) {
            code_exact(job);
        } else {
            pith_firing_expect_place(firing);
            code_place(job);
            pith_firing_learn(firing);
        }
        if (job->watch && i % PITH_VALUE_WATCH_EVERY == 0 && job->watch->each(job->watch->opaque))
            return 1;
    }
    return 0;
}

int pith_firing_is_better(struct pith_firing *firing)
{
    size_t n = firing->columns->n < PITH_VALUE_COUNTED ? firing->columns->n : PITH_VALUE_COUNTED;
    uint64_t bits = 0, steps = 0;
    struct job job = {firing, NULL, NULL, n, &bits};

    (void)code_points(&job);
    for (uint32_t axis = 0; axis < 3; axis++) {
        const int64_t *column = pith_column(firing->columns, firing->fields[axis]);

        for (size_t i = 1; i < n; i++)
            steps += pith_size_bits(column[i] - column[i - 1]);
    }
    return bits < steps - steps / MARGIN;
}

static const uint32_t kinds[] = {PITH_KIND_EMPTY, PITH_KIND_TURN, PITH_KIND_RANGE,
                                 PITH_KIND_X,     PITH_KIND_Y,    PITH_KIND_Z};

int pith_firing_code(struct pith_firing *firing, struct pith_coder *coder,
                     const struct pith_value_watch *watch)
{
    size_t n = firing->columns->n;
    struct job job = {firing, NULL, watch, n < PITH_VALUE_COUNTED ? n : PITH_VALUE_COUNTED, NULL};

    firing->model->scan =
        firing->exact; /* which codes places, but of which nothing else is known */
    firing->ends[0] = firing->ends[1] = coder->pos;
    if (coder->out && code_points(&job))
        return 1;
    for (uint32_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        pith_values_code_tree(firing->values, coder, kinds[k]);
    job.coder = coder;
    job.n = n;
    if (code_points(&job))
        return 1;
    firing->model->scan = NULL;
    firing->ends[2] = coder->pos;
    return 0;
}
