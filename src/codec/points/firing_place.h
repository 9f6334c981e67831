/* Place of firing: where a scanner was, from its points.  Encoding only.
 *
 * Seen from there all points of a laser have one slope: slopes bunch.  How sharply they do so is the share of the squares of counts in narrow bins in
 * those in eight times as wide ones; a search from coarse to fine finds the place, and the way that it goes, where that is highest.  Once lasers
 * are known, least squares of the angles between two that fire one after the other, which should always be the same, tell it to a millimetre. */
#ifndef PITH_CODEC_POINTS_FIRING_PLACE_H
#define PITH_CODEC_POINTS_FIRING_PLACE_H

#include "codec/points/firing.h"

#define PITH_FIRING_SLOPE_MAX 0.7
#define PITH_FIRING_GAP_MAX \
    0.5 /* radians: lasers that fire one after the other are no further apart */
#define PITH_FIRING_UNKNOWNS \
    10 /* where the scanner is, where it goes, how it is tilted around x and y, how that changes */

/* What is known while it looks; room for what it counts. */
struct pith_firing_fit {
    double *const *reals;                               /* x, y, z of points */
    double *shares;                                     /* of the scanner's way, at points */
    double place[PITH_FIRING_UNKNOWNS], rotation[3][3]; /* how the scanner is thought to stand */
    uint32_t n_turns, turns[PITH_FIRING_BLOCKS]; /* of one block: where all but the last end */
    float *counts;                               /* of slopes */
    uint32_t (*ahead)[PITH_FIRING_LASERS];       /* [a][b]: how often a fired before b in a round */
    struct pith_firing_gap *gaps;                /* of lasers, and the next */
    struct pith_firing_pair *pairs;              /* of lasers, and the one before */
};

/* Points first..first + n - 1. */
struct pith_firing_part {
    size_t first, n;
};

void pith_firing_place_layout(struct pith_firing_fit *fit, struct pith_arena *arena);

/* How the scanner is thought to stand, from now on. */
void pith_firing_take_place(struct pith_firing_fit *fit, const double at[PITH_FIRING_UNKNOWNS]);

/* A point as seen from there, its slope and its angle. */
void pith_firing_see(double seen[3], const struct pith_firing_fit *fit, size_t i);
double pith_firing_slope(const struct pith_firing_fit *fit, size_t i);
double pith_firing_angle(const struct pith_firing_fit *fit, size_t i);

/* Counts slopes of n points of the part in bins of a width. */
void pith_firing_count_slopes(struct pith_firing_fit *fit, struct pith_firing_part part,
                              double width, size_t n);

/* Looks for a place and a way.  Returns how sharp slopes are. */
double pith_firing_find_place(struct pith_firing_fit *fit, struct pith_firing_part part,
                              double at[PITH_FIRING_UNKNOWNS]);

/* A step of least squares.  most: radians that an angle may be off. */
void pith_firing_improve(struct pith_firing_fit *fit, const struct pith_firing *firing,
                         struct pith_firing_part part, double at[PITH_FIRING_UNKNOWNS],
                         double most);

#endif
