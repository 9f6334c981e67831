/* Fit of a scan: finds out how a scanner made points, if one did.  Encoding only; whatever it finds, the points come back. */
#ifndef PITH_CODEC_POINTS_SCAN_FIT_H
#define PITH_CODEC_POINTS_SCAN_FIT_H

#include "codec/points/bunch.h"
#include "codec/points/scan_model.h"

/* What points are in the scanner's terms, while it is looked for. */
struct pith_scan_fit {
    size_t n_seen;          /* points at which something was seen */
    uint64_t before;        /* points of the file before these */
    double *angles, *flats; /* from the x axis, 0 to 2 pi; distance from the axis */
    uint32_t *repeated;     /* of columns: a point that another is the same as, or PITH_NO_POINT */
    const uint8_t *lasers;  /* of points that are in no order of a scan's, or NULL */
    struct pith_scan_tally *tallies; /* of lasers, in scan_polish.c */
    double (*circle)[2];             /* cosines and sines of even steps */
    double (*rays)[2]; /* of a laser's points: angle, and one by the distance, in ticks */
};

void pith_scan_fit_layout(struct pith_scan_fit *fit, struct pith_scan_model *model,
                          struct pith_arena *arena, size_t n);

#define PITH_SCAN_FLAT_LEAST     2.0  /* metres: nearer points say little */
#define PITH_SCAN_LASER_LEAST    24   /* points of a laser that are looked at */
#define PITH_SCAN_SAMPLE         400  /* of a laser, for each question */
#define PITH_SCAN_LINE_ERROR_MAX 0.02 /* metres */

/* The points of one laser: first, first + step, ... below end; its own next one is `next` further. */
struct pith_scan_group {
    size_t first, end, step, next;
};

struct pith_scan_group pith_scan_group_of(const struct pith_scan *scan, uint32_t laser, size_t n);

/* So that about PITH_SCAN_SAMPLE points of the group are seen. */
struct pith_scan_group pith_scan_thinned(struct pith_scan_group group);

/* In scan_lines.c: the heights and elevations of all lasers, as lines that their points are on, as far as they have points.  Returns the mean
 * error in metres; large if there are too few. */
double pith_scan_fit_lines(const struct pith_scan_fit *fit, struct pith_scan_model *model);

/* And how points are arranged: in columns of so many, or in rings.  Returns 0 if they are in neither. */
int pith_scan_find_lasers(const struct pith_scan_fit *fit, struct pith_scan_model *model);

/* On to a point: its laser is known then. */
void pith_scan_fit_walk(const struct pith_scan_fit *fit, struct pith_scan_model *model, size_t i);

/* In scan_polish.c: a step to lasers that put points nearer to where they are, given the ticks of all. */
void pith_scan_polish_layout(struct pith_scan_fit *fit, struct pith_arena *arena);
void pith_scan_polish(const struct pith_scan_fit *fit, struct pith_scan_model *model);

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
