/* Kind of a chunk of points: what a listing shows of it. */
#ifndef PITH_CODEC_POINTS_POINTS_KIND_H
#define PITH_CODEC_POINTS_POINTS_KIND_H

#include "codec/points/firing.h"
#include "codec/points/points.h"
#include "codec/points/points_params.h"
#include "codec/points/scan.h"

/* Codes whether there is a scan (*scan is not NULL), and of which kind, in either direction: *scan becomes `to` or NULL.  If there is none,
 * firing says whether points are in the order of firing, and how.  Returns 0 if what was decoded is none. */
int pith_points_code_scan(struct pith_scan **scan, struct pith_scan *to, struct pith_firing *firing,
                          struct pith_coder *coder);

struct pith_points_kind {
    struct pith_points_params params;
    struct pith_points_layout layout;
    uint64_t n; /* points */
    uint8_t decimals
        [PITH_POINT_FIELDS_MAX]; /* of floating point: on a grid; or PITH_POINT_NO_GRID, as for all else */
    int is_swept, has_scan;
    struct pith_scan scan;     /* without rings and lasers */
    struct pith_firing firing; /* without its points */
    uint16_t
        shares[PITH_POINTS_SHARES_MAX]; /* of the payload, as in points.h; 0 if it has no table */
};

/* From a chunk's parameters and the first bytes of its payload: 1,024 are enough. */
pith_status pith_points_kind_read(struct pith_points_kind *kind, const uint8_t *params,
                                  size_t params_len, const uint8_t *payload, size_t len,
                                  uint64_t raw_len, pith_error *error);

#endif
