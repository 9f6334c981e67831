/* Trees of the symbols of element types, and which pieces of low bits are modelled. */
#ifndef PITH_CODEC_TENSOR_TREE_H
#define PITH_CODEC_TENSOR_TREE_H

#include "codec/tensor/type.h"
#include "engine/symbol_tree.h"

#define PITH_TENSOR_SYMBOLS PITH_TREE_SYMBOLS

/* Low bits are seen in pieces of four, counted from the lowest. */
#define PITH_TENSOR_PIECES     16
#define PITH_TENSOR_PIECE_BITS 4

struct pith_tensor_tree {
    struct pith_symbol_tree symbols;
    /* A bit for each piece of low bits whose values are not all as likely: they are modelled, the others are not
     * worth the time. */
    uint32_t pieces;
};

/* Symbols that elements of a type have. */
uint32_t pith_tensor_symbols(enum pith_tensor_type type);

/* From counts of the pieces' values, [piece][value], to which of them are modelled. */
void pith_tensor_tree_count_pieces(struct pith_tensor_tree *tree,
                                   uint32_t counts[PITH_TENSOR_PIECES][16]);

/* Codes the classes and pieces, in either direction, and makes the tree. */
void pith_tensor_tree_code(struct pith_tensor_tree *tree, enum pith_tensor_type type,
                           struct pith_coder *coder);

#endif
