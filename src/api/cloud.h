/* What a caller says of points. */
#ifndef PITH_API_CLOUD_H
#define PITH_API_CLOUD_H

#include "codec/points/fields.h"

/* The fields of records, a letter each (pith.h). */
pith_status pith_cloud_take(struct pith_points_layout *layout, const char *letters,
                            pith_error *error);

#endif
