/* See model.h. */
#include "codec/tensor/model.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "codec/tensor/tensor.h"
#include "num/logistic.h"

/* Decisions of one element: nodes of the symbol's tree, its sign, then low bits by those above them. */
#define NODE_SIGN 256
#define NODE_LOW  256

#define DEEP_CLASSES 16
#define DEEP         (PITH_TENSOR_TYPES * DEEP_CLASSES * PITH_TENSOR_SYMBOLS)
#define TOP_MODELS   (PITH_TENSOR_TYPES * PITH_TENSOR_SYMBOLS)
#define PIECE_MODELS (PITH_TENSOR_TYPES * PITH_TENSOR_PIECES * 16)

#define WATCH_EVERY 4096 /* elements */

struct level {
    uint8_t n_contexts, n_modelled_low, cells_log2, mixed_depth;
};

/* From PITH_TENSOR_MODEL_LEVEL_MIN on. */
static const struct level levels[] = {
    {8, 0, 16, 4}, {10, 0, 17, 6}, {12, 4, 18, 255}, {15, 5, 19, 255}, {15, 6, 19, 255}};

void pith_tensor_model_layout(struct pith_tensor_model *model, struct pith_arena *arena, int level,
                              uint64_t raw_len)
{
    const struct level *of = &levels[level - PITH_TENSOR_MODEL_LEVEL_MIN];

    model->n_modelled_low = of->n_modelled_low;
    model->mixed_depth = of->mixed_depth;
    pith_decider_layout(&model->decider, arena, of->n_contexts, of->cells_log2, raw_len);
    pith_tensor_means_layout(&model->means, arena, raw_len);
    model->trees = pith_arena_take(arena, PITH_TENSOR_TYPES, sizeof *model->trees);
    model->deep = pith_arena_take(arena, DEEP, sizeof *model->deep);
    model->tops = pith_arena_take(arena, TOP_MODELS, sizeof *model->tops);
    model->pieces = pith_arena_take(arena, PIECE_MODELS, sizeof *model->pieces);
}

void pith_tensor_model_init(struct pith_tensor_model *model)
{
    pith_decider_init(&model->decider);
    pith_bitcode_init(model->deep, DEEP);
    pith_bitcode_symbol_init(model->tops, TOP_MODELS);
    pith_bitcode_symbol_init(model->pieces, PIECE_MODELS);
}

/* Each list is in the order of what its contexts gain: lower levels take fewer. */
static void hash_symbol(struct pith_tensor_model *model, const struct pith_tensor_walk *walk,
                        const struct pith_tensor_element *e)
{
    const uint32_t *m = e->means, left = e->left[0].symbol, of = walk->type << 16;
    const uint32_t lists[PITH_DECIDER_CONTEXTS_MAX][3] = {
        {m[0] >> 1, m[1] >> 1, 0},
        {e->slow >> 1, m[1] >> 1, 0},
        {left, e->left[1].symbol, 0},
        {e->column >> 1, m[0] >> 1, 0},
        {e->near, left >> 1, 0},
        {walk->number, 0, 0},
        {e->up[0].symbol, left, 0},
        {e->both >> 1, e->fast >> 1, walk->number},
        {e->other.symbol, left, 0},
        {m[2], m[3], 0},
        {e->fast >> 1, m[0] >> 1, 0},
        {e->both, 0, 0},
        {(uint32_t)walk->index[walk->order[3]] & 255, (uint32_t)walk->index[walk->order[2]] & 255,
         m[0] >> 2},
        {m[0], 0, 0},
        {m[1], 0, 0},
    };

    pith_decider_choose(&model->decider, of, lists);
    model->decider.calibrator_contexts[0] = left;
    model->decider.calibrator_contexts[1] = 256 + m[0];
    model->decider.set_contexts[0] = m[0] >> 3 & 7;
    model->deep_class = e->both >> 2 & (DEEP_CLASSES - 1);
    model->decider.set_contexts[1] = walk->number & 7;
}

static void hash_difference(struct pith_tensor_model *model, const struct pith_tensor_walk *walk,
                            const struct pith_tensor_element *e)
{
    const uint32_t *m = e->means, of = walk->type << 16, base = e->base.symbol;
    uint32_t left = pith_tensor_magnitude_class(e->left[0].magnitude * 16, e->lift);
    uint32_t left2 = pith_tensor_magnitude_class(e->left[1].magnitude * 16, e->lift);
    uint32_t up = pith_tensor_magnitude_class(e->up[0].magnitude * 16, e->lift);
    uint32_t size = (uint32_t)e->base.magnitude;
    const uint32_t lists[PITH_DECIDER_CONTEXTS_MAX][3] = {
        {m[0] >> 1, m[1] >> 1, 0},
        {e->slow >> 1, base, 0},
        {e->both, base, 0},
        {e->column >> 1, m[0] >> 1, 0},
        {e->near, left >> 2, 0},
        {walk->number, base, 0},
        {size, walk->number, 1},
        {e->both >> 1, e->fast >> 1, walk->number},
        {left >> 1, left2 >> 1, 0},
        {m[2], m[3], 0},
        {e->fast >> 1, m[0] >> 1, 0},
        {up >> 1, left >> 1, 1},
        {e->both, e->base.sign, 2},
        {m[0], size & 7, 0},
        {m[1], base, 0},
    };

    pith_decider_choose(&model->decider, of, lists);
    model->decider.calibrator_contexts[0] = base;
    model->decider.calibrator_contexts[1] = 256 + (m[0] & 255);
    model->decider.set_contexts[0] = e->both >> 3 & 7;
    model->deep_class = e->both >> 2 & (DEEP_CLASSES - 1);
    model->decider.set_contexts[1] = walk->number & 7;
}

static void hash_sign(struct pith_tensor_model *model, const struct pith_tensor_walk *walk,
                      const struct pith_tensor_element *e, uint32_t symbol)
{
    uint32_t of = 1 << 8 | walk->type << 16, columns = (uint32_t)walk->column;
    uint32_t left = e->left[0].sign, left2 = e->left[1].sign, up = e->up[0].sign;
    uint32_t up2 = e->up[1].sign, other = e->other.sign;
    const uint32_t lists[PITH_DECIDER_CONTEXTS_MAX][3] = {
        {walk->number, left, e->base.sign},
        {up * 4 + other, left, e->base.sign},
        {walk->number, (uint32_t)walk->index[walk->order[1]], 1},
        {columns, walk->number, 2},
        {left, left2, e->left[2].sign},
        {up, e->up[0].symbol, symbol},
        {left, e->left[0].symbol, symbol},
        {up, up2, 1},
        {other, e->other.symbol, symbol},
        {walk->number, (uint32_t)walk->index[walk->order[0]], 3},
        {left * 4 + left2, up * 4 + other, 0},
        {(uint32_t)walk->index[walk->order[3]], (uint32_t)walk->index[walk->order[2]], up},
        {symbol, e->means[0], 0},
        {up2 * 4 + up, left * 4 + left2, 1},
        {walk->number, symbol, 4},
    };

    pith_decider_choose(&model->decider, of, lists);
    model->decider.calibrator_contexts[0] = left * 9 + up * 3 + other;
    model->decider.calibrator_contexts[1] = 256 + symbol;
    model->decider.set_contexts[0] = (left + up * 3) & 7;
    model->decider.set_contexts[1] = walk->number & 7;
}

static void hash_low(struct pith_tensor_model *model, const struct pith_tensor_walk *walk,
                     const struct pith_tensor_element *e, uint32_t symbol, uint32_t sign)
{
    const uint32_t *m = e->means, of = 2 << 8 | walk->type << 16;
    const uint32_t lists[PITH_DECIDER_CONTEXTS_MAX][3] = {
        {symbol, e->both, 0},
        {symbol, walk->number, 0},
        {symbol, sign, 0},
        {symbol, e->up[0].symbol, (uint32_t)e->up[0].magnitude & 7},
        {(uint32_t)e->left[0].magnitude & 7, e->left[0].symbol == symbol, 0},
        {symbol, e->fast, 0},
        {symbol, m[0], 0},
        {symbol, m[1], 0},
        {symbol, e->column, 0},
        {symbol, 0, 0},
        {walk->number, 0, 0},
        {symbol, m[0], m[1]},
        {symbol, m[2], m[3]},
        {symbol, e->near, 0},
        {symbol, e->slow, 0},
    };

    pith_decider_choose(&model->decider, of, lists);
    model->decider.calibrator_contexts[0] = symbol;
    model->decider.calibrator_contexts[1] = 256 + m[0];
    model->decider.set_contexts[0] = symbol & 7;
    model->decider.set_contexts[1] = walk->number & 7;
}

static uint32_t code_symbol(struct pith_tensor_model *model, struct pith_coder *coder,
                            enum pith_tensor_type type, uint32_t symbol)
{
    const struct pith_symbol_tree *tree = &model->trees[type].symbols;
    uint16_t *deep =
        model->deep + ((size_t)type * DEEP_CLASSES + model->deep_class) * PITH_TENSOR_SYMBOLS;
    uint32_t node = 0, depth = 0;

    for (; node < PITH_TENSOR_SYMBOLS && depth < model->mixed_depth; depth++)
        node = tree->next[node][pith_decider_bit(&model->decider, coder, node,
                                                 symbol >= tree->parts[node])];
    while (node < PITH_TENSOR_SYMBOLS)
        node = tree->next[node][pith_bitcode_bit(coder, &deep[node], symbol >= tree->parts[node])];
    return node - PITH_TENSOR_SYMBOLS;
}

/* Bits below the modelled ones: a piece at a time where pieces are modelled, else many at once. */
static uint64_t code_rest(struct pith_tensor_model *model, struct pith_coder *coder,
                          enum pith_tensor_type type, uint32_t left, uint64_t low, uint64_t read)
{
    uint32_t pieces = model->trees[type].pieces;

    while (left > 0) {
        uint32_t k = (left - 1) / PITH_TENSOR_PIECE_BITS, n = left - k * PITH_TENSOR_PIECE_BITS;
        uint32_t value;

        if (pieces >> k & 1) {
            size_t of = ((size_t)type * PITH_TENSOR_PIECES + k) * 16 + (size_t)(read & 15);

            left -= n;
            value = pith_bitcode_one_of(coder, &model->pieces[of],
                                        (uint32_t)(low >> left) & ((1u << n) - 1));
            value &= (1u << n) - 1;
        } else {
            for (; k > 0 && !(pieces >> (k - 1) & 1) &&
                   n + PITH_TENSOR_PIECE_BITS <= PITH_CODER_WHOLE_LOG2;
                 k--)
                n += PITH_TENSOR_PIECE_BITS;
            left -= n;
            value = pith_bitcode_uniform(coder, n, (uint32_t)(low >> left) & ((1u << n) - 1));
        }
        read = read << n | value;
    }
    return read;
}

/* A piece by the symbol, at once. */
static uint64_t code_top(struct pith_tensor_model *model, struct pith_coder *coder, size_t of,
                         uint32_t *left, uint64_t low)
{
    uint32_t n = (*left - 1) % PITH_TENSOR_PIECE_BITS + 1, mask = (1u << n) - 1;

    *left -= n;
    return pith_bitcode_one_of(coder, &model->tops[of], (uint32_t)(low >> *left) & mask) & mask;
}

/* The highest bits by what is above them: a bit at a time by all that is known, or as a piece. */
static uint64_t code_low(struct pith_tensor_model *model, struct pith_coder *coder,
                         enum pith_tensor_type type, uint32_t symbol, uint32_t n_low, uint64_t low)
{
    uint32_t left = n_low, node = 1;
    uint64_t read = 0;

    if (model->n_modelled_low == 0)
        read = code_top(model, coder, (size_t)type * PITH_TENSOR_SYMBOLS + symbol, &left, low);
    for (uint32_t k = 0; k < model->n_modelled_low && left > 0; k++) {
        uint32_t bit =
            (uint32_t)pith_decider_bit(&model->decider, coder, NODE_LOW + node, low >> --left & 1);

        node = node << 1 | bit;
        read = read << 1 | bit;
    }
    return code_rest(model, coder, type, left, low, read);
}

static void code_element(struct pith_tensor_model *model, struct pith_coder *coder,
                         struct pith_tensor_walk *walk, struct pith_tensor_element *element,
                         uint8_t *raw)
{
    uint32_t middle = walk->run->middle;
    struct pith_tensor_value value = {0};
    uint64_t past = pith_tensor_walk_before(walk, walk->at);

    if (coder->out)
        value = pith_tensor_split(walk->type, middle, past, pith_tensor_walk_bits(walk, walk->at));
    pith_tensor_walk_gather(element, walk);
    (walk->base ? hash_difference : hash_symbol)(model, walk, element);
    value.symbol = code_symbol(model, coder, walk->type, value.symbol);
    if (pith_tensor_has_sign(walk->type, value.symbol)) {
        hash_sign(model, walk, element, value.symbol);
        value.sign = (uint32_t)pith_decider_bit(&model->decider, coder, NODE_SIGN, (int)value.sign);
    }
    value.n_low = pith_tensor_n_low(walk->type, value.symbol);
    if (value.n_low > 0) {
        if (model->n_modelled_low > 0)
            hash_low(model, walk, element, value.symbol, value.sign);
        value.low = code_low(model, coder, walk->type, value.symbol, value.n_low, value.low);
    }
    if (!coder->out) {
        uint64_t bits = pith_tensor_join(walk->type, middle, past, &value);

        if (walk->base)
            bits = pith_tensor_unordered(walk->plain, bits);
        pith_store_le(raw + walk->at * walk->width, bits, walk->width);
        value = pith_tensor_split(walk->type, middle, past, pith_tensor_walk_bits(walk, walk->at));
    }
    element->left[2] = element->left[1];
    element->left[1] = element->left[0];
    value.magnitude += element->lift;
    element->left[0] = (struct pith_tensor_neighbour){value.symbol, value.sign, value.magnitude};
    pith_tensor_walk_learn(walk, value.magnitude);
}

int pith_tensor_model_run(struct pith_tensor_model *model, struct pith_coder *coder,
                          const struct pith_tensor_run *run, uint32_t number, uint8_t *raw,
                          const uint8_t *base, const struct pith_tensor_watch *watch)
{
    struct pith_tensor_walk walk;
    struct pith_tensor_element element = {.left = {{0, 2, 0}, {0, 2, 0}, {0, 2, 0}}};

    pith_tensor_walk_begin(&walk, &model->means, run, number, raw, base);
    while (walk.at < walk.n) {
        code_element(model, coder, &walk, &element, raw);
        pith_tensor_walk_step(&walk);
        if (walk.at % WATCH_EVERY == 0 &&
            watch->each(watch->opaque, watch->raw_done + walk.at * walk.width))
            return 1;
    }
    return 0;
}
