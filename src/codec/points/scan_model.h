/* Model of a scan: what the points around a point say of its turn, its range, and how far it is from where they put it. */
#ifndef PITH_CODEC_POINTS_SCAN_MODEL_H
#define PITH_CODEC_POINTS_SCAN_MODEL_H

#include "codec/points/blend.h"
#include "codec/points/scan.h"
#include "codec/points/value.h"

/* Kinds of values; those of fields come behind. */
enum {
    PITH_KIND_TURN,
    PITH_KIND_EMPTY,
    PITH_KIND_RANGE,
    PITH_KIND_STEPS, /* of a lattice: one for each axis */
    PITH_KIND_X = PITH_KIND_STEPS + PITH_LATTICE_AXES,
    PITH_KIND_Y,
    PITH_KIND_Z,
    PITH_KIND_TICKS,
    PITH_KIND_RESTS,
    PITH_KIND_FIELDS
};

/* Where a point stands in its scan. */
struct pith_scan_walk {
    size_t i;
    uint32_t laser;
    uint32_t left[3]; /* points of the same laser before it, or PITH_NO_POINT */
    uint32_t up;      /* the nearest one of the laser before, or PITH_NO_POINT */
};

struct pith_scan_model {
    struct pith_scan *scan;
    struct pith_columns *columns;
    struct pith_values *values;
    int64_t *turns, *ranges; /* of points, in ticks */
    uint32_t *ups;           /* of points: the one above; rings only */
    int32_t *errors;         /* of ranges */
    struct pith_scan_walk walk;
    /* Of the point at hand, and of those before it: */
    int64_t predictions[PITH_BLEND_N];
    struct pith_blend blend;
    size_t ends
        [3]; /* encoding: bytes of the payload after turns, after ranges with what is empty, after places */
    int64_t place_errors[3], step_errors[PITH_LATTICE_AXES];
    int64_t empties[3];     /* coordinates of the last point at which nothing was seen */
    struct pith_pose *pose; /* of a scan that moves */
    struct pith_lattice_mark origin,
        scanner;      /* on a lattice; scanner: where it was last known to be */
    double *reals[3]; /* encoding: coordinates */
};

void pith_scan_model_layout(struct pith_scan_model *model, struct pith_arena *arena, size_t n);

/* Codes turns, ranges and the columns of coordinates, in either direction.  Returns nonzero if the watch says so. */
int pith_scan_model_code(struct pith_scan_model *model, struct pith_coder *coder,
                         const struct pith_value_watch *watch);

/* The coordinates of a point, of which turn and range are known, expected at a place: that alone.  coder: NULL only counts. */
void pith_scan_model_code_place(struct pith_scan_model *model, struct pith_coder *coder, size_t i,
                                uint32_t laser, const double place[3]);

/* At a point: the walk goes from the first on. */
void pith_scan_walk_to(struct pith_scan_model *model, size_t i);

#endif
