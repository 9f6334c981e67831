/* See symbol_tree.h. */
#include "engine/symbol_tree.h"

#include <string.h>

#include "base/compiler.h"
#include "coder/bitcode.h"

#define CLASS_MAX 31

void pith_symbol_tree_count(struct pith_symbol_tree *tree, const uint32_t *counts,
                            uint32_t n_symbols)
{
    memset(tree->classes, 0, sizeof tree->classes);
    for (uint32_t i = 0; i < n_symbols; i++)
        tree->classes[i] = (uint8_t)pith_bit_length(counts[i]);
}

/* A symbol that never came still has a place. */
static uint64_t weight_of(const struct pith_symbol_tree *tree, uint32_t symbol)
{
    return tree->classes[symbol] ? (uint64_t)16 << tree->classes[symbol] : 1;
}

/* Where the symbols first..end - 1 are best parted. */
static uint32_t part_of(const struct pith_symbol_tree *tree, uint32_t first, uint32_t end)
{
    uint64_t all = 0, below = 0, least = UINT64_MAX;
    uint32_t best = first + 1;

    for (uint32_t i = first; i < end; i++)
        all += weight_of(tree, i);
    for (uint32_t i = first; i + 1 < end; i++) {
        uint64_t off;

        below += weight_of(tree, i);
        off = 2 * below > all ? 2 * below - all : all - 2 * below;
        if (off >= least)
            break; /* it only grows from here on */
        least = off;
        best = i + 1;
    }
    return best;
}

/* Nodes in the order of their distance from the root. */
static void make(struct pith_symbol_tree *tree)
{
    uint16_t firsts[PITH_TREE_SYMBOLS], ends[PITH_TREE_SYMBOLS];
    uint32_t n_nodes = 1;

    firsts[0] = 0;
    ends[0] = (uint16_t)tree->n_symbols;
    for (uint32_t node = 0; node < n_nodes; node++) {
        uint32_t part = part_of(tree, firsts[node], ends[node]);

        tree->parts[node] = (uint16_t)part;
        for (uint32_t side = 0; side < 2; side++) {
            uint32_t first = side ? part : firsts[node], end = side ? ends[node] : part;

            if (end - first == 1) {
                tree->next[node][side] = (uint16_t)(PITH_TREE_SYMBOLS + first);
                continue;
            }
            firsts[n_nodes] = (uint16_t)first;
            ends[n_nodes] = (uint16_t)end;
            tree->next[node][side] = (uint16_t)n_nodes++;
        }
    }
}

void pith_symbol_tree_code(struct pith_symbol_tree *tree, uint32_t n_symbols,
                           struct pith_coder *coder)
{
    struct pith_bitcode_number numbers[2];

    pith_bitcode_number_init(&numbers[0]);
    pith_bitcode_number_init(&numbers[1]);
    tree->n_symbols = n_symbols;
    for (uint32_t i = 0, before = 0; i < n_symbols; i++) {
        int32_t step = coder->out ? (int32_t)tree->classes[i] - (int32_t)before : 0;
        uint32_t class = before + (uint32_t)pith_bitcode_signed(coder, &numbers[before > 0], step);

        tree->classes[i] = (uint8_t)(class <= CLASS_MAX ? class : CLASS_MAX);
        before = tree->classes[i];
    }
    make(tree);
}
