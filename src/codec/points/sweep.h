/* Sweep: a scan whose points were moved to where one moment would have seen them, by a motion that is even over the turn.
 *
 * KITTI's odometry scans are made so of points that are whole millimetres: a point at azimuth a is turned by s w and moved by s v with s = a / (2 pi), and
 * rounded to float32.  What is coded is the point before that. */
#ifndef PITH_CODEC_POINTS_SWEEP_H
#define PITH_CODEC_POINTS_SWEEP_H

#include "coder/coder.h"

#define PITH_SWEEP_UNIT (1.0 / (1ull << 50)) /* of what is stored: metres, radians, in a turn */

struct pith_sweep {
    uint32_t is_there;
    int64_t moved[3], turned[3]; /* in units */
    double by[3], around[3];     /* made of these */
};

/* Codes it, in either direction, and makes the rest. */
void pith_sweep_code(struct pith_sweep *sweep, struct pith_coder *coder);
void pith_sweep_make(struct pith_sweep *sweep);

/* From where the scanner saw a point to where the file has it. */
void pith_sweep_apply(double place[3], const struct pith_sweep *sweep);

/* Back, about: at a share s of the turn. */
void pith_sweep_undo(double place[3], const struct pith_sweep *sweep, double s);

/* The share of the turn at which a point is seen, -0.5 to 0.5. */
double pith_sweep_share(const double place[3]);

#endif
