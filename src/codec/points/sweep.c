/* See sweep.h. */
#include "codec/points/sweep.h"

#include "codec/points/pose.h"
#include "coder/bitcode.h"
#include "num/trig.h"

#define STORED_BITS 60

void pith_sweep_make(struct pith_sweep *sweep)
{
    for (uint32_t k = 0; k < 3; k++) {
        sweep->by[k] = (double)sweep->moved[k] * PITH_SWEEP_UNIT;
        sweep->around[k] = (double)sweep->turned[k] * PITH_SWEEP_UNIT;
    }
}

void pith_sweep_code(struct pith_sweep *sweep, struct pith_coder *coder)
{
    sweep->is_there = pith_bitcode_plain(coder, 1, sweep->is_there);
    for (uint32_t k = 0; k < 3 && sweep->is_there; k++) {
        sweep->moved[k] = pith_bitcode_wide(coder, STORED_BITS, sweep->moved[k]);
        sweep->turned[k] = pith_bitcode_wide(coder, STORED_BITS, sweep->turned[k]);
    }
    pith_sweep_make(sweep);
}

double pith_sweep_share(const double place[3])
{
    return pith_atan2(place[1], place[0]) / (2 * PITH_PI);
}

static void rotation_at(double rotation[3][3], const struct pith_sweep *sweep, double s)
{
    const double vector[3] = {s * sweep->around[0], s * sweep->around[1], s * sweep->around[2]};

    pith_pose_rotate(rotation, vector);
}

void pith_sweep_apply(double place[3], const struct pith_sweep *sweep)
{
    double s = pith_sweep_share(place), rotation[3][3];
    const double from[3] = {place[0], place[1], place[2]};

    rotation_at(rotation, sweep, s);
    for (uint32_t k = 0; k < 3; k++)
        place[k] = rotation[k][0] * from[0] + rotation[k][1] * from[1] + rotation[k][2] * from[2] +
                   s * sweep->by[k];
}

void pith_sweep_undo(double place[3], const struct pith_sweep *sweep, double s)
{
    double rotation[3][3], from[3];

    rotation_at(rotation, sweep, s);
    for (uint32_t k = 0; k < 3; k++)
        from[k] = place[k] - s * sweep->by[k];
    for (uint32_t k = 0; k < 3; k++)
        place[k] = rotation[0][k] * from[0] + rotation[1][k] * from[1] + rotation[2][k] * from[2];
}
