/* What notation the numbers of a field have; while that is looked for, the column is numerals, packed. */
#ifndef PITH_CODEC_POINTS_LINES_FIT_H
#define PITH_CODEC_POINTS_LINES_FIT_H

#include "codec/points/lines.h"

#define PITH_PACKED_WORD    (-1) /* the word */
#define PITH_PACKED_NOTHING (-2) /* no number that a notation prints */

int64_t pith_numeral_pack(const struct pith_numeral *numeral);

/* Finds the notation of a field, and makes its column of packed numerals one of values.  What it does not print becomes
 * exceptions, behind those that there are.  Returns 0 if those are too many. */
int pith_lines_fit(struct pith_lines *lines, uint32_t field);

#endif
