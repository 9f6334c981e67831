/* See scan_views.h. */
#include "codec/points/scan_views.h"

#include "codec/points/classes.h"

void pith_scan_find_up(struct pith_scan_model *model, size_t i, int64_t turn)
{
    const uint32_t *starts = model->scan->starts;
    uint32_t laser = model->walk.laser, up;

    model->ups[i] = PITH_NO_POINT;
    if (laser == 0 || starts[laser - 1] == starts[laser])
        return;
    if (model->scan->width) {
        uint32_t row = starts[laser] - starts[laser - 1];

        up = (uint32_t)(i - starts[laser]); /* and the first row may lack its beginning */
        if (up + row >= model->scan->width && up + row - model->scan->width < row)
            model->ups[i] = starts[laser - 1] + up + row - model->scan->width;
        return;
    }
    up = i == starts[laser] ? starts[laser - 1] : model->ups[i - 1];
    while (up + 1 < starts[laser] && model->turns[up] < turn)
        up++;
    model->ups[i] = up;
}

static int64_t turn_of(const struct pith_scan_model *model, uint32_t point, int64_t otherwise)
{
    return point != PITH_NO_POINT ? model->turns[point] : otherwise;
}

/* A point of the ring before beside `up`; PITH_NO_POINT if there is none. */
static uint32_t beside(const struct pith_scan_model *model, uint32_t up, int32_t by)
{
    const struct pith_scan *scan = model->scan;
    uint32_t laser = model->walk.laser;
    int64_t at = (int64_t)up + by * (scan->period ? (int64_t)scan->period : 1);

    if (up == PITH_NO_POINT || at < 0)
        return PITH_NO_POINT;
    if (scan->period) /* columns to come are not known yet */
        return (size_t)at < model->walk.i ? (uint32_t)at : PITH_NO_POINT;
    return at >= scan->starts[laser - 1] && at < scan->starts[laser] ? (uint32_t)at : PITH_NO_POINT;
}

int64_t pith_scan_view_turn(struct pith_scan_model *model, struct pith_value_view *view)
{
    const struct pith_scan_walk *walk = &model->walk;
    int64_t left = turn_of(model, walk->left[0], 0), step, step2, step3, base;
    int64_t gap, after, before, up;
    uint32_t s1, s2, s3, g;

    if (!model->scan->period)
        pith_scan_find_up(model, walk->i, walk->left[0] != PITH_NO_POINT ? left + 2 : 0);
    up = model->scan->period ? walk->up : model->ups[walk->i];
    step = left - turn_of(model, walk->left[1], left - 2);
    step2 = turn_of(model, walk->left[1], 0) - turn_of(model, walk->left[2], -2);
    step3 = step + step2;
    base = left;
    if (model->scan->period && walk->up != PITH_NO_POINT && walk->left[0] != PITH_NO_POINT)
        base += model->turns[walk->up] - turn_of(model, beside(model, walk->up, -1), left);
    gap = turn_of(model, (uint32_t)up, left) - left;
    after = turn_of(model, beside(model, (uint32_t)up, 1), gap + left) - gap - left;
    before = gap + left - turn_of(model, beside(model, (uint32_t)up, -1), gap + left);
    s1 = pith_class_near(step, 40);
    s2 = pith_class_near(step2, 10);
    s3 = pith_class_near(step3, 30);
    g = pith_class_near(gap, 60);
    pith_view_begin(view);
    pith_view_list(view, 0, s1, s2, s3);
    pith_view_list(view, 1, s1, g, 0);
    pith_view_list(view, 2, g, pith_class_near(after, 30), pith_class_near(before, 30));
    pith_view_list(view, 3, s1, s2, g);
    pith_view_list(view, 4, walk->laser, s1, s2);
    pith_view_list(view, 5, g, s1, walk->laser);
    pith_view_list(view, 6, g, pith_class_near(after, 30), s1 << 8 | s2);
    pith_view_list(view, 7, s3, 1, 0);
    view->calibrators[0] = s1;
    view->calibrators[1] = g;
    view->sets[0] = s1 & 7;
    view->sets[1] = g & 7;
    view->class = (s1 & 7) << 3 | (g & 7);
    return base;
}

static int64_t range_of(const struct pith_scan_model *model, uint32_t point, int64_t otherwise)
{
    return point != PITH_NO_POINT ? model->ranges[point] : otherwise;
}

static uint32_t error_of(const struct pith_scan_model *model, uint32_t point)
{
    return point != PITH_NO_POINT ? pith_class_size(model->errors[point]) : 0;
}

int64_t pith_scan_view_range(struct pith_scan_model *model, struct pith_value_view *view)
{
    const struct pith_scan_walk *walk = &model->walk;
    uint32_t up = walk->up, ahead = beside(model, up, 1), behind = beside(model, up, -1);
    int64_t above = range_of(model, up, range_of(model, walk->left[0], 0));
    int64_t r1 = range_of(model, walk->left[0], above), r2 = range_of(model, walk->left[1], r1);
    int64_t u0 = range_of(model, up, r1), u1 = range_of(model, behind, u0);
    int64_t u2 = range_of(model, ahead, u0), low = r1 < u0 ? r1 : u0, high = r1 < u0 ? u0 : r1;
    int64_t base, *p = model->predictions;
    uint32_t e1 = error_of(model, walk->left[0]), e2 = error_of(model, walk->left[1]);
    uint32_t eu = error_of(model, up), es, gap, both, sum;

    p[0] = r1;
    p[1] = 2 * r1 - r2;
    p[2] = r1 + u0 - u1;
    p[3] = u0;
    p[4] = p[2] < low ? low : p[2] > high ? high : p[2];
    base = pith_blend_mean(&model->blend, p);
    gap = pith_class_near(
        walk->left[0] != PITH_NO_POINT ? model->turns[walk->i] - model->turns[walk->left[0]] : 1,
        6);
    es = walk->left[0] != PITH_NO_POINT ? pith_class_size(2 * (int64_t)model->errors[walk->left[0]])
                                        : 0;
    sum = e1 + e2;
    both = e1 > eu ? e1 * 2 + (eu > e1 / 2) : eu * 2 + (e1 > eu / 2);
    pith_view_begin(view);
    pith_view_list(view, 0, e1, e2, 0);
    pith_view_list(view, 1, e1, eu, 1);
    pith_view_list(view, 2, pith_class_signed(r1 - base), pith_class_signed(u0 - base), 2);
    pith_view_list(view, 3, pith_class_signed(p[2] - base), e1, 3);
    pith_view_list(view, 4, eu, error_of(model, ahead), error_of(model, behind));
    pith_view_list(view, 5, pith_class_signed(u2 - base), pith_class_signed(r1 - base) / 2, e1 / 2);
    pith_view_list(view, 6, sum / 2, walk->laser, gap);
    pith_view_list(view, 7, both, pith_class_signed(r1 - r2), 0);
    pith_view_list(view, 8, pith_class_signed(u0 - u1), pith_class_signed(u2 - u0), e1 / 2);
    pith_view_list(view, 9, pith_class_signed(u1 - base), pith_class_signed(u2 - base), 4);
    pith_view_list(view, 10, pith_class_signed(p[1] - base), pith_class_signed(p[2] - base), 5);
    pith_view_list(view, 11, sum + eu + error_of(model, ahead), gap, 6);
    pith_view_list(view, 12, pith_class_signed(r1 - base), e1 / 2, pith_class_size(base) / 2);
    pith_view_list(view, 13, es, walk->laser, 7);
    pith_view_list(view, 14, pith_class_size(base), eu, 8);
    view->calibrators[0] = e1;
    view->calibrators[1] = pith_class_signed(u0 - base);
    view->sets[0] = e1 >> 2 & 7;
    view->sets[1] = pith_class_size(u0 - r1) >> 2 & 7;
    view->class = (sum / 4 < 8 ? sum / 4 : 7) << 3 | (eu / 4 < 8 ? eu / 4 : 7);
    return base;
}

void pith_scan_view_empty(struct pith_scan_model *model, struct pith_value_view *view)
{
    const struct pith_scan_walk *walk = &model->walk;
    uint32_t l1 = range_of(model, walk->left[0], 0) == 0,
             l2 = range_of(model, walk->left[1], 0) == 0;
    uint32_t l3 = range_of(model, walk->left[2], 0) == 0, u0 = range_of(model, walk->up, 1) == 0;
    uint32_t u1 = range_of(model, beside(model, walk->up, 1), 1) == 0;
    uint32_t u2 = range_of(model, beside(model, walk->up, -1), 1) == 0;
    uint32_t near = l1 | l2 << 1 | l3 << 2 | u0 << 3 | u1 << 4 | u2 << 5;

    pith_view_begin(view);
    pith_view_list(view, 0, near, 0, 0);
    pith_view_list(view, 1, near & 11, walk->laser, 1);
    pith_view_list(view, 2, l1, walk->laser, 2);
    pith_view_list(view, 3, near & 15, pith_class_size(range_of(model, walk->left[0], 0)), 3);
    pith_view_list(view, 4, near & 15, pith_class_size(range_of(model, walk->up, 0)), 4);
    pith_view_list(view, 5, near, walk->laser / 4, 5);
    view->calibrators[0] = near;
    view->calibrators[1] = walk->laser & 255;
    view->sets[0] = near & 7;
    view->sets[1] = near >> 3;
    view->class = near;
}
