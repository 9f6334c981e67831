/* See attributes.h. */
#include "codec/points/attributes.h"

#include "codec/points/classes.h"

#define DIRECT_BITS 12 /* and how large they are */

/* What stands around a value. */
struct around {
    const int64_t *own, *others[2];  /* columns */
    uint32_t left, left2, up, above; /* points, or PITH_NO_POINT */
    uint32_t laser;
};

struct job {
    const struct pith_attributes *attributes;
    struct pith_coder *coder; /* NULL: only counts */
    enum pith_attribute_mode mode;
    uint32_t field, before[2];
    int64_t errors[2]; /* of the values before */
};

static int64_t value_of(const int64_t *column, uint32_t point, int64_t otherwise)
{
    return point != PITH_NO_POINT ? column[point] : otherwise;
}

static void look_around(struct around *around, const struct job *job, size_t i)
{
    struct pith_scan_model *scan = job->attributes->scan;
    const struct pith_columns *columns = job->attributes->columns;

    around->own = pith_column(columns, job->field);
    for (uint32_t k = 0; k < 2; k++)
        around->others[k] = pith_column(columns, job->before[k]);
    around->left = i > 0 ? (uint32_t)(i - 1) : PITH_NO_POINT;
    around->left2 = i > 1 ? (uint32_t)(i - 2) : PITH_NO_POINT;
    around->up = around->above = PITH_NO_POINT;
    around->laser = 0;
    if (!scan->scan)
        return;
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
    uint32_t l, l2, u, u2, p1, p2, dr, du, rl;

    look_around(&a, job, i);
    l = (uint32_t)value_of(a.own, a.left, 0);
    l2 = (uint32_t)value_of(a.own, a.left2, 0);
    u = (uint32_t)value_of(a.own, a.up, l);
    u2 = (uint32_t)value_of(a.own, a.above, u);
    p1 = a.others[0] != a.own ? (uint32_t)a.others[0][i] : 0;
    p2 = a.others[1] != a.own ? (uint32_t)a.others[1][i] : 0;
    dr = range_step(job, i, a.left);
    du = range_step(job, i, a.up);
    rl = scan->scan ? pith_class_size(scan->ranges[i]) : 0;
    pith_view_begin(view);
    view->n_low = PITH_VALUE_LOW_MAX;
    pith_view_list(view, 0, l, 0, 0);
    pith_view_list(view, 1, l >> 1, u >> 1, 1);
    pith_view_list(view, 2, (l + u) >> 1, dr, 2);
    pith_view_list(view, 3, l, l2, 3);
    pith_view_list(view, 4, p1, l, 4);
    pith_view_list(view, 5, u, l >> 2, a.laser);
    pith_view_list(view, 6, a.laser, rl, pith_class_size(l));
    pith_view_list(view, 7, (l + l2 + u + u2) >> 2, dr >> 1, du >> 1);
    pith_view_list(view, 8, dr, du, (l + u) >> 3);
    pith_view_list(view, 9, u, u2 >> 1, 9);
    pith_view_list(view, 10, p1, p2, 10);
    pith_view_list(view, 11, a.laser, l >> 1, 11);
    pith_view_list(view, 12, step_class(&a, 0, i, a.left), l, 12);
    pith_view_list(view, 13, rl, (l + u) >> 2, a.laser);
    pith_view_list(view, 14, p2, l, 14);
    view->calibrators[0] = l & 255;
    view->calibrators[1] = u & 255;
    view->sets[0] = pith_class_size((int64_t)l - u) & 7;
    view->sets[1] = dr >> 2 & 7;
    view->class = (pith_class_size(l) >> 1 & 7) << 3 | (pith_class_size(u) >> 1 & 7);
}

static int64_t view_step(struct pith_value_view *view, const struct job *job, size_t i)
{
    struct around a;
    int64_t l, l2, u, base;
    uint32_t e1 = pith_class_size(job->errors[0]), e2 = pith_class_size(job->errors[1]);
    uint32_t s1 = pith_class_signed(job->errors[0]), d1, d2, su, n1;

    look_around(&a, job, i);
    l = value_of(a.own, a.left, 0);
    l2 = value_of(a.own, a.left2, l);
    u = value_of(a.own, a.up, l);
    base = l;
    if (job->mode == PITH_ATTRIBUTE_BEND)
        base = (int64_t)(2 * (uint64_t)l - (uint64_t)l2);
    d1 = step_class(&a, 0, i, a.left);
    d2 = step_class(&a, 1, i, a.left);
    su = pith_class_signed((int64_t)((uint64_t)u - (uint64_t)base));
    n1 = pith_class_near(job->errors[0], 20);
    pith_view_begin(view);
    pith_view_list(view, 0, e1, e2, 0);
    pith_view_list(view, 1, d1, e1, 1);
    pith_view_list(view, 2, n1, pith_class_near(job->errors[1], 20), 2);
    pith_view_list(view, 3, s1, e2, su);
    pith_view_list(view, 4, d1, d2, 4);
    pith_view_list(view, 5, su, e1, 5);
    pith_view_list(view, 6, (uint32_t)l & 255, n1, 6);
    pith_view_list(view, 7, a.laser, e1, 7);
    pith_view_list(view, 8, range_step(job, i, a.left), e1, 8);
    pith_view_list(view, 9, d2, s1, 9);
    pith_view_list(view, 10, d1, su, range_step(job, i, a.up));
    pith_view_list(view, 11, pith_class_signed((int64_t)((uint64_t)l - (uint64_t)l2)), s1, 11);
    pith_view_list(view, 12, (uint32_t)l, 0, 12);
    pith_view_list(view, 13, a.others[0] != a.own ? (uint32_t)a.others[0][i] : 0, e1, 13);
    pith_view_list(view, 14, e1 + e2, d1 >> 1, d2 >> 1);
    view->calibrators[0] = e1;
    view->calibrators[1] = d1;
    view->sets[0] = e1 >> 2 & 7;
    view->sets[1] = d1 >> 3 & 7;
    view->class = (e1 / 4 < 8 ? e1 / 4 : 7) << 3 | (d1 / 8 < 8 ? d1 / 8 : 7);
    return base;
}

static int code_values(struct job *job, const struct pith_value_watch *watch)
{
    const struct pith_attributes *attributes = job->attributes;
    int64_t *values = pith_column(attributes->columns, job->field);
    uint32_t kind = PITH_KIND_FIELDS + job->field;
    struct pith_value_view view;

    job->errors[0] = job->errors[1] = 0;
    for (size_t i = 0; i < attributes->columns->n; i++) {
        int64_t base = 0, difference = 0;

        if (job->mode == PITH_ATTRIBUTE_DIRECT)
            view_direct(&view, job, i);
        else
            base = view_step(&view, job, i);
        if (!job->coder || job->coder->out)
            difference = (int64_t)((uint64_t)values[i] - (uint64_t)base);
        if (job->coder)
            difference = pith_values_code(attributes->values, job->coder, kind, &view, difference);
        else
            pith_values_count(attributes->values, kind, difference);
        values[i] = (int64_t)((uint64_t)base + (uint64_t)difference);
        job->errors[1] = job->errors[0];
        job->errors[0] = difference;
        if (i % PITH_VALUE_WATCH_EVERY == 0 && watch->each(watch->opaque))
            return 1;
    }
    return 0;
}

static uint64_t bits_of(int64_t value)
{
    return pith_bit_length(value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* Which mode takes least, roughly. */
static enum pith_attribute_mode choose_mode(const struct pith_columns *columns, uint32_t field)
{
    const int64_t *values = pith_column(columns, field);
    uint64_t steps = 0, bends = 0, direct = 0;
    int is_constant = 1, is_small = 1;

    for (size_t i = 0; i < columns->n; i++) {
        uint64_t step = i > 0 ? (uint64_t)values[i] - (uint64_t)values[i - 1] : 0;
        uint64_t step2 = i > 1 ? (uint64_t)values[i - 1] - (uint64_t)values[i - 2] : 0;

        is_constant &= step == 0;
        is_small &= values[i] >= 0 && values[i] < 1 << DIRECT_BITS;
        direct += bits_of(values[i]);
        steps += bits_of((int64_t)step);
        bends += bits_of((int64_t)(step - step2));
    }
    if (is_constant)
        return PITH_ATTRIBUTE_CONSTANT;
    if (is_small && direct < 2 * (steps < bends ? steps : bends))
        return PITH_ATTRIBUTE_DIRECT;
    return bends < steps ? PITH_ATTRIBUTE_BEND : PITH_ATTRIBUTE_STEP;
}

static void code_constant(struct job *job)
{
    int64_t *values = pith_column(job->attributes->columns, job->field);
    uint64_t value = job->coder->out ? (uint64_t)values[0] : 0, read = 0;

    for (uint32_t k = 0; k < 64; k += 16)
        read |= (uint64_t)pith_bitcode_plain(job->coder, 16, (uint32_t)(value >> k) & 0xffff) << k;
    for (size_t i = 0; i < job->attributes->columns->n; i++)
        values[i] = (int64_t)read;
}

int pith_attribute_code(struct pith_attributes *attributes, struct pith_coder *coder,
                        uint32_t field, const uint32_t before[2],
                        const struct pith_value_watch *watch)
{
    struct job job = {.attributes = attributes, .field = field, .before = {before[0], before[1]}};

    if (coder->out)
        job.mode = choose_mode(attributes->columns, field);
    job.mode = (enum pith_attribute_mode)pith_bitcode_plain(coder, 2, job.mode);
    if (job.mode != PITH_ATTRIBUTE_CONSTANT && coder->out && code_values(&job, watch))
        return 1;
    job.coder = coder;
    if (job.mode == PITH_ATTRIBUTE_CONSTANT) {
        code_constant(&job);
        return 0;
    }
    pith_values_code_tree(attributes->values, coder, PITH_KIND_FIELDS + field);
    return code_values(&job, watch);
}
