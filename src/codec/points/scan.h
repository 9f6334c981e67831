/* Scan: how a spinning scanner made the points of a chunk.
 *
 * Each of its lasers looks up or down by an angle of its own while the head turns.  It measures ranges in ticks of length, at turns in
 * ticks of angle: what a file gives as three coordinates is two integers and the laser's constants.  Points stand in rings, one laser after the
 * other, or in columns, in which all lasers take their turn. */
#ifndef PITH_CODEC_POINTS_SCAN_H
#define PITH_CODEC_POINTS_SCAN_H

#include "base/arena.h"
#include "codec/points/columns.h"
#include "codec/points/lattice.h"
#include "codec/points/pose.h"

#define PITH_LASERS_MAX      512
#define PITH_SCAN_STRIDE_MIN 12 /* bytes of a record that has three coordinates */

#define PITH_ANGLE_UNIT \
    (3.14159265358979323846 / 180 * 1e-6) /* of angles on the wire: a millionth of a degree */
#define PITH_LENGTH_UNIT 1e-7             /* of lengths: metres */
#define PITH_NO_POINT    UINT32_MAX

/* One laser; all in units. */
struct pith_laser {
    int32_t elevation; /* from the horizontal */
    int32_t turn;      /* where tick 0 of the angle is */
    int32_t height;    /* above the origin, where the laser's beam crosses the axis */
    int32_t aside;     /* how far the beam passes beside the axis */
    int32_t near;      /* range of tick 0 */
};

/* What a laser's constants are in radians and metres. */
struct pith_beam {
    double sine, cosine, tangent; /* of the elevation */
    double turn, height, aside, near;
};

struct pith_scan {
    uint32_t period;   /* lasers that take turns, or 0: rings */
    uint32_t n_lasers; /* of rings: as many as there are */
    uint32_t *
        starts; /* of rings: the first point of each, then the number of points; room for PITH_LASERS_MAX + 1 */
    struct pith_laser *lasers;       /* room for PITH_LASERS_MAX */
    struct pith_beam *beams;         /* the same */
    uint32_t angle_tick, range_tick; /* in units, above 0 */
    double tick;                     /* of angles, in radians: made with the beams */
    uint32_t width;                  /* of rings: points of each, one below the other; or 0 */
    uint32_t is_moving;              /* then columns have poses, */
    uint32_t phase;                  /* and the first one lacks so many points */
    struct pith_pose_start start;
    struct pith_lattice lattice; /* of a scan that moves */
    uint32_t has_empty;          /* points may be where nothing was seen: all 0 */
    uint32_t fields[3];          /* x, y, z */
};

void pith_scan_layout(struct pith_scan *scan, struct pith_arena *arena);

/* Code all that is not of single points, in either direction: what kind of scan it is, and then its rings and lasers, and make the
 * beams.  Return 0 if what was decoded is none. */
int pith_scan_code_kind(struct pith_scan *scan, struct pith_coder *coder);
int pith_scan_code_lasers(struct pith_scan *scan, struct pith_coder *coder, size_t n);

/* Radians of a tick of angles: a power of two in a turn of the head is exact. */
double pith_scan_tick(uint32_t angle_tick);

/* From lasers to beams, and the tick. */
void pith_scan_make_beams(struct pith_scan *scan);

/* Of a scan in columns: the laser and the column of a point, and the first point of a column. */
static inline uint32_t pith_scan_laser(const struct pith_scan *scan, size_t i)
{
    return (uint32_t)((i + scan->phase) % scan->period);
}

static inline size_t pith_scan_column(const struct pith_scan *scan, size_t i)
{
    return (i + scan->phase) / scan->period;
}

static inline size_t pith_scan_first(const struct pith_scan *scan, size_t column)
{
    return column > 0 ? column * scan->period - scan->phase : 0;
}

/* A turn or a range, of which what is decoded may be anything: sums and products of them must not overflow. */
static inline int64_t pith_scan_ticks(int64_t ticks)
{
    return ticks < (int64_t)1 << 30 && ticks > -((int64_t)1 << 30) ? ticks : 0;
}

/* Where a laser sees a point, in metres. */
void pith_scan_place(double place[3], const struct pith_scan *scan, uint32_t laser, int64_t turn,
                     int64_t range);

#endif
