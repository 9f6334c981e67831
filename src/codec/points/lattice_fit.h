/* Fit of a lattice: finds the directions and steps of a map's axes in points that were turned out of it.  Encoding only. */
#ifndef PITH_CODEC_POINTS_LATTICE_FIT_H
#define PITH_CODEC_POINTS_LATTICE_FIT_H

#include "codec/points/scan_fit.h"

/* Sets the lattice of a scan in columns; is_there is 0 if there is none. */
void pith_lattice_fit(struct pith_lattice *lattice, const struct pith_scan_model *model);

#endif
