/* Codec "points": records of point clouds.
 *
 * A chunk's records become columns of integers (columns.h).  If a spinning scanner is seen in them (scan_fit.h), coordinates are
 * coded in its terms; all else by what stands around it (attributes.h). */
#ifndef PITH_CODEC_POINTS_POINTS_H
#define PITH_CODEC_POINTS_POINTS_H

#include "codec/codec.h"
#include "codec/points/fields.h"

/* Raw bytes of a chunk, at most: a scan of a few hundred thousand points. */
#define PITH_POINTS_CHUNK_MAX ((uint64_t)4 << 20)

extern const struct pith_codec pith_codec_points;

#endif
