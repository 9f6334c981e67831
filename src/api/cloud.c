/* See cloud.h. */
#include "api/cloud.h"

#include <string.h>

#include "codec/points/formats.h"

pith_status pith_cloud_take(struct pith_points_layout *layout, const char *letters,
                            pith_error *error)
{
    static const char known[] = "xyzirto";

    memset(layout, 0, sizeof *layout);
    for (const char *at = letters; *at; at++) {
        if (!strchr(known, *at))
            return pith_fail(error, PITH_E_ARGUMENT, 0,
                             "no field of points: '%c' (there are x, y, z, i, r, t, o)", *at);
        if (!pith_points_add(layout, PITH_POINT_F32, pith_point_role_of(at, 1)))
            return pith_fail(error, PITH_E_ARGUMENT, 0, "points have at most %d fields",
                             PITH_POINT_FIELDS_MAX);
    }
    if (layout->n_fields == 0)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "points have no fields");
    return PITH_OK;
}
