/* See blend.h. */
#include "codec/points/blend.h"

#define FAR_MAX ((int64_t)1 << 24)

/* As integers of 64 bits, whatever they are: no overflow. */
static int64_t distance(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

/* Weights are below 2^27 and distances below 2^24: five products fit. */
int64_t pith_blend_mean(const struct pith_blend *blend, const int64_t predictions[PITH_BLEND_N])
{
    int64_t sum = 0, weights = 0;

    for (uint32_t k = 0; k < PITH_BLEND_N; k++) {
        uint32_t miss = blend->misses[k] + PITH_BLEND_UNIT;
        int64_t weight = (int64_t)((1u << 30) / (miss * miss / PITH_BLEND_UNIT) + 1);
        int64_t off = distance(predictions[k], predictions[0]);

        if (off > FAR_MAX || off < -FAR_MAX)
            continue;
        sum += off * weight;
        weights += weight;
    }
    return (int64_t)((uint64_t)predictions[0] + (uint64_t)(sum / weights));
}

void pith_blend_learn(struct pith_blend *blend, const int64_t predictions[PITH_BLEND_N],
                      int64_t value)
{
    for (uint32_t k = 0; k < PITH_BLEND_N; k++) {
        int64_t off = distance(value, predictions[k]);
        uint32_t miss = PITH_BLEND_MISS_MAX * PITH_BLEND_UNIT;

        if (off <= PITH_BLEND_MISS_MAX && off >= -PITH_BLEND_MISS_MAX)
            miss = (uint32_t)(off < 0 ? -off : off) * PITH_BLEND_UNIT;
        blend->misses[k] = (blend->misses[k] * 4 + miss) / 5;
    }
}
