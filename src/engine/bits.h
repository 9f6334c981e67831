/* The work of one bit: predict, code, learn.  Compiled once for each instruction set, with and without
 * what studies and the strongest levels add. */
#ifndef PITH_ENGINE_BITS_H
#define PITH_ENGINE_BITS_H

#include "engine/engine.h"

#define PITH_BIAS 256 /* the input that is always the same */

/* Weight sets, the most useful first: a level takes as many as it says. */
enum {
    PITH_SET_MATCH, /* match class, contexts known, bit number */
    PITH_SET_C1,    /* the last byte; so on with C2, C3 */
    PITH_SET_FIRST, /* first selector of the kind */
    PITH_SET_C2,
    PITH_SET_EXPECTED, /* the bit that the match predicts, bits of the byte so far */
    PITH_SET_SECOND,   /* second selector of the kind */
    PITH_SET_C3,
    /* Behind this one: the first three together, then the other two. */
    PITH_SET_NETWORK, /* how sure the network is, whether the match says the same, bit number */
    PITH_SET_ORDER,   /* orders known, bit number, length of the word */
    PITH_SET_WORD,    /* hash of the word or instruction so far */
    PITH_SET_CLASS,   /* class of the place, bits of the byte so far */
    PITH_SET_BYTES    /* how the last bytes begin, bits of this one so far or their number */
};

/* Contexts of the denoiser's steps: how much is known, the node, what network and match say. */
extern const uint32_t pith_denoiser_sizes[PITH_DENOISER_STEPS];

pith_code_bits *pith_code_bits_best(int is_studied, int is_strong);

/* The fetched contexts' groups, and how many are known as a class 0..15.  nibble: the first one, or
 * PITH_STORE_FIRST when that is what comes. */
void pith_engine_find_groups(struct pith_engine *engine, uint32_t nibble);

#endif
