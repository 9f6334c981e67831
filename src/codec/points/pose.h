/* Pose: how a scanner that moves stands while it turns, column by column.
 *
 * Points that were put where they would have been seen at one moment are rotated and moved, each column a little more than the one
 * before.  The pose is not stored but followed: what a column's points are off where they were expected corrects it for the next, in both
 * directions alike (an alpha-beta filter with least squares). */
#ifndef PITH_CODEC_POINTS_POSE_H
#define PITH_CODEC_POINTS_POSE_H

#include "coder/coder.h"

#define PITH_POSE_UNIT   1e-10 /* of what is stored: radians, metres */
#define PITH_POSE_POINTS 512   /* of a column, at most */

/* As stored: where it begins, and how that changes from column to column, in units. */
struct pith_pose_start {
    int64_t turned[3], moved[3], turning[3], moving[3]; /* rotation vectors, translations */
};

struct pith_pose {
    double rotation[3][3], moved[3]; /* now */
    double turning[3], moving[3];    /* from one column to the next */
    /* Of the column's points: where they were expected, seen from the scanner, and how far off they were. */
    double arms[PITH_POSE_POINTS][3], offs[PITH_POSE_POINTS][3];
    uint32_t n, own;     /* own: which of them is the scanner's place, if one has told it */
    int is_placed;       /* a point of this column has told where the scanner is */
    int has_sure_height; /* heights are far surer than x and y, which are on a lattice */
};

/* In either direction. */
void pith_pose_code(struct pith_pose_start *start, struct pith_coder *coder);

void pith_pose_begin(struct pith_pose *pose, const struct pith_pose_start *start,
                     int has_sure_height);

/* The rotation of a vector, in radians. */
void pith_pose_rotate(double rotation[3][3], const double vector[3]);

/* Where a place in the scanner's frame is; *arm: without the translation. */
void pith_pose_apply(double place[3], double arm[3], const struct pith_pose *pose);

/* A place as the scanner sees it. */
void pith_pose_undo(double place[3], const struct pith_pose *pose);

/* A point at which nothing was seen was that far off: it is where the scanner is.  The first of a column counts. */
void pith_pose_place(struct pith_pose *pose, const double off[3]);

/* A point of the column was that far off where its arm had put it. */
void pith_pose_learn(struct pith_pose *pose, const double arm[3], const double off[3]);

/* On to the next column. */
void pith_pose_next(struct pith_pose *pose);

#endif
