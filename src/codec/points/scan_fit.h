/* Fit of a scan: finds out how a scanner made points, if one did.  Encoding only; whatever it finds, the points come back. */
#ifndef PITH_CODEC_POINTS_SCAN_FIT_H
#define PITH_CODEC_POINTS_SCAN_FIT_H

#include "codec/points/scan_model.h"

/* What points are in the scanner's terms, while it is looked for. */
struct pith_scan_fit {
    uint64_t before;        /* points of the file before these */
    double *angles, *flats; /* from the x axis, 0 to 2 pi; distance from the axis */
    uint32_t *repeated;     /* of columns: a point that another is the same as, or PITH_NO_POINT */
    double (*circle)[2];    /* cosines and sines of even steps */
    double (*rays)[2];      /* of a laser's points: angle, and one by the distance, in ticks */
};

void pith_scan_fit_layout(struct pith_scan_fit *fit, struct pith_scan_model *model,
                          struct pith_arena *arena, size_t n);

/* Of a scanner that moves, in scan_moving.c: the same. */
int pith_scan_fit_moving(struct pith_scan_fit *fit, struct pith_scan_model *model);

/* A constant of a laser in units; 0 if it is none that lasers have. */
int32_t pith_rounded_units(double x);

/* Phases that are added up: they bunch if they are multiples of one number. */
struct pith_bunch {
    double cosines, sines, n;
};

void pith_bunch_add(struct pith_bunch *bunch, double phase);
/* Length of the sum against the number, 0 to 1. */
double pith_bunch_coherence(const struct pith_bunch *bunch);
/* The mean phase, -0.5 to 0.5. */
double pith_bunch_phase(const struct pith_bunch *bunch);

/* Sets the model's scan, turns and ranges.  Returns 0 if no scanner is seen in the points. */
int pith_scan_fit(struct pith_scan_fit *fit, struct pith_scan_model *model);

#endif
