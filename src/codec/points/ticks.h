/* Ticks: steps of a column that are multiples of one number, more or less, as those of times between pulses.
 *
 * A column of steps becomes two: how many ticks each step has, and what it is off. */
#ifndef PITH_CODEC_POINTS_TICKS_H
#define PITH_CODEC_POINTS_TICKS_H

#include "base/arena.h"

#define PITH_TICK_SHIFT 8 /* a tick is in 1/256 of the column's unit */

#define PITH_STREAMS 8

struct pith_ticks {
    uint64_t tick;      /* 0: there is none */
    uint32_t n_streams; /* 1 or PITH_STREAMS */
};

/* Encoding: the ticks of a column's steps.  sample: room for PITH_TICK_SAMPLE values. */
#define PITH_TICK_SAMPLE 2048
struct pith_ticks pith_ticks_find(const int64_t *values, size_t n, uint64_t *sample);

/* From values to ticks (and streams), in their place, and what is left over. */
void pith_ticks_part(int64_t *values, int64_t *rests, size_t n, const struct pith_ticks *ticks);

/* And back. */
void pith_ticks_join(int64_t *values, const int64_t *rests, size_t n,
                     const struct pith_ticks *ticks);

#endif
