/* Values: how differences from what was expected are coded, whatever they are of.
 *
 * A difference is a symbol, its sign and number of bits, told from others by the decisions of a tree, and the bits below its
 * highest.  At levels that mix, all decisions of the symbol and the first low bits are predicted by contexts; at others each has
 * a probability for one class of contexts. */
#ifndef PITH_CODEC_POINTS_VALUE_H
#define PITH_CODEC_POINTS_VALUE_H

#include "base/arena.h"
#include "coder/bitcode.h"
#include "engine/decider.h"
#include "engine/symbol_tree.h"

#define PITH_VALUE_BITS        64 /* of a difference, at most */
#define PITH_VALUE_SYMBOLS     (2 * PITH_VALUE_BITS + 1)
#define PITH_VALUE_KINDS       138 /* of values: each learns by itself */
#define PITH_VALUE_CLASSES     64  /* of contexts, at levels that do not mix */
#define PITH_VALUE_LOW         3   /* low bits that are modelled, of differences */
#define PITH_VALUE_LOW_CLASSES 32  /* of symbols, by sign and bits */
#define PITH_VALUE_LOW_MAX     8   /* and of values that stand for themselves */

/* What is known of a value before it is coded. */
struct pith_value_view {
    uint32_t lists[PITH_DECIDER_CONTEXTS_MAX][3];
    uint32_t calibrators[PITH_DECIDER_CALIBRATORS]; /* below 2^16 */
    uint32_t sets[2];                               /* below PITH_DECIDER_SET_CONTEXTS */
    uint32_t class;                                 /* below PITH_VALUE_CLASSES */
    uint32_t n_low; /* low bits that are modelled, at most PITH_VALUE_LOW_MAX */
};

struct pith_values {
    int is_mixed;
    struct pith_decider decider;
    struct pith_symbol_tree *trees;         /* [kind] */
    uint32_t (*counts)[PITH_VALUE_SYMBOLS]; /* [kind]: encoding, before trees are coded */
    uint16_t (*nodes)[PITH_VALUE_CLASSES][PITH_VALUE_SYMBOLS];         /* [kind], not mixed */
    uint16_t (*lows)[PITH_VALUE_LOW_CLASSES][1 << PITH_VALUE_LOW_MAX]; /* [kind], not mixed */
};

/* Asked now and then, after so many values; nonzero ends the work. */
struct pith_value_watch {
    int (*each)(void *opaque);
    void *opaque;
};

#define PITH_VALUE_WATCH_EVERY 4096
#define PITH_VALUE_COUNTED     16384 /* values that trees are made by: the others are much the same */

/* n_contexts: 0 = not mixed. */
void pith_values_layout(struct pith_values *values, struct pith_arena *arena, uint32_t n_contexts,
                        uint32_t cells_log2, uint64_t raw_len);
void pith_values_init(struct pith_values *values);

/* Encoding: one of the kind will be coded. */
void pith_values_count(struct pith_values *values, uint32_t kind, int64_t difference);

/* Codes the tree of a kind, in either direction. */
void pith_values_code_tree(struct pith_values *values, struct pith_coder *coder, uint32_t kind);

/* Codes a difference, modulo 2^64; what is decoded may be any. */
int64_t pith_values_code(struct pith_values *values, struct pith_coder *coder, uint32_t kind,
                         const struct pith_value_view *view, int64_t difference);

#endif
