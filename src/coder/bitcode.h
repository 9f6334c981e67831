/* Bit codes: numbers in the coder, with adaptive probabilities.
 *
 * One path for both directions, as with the coder below: each function is given a value, which is ignored
 * when decoding, and returns the true one. */
#ifndef PITH_CODER_BITCODE_H
#define PITH_CODER_BITCODE_H

#include "base/compiler.h"
#include "coder/coder.h"
#include "num/logistic.h"

#define PITH_BITCODE_HALF      32768
#define PITH_BITCODE_RATE_LOG2 5
#define PITH_BITCODE_LOWEST    64 /* a bit is never surer than this to 1/65536 */

/* Probabilities of a number: how many bits it has (unary-like tree), then its two highest bits below the first. */
struct pith_bitcode_number {
    uint16_t length[64], high[33][4];
};

/* One of up to 32, with shares of the whole that adapt: ends[i] is the last point of i's. */
#define PITH_SYMBOLS           32
#define PITH_SYMBOL_FIRST_STEP 29789 /* 1/2.2 */
#define PITH_SYMBOL_LAST_STEP  1024  /* 1/64 */

struct pith_bitcode_symbol {
    int16_t ends[PITH_SYMBOLS], step_q16;
};

static inline void pith_bitcode_init(uint16_t *probabilities, size_t n)
{
    for (size_t i = 0; i < n; i++)
        probabilities[i] = PITH_BITCODE_HALF;
}

PITH_INLINE uint32_t pith_bitcode_bit(struct pith_coder *coder, uint16_t *p1, uint32_t bit)
{
    uint32_t p = *p1;

    p = p < PITH_BITCODE_LOWEST ? PITH_BITCODE_LOWEST : p;
    p = p > 65536 - PITH_BITCODE_LOWEST ? 65536 - PITH_BITCODE_LOWEST : p;
    bit = (uint32_t)pith_coder_bit(coder, p, (int)bit);
    *p1 = pith_probability_moved(*p1, (int)bit, PITH_BITCODE_RATE_LOG2);
    return bit;
}

/* n bits, each by those before: probabilities[1 << n]. */
PITH_INLINE uint32_t pith_bitcode_tree(struct pith_coder *coder, uint16_t *probabilities,
                                       uint32_t n, uint32_t value)
{
    uint32_t node = 1;

    for (uint32_t i = n; i-- > 0;)
        node = node << 1 | pith_bitcode_bit(coder, &probabilities[node], value >> i & 1);
    return node - (1u << n);
}

/* n <= 16 bits, all as likely. */
PITH_INLINE uint32_t pith_bitcode_plain(struct pith_coder *coder, uint32_t n, uint32_t value)
{
    uint32_t read = 0;

    for (uint32_t i = n; i-- > 0;)
        read = read << 1 | (uint32_t)pith_coder_bit(coder, PITH_BITCODE_HALF, value >> i & 1);
    return read;
}

static inline void pith_bitcode_number_init(struct pith_bitcode_number *number)
{
    pith_bitcode_init(number->length, 64);
    pith_bitcode_init(number->high[0], 33 * 4);
}

/* Any number below 2^32 - 1. */
PITH_INLINE uint32_t pith_bitcode_number(struct pith_coder *coder,
                                         struct pith_bitcode_number *number, uint32_t value)
{
    uint32_t length = 0, read = 1, left;

    while (length < 32 && (value + 1) >> length > 1)
        length++;
    length = pith_bitcode_tree(coder, number->length, 6, length);
    length = length < 31 ? length : 31;
    left = length;
    for (uint32_t node = 1; left > 0 && node < 4; left--) {
        uint32_t bit =
            pith_bitcode_bit(coder, &number->high[length][node], (value + 1) >> (left - 1) & 1);

        node = node << 1 | bit;
        read = read << 1 | bit;
    }
    for (; left > 0; left--)
        read = read << 1 | (uint32_t)pith_coder_bit(coder, PITH_BITCODE_HALF,
                                                    (int)((value + 1) >> (left - 1) & 1));
    return read - 1;
}

/* Any number above -2^30 and below 2^30; what is decoded may be any at all. */
PITH_INLINE int32_t pith_bitcode_signed(struct pith_coder *coder,
                                        struct pith_bitcode_number *number, int32_t value)
{
    uint32_t folded = (uint32_t)value << 1 ^ (value < 0 ? UINT32_MAX : 0);

    folded = pith_bitcode_number(coder, number, folded);
    return (int32_t)(folded >> 1 ^ (folded & 1 ? UINT32_MAX : 0));
}

static inline void pith_bitcode_symbol_init(struct pith_bitcode_symbol *symbols, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        symbols[k].step_q16 = PITH_SYMBOL_FIRST_STEP;
        for (uint32_t i = 0; i < PITH_SYMBOLS; i++)
            symbols[k].ends[i] = (int16_t)((i + 1) * (PITH_CODER_WHOLE / PITH_SYMBOLS) - 1);
    }
}

/* Moves the ends towards where they were if value had everything but one point for each other.  Neighbours
 * stay at least 1 apart: they and their aims are, so is their mean at any weights, rounded down as well.
 * The n-th step is 1 / (n + 1.2), roughly.  In 16 bits, for compilers that work on eight at once. */
static inline void pith_bitcode_symbol_update(struct pith_bitcode_symbol *symbol, uint32_t value)
{
    int16_t step = symbol->step_q16, first = (int16_t)value;

    for (int16_t i = 0; i < PITH_SYMBOLS; i++) {
        int16_t aim = (int16_t)(i + (i >= first ? (int16_t)(PITH_CODER_WHOLE - PITH_SYMBOLS) : 0));
        int16_t way = (int16_t)(aim - symbol->ends[i]);

        symbol->ends[i] = (int16_t)(symbol->ends[i] + (int16_t)((int32_t)way * step >> 16));
    }
    if (step > PITH_SYMBOL_LAST_STEP)
        symbol->step_q16 = (int16_t)(step - (step * step >> 16));
}

PITH_INLINE uint32_t pith_bitcode_one_of(struct pith_coder *coder,
                                         struct pith_bitcode_symbol *symbol, uint32_t value)
{
    if (!coder->out) {
        int16_t point = (int16_t)pith_coder_point(coder), n = 0;

        for (uint32_t i = 0; i < PITH_SYMBOLS; i++)
            n = (int16_t)(n + (symbol->ends[i] < point));
        value = (uint32_t)n;
    }
    pith_coder_interval(coder, value ? (uint32_t)symbol->ends[value - 1] + 1 : 0,
                        (uint32_t)symbol->ends[value] + 1);
    pith_bitcode_symbol_update(symbol, value);
    return value;
}

/* A number of n <= 60 bits, a multiple of 10, with its sign: all as likely. */
static inline int64_t pith_bitcode_wide(struct pith_coder *coder, uint32_t n, int64_t value)
{
    uint64_t read = 0;

    for (uint32_t i = 0; i < n; i += 10)
        read |= (uint64_t)pith_bitcode_plain(coder, 10, (uint32_t)((uint64_t)value >> i) & 1023)
                << i;
    return (int64_t)(read << (64 - n)) >> (64 - n);
}

/* 1 to 15 bits at once, all as likely. */
PITH_INLINE uint32_t pith_bitcode_uniform(struct pith_coder *coder, uint32_t n, uint32_t value)
{
    uint32_t shift = PITH_CODER_WHOLE_LOG2 - n;

    if (!coder->out)
        value = pith_coder_point(coder) >> shift;
    pith_coder_interval(coder, value << shift, (value + 1) << shift);
    return value;
}

#endif
