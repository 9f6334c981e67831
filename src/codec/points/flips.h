/* Flips: a column coded byte by byte as the bits that differ from those of the point before.  For numbers that are no quantities: flags, hashes,
 * and what programs make to try others. */
#ifndef PITH_CODEC_POINTS_FLIPS_H
#define PITH_CODEC_POINTS_FLIPS_H

#include "codec/points/value.h"

/* Bits that n values of so many bytes take like that, roughly. */
uint64_t pith_flips_cost(const int64_t *values, size_t n, uint32_t width);

/* Codes them, in either direction.  Returns nonzero if the watch says so. */
int pith_flips_code(int64_t *values, size_t n, uint32_t width, struct pith_coder *coder,
                    const struct pith_value_watch *watch);

#endif
