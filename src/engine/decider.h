/* Decider: codes the decisions that make up an element of numbers, each predicted by contexts of a few numbers.
 *
 * Elements, such as a weight or a coordinate, are told from all others by decisions: nodes of a symbol tree, signs, low
 * bits.  Each context is a hash and has, for each node, a cell with the probability that it has learnt.  One mixer with three
 * sets of weights mixes those, two calibrators correct it. */
#ifndef PITH_ENGINE_DECIDER_H
#define PITH_ENGINE_DECIDER_H

#include "base/arena.h"
#include "base/compiler.h"
#include "coder/coder.h"
#include "mix/calibrator.h"
#include "mix/mixer.h"
#include "num/logistic.h"

#define PITH_DECIDER_CONTEXTS_MAX 15
#define PITH_DECIDER_CALIBRATORS  2
#define PITH_DECIDER_SET_CONTEXTS 8   /* values of a set's context */
#define PITH_DECIDER_NODES        512 /* kinds of decisions */
#define PITH_DECIDER_LINE         16  /* cells of a cache line: nodes that are near each other */

struct pith_decider {
    uint32_t n_contexts, cells_log2;
    uint32_t *cells[PITH_DECIDER_CONTEXTS_MAX]; /* P(1) in 22 bits, then how often it was seen */
    uint32_t *chosen[PITH_DECIDER_CONTEXTS_MAX];
    uint32_t hashes[PITH_DECIDER_CONTEXTS_MAX];
    struct pith_mixer mixer;
    struct pith_calibrator calibrators[PITH_DECIDER_CALIBRATORS];
    /* The caller's, for each element: */
    uint32_t calibrator_contexts[PITH_DECIDER_CALIBRATORS];
    uint32_t set_contexts[2]; /* below PITH_DECIDER_SET_CONTEXTS */
};

/* For a chunk of raw_len bytes; each context has 2^cells_log2 cells, or fewer if the chunk is short. */
void pith_decider_layout(struct pith_decider *decider, struct pith_arena *arena,
                         uint32_t n_contexts, uint32_t cells_log2, uint64_t raw_len);
void pith_decider_init(struct pith_decider *decider);

PITH_INLINE uint32_t pith_decider_mixed(uint32_t hash, uint32_t value)
{
    hash = (hash + value + 1) * 0x2c1b3c6du;
    return hash ^ hash >> 15;
}

/* Of up to four numbers and the place in a list, which tells the list itself too. */
PITH_INLINE uint32_t pith_decider_hash(uint32_t place, uint32_t a, uint32_t b, uint32_t c,
                                       uint32_t d)
{
    uint32_t hash = place * 0x9e3779b1u;

    hash = pith_decider_mixed(pith_decider_mixed(hash, a), b);
    return pith_decider_mixed(pith_decider_mixed(hash, c), d) * 0x85ebca6bu;
}

/* The line of cells that a node is in. */
PITH_INLINE uint32_t *pith_decider_line(const struct pith_decider *decider, uint32_t i,
                                        uint32_t node)
{
    uint32_t hash = decider->hashes[i] + node / PITH_DECIDER_LINE * 0x9e3779b1u;

    return decider->cells[i] + (size_t)(hash >> (36 - decider->cells_log2)) * PITH_DECIDER_LINE;
}

/* The contexts of the decisions that come.  of: what is decided, so that no list shares cells with another. */
PITH_INLINE void pith_decider_choose(struct pith_decider *decider, uint32_t of,
                                     const uint32_t lists[PITH_DECIDER_CONTEXTS_MAX][3])
{
    for (uint32_t i = 0; i < decider->n_contexts; i++) {
        decider->hashes[i] = pith_decider_hash(i, of, lists[i][0], lists[i][1], lists[i][2]);
        PITH_PREFETCH(pith_decider_line(decider, i, 0));
    }
}

/* Codes one decision, in either direction. */
int pith_decider_bit(struct pith_decider *decider, struct pith_coder *coder, uint32_t node,
                     int bit);

#endif
