/* Snapping: puts fields of points on multiples of a step, no further from where they were than half of it.
 *
 * What would be further off, because floating point is coarser there, or is no number, keeps all its bits; a field of a chunk of which that is
 * more than exceptions have room for keeps all of them. */
#ifndef PITH_CODEC_POINTS_SNAP_H
#define PITH_CODEC_POINTS_SNAP_H

#include <stddef.h>

#include "codec/points/points_params.h"

#define PITH_SNAP_EXPONENT_MIN (-7)
#define PITH_SNAP_EXPONENT_MAX 4
#define PITH_SNAP_RULES_MAX    8

/* What is asked for: all fields with a role have a step of mantissa * 10^exponent metres. */
struct pith_snap_rule {
    uint8_t role, mantissa; /* mantissa above 0 */
    int8_t exponent;
};

struct pith_snap {
    uint32_t n; /* 0: nothing is */
    struct pith_snap_rule rules[PITH_SNAP_RULES_MAX];
};

/* Snaps records in place.  Returns how many fields have bounds; those that were not changed have none. */
uint32_t pith_snap(struct pith_points_bound bounds[PITH_POINTS_BOUNDS_MAX], uint8_t *raw,
                   size_t raw_len, const struct pith_points_layout *layout,
                   const struct pith_snap *snap);

#endif
