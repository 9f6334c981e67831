/* See tree.h. */
#include "codec/tensor/tree.h"

#include "coder/bitcode.h"

#define PIECES_LEAST 256 /* of which it can be told how likely values are */
#define PIECE_SHIFT  2   /* no square of a chunk's count, times 16, overflows then */

uint32_t pith_tensor_symbols(enum pith_tensor_type type)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[type];

    if (form->exponent_bits)
        return form->exponent_bits < 8 ? 1u << form->exponent_bits : PITH_TENSOR_SYMBOLS;
    return form->width == 1 ? PITH_TENSOR_SYMBOLS : 8u * form->width + 1;
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

void pith_tensor_tree_code(struct pith_tensor_tree *tree, enum pith_tensor_type type,
                           struct pith_coder *coder)
{
    pith_symbol_tree_code(&tree->symbols, pith_tensor_symbols(type), coder);
    tree->pieces = pith_bitcode_plain(coder, PITH_TENSOR_PIECES, tree->pieces);
}
