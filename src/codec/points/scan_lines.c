/* Lines of a scan: see scan_fit.h.  Seen from the axis a laser's points are on a line, height against distance in the plane; how well says whether
 * points are arranged as thought. */
#include "codec/points/scan_fit.h"

#include <string.h>

#include "num/trig.h"

#define BACK_STEP  0.02 /* radians that a ring's angles never fall by */
#define ROWS_LEAST 8

struct line {
    double height, tangent, error; /* z = height + tangent * flat; mean |error| */
    size_t n;
};

struct pith_scan_group pith_scan_group_of(const struct pith_scan *scan, uint32_t laser, size_t n)
{
    if (scan->period)
        return (struct pith_scan_group){laser, n, scan->period, scan->period};
    return (struct pith_scan_group){scan->starts[laser], scan->starts[laser + 1], 1, 1};
}

struct pith_scan_group pith_scan_thinned(struct pith_scan_group group)
{
    size_t n = (group.end - group.first + group.step - 1) / group.step;

    if (n > PITH_SCAN_SAMPLE)
        group.step *= n / PITH_SCAN_SAMPLE;
    return group;
}

/* Least squares, again and again without what lies far off. */
static struct line fit_line(const struct pith_scan_fit *fit, const struct pith_scan_model *model,
                            struct pith_scan_group group)
{
    struct line line = {0, 0, 1e9, 0};
    double limit = 1e9;

    for (uint32_t round = 0; round < 8; round++) {
        double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, off = 0, det;

        for (size_t i = group.first; i < group.end; i += group.step) {
            double x = fit->flats[i], y, error;

            if (x < PITH_SCAN_FLAT_LEAST)
                continue;
            y = model->reals[2][i];
            error = pith_abs(y - line.height - line.tangent * x);
            if (round > 0 && error > limit)
                continue;
            n++;
            off += error;
            sx += x;
            sy += y;
            sxx += x * x;
            sxy += x * y;
        }
        det = n * sxx - sx * sx;
        if (n < PITH_SCAN_LASER_LEAST || !(det > 1e-9 * n * sxx))
            return line;
        if (round > 0)
            line.error = off / n;
        line.tangent = (n * sxy - sx * sy) / det;
        line.height = (sy - line.tangent * sx) / n;
        line.n = (size_t)n;
        limit = round == 0 ? 1 : 3 * off / n;
        limit = limit > 1e-3 ? limit : 1e-3;
    }
    return line;
}

/* Rings end where angles fall.  Returns 0 if that does not make rings. */
static int find_rings(const struct pith_scan_fit *fit, struct pith_scan *scan, size_t n)
{
    uint32_t k = 0;

    scan->period = scan->width = 0;
    scan->starts[0] = 0;
    for (size_t i = 1; i < n; i++)
        if (fit->angles[i] < fit->angles[i - 1] - BACK_STEP) {
            if (++k == PITH_LASERS_MAX)
                return 0;
            scan->starts[k] = (uint32_t)i;
        }
    scan->n_lasers = k + 1;
    scan->starts[k + 1] = (uint32_t)n;
    return n / scan->n_lasers >= PITH_SCAN_LASER_LEAST;
}

/* Whole rings of one width, but for the first of a chunk that points stand before.  Returns 0 if there are few. */
static int make_rows(struct pith_scan *scan, size_t n, uint32_t width, uint64_t before)
{
    uint32_t lead = (uint32_t)(before % width);
    size_t rows = (n + lead) / width;

    if (rows < ROWS_LEAST || rows > PITH_LASERS_MAX || (n + lead) % width != 0)
        return 0;
    scan->period = 0;
    scan->width = width;
    scan->n_lasers = (uint32_t)rows;
    for (size_t k = 0; k <= rows; k++)
        scan->starts[k] = (uint32_t)(k == 0 ? 0 : k < rows ? k * width - lead : n);
    return 1;
}

double pith_scan_fit_lines(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    struct pith_scan *scan = model->scan;
    double sum = 0, n = 0;

    for (uint32_t k = 0; k < scan->n_lasers; k++) {
        struct pith_scan_group group =
            pith_scan_thinned(pith_scan_group_of(scan, k, model->columns->n));
        struct line line = fit_line(fit, model, group);

        memset(&scan->lasers[k], 0, sizeof scan->lasers[k]);
        if (line.n == 0) {
            if (k > 0)
                scan->lasers[k] = scan->lasers[k - 1];
            continue;
        }
        scan->lasers[k].elevation =
            pith_rounded_units(pith_atan2(line.tangent, 1) / PITH_ANGLE_UNIT);
        scan->lasers[k].height = pith_rounded_units(line.height / PITH_LENGTH_UNIT);
        sum += line.error * (double)line.n;
        n += (double)line.n;
    }
    pith_scan_make_beams(scan);
    return n > 0 ? sum / n : 1e9;
}

int pith_scan_find_lasers(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    static const uint32_t periods[] = {32, 16, 64, 128, 40},
                          widths[] = {1024, 2048, 512, 4096, 1800};
    struct pith_scan *scan = model->scan;

    for (size_t k = 0; k < sizeof periods / sizeof periods[0]; k++) {
        scan->period = scan->n_lasers = periods[k];
        if (model->columns->n / periods[k] >= PITH_SCAN_LASER_LEAST &&
            pith_scan_fit_lines(fit, model) < PITH_SCAN_LINE_ERROR_MAX)
            return 1;
    }
    for (size_t k = 0; k < sizeof widths / sizeof widths[0]; k++)
        if (make_rows(scan, model->columns->n, widths[k], fit->before) &&
            pith_scan_fit_lines(fit, model) < PITH_SCAN_LINE_ERROR_MAX)
            return 1;
    return find_rings(fit, scan, model->columns->n) &&
           pith_scan_fit_lines(fit, model) < PITH_SCAN_LINE_ERROR_MAX;
}
