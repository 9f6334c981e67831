/* Polish of a scan: see scan_fit.h.  Least squares of what points are off the places that their ticks put them at, laser by laser. */
#include "codec/points/scan_fit.h"

#include <string.h>

#include "num/solve.h"
#include "num/trig.h"

#define UNKNOWNS 5 /* elevation, turn, height, aside, near */
#define OFF_MAX  0.005
#define RIDGE    1e-6
#define LEAST    24 /* points that a laser is polished by */

/* The half of equations that counts. */
struct pith_scan_tally {
    double left[UNKNOWNS][UNKNOWNS], right[UNKNOWNS];
    uint32_t n;
};

void pith_scan_polish_layout(struct pith_scan_fit *fit, struct pith_arena *arena)
{
    fit->tallies = pith_arena_take(arena, PITH_LASERS_MAX, sizeof *fit->tallies);
}

/* How the place of a point changes with its laser's constants. */
static void rows_of(double rows[3][UNKNOWNS], const struct pith_scan *scan,
                    const struct pith_beam *beam, int64_t turn, int64_t range)
{
    double far = (double)range * scan->range_tick * PITH_LENGTH_UNIT + beam->near, s, c;
    double flat = far * beam->cosine, down = -far * beam->sine;

    pith_sin_cos((double)turn * scan->tick + beam->turn, &s, &c);
    memcpy(rows,
           (const double[3][UNKNOWNS]){
               {down * c, beam->aside * c - flat * s, 0, s, beam->cosine * c},
               {down * s, beam->aside * s + flat * c, 0, -c, beam->cosine * s},
               {flat, 0, 1, 0, beam->sine},
           },
           3 * sizeof rows[0]);
}

static void add_point(const struct pith_scan_fit *fit, const struct pith_scan_model *model,
                      uint32_t laser, size_t i)
{
    struct pith_scan_tally *tally = &fit->tallies[laser];
    double place[3], rows[3][UNKNOWNS], off[3];
    int is_near = 1;

    pith_scan_place(place, model->scan, laser, model->turns[i], model->ranges[i]);
    for (uint32_t axis = 0; axis < 3; axis++) {
        off[axis] = model->reals[axis][i] - place[axis];
        is_near &= pith_abs(off[axis]) < OFF_MAX;
    }
    if (!is_near)
        return;
    rows_of(rows, model->scan, &model->scan->beams[laser], model->turns[i], model->ranges[i]);
    for (uint32_t axis = 0; axis < 3; axis++)
        for (uint32_t k = 0; k < UNKNOWNS; k++) {
            for (uint32_t l = k; l < UNKNOWNS; l++)
                tally->left[k][l] += rows[axis][k] * rows[axis][l];
            tally->right[k] += rows[axis][k] * off[axis];
        }
    tally->n++;
}

static void add_to(int32_t *constant, double by, double unit)
{
    *constant = pith_rounded_units((double)*constant + by / unit);
}

static void improve(struct pith_laser *laser, const struct pith_scan_tally *tally)
{
    struct pith_equations equations;
    double x[UNKNOWNS];

    if (tally->n < LEAST)
        return;
    for (uint32_t k = 0; k < UNKNOWNS; k++) {
        memcpy(equations.left[k], tally->left[k], sizeof tally->left[k]);
        equations.left[k][k] += RIDGE;
        equations.right[k] = tally->right[k];
    }
    pith_equations_solve(x, &equations, UNKNOWNS);
    add_to(&laser->elevation, x[0], PITH_ANGLE_UNIT);
    add_to(&laser->turn, x[1], PITH_ANGLE_UNIT);
    add_to(&laser->height, x[2], PITH_LENGTH_UNIT);
    add_to(&laser->aside, x[3], PITH_LENGTH_UNIT);
    add_to(&laser->near, x[4], PITH_LENGTH_UNIT);
}

void pith_scan_polish(const struct pith_scan_fit *fit, struct pith_scan_model *model)
{
    struct pith_scan *scan = model->scan;

    memset(fit->tallies, 0, scan->n_lasers * sizeof *fit->tallies);
    for (size_t i = 0; i < model->columns->n; i++) {
        pith_scan_fit_walk(fit, model, i);
        if (fit->flats[i] > 0)
            add_point(fit, model, model->walk.laser, i);
    }
    for (uint32_t k = 0; k < scan->n_lasers; k++)
        improve(&scan->lasers[k], &fit->tallies[k]);
    pith_scan_make_beams(scan);
}
