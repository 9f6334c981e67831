/* See scan_model.h. */
#include "codec/points/scan_model.h"

#include <string.h>

#include "codec/points/classes.h"
#include "codec/points/scan_views.h"
#include "num/trig.h"

#define EMPTY  63       /* class of values */
#define SECTOR 22500000 /* units of angle: a sixteenth of a turn */

void pith_scan_model_layout(struct pith_scan_model *model, struct pith_arena *arena, size_t n)
{
    model->turns = pith_arena_take(arena, n, sizeof *model->turns);
    model->ranges = pith_arena_take(arena, n, sizeof *model->ranges);
    model->ups = pith_arena_take(arena, n, sizeof *model->ups);
    model->errors = pith_arena_take(arena, n, sizeof *model->errors);
    model->pose = pith_arena_take(arena, 1, sizeof *model->pose);
}

void pith_scan_walk_to(struct pith_scan_model *model, size_t i)
{
    const struct pith_scan *scan = model->scan;
    struct pith_scan_walk *walk = &model->walk;
    size_t step = scan->period ? scan->period : 1, first;

    walk->i = i;
    if (i == 0)
        walk->laser = 0;
    if (scan->period)
        walk->laser = pith_scan_laser(scan, i);
    else
        while (i >= scan->starts[walk->laser + 1])
            walk->laser++;
    first = scan->period ? 0 : scan->starts[walk->laser];
    for (uint32_t k = 0; k < 3; k++)
        walk->left[k] =
            i >= first + (k + 1) * step ? (uint32_t)(i - (k + 1) * step) : PITH_NO_POINT;
    if (scan->period)
        walk->up = walk->laser > 0 && i > 0 ? (uint32_t)(i - 1) : PITH_NO_POINT;
    else
        walk->up = model->ups[i];
}

/* How large the steps of a column are at a value, roughly: floating point has an exponent. */
static uint32_t scale_of(const struct pith_columns *columns, uint32_t field, int64_t value)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    return columns->decimals[field] == PITH_POINT_NO_GRID ? (uint32_t)(size >> 22) & 1023
                                                          : pith_class_size(value) / 2;
}

/* Sixteenths of a turn. */
static uint32_t sector_of(const struct pith_scan_model *model, size_t i)
{
    return (uint32_t)((uint64_t)(model->turns[i] * (int64_t)model->scan->angle_tick) / SECTOR) &
           15u;
}

/* Where the scan puts a coordinate, and how sure that is: near the middle between two values it is not.  done: errors of the
 * coordinates before, by class. */
static int64_t view_place(struct pith_scan_model *model, struct pith_value_view *view,
                          uint32_t axis, const double place[3], const uint32_t done[2])
{
    const struct pith_scan_walk *walk = &model->walk;
    const struct pith_columns *columns = model->columns;
    const uint32_t *fields = model->scan->fields;
    uint32_t off, range = pith_class_size(model->ranges[walk->i]);
    int64_t base = pith_column_nearest(columns, fields[axis], place[axis], &off);
    uint32_t turn = sector_of(model, walk->i), scale = scale_of(columns, fields[axis], base);
    uint32_t past = pith_class_size(model->place_errors[axis]);

    pith_view_begin(view);
    pith_view_list(view, 0, off >> 1, walk->laser, past / 2);
    pith_view_list(view, 1, off >> 1, done[0], done[1]);
    pith_view_list(view, 2, scale, past, 1);
    pith_view_list(view, 3, off >> 1, range, 2);
    pith_view_list(view, 4, off, scale, 3);
    pith_view_list(view, 5, off >> 1, turn, range / 2);
    pith_view_list(view, 6, scale, done[0], done[1]);
    pith_view_list(view, 7, off >> 2, walk->laser, turn);
    pith_view_list(view, 8, scale, walk->laser, 8);
    pith_view_list(view, 9, past, done[axis > 1], range / 2);
    pith_view_list(view, 10, scale, range, 10);
    pith_view_list(view, 11, pith_class_signed(model->place_errors[axis]), scale, 11);
    view->calibrators[0] = off;
    view->calibrators[1] = walk->laser & 255;
    view->sets[0] = off >> 3;
    view->sets[1] = scale & 7;
    view->class = off >> 3 | (uint32_t)(done[0] != 0 || done[1] != 0) << 3 | (scale & 3) << 4;
    if (model->scan->is_moving)
        view->class = (past / 2 < 8 ? past / 2 : 7) << 3 | (scale & 7);
    return base;
}

/* Steps of a lattice along an axis, and how sure they are: off is how far from a whole number, in 1/64. */
static void view_steps(const struct pith_scan_model *model, struct pith_value_view *view,
                       uint32_t axis, uint32_t off)
{
    const struct pith_scan_walk *walk = &model->walk;
    uint32_t range = pith_class_size(model->ranges[walk->i]);
    uint32_t past = pith_class_signed(model->step_errors[axis]);
    uint32_t other = pith_class_signed(model->step_errors[!axis]);
    uint32_t turn = sector_of(model, walk->i);

    pith_view_begin(view);
    pith_view_list(view, 0, off, range, 0);
    pith_view_list(view, 1, off >> 1, past, other);
    pith_view_list(view, 2, off >> 1, turn, range / 2);
    pith_view_list(view, 3, off >> 1, walk->laser, 3);
    pith_view_list(view, 4, off >> 2, other, range);
    pith_view_list(view, 5, off >> 2, past, range);
    pith_view_list(view, 6, off, turn, 6);
    pith_view_list(view, 7, off, 0, 7);
    view->calibrators[0] = off;
    view->calibrators[1] = range;
    view->sets[0] = off >> 3;
    view->sets[1] = range / 4 & 7;
    view->class = off >> 3 | (range / 4 & 7) << 3;
}

struct job {
    struct pith_scan_model *model;
    struct pith_coder *coder; /* NULL: only counts */
    const struct pith_value_watch *watch;
    size_t n;
};

/* One value, in either direction, or only counted. */
static int64_t value(const struct job *job, uint32_t kind, const struct pith_value_view *view,
                     int64_t base, int64_t is)
{
    int64_t difference = 0;

    if (!job->coder || job->coder->out)
        difference = (int64_t)((uint64_t)is - (uint64_t)base);
    if (!job->coder)
        pith_values_count(job->model->values, kind, difference);
    else
        difference = pith_values_code(job->model->values, job->coder, kind, view, difference);
    return (int64_t)((uint64_t)base + (uint64_t)difference);
}

static int is_time(const struct job *job, size_t i)
{
    return i % PITH_VALUE_WATCH_EVERY == 0 && job->watch->each(job->watch->opaque);
}

static double within_steps(double steps)
{
    return steps < 0x1p40 && steps > -0x1p40 ? steps : 0;
}

static int code_turns(const struct job *job)
{
    struct pith_scan_model *model = job->model;
    struct pith_value_view view;

    for (size_t i = 0; i < job->n; i++) {
        int64_t base;

        pith_scan_walk_to(model, i);
        base = pith_scan_view_turn(model, &view);
        model->turns[i] = pith_scan_ticks(value(job, PITH_KIND_TURN, &view, base, model->turns[i]));
        if (is_time(job, i))
            return 1;
    }
    return 0;
}

static void link_rings(struct pith_scan_model *model, size_t n)
{
    for (size_t i = 0; i < n && !model->scan->period; i++) {
        pith_scan_walk_to(model, i);
        pith_scan_find_up(model, i, model->turns[i]);
    }
}

static int code_ranges(const struct job *job)
{
    struct pith_scan_model *model = job->model;
    struct pith_value_view view;

    pith_blend_begin(&model->blend);
    for (size_t i = 0; i < job->n; i++) {
        int64_t base, range = job->coder && !job->coder->out ? 0 : model->ranges[i];
        int is_empty = 0;

        pith_scan_walk_to(model, i);
        if (model->scan->has_empty) {
            pith_scan_view_empty(model, &view);
            is_empty = value(job, PITH_KIND_EMPTY, &view, 0, range == 0) != 0;
        }
        base = pith_scan_view_range(model, &view);
        model->ranges[i] =
            is_empty ? 0 : pith_scan_ticks(value(job, PITH_KIND_RANGE, &view, base, range));
        if (!is_empty) {
            int64_t error = model->ranges[i] - base;

            model->errors[i] = error > 1 << 28 || error < -(1 << 28) ? 1 << 28 : (int32_t)error;
            pith_blend_learn(&model->blend, model->predictions, model->ranges[i]);
        } else {
            model->errors[i] = 0;
        }
        if (is_time(job, i))
            return 1;
    }
    return 0;
}

/* A coordinate of a point, expected at a place. */
static void code_coordinate(const struct job *job, uint32_t axis, const double place[3],
                            const uint32_t done[2])
{
    struct pith_scan_model *model = job->model;
    struct pith_value_view view;
    int64_t *column = pith_column(model->columns, model->scan->fields[axis]);
    int64_t base = view_place(model, &view, axis, place, done);

    column[model->walk.i] = value(job, PITH_KIND_X + axis, &view, base, column[model->walk.i]);
    model->place_errors[axis] = (int64_t)((uint64_t)column[model->walk.i] - (uint64_t)base);
}

/* A point at which a scanner that stands saw nothing is told as the last one was: zeros, or no numbers. */
static void code_empty(const struct job *job, size_t i)
{
    struct pith_scan_model *model = job->model;
    struct pith_value_view view;

    for (uint32_t axis = 0; axis < 3; axis++) {
        int64_t *column = pith_column(model->columns, model->scan->fields[axis]);

        pith_view_begin(&view);
        for (uint32_t k = 0; k < PITH_DECIDER_CONTEXTS_MAX; k++)
            pith_view_list(&view, k, EMPTY, axis, k);
        view.class = EMPTY;
        column[i] = value(job, PITH_KIND_X + axis, &view, model->empties[axis], column[i]);
        model->empties[axis] = column[i];
    }
}

/* The coordinates of a point, expected at a place. */
static void code_place(const struct job *job, const double place[3])
{
    uint32_t done[3] = {0, 0, 0};

    for (uint32_t axis = 0; axis < 3; axis++) {
        code_coordinate(job, axis, place, done);
        done[axis] = pith_class_signed(job->model->place_errors[axis]);
    }
}

void pith_scan_model_code_place(struct pith_scan_model *model, struct pith_coder *coder, size_t i,
                                uint32_t laser, const double place[3])
{
    const struct job job = {model, coder, NULL, 0};

    model->walk.i = i;
    model->walk.laser = laser;
    code_place(&job, place);
}

/* The same of a point that is on a lattice: its steps come first, then its height, which they change a little, then what is left of
 * the others. */
static void code_on_lattice(const struct job *job, double expected[3],
                            const struct pith_lattice_mark *mark)
{
    struct pith_scan_model *model = job->model;
    const struct pith_lattice *lattice = &model->scan->lattice;
    double place[3] = {expected[0], expected[1], expected[2]}, is[3] = {0, 0, 0};
    uint32_t done[2] = {0, 0};
    int64_t steps[PITH_LATTICE_AXES];

    for (uint32_t axis = 0; axis < 3 && (!job->coder || job->coder->out); axis++)
        is[axis] = model->reals[axis][model->walk.i];
    for (uint32_t k = 0; k < PITH_LATTICE_AXES; k++) {
        struct pith_value_view view;
        double at = within_steps(pith_lattice_steps(lattice, k, expected));
        int64_t base = pith_floor_int(at + 0.5);

        view_steps(model, &view, k, (uint32_t)pith_floor_int((at - (double)base + 0.5) * 64) & 63);
        steps[k] = value(job, PITH_KIND_STEPS + k, &view, base,
                         pith_floor_int(pith_lattice_steps(lattice, k, is) + 0.5));
        model->step_errors[k] = (int64_t)((uint64_t)steps[k] - (uint64_t)base);
        place[2] += ((double)steps[k] - at) * lattice->shifts[k];
    }
    code_coordinate(job, 2, place, done);
    expected[2] = place[2];
    place[2] = pith_column_real(model->columns, model->scan->fields[2], model->walk.i);
    pith_lattice_solve(place, lattice, mark, steps);
    done[0] = pith_class_signed(model->place_errors[2]);
    code_coordinate(job, 0, place, done);
    done[1] = pith_class_signed(model->place_errors[0]);
    code_coordinate(job, 1, place, done);
}

/* Where a point is. */
static void place_of(double place[3], const struct pith_scan_model *model, size_t i)
{
    for (uint32_t axis = 0; axis < 3; axis++)
        place[axis] = pith_column_real(model->columns, model->scan->fields[axis], i);
}

/* A point on a lattice at which nothing was seen: all of a column are the same. */
static void code_scanner(const struct job *job, double place[3], size_t i)
{
    struct pith_scan_model *model = job->model;
    struct pith_lattice_mark *scanner = &model->scanner;

    if (model->pose->is_placed) {
        code_place(job, scanner->place);
        return;
    }
    code_on_lattice(job, place, scanner);
    place_of(scanner->place, model, i);
    for (uint32_t k = 0; k < PITH_LATTICE_AXES; k++)
        scanner->steps[k] = pith_floor(
            within_steps(pith_lattice_steps(&model->scan->lattice, k, scanner->place)) + 0.5);
}

/* A point of a scanner that moves: what it is off tells the pose. */
static void code_moved(const struct job *job, size_t i)
{
    struct pith_scan_model *model = job->model;
    int is_empty = model->ranges[i] == 0;
    double place[3], arm[3], off[3];

    pith_scan_walk_to(model, i);
    pith_scan_place(place, model->scan, model->walk.laser, model->turns[i], model->ranges[i]);
    pith_pose_apply(place, arm, model->pose);
    if (!model->scan->lattice.is_there)
        code_place(job, place);
    else if (is_empty)
        code_scanner(job, place, i);
    else
        code_on_lattice(job, place, &model->origin);
    place_of(off, model, i);
    for (uint32_t axis = 0; axis < 3; axis++)
        off[axis] -= place[axis];
    if (is_empty)
        pith_pose_place(model->pose, off);
    else
        pith_pose_learn(model->pose, arm, off);
}

/* A column's first point at which nothing was seen comes before the others: it tells where the scanner is. */
static void code_column(const struct job *job, size_t first, size_t end)
{
    const int64_t *ranges = job->model->ranges;
    size_t empty = first;

    while (empty < end && ranges[empty] != 0)
        empty++;
    if (empty < end)
        code_moved(job, empty);
    for (size_t i = first; i < end; i++)
        if (i != empty)
            code_moved(job, i);
    pith_pose_next(job->model->pose);
}

static void code_still(const struct job *job, size_t i)
{
    struct pith_scan_model *model = job->model;
    double place[3];

    pith_scan_walk_to(model, i);
    if (model->scan->has_empty && model->ranges[i] == 0) {
        code_empty(job, i);
        return;
    }
    pith_scan_place(place, model->scan, model->walk.laser, model->turns[i], model->ranges[i]);
    code_place(job, place);
}

static int code_places(const struct job *job)
{
    struct pith_scan_model *model = job->model;
    size_t end;

    memset(model->place_errors, 0, sizeof model->place_errors);
    memset(model->step_errors, 0, sizeof model->step_errors);
    memset(model->empties, 0, sizeof model->empties);
    if (model->scan->is_moving)
        pith_pose_begin(model->pose, &model->scan->start, (int)model->scan->lattice.is_there);
    pith_lattice_begin(&model->origin, &model->scan->lattice);
    model->scanner = model->origin;
    for (size_t i = 0; i < job->n; i = end) {
        end = i + 1;
        if (model->scan->is_moving) {
            end = pith_scan_first(model->scan, pith_scan_column(model->scan, i) + 1);
            end = end < job->n ? end : job->n;
            code_column(job, i, end);
        } else {
            code_still(job, i);
        }
        if (is_time(job, i))
            return 1;
    }
    return 0;
}

/* Once to count, if encoding, then to code. */
static int both_ways(struct job *job, struct pith_coder *coder, int (*pass)(const struct job *job),
                     uint32_t kind, uint32_t n_kinds)
{
    size_t n = job->n;

    job->coder = NULL;
    job->n = n < PITH_VALUE_COUNTED ? n : PITH_VALUE_COUNTED;
    if (coder->out && pass(job))
        return 1;
    job->n = n;
    for (uint32_t k = 0; k < n_kinds; k++)
        pith_values_code_tree(job->model->values, coder, kind + k);
    job->coder = coder;
    return pass(job);
}

int pith_scan_model_code(struct pith_scan_model *model, struct pith_coder *coder,
                         const struct pith_value_watch *watch)
{
    struct job job = {model, coder, watch, model->columns->n};
    uint32_t first =
        model->scan->is_moving && model->scan->lattice.is_there ? PITH_KIND_STEPS : PITH_KIND_X;

    if (both_ways(&job, coder, code_turns, PITH_KIND_TURN, 1))
        return 1;
    model->ends[0] = coder->pos;
    link_rings(model, job.n);
    if (both_ways(&job, coder, code_ranges, PITH_KIND_EMPTY, 2))
        return 1;
    model->ends[1] = coder->pos;
    if (both_ways(&job, coder, code_places, first, PITH_KIND_Z + 1 - first))
        return 1;
    model->ends[2] = coder->pos;
    return 0;
}
