/* See flips.h. */
#include "codec/points/flips.h"

#include "num/log2.h"

#define BYTES_MAX 8

static uint8_t flipped(const int64_t *values, size_t i, uint32_t byte)
{
    uint64_t before = i > 0 ? (uint64_t)values[i - 1] : 0;

    return (uint8_t)(((uint64_t)values[i] ^ before) >> 8 * byte);
}

uint64_t pith_flips_cost(const int64_t *values, size_t n, uint32_t width)
{
    uint64_t cost = 0;

    for (uint32_t byte = 0; byte < width; byte++) {
        uint32_t counts[256] = {0};

        for (size_t i = 0; i < n; i++)
            counts[flipped(values, i, byte)]++;
        cost += pith_entropy_bits(counts, 256);
    }
    return cost;
}

int pith_flips_code(int64_t *values, size_t n, uint32_t width, struct pith_coder *coder,
                    const struct pith_value_watch *watch)
{
    uint16_t probabilities[BYTES_MAX][256];
    uint64_t sign = (uint64_t)1 << (8 * width - 1);

    pith_bitcode_init(probabilities[0], (size_t)BYTES_MAX * 256);
    for (size_t i = 0; i < n; i++) {
        uint64_t before = i > 0 ? (uint64_t)values[i - 1] : 0, flips = 0;

        for (uint32_t byte = 0; byte < width; byte++)
            flips |= (uint64_t)pith_bitcode_tree(coder, probabilities[byte], 8,
                                                 coder->out ? flipped(values, i, byte) : 0)
                     << 8 * byte;
        before ^= flips;
        if (width < BYTES_MAX)
            before &= 2 * sign - 1;
        values[i] = (int64_t)before;
        if (i % PITH_VALUE_WATCH_EVERY == 0 && watch->each(watch->opaque))
            return 1;
    }
    return 0;
}
