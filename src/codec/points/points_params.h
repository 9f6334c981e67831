/* Parameters of the points codec: a level, and what a listing shows of a chunk without decoding it. */
#ifndef PITH_CODEC_POINTS_POINTS_PARAMS_H
#define PITH_CODEC_POINTS_POINTS_PARAMS_H

#include "base/status.h"
#include "codec/codec.h"

#define PITH_POINTS_BOUNDS_MAX 10

/* A field was put on multiples of mantissa * 10^exponent (metres, or what the field counts): no value is further from what it was than half of
 * that. */
struct pith_points_bound {
    uint8_t field, mantissa;
    int8_t exponent;
};

struct pith_points_params {
    int level;
    uint32_t n_shares; /* of the payload: a table of so many comes first */
    uint32_t n_bounds;
    struct pith_points_bound bounds[PITH_POINTS_BOUNDS_MAX];
};

/* Returns their length, at most PITH_CODEC_PARAMS_MAX. */
size_t pith_points_params_write(uint8_t *to, const struct pith_points_params *params);

pith_status pith_points_params_read(struct pith_points_params *params, const uint8_t *from,
                                    size_t len, pith_error *error);

#endif
