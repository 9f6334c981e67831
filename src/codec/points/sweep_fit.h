/* Fit of a sweep: finds the motion that put whole millimetres where they are.  Encoding only. */
#ifndef PITH_CODEC_POINTS_SWEEP_FIT_H
#define PITH_CODEC_POINTS_SWEEP_FIT_H

#include "codec/points/columns.h"

enum pith_sweep_found {
    PITH_SWEEP_NONE,  /* nothing was changed */
    PITH_SWEEP_FOUND, /* coordinates, three fields of float32, are on the grid that they had before; what does not come back is an exception */
    PITH_SWEEP_SPOILT /* there is none after all: columns have to be taken again */
};

/* reals: coordinates; of grid points when they are found. */
enum pith_sweep_found pith_sweep_fit(struct pith_columns *columns, const uint32_t fields[3],
                                     double *const reals[3]);

#endif
