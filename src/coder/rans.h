/* Static coder of bytes: asymmetric numeral systems with ranges (J. Duda, "Asymmetric numeral systems", 2013,
 * arXiv 1311.2540), eight interleaved so that a processor works on them side by side.
 *
 * A state of 32 bits is at least 2^16; a symbol of frequency f out of 2^PITH_RANS_LOG2 takes it from x to
 * floor(x / f) 2^PITH_RANS_LOG2 + start + x mod f, and before that 16 bits leave it if it would grow over 32.  Coding goes
 * backwards, decoding forwards. */
#ifndef PITH_CODER_RANS_H
#define PITH_CODER_RANS_H

#include <stddef.h>
#include <stdint.h>

#define PITH_RANS_LOG2   12
#define PITH_RANS_STATES 8

struct pith_rans_table {
    uint16_t
        freqs[256]; /* add up to 2^PITH_RANS_LOG2, each below that: two symbols have one at least */
    uint16_t starts[256]; /* sums of those before */
};

/* Slots of a table, each in a word: symbol, its frequency << 8, how far the slot is from its start << 20. */
struct pith_rans_slots {
    uint32_t slots[1 << PITH_RANS_LOG2];
};

/* Frequencies nearest to counts, of which at least one is not 0: none that came gets 0. */
void pith_rans_normalise(struct pith_rans_table *table, const uint32_t counts[256]);

/* Fills in starts.  Returns 0 if freqs are not as they should be. */
int pith_rans_complete(struct pith_rans_table *table);

void pith_rans_spread(struct pith_rans_slots *slots, const struct pith_rans_table *table);

/* Most bytes that n symbols take. */
static inline size_t pith_rans_bound(size_t n)
{
    return 2 * n + 4 * PITH_RANS_STATES;
}

/* Codes n symbols into the end of out, which has pith_rans_bound(n) bytes; returns how many it takes. */
size_t pith_rans_encode(uint8_t *out, const uint8_t *symbols, size_t n,
                        const struct pith_rans_table *table);

/* Decodes n symbols from len bytes.  Returns 0 if those are not just what an encoder makes of them. */
int pith_rans_decode(uint8_t *symbols, size_t n, const uint8_t *in, size_t len,
                     const struct pith_rans_slots *slots);

#endif
