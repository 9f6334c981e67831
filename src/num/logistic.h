/* The logit domain in fixed point.
 *
 * A logit ln(p / (1 - p)) is an int in units of 1/256, limited to +-PITH_LOGIT_MAX (+-12, that is
 * p from 6e-6 to 1 - 6e-6).  A probability is always that of a 1 bit, in units of 1/65536, within
 * 1..65535.  The tables come from tools/make_logistic.py and are part of the format. */
#ifndef PITH_NUM_LOGISTIC_H
#define PITH_NUM_LOGISTIC_H

#include <stdint.h>

#define PITH_LOGIT_MAX 3071

extern const uint16_t pith_squash_table[6144];
extern const int16_t pith_stretch_table[4096];
/* 65536 / (n + 1.5): the step of an average that has seen n values and starts with a weak prior. */
extern const uint16_t pith_reciprocal_table[1024];

static inline int32_t pith_logit_clamp(int32_t logit)
{
    logit = logit > PITH_LOGIT_MAX ? PITH_LOGIT_MAX : logit;
    return logit < -PITH_LOGIT_MAX ? -PITH_LOGIT_MAX : logit;
}

/* logit must be within +-PITH_LOGIT_MAX. */
static inline uint32_t pith_squash(int32_t logit)
{
    return pith_squash_table[logit + PITH_LOGIT_MAX + 1];
}

static inline int32_t pith_stretch(uint32_t p1_q16)
{
    return pith_stretch_table[p1_q16 >> 4];
}

/* A probability, in 1/65536, after one bit: it moves by its error >> rate_log2, towards 0 in either
 * direction.  Without a branch on the bit. */
static inline uint16_t pith_probability_moved(uint32_t p1_q16, int bit, uint32_t rate_log2)
{
    int32_t error = (bit ? 65535 : 0) - (int32_t)p1_q16;
    int32_t round_up = bit ? 0 : (1 << rate_log2) - 1;

    return (uint16_t)((int32_t)p1_q16 + ((error + round_up) >> rate_log2));
}

#endif
