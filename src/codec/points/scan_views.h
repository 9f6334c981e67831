/* Views of a scan: what the points around the one at hand say of its turn, its range, and whether anything was seen. */
#ifndef PITH_CODEC_POINTS_SCAN_VIEWS_H
#define PITH_CODEC_POINTS_SCAN_VIEWS_H

#include "codec/points/scan_model.h"

/* Of rings: finds the point above.  Points of the ring before are passed until one is at a turn or beyond. */
void pith_scan_find_up(struct pith_scan_model *model, size_t i, int64_t turn);

/* What is expected, and its view; of ranges the predictions are kept as well. */
int64_t pith_scan_view_turn(struct pith_scan_model *model, struct pith_value_view *view);
int64_t pith_scan_view_range(struct pith_scan_model *model, struct pith_value_view *view);

/* Of whether anything was seen. */
void pith_scan_view_empty(struct pith_scan_model *model, struct pith_value_view *view);

#endif
