/* See tree.h. */
#include "codec/tensor/tree.h"

#include "coder/bitcode.h"

#define CLASS_MAX    31
#define PIECES_LEAST 256 /* of which it can be told how likely values are */
#define PIECE_SHIFT  2   /* no square of a chunk's count, times 16, overflows then */

uint32_t pith_tensor_symbols(enum pith_tensor_type type)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[type];

    if (form->exponent_bits)
        return form->exponent_bits < 8 ? 1u << form->exponent_bits : PITH_TENSOR_SYMBOLS;
    return form->width == 1 ? PITH_TENSOR_SYMBOLS : 8u * form->width + 1;
}

void pith_tensor_tree_count(struct pith_tensor_tree *tree, const uint32_t *counts)
{
    for (uint32_t i = 0; i < PITH_TENSOR_SYMBOLS; i++)
        tree->classes[i] = (uint8_t)pith_bit_length(counts[i]);
}

/* With shares p the loss of 4 bits is (16 sum p^2 - 1) / (2 ln 2), nearly: 0.09 bits for 1/8. */
void pith_tensor_tree_count_pieces(struct pith_tensor_tree *tree,
                                   uint32_t counts[PITH_TENSOR_PIECES][16])
{
    tree->pieces = 0;
    for (uint32_t k = 0; k < PITH_TENSOR_PIECES; k++) {
        uint64_t all = 0, squares = 0;

        for (uint32_t value = 0; value < 16; value++) {
            uint64_t n = counts[k][value] >> PIECE_SHIFT;

            all += n;
            squares += n * n;
        }
        if (all >= PIECES_LEAST && 16 * squares > all * all + all * all / 8)
            tree->pieces |= 1u << k;
    }
}

/* A symbol that never came still has a place. */
static uint64_t weight_of(const struct pith_tensor_tree *tree, uint32_t symbol)
{
    return tree->classes[symbol] ? (uint64_t)16 << tree->classes[symbol] : 1;
}

/* Where the symbols first..end - 1 are best parted. */
static uint32_t part_of(const struct pith_tensor_tree *tree, uint32_t first, uint32_t end)
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
static void make(struct pith_tensor_tree *tree)
{
    uint16_t firsts[PITH_TENSOR_SYMBOLS], ends[PITH_TENSOR_SYMBOLS];
    uint32_t n_nodes = 1;

    firsts[0] = 0;
    ends[0] = (uint16_t)tree->n_symbols;
    for (uint32_t node = 0; node < n_nodes; node++) {
        uint32_t part = part_of(tree, firsts[node], ends[node]);

        tree->parts[node] = (uint16_t)part;
        for (uint32_t side = 0; side < 2; side++) {
            uint32_t first = side ? part : firsts[node], end = side ? ends[node] : part;

            if (end - first == 1) {
                tree->next[node][side] = (uint16_t)(PITH_TENSOR_SYMBOLS + first);
                continue;
            }
            firsts[n_nodes] = (uint16_t)first;
            ends[n_nodes] = (uint16_t)end;
            tree->next[node][side] = (uint16_t)n_nodes++;
        }
    }
}

void pith_tensor_tree_code(struct pith_tensor_tree *tree, enum pith_tensor_type type,
                           struct pith_coder *coder)
{
    struct pith_bitcode_number numbers[2];

    pith_bitcode_number_init(&numbers[0]);
    pith_bitcode_number_init(&numbers[1]);
    tree->n_symbols = pith_tensor_symbols(type);
    for (uint32_t i = 0, before = 0; i < tree->n_symbols; i++) {
        uint32_t class =
            before + (uint32_t)pith_bitcode_signed(coder, &numbers[before > 0],
                                                   (int32_t)tree->classes[i] - (int32_t)before);

        tree->classes[i] = (uint8_t)(class <= CLASS_MAX ? class : CLASS_MAX);
        before = tree->classes[i];
    }
    tree->pieces = pith_bitcode_plain(coder, PITH_TENSOR_PIECES, tree->pieces);
    make(tree);
}
