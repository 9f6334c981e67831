/* Fit of a scan: finds out how a scanner made points, if one did.  Encoding only; whatever it finds, the points come back. */
#ifndef PITH_CODEC_POINTS_SCAN_FIT_H
#define PITH_CODEC_POINTS_SCAN_FIT_H

#include "codec/points/bunch.h"
#include "codec/points/scan_model.h"

/* What points are in the scanner's terms, while it is looked for. */
struct pith_scan_fit {
    uint64_t before;        /* points of the file before these */
    double *angles, *flats; /* from the x axis, 0 to 2 pi; distance from the axis */
    uint32_t *repeated;     /* of columns: a point that another is the same as, or PITH_NO_POINT */
    const uint8_t *lasers;  /* of points that are in no order of a scan's, or NULL */
    double (*circle)[2];    /* cosines and sines of even steps */
    double (*rays)[2];      /* of a laser's points: angle, and one by the distance, in ticks */
};

void pith_scan_fit_layout(struct pith_scan_fit *fit, struct pith_scan_model *model,
                          struct pith_arena *arena, size_t n);

/* Of a scanner that moves, in scan_moving.c: the same. */
int pith_scan_fit_moving(struct pith_scan_fit *fit, struct pith_scan_model *model);

/* A constant of a laser in units; 0 if it is none that lasers have. */
int32_t pith_rounded_units(double x);

/* Of points whose lasers are known: sets ticks and lasers of the model's scan, turns and ranges.  Returns 0 if no scanner that stands is seen
 * in the points. */
int pith_scan_fit_lasers(struct pith_scan_fit *fit, struct pith_scan_model *model,
                         const uint8_t *lasers);

/* Sets the model's scan, turns and ranges.  Returns 0 if no scanner is seen in the points. */
int pith_scan_fit(struct pith_scan_fit *fit, struct pith_scan_model *model);

#endif
