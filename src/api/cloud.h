/* What a caller says of points. */
#ifndef PITH_API_CLOUD_H
#define PITH_API_CLOUD_H

#include "codec/points/snap.h"

/* The fields of records, a letter each (pith.h). */
pith_status pith_cloud_take(struct pith_points_layout *layout, const char *letters,
                            pith_error *error);

/* Steps of fields (pith.h). */
pith_status pith_cloud_take_grid(struct pith_snap *snap, const char *text, pith_error *error);

#endif
