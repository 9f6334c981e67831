/* See lattice.h. */
#include "codec/points/lattice.h"

#include "coder/bitcode.h"

#define STORED_BITS 40
#define DETERMINANT_MIN \
    0.1 /* of the axes seen from above, which are perpendicular but for a slope */

static double phase_of(const struct pith_lattice *lattice, uint32_t axis)
{
    return (double)lattice->phases[axis] * PITH_LATTICE_UNIT;
}

double pith_lattice_steps(const struct pith_lattice *lattice, uint32_t axis, const double place[3])
{
    const double *row = lattice->rows[axis];

    return row[0] * place[0] + row[1] * place[1] + row[2] * place[2] + phase_of(lattice, axis);
}

void pith_lattice_begin(struct pith_lattice_mark *mark, const struct pith_lattice *lattice)
{
    for (uint32_t k = 0; k < 3; k++)
        mark->place[k] = 0;
    for (uint32_t k = 0; k < PITH_LATTICE_AXES; k++)
        mark->steps[k] = phase_of(lattice, k);
}

void pith_lattice_solve(double place[3], const struct pith_lattice *lattice,
                        const struct pith_lattice_mark *mark,
                        const int64_t steps[PITH_LATTICE_AXES])
{
    double right[PITH_LATTICE_AXES], up = place[2] - mark->place[2];

    for (uint32_t k = 0; k < PITH_LATTICE_AXES; k++)
        right[k] = (double)steps[k] - mark->steps[k] - lattice->rows[k][2] * up;
    place[0] = mark->place[0] + (right[0] * lattice->rows[1][1] - right[1] * lattice->rows[0][1]) /
                                    lattice->determinant;
    place[1] = mark->place[1] + (right[1] * lattice->rows[0][0] - right[0] * lattice->rows[1][0]) /
                                    lattice->determinant;
}

int pith_lattice_make(struct pith_lattice *lattice)
{
    double whole = 1;

    for (uint32_t k = 0; k < PITH_LATTICE_AXES; k++) {
        double per_metre = (double)(1u << lattice->steps[k]);

        for (uint32_t i = 0; i < 3; i++)
            lattice->rows[k][i] = (double)lattice->axes[k][i] * PITH_LATTICE_UNIT * per_metre;
        lattice->shifts[k] = (double)lattice->axes[k][2] * PITH_LATTICE_UNIT / per_metre;
        whole *= per_metre;
    }
    lattice->determinant =
        lattice->rows[0][0] * lattice->rows[1][1] - lattice->rows[0][1] * lattice->rows[1][0];
    return lattice->determinant > DETERMINANT_MIN * whole ||
           lattice->determinant < -DETERMINANT_MIN * whole;
}

int pith_lattice_code(struct pith_lattice *lattice, struct pith_coder *coder)
{
    lattice->is_there = pith_bitcode_plain(coder, 1, lattice->is_there);
    if (!lattice->is_there)
        return 1;
    for (uint32_t k = 0; k < PITH_LATTICE_AXES; k++) {
        for (uint32_t i = 0; i < 3; i++)
            lattice->axes[k][i] = pith_bitcode_wide(coder, STORED_BITS, lattice->axes[k][i]);
        lattice->phases[k] = pith_bitcode_wide(coder, STORED_BITS, lattice->phases[k]);
        lattice->steps[k] = pith_bitcode_plain(coder, 5, lattice->steps[k]);
        if (lattice->steps[k] < PITH_LATTICE_STEP_MIN || lattice->steps[k] > PITH_LATTICE_STEP_MAX)
            return 0;
    }
    return pith_lattice_make(lattice);
}
