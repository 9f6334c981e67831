/* Neighbours: for each point of a cloud that no scanner's order is known of, one before it that is near. */
#ifndef PITH_CODEC_POINTS_NEIGHBOURS_H
#define PITH_CODEC_POINTS_NEIGHBOURS_H

#include "base/arena.h"

#define PITH_NEIGHBOURS_CELLS 2 /* of the table, for each point */

/* Of points in a plane: neighbours[i] is a near one of the points 0..i - 8, or UINT32_MAX if there is none near.  cells: room for
 * PITH_NEIGHBOURS_CELLS * n numbers. */
void pith_neighbours_find(uint32_t *neighbours, const int64_t *x, const int64_t *y, size_t n,
                          uint32_t *cells);

#endif
