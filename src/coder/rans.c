/* See rans.h. */
#include "coder/rans.h"

#include <string.h>

#include "base/bytes.h"

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

void pith_rans_spread(struct pith_rans_slots *slots, const struct pith_rans_table *table)
{
    for (uint32_t i = 0; i < 256; i++)
        for (uint32_t k = 0; k < table->freqs[i]; k++)
            slots->slots[table->starts[i] + k] = i | (uint32_t)table->freqs[i] << 8 | k << 20;
}

size_t pith_rans_encode(uint8_t *out, const uint8_t *symbols, size_t n,
                        const struct pith_rans_table *table)
{
    size_t at = pith_rans_bound(n), cap = at;
    uint32_t states[PITH_RANS_STATES];

    for (uint32_t k = 0; k < PITH_RANS_STATES; k++)
        states[k] = LEAST;
    for (size_t i = n; i-- > 0;) {
        uint32_t freq = table->freqs[symbols[i]], x = states[i % PITH_RANS_STATES];
        uint32_t needs = x >> (32 - PITH_RANS_LOG2) >= freq;

        /* without a branch; there is room, since the states go in front of all */
        pith_store_le(out + at - 2, x & 0xffff, 2);
        at -= 2 * needs;
        x >>= 16 * needs;
        states[i % PITH_RANS_STATES] =
            (x / freq << PITH_RANS_LOG2) + table->starts[symbols[i]] + x % freq;
    }
    for (uint32_t k = PITH_RANS_STATES; k-- > 0;) {
        at -= 4;
        pith_store_le32(out + at, states[k]);
    }
    return cap - at;
}

/* One symbol; the next 16 bits, if it needs them, without a branch that nobody can predict: the bytes must be
 * there. */
static inline uint8_t decode_one(uint32_t *state, const uint8_t **in,
                                 const struct pith_rans_slots *slots)
{
    uint32_t x = *state, slot = slots->slots[x & (WHOLE - 1)];
    uint32_t word = (uint32_t)(*in)[0] | (uint32_t)(*in)[1] << 8, needs;

    x = (slot >> 8 & (WHOLE - 1)) * (x >> PITH_RANS_LOG2) + (slot >> 20);
    needs = x < LEAST;
    *state =
        x << 16 * needs | (word & (0 - needs)); /* in this form compilers make no branch of it */
    *in += 2 * needs;
    return (uint8_t)slot;
}

int pith_rans_decode(uint8_t *symbols, size_t n, const uint8_t *in, size_t len,
                     const struct pith_rans_slots *slots)
{
    const uint8_t *end = in + len;
    uint32_t states[PITH_RANS_STATES], is_right = 1;
    uint8_t last[2 * PITH_RANS_STATES] = {0};
    size_t i = 0;

    if (len < 4 * PITH_RANS_STATES || len % 2)
        return 0;
    for (uint32_t k = 0; k < PITH_RANS_STATES; k++, in += 4)
        states[k] = pith_load_le32(in);
    for (; n - i >= PITH_RANS_STATES && end - in >= 2 * PITH_RANS_STATES; i += PITH_RANS_STATES)
        for (uint32_t k = 0; k < PITH_RANS_STATES; k++)
            symbols[i + k] = decode_one(&states[k], &in, slots);
    for (; i < n; i++) { /* the last bytes, and zeros behind them that are not taken */
        const uint8_t *from = last;
        size_t left = (size_t)(end - in) < 2 ? 0 : 2;

        memcpy(last, in, left);
        symbols[i] = decode_one(&states[i % PITH_RANS_STATES], &from, slots);
        if ((size_t)(from - last) > left)
            return 0;
        in += from - last;
    }
    for (uint32_t k = 0; k < PITH_RANS_STATES; k++)
        is_right &= states[k] == LEAST;
    return is_right && in == end;
}
