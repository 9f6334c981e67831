/* Fit of a scan: finds out how a scanner made points, if one did.  Encoding only; whatever it finds, the points come back. */
#ifndef PITH_CODEC_POINTS_SCAN_FIT_H
#define PITH_CODEC_POINTS_SCAN_FIT_H

#include "codec/points/scan_model.h"

/* What points are in the scanner's terms, while it is looked for. */
struct pith_scan_fit {
    double *angles, *flats; /* from the x axis, 0 to 2 pi; distance from the axis */
};

void pith_scan_fit_layout(struct pith_scan_fit *fit, struct pith_arena *arena, size_t n);

/* Sets the model's scan, turns and ranges.  Returns 0 if no scanner is seen in the points. */
int pith_scan_fit(struct pith_scan_fit *fit, struct pith_scan_model *model);

#endif
