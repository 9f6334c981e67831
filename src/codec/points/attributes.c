/* See attributes.h. */
#include "codec/points/attributes.h"

#include <string.h>

#include "codec/points/classes.h"
#include "codec/points/flips.h"
#include "codec/points/regression.h"

#define DIRECT_BITS 12 /* and how large they are */
#define FLIPS_LEAST 4  /* bits of a value that is worth a look at flips */

/* What stands around a value. */
struct around {
    const int64_t *own, *others[2];  /* columns */
    uint32_t left, left2, up, above; /* points, or PITH_NO_POINT */
    uint32_t laser;
};

#define STEPS 5

/* Of points of one key. */
struct pith_attribute_history {
    int64_t steps[STEPS]; /* the last ones, from the point before each */
    int64_t value;        /* of the last such point */
    int64_t error;
    struct pith_blend blend;
};

void pith_attributes_layout(struct pith_attributes *attributes, struct pith_arena *arena, size_t n)
{
    attributes->keys = pith_arena_take(arena, n, 1);
    attributes->residuals[0] = pith_arena_take(arena, n, 1);
    attributes->residuals[1] = pith_arena_take(arena, n, 1);
    attributes->spare = pith_arena_take(arena, n, 1);
    attributes->histories =
        pith_arena_take(arena, PITH_ATTRIBUTE_KEYS, sizeof *attributes->histories);
}

void pith_attributes_init(struct pith_attributes *attributes)
{
    memset(attributes->keys, 0, attributes->columns->n);
    memset(attributes->residuals[0], 0, attributes->columns->n);
    memset(attributes->residuals[1], 0, attributes->columns->n);
}

/* Keys are eight bits: three of the source, four of the returns, one of the time.  Factors spread what differs in few bits. */
#define SOURCE_FACTOR 5
#define RETURN_FACTOR 73
#define RETURN_BITS   63 /* without those that tell how the mirror moves */

void pith_attributes_add_key(struct pith_attributes *attributes, uint32_t field)
{
    const int64_t *values = pith_column(attributes->columns, field);
    uint8_t role = attributes->columns->layout->fields[field].role;

    for (size_t i = 0; i < attributes->columns->n; i++) {
        uint8_t *key = &attributes->keys[i];

        if (role == PITH_POINT_TIME)
            *key |= i > 0 && values[i] == values[i - 1];
        else if (role == PITH_POINT_RETURN)
            *key |= (uint8_t)((((uint64_t)values[i] & RETURN_BITS) * RETURN_FACTOR & 0xf0) >> 3);
        else
            *key |= (uint8_t)(((uint64_t)values[i] * SOURCE_FACTOR & 7) << 5);
    }
}

struct job {
    const struct pith_attributes *attributes;
    struct pith_coder *coder; /* NULL: only counts */
    enum pith_attribute_mode mode;
    uint32_t kind;
    int64_t *values;
    const int64_t *before[2];
    int64_t errors[2];                               /* of the values before */
    uint8_t *classes;                                /* room for those of this column */
    int64_t left, middle, predictions[PITH_BLEND_N]; /* of the value at hand */
    int64_t across;                                  /* where the step of the neighbours leads to */
    struct pith_regression regression;
    double inputs[PITH_REGRESSION_N], step; /* of the same */
};

static int64_t value_of(const int64_t *column, uint32_t point, int64_t otherwise)
{
    return point != PITH_NO_POINT ? column[point] : otherwise;
}

static void look_around(struct around *around, const struct job *job, size_t i)
{
    struct pith_scan_model *scan = job->attributes->scan;

    around->own = job->values;
    for (uint32_t k = 0; k < 2; k++)
        around->others[k] = job->before[k];
    around->left = i > 0 ? (uint32_t)(i - 1) : PITH_NO_POINT;
    around->left2 = i > 1 ? (uint32_t)(i - 2) : PITH_NO_POINT;
    around->up = around->above = PITH_NO_POINT;
    around->laser = 0;
    if (!scan->scan) {
        if (!job->attributes->has_neighbours)
            return;
        around->up = scan->ups[i];
        around->above = i > 0 ? scan->ups[i - 1] : PITH_NO_POINT;
        return;
    }
    pith_scan_walk_to(scan, i);
    around->left = scan->walk.left[0];
    around->left2 = scan->walk.left[1];
    around->up = scan->walk.up;
    around->laser = scan->walk.laser;
    if (around->up != PITH_NO_POINT && around->up > 0)
        around->above = around->up - 1;
}

/* How a point differs from another in a column; nothing if that is the one that is coded. */
static uint32_t step_class(const struct around *around, uint32_t which, size_t i, uint32_t point)
{
    const int64_t *column = around->others[which];

    return column != around->own && point != PITH_NO_POINT
               ? pith_class_signed((int64_t)((uint64_t)column[i] - (uint64_t)column[point]))
               : 0;
}

static uint32_t range_step(const struct job *job, size_t i, uint32_t point)
{
    const struct pith_scan_model *scan = job->attributes->scan;

    return scan->scan && point != PITH_NO_POINT
               ? pith_class_signed(scan->ranges[i] - scan->ranges[point])
               : 0;
}

static void view_direct(struct pith_value_view *view, const struct job *job, size_t i)
{
    const struct pith_scan_model *scan = job->attributes->scan;
    struct around a;
    uint32_t key = job->attributes->keys[i], l, l2, u, u2, p1, p2, dr, du, rl, alike;

    look_around(&a, job, i);
    alike = (uint32_t)job->attributes->histories[key].value;
    l = (uint32_t)value_of(a.own, a.left, 0);
    l2 = (uint32_t)value_of(a.own, a.left2, 0);
    u = (uint32_t)value_of(a.own, a.up, l);
    u2 = (uint32_t)value_of(a.own, a.above, u);
    p1 = a.others[0] != a.own ? (uint32_t)a.others[0][i] : 0;
    p2 = a.others[1] != a.own ? (uint32_t)a.others[1][i] : 0;
    dr = range_step(job, i, a.left);
    du = range_step(job, i, a.up);
    rl = scan->scan ? pith_class_size(scan->ranges[i]) : 0;
    view->n_low = PITH_VALUE_LOW_MAX;
    view->class = (pith_class_size(l) >> 1 & 7) << 3 | (pith_class_size(u) >> 1 & 7);
    if (!job->attributes->values->is_mixed)
        return;
    pith_view_list(view, 0, l, key, 0);
    pith_view_list(view, 1, l >> 1, u >> 1, 1);
    pith_view_list(view, 2, (l + u) >> 1, dr, 2);
    pith_view_list(view, 3, l, l2, key);
    pith_view_list(view, 4, p1, l, key);
    pith_view_list(view, 5, scan->scan || job->attributes->has_neighbours ? u : alike, l >> 2,
                   a.laser << 8 | key);
    pith_view_list(view, 6, a.laser, rl, pith_class_size(l) << 8 | key);
    pith_view_list(view, 7, (l + l2 + u + u2) >> 2, dr >> 1, du >> 1);
    pith_view_list(view, 8, dr, du, (l + u) >> 3);
    pith_view_list(view, 9, scan->scan ? u : (alike + l) >> 1, scan->scan ? u2 >> 1 : key, 9);
    pith_view_list(view, 10, p1, p2, key);
    pith_view_list(view, 11, a.laser, scan->scan ? l >> 1 : alike,
                   job->attributes->residuals[0][i]);
    pith_view_list(view, 12, step_class(&a, 0, i, a.left), l, key);
    pith_view_list(view, 13, rl, (l + u) >> 2, a.laser);
    pith_view_list(view, 14, p2, l, 14);
    view->calibrators[0] = l & 255;
    view->calibrators[1] = u & 255;
    view->sets[0] = pith_class_size((int64_t)l - u) & 7;
    view->sets[1] = dr >> 2 & 7;
}

static uint64_t add(int64_t a, int64_t b)
{
    return (uint64_t)a + (uint64_t)b;
}

static int64_t less(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a < b ? b : a;
}

/* The middle one of the last steps: neither the least of two pairs nor the most of them is. */
static int64_t median(const int64_t s[STEPS])
{
    int64_t low = larger(smaller(s[0], s[1]), smaller(s[2], s[3]));
    int64_t high = smaller(larger(s[0], s[1]), larger(s[2], s[3]));

    return larger(smaller(low, high), smaller(larger(low, high), s[4]));
}

static double real_less(int64_t a, int64_t b)
{
    return (double)less(a, b);
}

/* Steps of this and other fields, by which a regression tells the next. */
static void take_inputs(struct job *job, const struct around *a,
                        const struct pith_attribute_history *history, size_t i, int64_t left,
                        int64_t left2, int64_t up)
{
    double *inputs = job->inputs;

    inputs[0] = real_less(left, left2);
    inputs[1] = (double)history->steps[0];
    job->middle = median(history->steps);
    inputs[2] = (double)job->middle;
    inputs[3] = real_less(up, left);
    for (uint32_t k = 0; k < 2; k++)
        inputs[4 + k] = a->others[k] != a->own && a->left != PITH_NO_POINT
                            ? real_less(a->others[k][i], a->others[k][a->left])
                            : 0;
}

/* From the point before, and from the last one that was alike. */
static void predict(struct job *job, const struct pith_attribute_history *history, int64_t left,
                    int64_t up, int64_t above)
{
    double step = pith_regression_predict(&job->regression, job->inputs);

    job->step = step < 1e15 && step > -1e15 ? step : 0;
    job->predictions[0] = left;
    job->predictions[1] = (int64_t)add(left, job->middle);
    job->predictions[2] = (int64_t)add(left, history->steps[0]);
    job->predictions[3] = job->mode == PITH_ATTRIBUTE_ALIKE ? history->value : up;
    job->predictions[4] =
        (int64_t)add(left, (int64_t)(job->step < 0 ? job->step - 0.5 : job->step + 0.5));
    job->across = (int64_t)add(left, less(up, above));
}

static int64_t view_step(struct pith_value_view *view, struct job *job, size_t i)
{
    const struct pith_attributes *attributes = job->attributes;
    uint32_t key = attributes->keys[i];
    struct pith_attribute_history *history = &attributes->histories[key];
    struct around a;
    int64_t l, l2, u, base, *p = job->predictions;
    uint32_t e1 = pith_class_size(job->errors[0]), e2 = pith_class_size(job->errors[1]);
    uint32_t k1 = pith_class_size(history->error);
    uint32_t d1, d2, su, n1, r1, r2;

    look_around(&a, job, i);
    l = value_of(a.own, a.left, 0);
    l2 = value_of(a.own, a.left2, l);
    u = value_of(a.own, a.up, history->value);
    take_inputs(job, &a, history, i, l, l2, u);
    predict(job, history, l, u, value_of(a.own, a.above, u));
    job->left = l;
    base = pith_blend_mean(&history->blend, p);
    r1 = attributes->residuals[0][i];
    view->n_low = PITH_VALUE_LOW;
    view->class = (k1 / 4 < 8 ? k1 / 4 : 7) << 3 | (r1 / 8 < 8 ? r1 / 8 : 7);
    if (!attributes->values->is_mixed)
        return base;
    d1 = step_class(&a, 0, i, a.left);
    d2 = step_class(&a, 1, i, a.left);
    r2 = attributes->residuals[1][i];
    su = pith_class_signed(less(u, base));
    n1 = pith_class_near(job->errors[0], 20);
    pith_view_list(view, 0, su, r1, key);
    pith_view_list(view, 1, r1, k1, key);
    pith_view_list(view, 2, e1, e2, r1 >> 1);
    pith_view_list(view, 3, pith_class_signed(less(p[1], base)),
                   pith_class_signed(less(p[2], base)), key);
    pith_view_list(view, 4, r1, r2, k1 >> 1);
    pith_view_list(view, 5, su, k1, pith_class_signed(less(p[0], base)));
    pith_view_list(view, 6, n1, pith_class_near(job->errors[1], 20), key);
    pith_view_list(view, 7, pith_class_signed(less(job->across, base)), d1, k1 >> 1);
    pith_view_list(view, 8, su, pith_class_signed(less(job->across, base)), r1 >> 2);
    pith_view_list(view, 9, d1, d2, key);
    pith_view_list(view, 10, pith_class_signed(less(p[4], base)),
                   pith_class_signed(less(p[3], base)), e1);
    if (job->attributes->scan->scan)
        pith_view_list(view, 11, a.laser, e1, range_step(job, i, a.left));
    else
        pith_view_list(view, 11, su, d1, key);
    pith_view_list(view, 12, (uint32_t)history->steps[0], (uint32_t)history->steps[1], key);
    pith_view_list(view, 13, su, r1, 13);
    pith_view_list(view, 14, su, pith_class_signed(less(l, base)), r2);
    view->calibrators[0] = r1;
    view->calibrators[1] = k1 << 2 | (key & 3);
    view->sets[0] = k1 >> 2 & 7;
    view->sets[1] = r1 >> 3 & 7;
    return base;
}

/* What a step leaves behind. */
static void learn_step(struct job *job, size_t i, int64_t value, int64_t difference)
{
    struct pith_attribute_history *history = &job->attributes->histories[job->attributes->keys[i]];

    pith_blend_learn(&history->blend, job->predictions, value);
    pith_regression_learn(&job->regression, job->inputs, real_less(value, job->left), job->step);
    for (uint32_t k = STEPS - 1; k > 0; k--)
        history->steps[k] = history->steps[k - 1];
    history->steps[0] = less(value, job->left);
    history->value = value;
    history->error = difference;
}

static void begin_histories(const struct pith_attributes *attributes)
{
    memset(attributes->histories, 0, PITH_ATTRIBUTE_KEYS * sizeof *attributes->histories);
    for (uint32_t k = 0; k < PITH_ATTRIBUTE_KEYS; k++)
        pith_blend_begin(&attributes->histories[k].blend);
}

static int code_values(struct job *job, const struct pith_value_watch *watch)
{
    size_t n = job->attributes->columns->n;
    const struct pith_attributes *attributes = job->attributes;
    int64_t *values = job->values;
    struct pith_value_view view;

    pith_view_begin(&view);
    job->errors[0] = job->errors[1] = 0;
    begin_histories(attributes);
    pith_regression_begin(&job->regression);
    if (!job->coder && n > PITH_VALUE_COUNTED)
        n = PITH_VALUE_COUNTED;
    for (size_t i = 0; i < n; i++) {
        int64_t base = 0, difference = 0;

        if (job->mode == PITH_ATTRIBUTE_DIRECT)
            view_direct(&view, job, i);
        else
            base = view_step(&view, job, i);
        if (!job->coder || job->coder->out)
            difference = less(values[i], base);
        if (job->coder)
            difference =
                pith_values_code(attributes->values, job->coder, job->kind, &view, difference);
        else
            pith_values_count(attributes->values, job->kind, difference);
        values[i] = (int64_t)add(base, difference);
        if (job->mode != PITH_ATTRIBUTE_DIRECT)
            learn_step(job, i, values[i], difference);
        else
            attributes->histories[attributes->keys[i]].value = values[i];
        job->errors[1] = job->errors[0];
        job->errors[0] = difference;
        if (job->coder)
            job->classes[i] = (uint8_t)pith_class_signed(difference);
        if (i % PITH_VALUE_WATCH_EVERY == 0 && watch->each(watch->opaque))
            return 1;
    }
    return 0;
}

static uint64_t bits_between(int64_t a, int64_t b)
{
    return pith_size_bits(less(a, b));
}

/* Whether values are nearer to those of the last point that was alike than to those of neighbours. */
static int is_alike(const struct pith_attributes *attributes, const int64_t *values)
{
    int64_t last[PITH_ATTRIBUTE_KEYS] = {0};
    uint64_t alike = 0, near = 0;

    if (!attributes->has_neighbours)
        return 0;
    for (size_t i = 0; i < attributes->columns->n; i++) {
        uint32_t up = attributes->scan->ups[i];

        alike += bits_between(values[i], last[attributes->keys[i]]);
        near += bits_between(values[i], value_of(values, up, 0));
        last[attributes->keys[i]] = values[i];
    }
    return alike < near;
}

/* Bytes of a field's values, or 0 if they do not stand for themselves. */
static uint32_t flips_width(const struct pith_columns *columns, uint32_t kind)
{
    uint32_t field = kind - PITH_KIND_FIELDS;
    enum pith_point_type type;

    if (kind < PITH_KIND_FIELDS)
        return 0;
    type = (enum pith_point_type)columns->layout->fields[field].type;
    if ((type == PITH_POINT_F64 || pith_point_is_narrow(type)) &&
        columns->decimals[field] != PITH_POINT_NO_GRID)
        return 0;
    return type == PITH_POINT_WIDENED ? pith_point_widths[PITH_POINT_F32] : pith_point_widths[type];
}

/* Which mode takes least, roughly. */
static enum pith_attribute_mode choose_mode(const struct pith_attributes *attributes,
                                            const int64_t *values, uint32_t width)
{
    const struct pith_scan *scan = attributes->scan->scan;
    size_t back = scan && scan->period ? scan->period : 1; /* to the same laser */
    uint64_t steps = 0, direct = 0, favour = 2, least;
    size_t n = attributes->columns->n;
    int is_constant = 1, is_small = 1;

    if (scan && attributes->values->is_mixed) /* contexts know more than the last value there */
        favour = 4;
    for (size_t i = 0; i < attributes->columns->n; i++) {
        uint64_t step = i >= back ? bits_between(values[i], values[i - back]) : 0;

        is_constant &= values[i] == values[0];
        is_small &= values[i] >= 0 && values[i] < 1 << DIRECT_BITS;
        direct += pith_size_bits(values[i]) + (values[i] < 0);
        steps += step + (step > 0); /* which way */
    }
    if (is_constant)
        return PITH_ATTRIBUTE_CONSTANT;
    least = direct < steps ? direct : steps;
    if (width > 0 && least > FLIPS_LEAST * n && pith_flips_cost(values, n, width) < least / 8 * 7)
        return PITH_ATTRIBUTE_FLIPS;
    if (direct < (is_small ? favour : 1) * steps)
        return PITH_ATTRIBUTE_DIRECT;
    return is_alike(attributes, values) ? PITH_ATTRIBUTE_ALIKE : PITH_ATTRIBUTE_STEP;
}

static void code_constant(struct job *job)
{
    int64_t *values = job->values;
    uint64_t value = job->coder->out ? (uint64_t)values[0] : 0, read = 0;

    for (uint32_t k = 0; k < 64; k += 16)
        read |= (uint64_t)pith_bitcode_plain(job->coder, 16, (uint32_t)(value >> k) & 0xffff) << k;
    for (size_t i = 0; i < job->attributes->columns->n; i++)
        values[i] = (int64_t)read;
}

/* The classes of this column take the place of the older ones. */
static void keep_classes(struct pith_attributes *attributes)
{
    uint8_t *older = attributes->residuals[1];

    attributes->residuals[1] = attributes->residuals[0];
    attributes->residuals[0] = attributes->spare;
    attributes->spare = older;
}

int pith_attribute_code(struct pith_attributes *attributes, struct pith_coder *coder, uint32_t kind,
                        int64_t *values, const int64_t *const before[2],
                        const struct pith_value_watch *watch)
{
    struct job job = {.attributes = attributes,
                      .kind = kind,
                      .values = values,
                      .before = {before[0] ? before[0] : values, before[1] ? before[1] : values},
                      .classes = attributes->spare};
    uint32_t width = flips_width(attributes->columns, kind);

    if (coder->out)
        job.mode = choose_mode(attributes, values, width);
    job.mode = (enum pith_attribute_mode)pith_bitcode_plain(coder, 3, job.mode);
    if (job.mode >= PITH_ATTRIBUTE_MODES || (job.mode == PITH_ATTRIBUTE_FLIPS && width == 0))
        job.mode = PITH_ATTRIBUTE_STEP; /* no encoder does that */
    if (job.mode == PITH_ATTRIBUTE_FLIPS)
        return pith_flips_code(values, attributes->columns->n, width, coder, watch);
    if (job.mode != PITH_ATTRIBUTE_CONSTANT && coder->out && code_values(&job, watch))
        return 1;
    job.coder = coder;
    if (job.mode == PITH_ATTRIBUTE_CONSTANT) {
        code_constant(&job);
        return 0;
    }
    pith_values_code_tree(attributes->values, coder, kind);
    if (code_values(&job, watch))
        return 1;
    keep_classes(attributes);
    return 0;
}
