/* See rans.h. */
#include "coder/rans.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "cpu/cpu.h"

#define WHOLE (1u << PITH_RANS_LOG2)
#define LEAST (1u << 16) /* of a state, which it also begins as */

/* Takes from or gives to the largest until the sum is right: that changes the cost least. */
static void settle(struct pith_rans_table *table, uint32_t sum)
{
    while (sum != WHOLE) {
        uint32_t largest = 0;

        for (uint32_t i = 1; i < 256; i++)
            if (table->freqs[i] > table->freqs[largest])
                largest = i;
        if (sum < WHOLE) {
            table->freqs[largest] = (uint16_t)(table->freqs[largest] + WHOLE - sum);
            return;
        }
        table->freqs[largest]--;
        sum--;
    }
}

void pith_rans_normalise(struct pith_rans_table *table, const uint32_t counts[256])
{
    uint64_t all = 0;
    uint32_t sum = 0, some = 0;

    for (uint32_t i = 0; i < 256; i++)
        all += counts[i];
    for (uint32_t i = 0; i < 256; i++) {
        uint64_t freq = (counts[i] * (uint64_t)WHOLE + all / 2) / all;

        table->freqs[i] = (uint16_t)(counts[i] > 0 && freq == 0 ? 1 : freq);
        sum += table->freqs[i];
        some = counts[i] > 0 ? i : some;
    }
    settle(table, sum);
    if (table->freqs[some] == WHOLE) { /* no other came */
        table->freqs[some]--;
        table->freqs[some ^ 1] = 1;
    }
    (void)pith_rans_complete(table);
}

int pith_rans_complete(struct pith_rans_table *table)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < 256; i++) {
        table->starts[i] = (uint16_t)sum;
        sum += table->freqs[i];
        if (table->freqs[i] >= WHOLE || sum > WHOLE)
            return 0;
    }
    return sum == WHOLE;
}

void pith_rans_spread_steps(struct pith_rans_steps *steps, const struct pith_rans_table *table)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t freq = table->freqs[i];

        steps->symbols[i].place = freq | (uint32_t)table->starts[i] << 16;
        steps->symbols[i].reciprocal =
            freq > 1 ? (uint32_t)(((uint64_t)1 << 32) / freq) : UINT32_MAX;
    }
}

void pith_rans_spread(struct pith_rans_slots *slots, const struct pith_rans_table *table)
{
    for (uint32_t i = 0; i < 256; i++)
        for (uint32_t k = 0; k < table->freqs[i]; k++)
            slots->slots[table->starts[i] + k] = i | (uint32_t)table->freqs[i] << 8 | k << 20;
}

/* With m = floor(2^32 / f), x m / 2^32 is below x / f by less than x / 2^32 < 1, so that it has the quotient or one less; with
 * 2^32 - 1 for f = 1 it has one less.  There is room for the word: the states go in front of all. */
PITH_INLINE uint8_t *encode_one(uint32_t *state, uint8_t *out, uint8_t symbol,
                                const struct pith_rans_steps *steps)
{
    uint32_t place = steps->symbols[symbol].place, freq = place & 0xffff, x = *state;
    uint32_t needs = x >> (32 - PITH_RANS_LOG2) >= freq, quotient, rest, is_less;

    pith_store_le(out - 2, x & 0xffff, 2); /* without a branch */
    x >>= 16 * needs;
    quotient = (uint32_t)((uint64_t)x * steps->symbols[symbol].reciprocal >> 32);
    rest = x - quotient * freq;
    is_less = rest >= freq;
    rest -= freq & (0 - is_less);
    *state = ((quotient + is_less) << PITH_RANS_LOG2) + (place >> 16) + rest;
    return out - 2 * needs;
}

static uint8_t *encode_c(uint32_t *states, uint32_t n_states, uint8_t *out, const uint8_t *symbols,
                         const uint8_t *classes, size_t n, const struct pith_rans_steps *steps)
{
    for (size_t i = n; i > 0; i -= 8)
        for (uint32_t k = 1; k <= 8; k++)
            out = encode_one(&states[(i - k) % n_states], out, symbols[i - k],
                             &steps[classes[i - k]]);
    return out;
}

size_t pith_rans_encode(uint8_t *out, const uint8_t *symbols, const uint8_t *classes, size_t n,
                        const struct pith_rans_steps *steps)
{
    uint32_t states[PITH_RANS_STATES_MAX], n_states = pith_rans_n_states(n);
    uint8_t *end = out + pith_rans_bound(n), *at = end;
    size_t whole = n - n % n_states;

    for (uint32_t k = 0; k < n_states; k++)
        states[k] = LEAST;
    for (size_t i = n; i-- > whole;)
        at = encode_one(&states[i % n_states], at, symbols[i], &steps[classes[i]]);
    at = pith_rans_kernels_best()->encode(states, n_states, at, symbols, classes, whole, steps);
    for (uint32_t k = n_states; k-- > 0;) {
        at -= 4;
        pith_store_le32(at, states[k]);
    }
    return (size_t)(end - at);
}

/* One symbol; the next 16 bits, if it needs them, without a branch that nobody can predict: the bytes must be
 * there. */
PITH_INLINE uint8_t decode_one(uint32_t *state, const uint8_t **in,
                               const struct pith_rans_slots *slots)
{
    uint32_t x = *state, slot = slots->slots[x & (WHOLE - 1)], needs;
    uint32_t word = (uint32_t)(*in)[0] | (uint32_t)(*in)[1] << 8;

    x = (slot >> 8 & (WHOLE - 1)) * (x >> PITH_RANS_LOG2) + (slot >> 20);
    needs = x < LEAST;
    *state =
        x << 16 * needs | (word & (0 - needs)); /* in this form compilers make no branch of it */
    *in += 2 * needs;
    return (uint8_t)slot;
}

static size_t decode_c(uint32_t *states, uint32_t n_states, uint8_t *symbols,
                       const uint8_t *classes, size_t n, const uint8_t **in, const uint8_t *end,
                       const struct pith_rans_slots *slots)
{
    const uint8_t *from = *in;
    size_t i = 0;

    for (; n - i >= n_states && end - from >= (ptrdiff_t)(2 * n_states); i += n_states)
        for (uint32_t k = 0; k < n_states; k += 8)
            for (uint32_t l = 0; l < 8; l++)
                symbols[i + k + l] = decode_one(&states[k + l], &from, &slots[classes[i + k + l]]);
    *in = from;
    return i;
}

const struct pith_rans_kernels pith_rans_kernels_c = {encode_c, decode_c};

const struct pith_rans_kernels *pith_rans_kernels_best(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (pith_cpu_features() & PITH_CPU_AVX2)
        return &pith_rans_kernels_avx2;
#endif
    return &pith_rans_kernels_c;
}

int pith_rans_decode(uint8_t *symbols, const uint8_t *classes, size_t n, const uint8_t *in,
                     size_t len, const struct pith_rans_slots *slots)
{
    const uint8_t *end = in + len;
    uint32_t states[PITH_RANS_STATES_MAX], n_states = pith_rans_n_states(n), is_right = 1;
    uint8_t last[4] = {0};
    size_t i;

    if (len < 4 * (size_t)n_states || len % 2)
        return 0;
    for (uint32_t k = 0; k < n_states; k++, in += 4)
        states[k] = pith_load_le32(in);
    i = pith_rans_kernels_best()->decode(states, n_states, symbols, classes, n, &in, end, slots);
    for (; i < n; i++) { /* the last bytes, and zeros behind them that are not taken */
        const uint8_t *from = last;
        size_t left = (size_t)(end - in) < 2 ? 0 : 2;

        memcpy(last, in, left);
        symbols[i] = decode_one(&states[i % n_states], &from, &slots[classes[i]]);
        if ((size_t)(from - last) > left)
            return 0;
        in += from - last;
    }
    for (uint32_t k = 0; k < n_states; k++)
        is_right &= states[k] == LEAST;
    return is_right && in == end;
}
