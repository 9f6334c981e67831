/* Trees of symbols: which decisions tell a symbol from all others.
 *
 * Symbols keep their order, so that those near each other share decisions, and each node parts its range
 * where the counts of both sides come nearest: what is usual takes few decisions.  The counts are known by
 * their number of bits alone. */
#ifndef PITH_CODEC_TENSOR_TREE_H
#define PITH_CODEC_TENSOR_TREE_H

#include "codec/tensor/type.h"
#include "coder/coder.h"

#define PITH_TENSOR_SYMBOLS 256

/* Low bits are seen in pieces of four, counted from the lowest. */
#define PITH_TENSOR_PIECES     16
#define PITH_TENSOR_PIECE_BITS 4

struct pith_tensor_tree {
    uint32_t n_symbols;
    uint8_t classes[PITH_TENSOR_SYMBOLS]; /* bits of each symbol's count */
    uint16_t parts[PITH_TENSOR_SYMBOLS];  /* of node: the first symbol of the upper side */
    /* Where a decision leads to: a node, or PITH_TENSOR_SYMBOLS + a symbol.  Node 0 is the root; nodes near it
     * have low numbers. */
    uint16_t next[PITH_TENSOR_SYMBOLS][2];
    /* A bit for each piece of low bits whose values are not all as likely: they are modelled, the others are not
     * worth the time. */
    uint32_t pieces;
};

/* Symbols that elements of a type have. */
uint32_t pith_tensor_symbols(enum pith_tensor_type type);

/* From counts to classes. */
void pith_tensor_tree_count(struct pith_tensor_tree *tree, const uint32_t *counts);

/* From counts of the pieces' values, [piece][value], to which of them are modelled. */
void pith_tensor_tree_count_pieces(struct pith_tensor_tree *tree,
                                   uint32_t counts[PITH_TENSOR_PIECES][16]);

/* Codes the classes and pieces, in either direction, and makes the tree. */
void pith_tensor_tree_code(struct pith_tensor_tree *tree, enum pith_tensor_type type,
                           struct pith_coder *coder);

#endif
