/* See blend.h. */
#include "codec/points/blend.h"

#define FAR_MAX       ((int64_t)1 << 40)
#define USELESS_SHARE 4 /* of the largest miss: nothing is known then */

/* As integers of 64 bits, whatever they are: no overflow. */
static int64_t distance(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static uint64_t least_miss(const struct pith_blend *blend)
{
    uint64_t least = blend->misses[0];

    for (uint32_t k = 1; k < PITH_BLEND_N; k++)
        least = blend->misses[k] < least ? blend->misses[k] : least;
    return least + PITH_BLEND_UNIT;
}

/* Weights are at most 2^16 + 1 and distances below 2^40: five products fit. */
int64_t pith_blend_mean(const struct pith_blend *blend, const int64_t predictions[PITH_BLEND_N])
{
    uint64_t least = least_miss(blend);
    int64_t sum = 0, weights = 0;

    if (least > PITH_BLEND_MISS_MAX * PITH_BLEND_UNIT / USELESS_SHARE)
        return predictions[0];
    for (uint32_t k = 0; k < PITH_BLEND_N; k++) {
        uint64_t share = (least << 8) / (blend->misses[k] + PITH_BLEND_UNIT);
        int64_t weight = (int64_t)(share * share) + 1,
                off = distance(predictions[k], predictions[0]);

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
        uint64_t miss = off < 0 ? 0 - (uint64_t)off : (uint64_t)off;

        miss = (miss < PITH_BLEND_MISS_MAX ? miss : PITH_BLEND_MISS_MAX) * PITH_BLEND_UNIT;
        blend->misses[k] = (blend->misses[k] * 4 + miss) / 5;
    }
}
