/* Lattice: where points can be that once had float32 coordinates in another frame.
 *
 * Scans of a vehicle that drives are often put together in the frame of a map, as float32, and then turned back into the vehicle's own.
 * Far from the map's origin float32 has steps of 2^-15 m or more, which are a lattice along the axes of the map.  Two of these
 * axes are near the horizontal, and have the coarse steps; a point is a whole number of steps on each, and then its height tells the
 * rest of it. */
#ifndef PITH_CODEC_POINTS_LATTICE_H
#define PITH_CODEC_POINTS_LATTICE_H

#include "coder/coder.h"

#define PITH_LATTICE_AXES     2
#define PITH_LATTICE_UNIT     (1.0 / (1ull << 38)) /* of the axes as stored */
#define PITH_LATTICE_STEP_MIN 8                    /* steps are 2^-this metres at most, */
#define PITH_LATTICE_STEP_MAX 24                   /* and at least this */

struct pith_lattice {
    uint32_t is_there;
    int64_t axes[PITH_LATTICE_AXES][3]; /* unit vectors, in units */
    int64_t phases[PITH_LATTICE_AXES];  /* of the frame's origin, in units of a step */
    uint32_t steps[PITH_LATTICE_AXES];  /* 2^-this metres */
    /* Made of these: */
    double rows[PITH_LATTICE_AXES][3]; /* axes by steps */
    double shifts[PITH_LATTICE_AXES];  /* of one step: how much higher a point is, in metres */
    double determinant;
};

/* Codes it, in either direction, and makes the rest.  Returns 0 if what was decoded is none. */
int pith_lattice_code(struct pith_lattice *lattice, struct pith_coder *coder);

/* Makes the rest.  Returns 0 if the axes do not tell x and y. */
int pith_lattice_make(struct pith_lattice *lattice);

/* Steps of a place along an axis. */
double pith_lattice_steps(const struct pith_lattice *lattice, uint32_t axis, const double place[3]);

/* A place whose steps are known: near it even small numbers come out right. */
struct pith_lattice_mark {
    double place[3], steps[PITH_LATTICE_AXES];
};

/* The frame's origin. */
void pith_lattice_begin(struct pith_lattice_mark *mark, const struct pith_lattice *lattice);

/* x and y of a point of whole steps at a height: place[2] is given. */
void pith_lattice_solve(double place[3], const struct pith_lattice *lattice,
                        const struct pith_lattice_mark *mark,
                        const int64_t steps[PITH_LATTICE_AXES]);

#endif
