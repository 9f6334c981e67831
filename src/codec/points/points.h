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

/* Whether records have fields, and not so many that their columns take more memory than is stated. */
int pith_points_fit(const struct pith_points_layout *layout);

/* What is seen in a chunk: whether text is lines of numbers, as all else is; whether a scanner made the points. */
struct pith_points_look {
    int is_fit, has_scan;
};

/* Looks at a chunk, before which the file has so many points, in encode_need() bytes of memory for that level, which hold all that is seen until they are used otherwise: encode() with
 * PITH_POINTS_KEPT goes on from there. */
void pith_points_look_at(struct pith_points_look *look, const struct pith_points_layout *layout,
                         uint64_t before, int level, const uint8_t *raw, size_t raw_len,
                         void *memory);

/* Shares of a payload by which a listing tells what took how much: of the scan's parts (scan_model.h), then of fields. */
#define PITH_POINTS_SCAN_PARTS 3
#define PITH_POINTS_SHARES_MAX (PITH_POINTS_SCAN_PARTS + PITH_POINT_FIELDS_MAX)
#define PITH_POINTS_SHARE_LEN  2 /* bytes, little-endian */
#define PITH_POINTS_SHARE_ALL  65535

extern const struct pith_codec pith_codec_points;

#endif
