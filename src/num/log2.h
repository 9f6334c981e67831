/* Binary logarithm in integers, for estimates of cost. */
#ifndef PITH_NUM_LOG2_H
#define PITH_NUM_LOG2_H

#include <stdint.h>

/* log2(x) in 1/256, of x >= 1, within 2.  Bit by bit from squares of the mantissa. */
static inline uint32_t pith_log2_q8(uint64_t x)
{
    uint32_t n = 0;
    uint64_t y;

    for (uint32_t step = 32; step > 0; step >>= 1)
        if (x >> n >> step)
            n += step;
    y = n > 16 ? x >> (n - 16) : x << (16 - n); /* 1..2, in 1/65536 */
    n <<= 8;
    for (uint32_t bit = 128; bit > 0; bit >>= 1) {
        y = y * y >> 16;
        if (y >> 17) {
            y >>= 1;
            n += bit;
        }
    }
    return n;
}

/* Bits that symbols take that come so often, by the best code for them. */
static inline uint64_t pith_entropy_bits(const uint32_t *counts, uint32_t n_symbols)
{
    uint64_t n = 0, sum = 0, log2;

    for (uint32_t i = 0; i < n_symbols; i++)
        n += counts[i];
    log2 = n > 0 ? pith_log2_q8(n) : 0;
    for (uint32_t i = 0; i < n_symbols; i++)
        if (counts[i] > 0)
            sum += counts[i] * (log2 - pith_log2_q8(counts[i]));
    return sum >> 8;
}

#endif
