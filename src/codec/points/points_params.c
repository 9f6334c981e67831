/* See points_params.h. */
#include "codec/points/points_params.h"

#include "codec/points/points.h"

#define SHORT_LEN 1 /* the level alone */
#define FIXED_LEN 2
#define BOUND_LEN 3

_Static_assert(FIXED_LEN + BOUND_LEN * PITH_POINTS_BOUNDS_MAX <= PITH_CODEC_PARAMS_MAX,
               "parameters have room");

size_t pith_points_params_write(uint8_t *to, const struct pith_points_params *params)
{
    size_t len = FIXED_LEN;

    to[0] = (uint8_t)params->level;
    if (params->n_shares == 0 && params->n_bounds == 0)
        return SHORT_LEN;
    to[1] = (uint8_t)params->n_shares;
    for (uint32_t k = 0; k < params->n_bounds; k++) {
        to[len++] = params->bounds[k].field;
        to[len++] = params->bounds[k].mantissa;
        to[len++] = (uint8_t)params->bounds[k].exponent;
    }
    return len;
}

pith_status pith_points_params_read(struct pith_points_params *params, const uint8_t *from,
                                    size_t len, pith_error *error)
{
    *params = (struct pith_points_params){.level = len > 0 ? from[0] : 0};
    if (len != SHORT_LEN &&
        (len < FIXED_LEN || (len - FIXED_LEN) % BOUND_LEN != 0 || from[1] > PITH_POINTS_SHARES_MAX))
        return pith_fail(error, PITH_E_CORRUPT, 0,
                         "the points codec's %zu bytes of parameters are none", len);
    if (params->level < PITH_LEVEL_MIN || params->level > PITH_LEVEL_MAX)
        return pith_fail(error, PITH_E_UNSUPPORTED, 0,
                         "made by a newer version of pith (points codec level %d, known: %d to %d)",
                         params->level, PITH_LEVEL_MIN, PITH_LEVEL_MAX);
    if (len == SHORT_LEN)
        return PITH_OK;
    params->n_shares = from[1];
    for (size_t at = FIXED_LEN; at < len; at += BOUND_LEN)
        params->bounds[params->n_bounds++] =
            (struct pith_points_bound){from[at], from[at + 1], (int8_t)from[at + 2]};
    return PITH_OK;
}
