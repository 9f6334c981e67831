/* Blend: several predictions of a value become one, each the heavier the nearer it was of late. */
#ifndef PITH_CODEC_POINTS_BLEND_H
#define PITH_CODEC_POINTS_BLEND_H

#include <stdint.h>

#define PITH_BLEND_N        5
#define PITH_BLEND_UNIT     16 /* of misses */
#define PITH_BLEND_MISS_MAX ((uint64_t)1 << 24)

struct pith_blend {
    uint64_t misses[PITH_BLEND_N]; /* mean distance of late, in 1 / PITH_BLEND_UNIT */
};

static inline void pith_blend_begin(struct pith_blend *blend)
{
    for (uint32_t k = 0; k < PITH_BLEND_N; k++)
        blend->misses[k] = 10 * PITH_BLEND_UNIT;
}

/* What is far from the first prediction does not count; if none is near of late it is the first. */
int64_t pith_blend_mean(const struct pith_blend *blend, const int64_t predictions[PITH_BLEND_N]);

void pith_blend_learn(struct pith_blend *blend, const int64_t predictions[PITH_BLEND_N],
                      int64_t value);

#endif
