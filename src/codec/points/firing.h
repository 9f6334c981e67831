/* Firing: points in the order in which the lasers of a spinning scanner fired, those that saw nothing left out, as float32.
 *
 * The lasers fire in turn, again and again, while the head turns and the scanner moves evenly: seen from it a laser keeps its slope, and
 * a round is as much further round for one laser as for all.  So each point is told by its laser, by how far away it is, and by what it is off the
 * direction that follows.  What lasers are like is learnt from their points.  A chunk has a block of points for each scanner.
 *
 * If the scanner stands and its own integers are seen in the points, those are coded: a range and a turn, which say where the point is as
 * those of a scan do (scan.h). */
#ifndef PITH_CODEC_POINTS_FIRING_H
#define PITH_CODEC_POINTS_FIRING_H

#include "codec/points/blend.h"
#include "codec/points/columns.h"
#include "codec/points/scan_model.h"
#include "codec/points/value.h"

#define PITH_FIRING_BLOCKS 8
#define PITH_FIRING_LASERS 128
#define PITH_FIRING_UNIT   1e-6 /* of places on the wire: metres */
#define PITH_FIRING_NONE   UINT32_MAX

/* Places are in units, angles in units of radians; changes are those of a turn of the head. */
struct pith_firing_block {
    uint32_t n, n_lasers;         /* points; lasers: at least 1 */
    uint32_t tick, near;          /* of ranges, or 0; the range of tick 0 */
    int64_t tilt[2], tilting[2];  /* rotation around x, then y, at first; its change */
    int64_t origin[3], motion[3]; /* where the scanner is at first; how far it goes */
};

/* A laser, as far as its points have told. */
struct pith_firing_laser {
    uint32_t point;     /* its last one, or PITH_FIRING_NONE */
    uint32_t round;     /* of that */
    uint32_t history;   /* whether it saw something in rounds before, as bits: the last is lowest */
    uint32_t beside[2]; /* lasers whose slopes are next to its own, or itself */
    double slope, turn; /* height against distance in the plane; angle beside its round's */
    double flats[3];    /* distances in the plane of its last points, the latest first */
    double change;      /* from the second of these to the first */
    double misses[4];   /* mean size of late errors: distance, angle, slope, range off its tick */
    double trust;       /* points that have told its turn, up to a limit */
    int64_t errors[4];  /* of its last point's coordinates, and of its ticks of range */
    struct pith_blend blend;
};

/* Of the point at hand. */
struct pith_firing_walk {
    size_t i, start; /* start: of its block */
    const struct pith_firing_block *block;
    uint32_t laser, round, n_told; /* the last point's; points that have told its round's turn */
    double turn, before, step;     /* of the round; of the one before; between two */
    double turned, share;          /* up to the round before; of a turn, when the point was seen */
    double stray;                  /* what the last point that was far off the round was off */
    double lean;                   /* slope that is added to that of all lasers */
    double origin[3], rotation[3][3]; /* how the scanner stands */
    double flat, way[3];              /* distance expected; change of place for a metre of it */
    int64_t predictions[PITH_BLEND_N];
    int64_t errors[4];          /* of the point before, then of this one */
    double tick, near;          /* metres, or 0; range of tick 0 */
    uint32_t skipped, n_passed; /* lasers since the last point; in all, up to a bound */
};

struct pith_firing {
    uint32_t is_there, n_blocks;
    struct pith_firing_block blocks[PITH_FIRING_BLOCKS];
    uint32_t fields[3]; /* x, y, z */
    uint8_t *lasers;    /* encoding: of points, by their place in the order of firing */
    uint32_t *befores;  /* of points: the last one of the same laser, or PITH_FIRING_NONE */
    struct pith_firing_laser *states;
    struct pith_scan *exact;       /* what the scanner's integers mean, or NULL */
    struct pith_scan_model *model; /* by which places are coded then */
    struct pith_columns *columns;
    struct pith_values *values;
    struct pith_firing_walk walk;
    size_t ends[3]; /* encoding: as in scan_model.h; the first two where it began */
};

void pith_firing_layout(struct pith_firing *firing, struct pith_arena *arena);

/* Codes what is not of single points, in either direction.  Returns 0 if what was decoded is none. */
int pith_firing_code_blocks(struct pith_firing *firing, struct pith_coder *coder);

/* A block begins at a point. */
void pith_firing_begin(struct pith_firing *firing, const struct pith_firing_block *block,
                       size_t start);

/* On to a point, the next one. */
void pith_firing_walk_to(struct pith_firing *firing, size_t i);

/* The laser after the one at hand; it was passed if it saw nothing, unless so many were that one is not asked: a decoder's time is
 * bounded. */
uint32_t pith_firing_next(const struct pith_firing *firing);
int pith_firing_may_pass(const struct pith_firing *firing);
void pith_firing_pass(struct pith_firing *firing);

/* On to the laser that saw the point: how far away it is expected, and where. */
void pith_firing_expect_flat(struct pith_firing *firing);
void pith_firing_expect_place(struct pith_firing *firing);

/* And what it tells, once its coordinates are known. */
void pith_firing_learn(struct pith_firing *firing);

/* The same of a point that is seen at a distance in the plane, at an angle. */
void pith_firing_learn_exact(struct pith_firing *firing, double flat, double angle);

/* Encoding: whether the first points' differences take clearly less bits than steps from one point to the next. */
int pith_firing_is_better(struct pith_firing *firing);

/* Codes the columns of coordinates, in either direction.  Returns nonzero if the watch says so. */
int pith_firing_code(struct pith_firing *firing, struct pith_coder *coder,
                     const struct pith_value_watch *watch);

#endif
