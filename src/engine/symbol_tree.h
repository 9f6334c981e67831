/* Symbol trees: which decisions tell a symbol from all others.
 *
 * Symbols keep their order, so that those near each other share decisions, and each node parts its range
 * where the counts of both sides come nearest: what is usual takes few decisions.  The counts are known by
 * their number of bits alone. */
#ifndef PITH_ENGINE_SYMBOL_TREE_H
#define PITH_ENGINE_SYMBOL_TREE_H

#include <stdint.h>

#include "coder/coder.h"

#define PITH_TREE_SYMBOLS 256 /* at most */

struct pith_symbol_tree {
    uint32_t n_symbols;
    uint8_t classes[PITH_TREE_SYMBOLS]; /* bits of each symbol's count */
    uint16_t parts[PITH_TREE_SYMBOLS];  /* of node: the first symbol of the upper side */
    /* Where a decision leads to: a node, or PITH_TREE_SYMBOLS + a symbol.  Node 0 is the root; nodes near it
     * have low numbers. */
    uint16_t next[PITH_TREE_SYMBOLS][2];
};

/* From the counts of n_symbols, at least 2, to classes. */
void pith_symbol_tree_count(struct pith_symbol_tree *tree, const uint32_t *counts,
                            uint32_t n_symbols);

/* Codes the classes, in either direction, and makes the tree. */
void pith_symbol_tree_code(struct pith_symbol_tree *tree, uint32_t n_symbols,
                           struct pith_coder *coder);

#endif
