/* See value.h. */
#include "codec/points/value.h"

#include <string.h>

#define ZERO     PITH_VALUE_BITS /* the symbol */
#define NODE_LOW 256
#define OF_LOW   (1u << 8)

void pith_values_layout(struct pith_values *values, struct pith_arena *arena, uint32_t n_contexts,
                        uint32_t cells_log2, uint64_t raw_len)
{
    values->is_mixed = n_contexts > 0;
    if (values->is_mixed)
        pith_decider_layout(&values->decider, arena, n_contexts, cells_log2, raw_len);
    values->trees = pith_arena_take(arena, PITH_VALUE_KINDS, sizeof *values->trees);
    values->counts = pith_arena_take(arena, PITH_VALUE_KINDS, sizeof *values->counts);
    if (values->is_mixed)
        return;
    values->nodes = pith_arena_take(arena, PITH_VALUE_KINDS, sizeof *values->nodes);
    values->lows = pith_arena_take(arena, PITH_VALUE_KINDS, sizeof *values->lows);
}

void pith_values_init(struct pith_values *values)
{
    memset(values->counts, 0, PITH_VALUE_KINDS * sizeof *values->counts);
    if (values->is_mixed) {
        pith_decider_init(&values->decider);
        return;
    }
    pith_bitcode_init(values->nodes[0][0],
                      PITH_VALUE_KINDS * PITH_VALUE_CLASSES * PITH_VALUE_SYMBOLS);
    pith_bitcode_init(values->lows[0][0],
                      (size_t)PITH_VALUE_KINDS * PITH_VALUE_LOW_CLASSES << PITH_VALUE_LOW_MAX);
}

static uint32_t symbol_of(int64_t difference)
{
    uint32_t bits =
        pith_bit_length(difference < 0 ? 0 - (uint64_t)difference : (uint64_t)difference);

    return difference < 0 ? ZERO - bits : ZERO + bits;
}

void pith_values_count(struct pith_values *values, uint32_t kind, int64_t difference)
{
    values->counts[kind][symbol_of(difference)]++;
}

void pith_values_code_tree(struct pith_values *values, struct pith_coder *coder, uint32_t kind)
{
    if (coder->out)
        pith_symbol_tree_count(&values->trees[kind], values->counts[kind], PITH_VALUE_SYMBOLS);
    pith_symbol_tree_code(&values->trees[kind], PITH_VALUE_SYMBOLS, coder);
}

static uint32_t code_symbol(struct pith_values *values, struct pith_coder *coder, uint32_t kind,
                            const struct pith_value_view *view, uint32_t symbol)
{
    const struct pith_symbol_tree *tree = &values->trees[kind];
    uint16_t *nodes = values->is_mixed ? NULL : values->nodes[kind][view->class];
    uint32_t node = 0;

    if (values->is_mixed)
        while (node < PITH_TREE_SYMBOLS)
            node = tree->next[node][pith_decider_bit(&values->decider, coder, node,
                                                     symbol >= tree->parts[node])];
    else
        while (node < PITH_TREE_SYMBOLS)
            node = tree->next[node]
                             [pith_bitcode_bit(coder, &nodes[node], symbol >= tree->parts[node])];
    return node - PITH_TREE_SYMBOLS;
}

static void choose(struct pith_values *values, const struct pith_value_view *view, uint32_t of)
{
    struct pith_decider *decider = &values->decider;

    if (!values->is_mixed)
        return;
    pith_decider_choose(decider, of, view->lists);
    for (uint32_t i = 0; i < PITH_DECIDER_CALIBRATORS; i++)
        decider->calibrator_contexts[i] = view->calibrators[i] + (i << 8);
    decider->set_contexts[0] = view->sets[0];
    decider->set_contexts[1] = view->sets[1];
}

int64_t pith_values_code(struct pith_values *values, struct pith_coder *coder, uint32_t kind,
                         const struct pith_value_view *view, int64_t difference)
{
    uint64_t size = difference < 0 ? 0 - (uint64_t)difference : (uint64_t)difference, read = 1;
    uint32_t symbol, bits, left, class, node = 1;

    choose(values, view, kind << 16);
    symbol = code_symbol(values, coder, kind, view, symbol_of(difference));
    if (symbol == ZERO)
        return 0;
    bits = symbol < ZERO ? ZERO - symbol : symbol - ZERO;
    left = bits - 1;
    class = (bits < PITH_VALUE_LOW_CLASSES / 2 ? bits : PITH_VALUE_LOW_CLASSES / 2 - 1) << 1 |
            (symbol < ZERO);
    if (left > 0)
        choose(values, view, kind << 16 | OF_LOW | symbol);
    for (; left > 0 && node < 1u << view->n_low; left--) {
        uint32_t bit = size >> (left - 1) & 1;

        bit = values->is_mixed
                  ? (uint32_t)pith_decider_bit(&values->decider, coder, NODE_LOW + node, (int)bit)
                  : pith_bitcode_bit(coder, &values->lows[kind][class][node], bit);
        node = node << 1 | bit;
        read = read << 1 | bit;
    }
    while (left > 0) {
        uint32_t n = left < PITH_CODER_WHOLE_LOG2 ? left : PITH_CODER_WHOLE_LOG2;

        left -= n;
        read =
            read << n | pith_bitcode_uniform(coder, n, (uint32_t)(size >> left) & ((1u << n) - 1));
    }
    return (int64_t)(symbol < ZERO ? 0 - read : read);
}
