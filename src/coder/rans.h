/* Static coder of bytes: asymmetric numeral systems with ranges (J. Duda, "Asymmetric numeral systems", 2013,
 * arXiv 1311.2540), 8 or 32 interleaved so that a processor works on them side by side.
 *
 * A state of 32 bits is at least 2^16; a symbol of frequency f out of 2^PITH_RANS_LOG2 takes it from x to
 * floor(x / f) 2^PITH_RANS_LOG2 + start + x mod f, and before that 16 bits leave it if it would grow over 32.  Coding goes
 * backwards, decoding forwards.  Every symbol has a class, which says by which of several tables it is coded. */
#ifndef PITH_CODER_RANS_H
#define PITH_CODER_RANS_H

#include <stddef.h>
#include <stdint.h>

#define PITH_RANS_LOG2       12
#define PITH_RANS_STATES_MAX 32
#define PITH_RANS_FEW        ((size_t)16384) /* symbols: fewer have 8 states, which take less room */

struct pith_rans_table {
    uint16_t
        freqs[256]; /* add up to 2^PITH_RANS_LOG2, each below that: two symbols have one at least */
    uint16_t starts[256]; /* sums of those before */
};

/* A table made ready for encoding. */
struct pith_rans_steps {
    struct {
        uint32_t reciprocal; /* of the frequency: 2^32 / f, rounded down; 2^32 - 1 of 1 */
        uint32_t place;      /* frequency, start << 16 */
    } symbols[256];
};

/* And for decoding.  Slots, each in a word: symbol, its frequency << 8, how far the slot is from its start << 20. */
struct pith_rans_slots {
    uint32_t slots[1 << PITH_RANS_LOG2];
};

/* Frequencies nearest to counts, of which at least one is not 0: none that came gets 0. */
void pith_rans_normalise(struct pith_rans_table *table, const uint32_t counts[256]);

/* Fills in starts.  Returns 0 if freqs are not as they should be. */
int pith_rans_complete(struct pith_rans_table *table);

void pith_rans_spread_steps(struct pith_rans_steps *steps, const struct pith_rans_table *table);
void pith_rans_spread(struct pith_rans_slots *slots, const struct pith_rans_table *table);

static inline uint32_t pith_rans_n_states(size_t n)
{
    return n < PITH_RANS_FEW ? 8 : PITH_RANS_STATES_MAX;
}

/* Most bytes that n symbols take. */
static inline size_t pith_rans_bound(size_t n)
{
    return 2 * n + 4 * (size_t)pith_rans_n_states(n);
}

/* Codes n symbols into the end of out, which has pith_rans_bound(n) bytes; returns how many it takes.  Symbol i is
 * coded by steps[classes[i]]. */
size_t pith_rans_encode(uint8_t *out, const uint8_t *symbols, const uint8_t *classes, size_t n,
                        const struct pith_rans_steps *steps);

/* Decodes n symbols from len bytes.  Returns 0 if those are not just what an encoder makes of them. */
int pith_rans_decode(uint8_t *symbols, const uint8_t *classes, size_t n, const uint8_t *in,
                     size_t len, const struct pith_rans_slots *slots);

/* The loops: they take as many symbols at a time as there are states, 8 or 32. */
struct pith_rans_kernels {
    /* From symbol n - 1 down to the first; n is a multiple of n_states.  The words go before `out`; returns where they
     * begin.  There is room for 16 bytes more in front. */
    uint8_t *(*encode)(uint32_t *states, uint32_t n_states, uint8_t *out, const uint8_t *symbols,
                       const uint8_t *classes, size_t n, const struct pith_rans_steps *steps);
    /* From the first of n symbols on, while there are words for n_states more.  *in moves on.  Returns how many. */
    size_t (*decode)(uint32_t *states, uint32_t n_states, uint8_t *symbols, const uint8_t *classes,
                     size_t n, const uint8_t **in, const uint8_t *end,
                     const struct pith_rans_slots *slots);
};

extern const struct pith_rans_kernels pith_rans_kernels_c;
extern const struct pith_rans_kernels pith_rans_kernels_avx2;

/* The fastest that this CPU runs. */
const struct pith_rans_kernels *pith_rans_kernels_best(void);

#endif
