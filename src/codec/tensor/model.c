/* See model.h. */
#include "codec/tensor/model.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "codec/tensor/tensor.h"
#include "num/logistic.h"

/* Decisions of one element: nodes of the symbol's tree, its sign, then low bits by those above them. */
#define NODE_SIGN  256
#define NODE_LOW   256
#define NODES      512
#define LINE_CELLS 16 /* one cache line: nodes that are near each other */

#define DEEP_CLASSES 16
#define DEEP         (PITH_TENSOR_TYPES * DEEP_CLASSES * PITH_TENSOR_SYMBOLS)
#define TOP_MODELS   (PITH_TENSOR_TYPES * PITH_TENSOR_SYMBOLS)
#define PIECE_MODELS (PITH_TENSOR_TYPES * PITH_TENSOR_PIECES * 16)

#define CELL_HALF    0x80000000u
#define CELL_LIMIT   255 /* seen; then the past is forgotten slowly */
#define MEAN_LIMIT   64
#define MEANS_LOG2   16
#define COLUMNS_LOG2 18
#define FAST_LOG2    2 /* means of the last few elements, and of some more */
#define SLOW_LOG2    4
#define ALL_LOG2     6

#define SET_CONTEXTS         8
#define N_SETS               3
#define RATE_START           1300
#define RATE_END             60
#define RATE2                60
#define CALIBRATOR_RATE_LOG2 6
#define CALIBRATORS_LOG2     14
#define WATCH_EVERY          4096 /* elements */

struct level {
    uint8_t n_contexts, n_modelled_low, cells_log2, mixed_depth;
};

/* From PITH_TENSOR_MODEL_LEVEL_MIN on. */
static const struct level levels[] = {
    {8, 0, 16, 4}, {10, 0, 17, 6}, {12, 4, 18, 255}, {15, 5, 19, 255}, {15, 6, 19, 255}};

/* Where a run's neighbours are. */
struct walk {
    const struct pith_tensor_run *run;
    enum pith_tensor_type type;
    uint32_t width, number;
    uint64_t n, at;                       /* elements */
    uint64_t index[PITH_TENSOR_RUN_DIMS]; /* of the element, as dims */
    uint32_t order[PITH_TENSOR_RUN_DIMS]; /* dims, the longest first */
    uint64_t strides[2]; /* to neighbours in the longest dims that are not elements in a line */
    uint64_t n_columns, column;
    int32_t all, fast, slow; /* mean magnitudes */
    const uint8_t *raw;
};

/* Of an element that was before: all zero where there is none. */
struct neighbour {
    uint32_t symbol, sign; /* sign: 2 = none */
    int32_t magnitude;
};

/* What contexts are made of. */
struct element {
    struct neighbour left[3], up[2],
        other; /* in line; up by strides[0] once and twice, by strides[1] */
    uint32_t means[PITH_TENSOR_RUN_DIMS], column, fast, slow, both, near; /* classes of magnitude */
};

void pith_tensor_model_layout(struct pith_tensor_model *model, struct pith_arena *arena, int level,
                              uint64_t raw_len)
{
    static const uint32_t set_sizes[N_SETS] = {NODES, SET_CONTEXTS * NODES, SET_CONTEXTS * NODES};
    static const uint32_t final_size = NODES;
    const struct level *of = &levels[level - PITH_TENSOR_MODEL_LEVEL_MIN];

    model->n_contexts = of->n_contexts;
    model->n_modelled_low = of->n_modelled_low;
    model->mixed_depth = of->mixed_depth;
    model->cells_log2 = 10;
    while (model->cells_log2 < of->cells_log2 && (uint64_t)1 << model->cells_log2 < 4 * raw_len)
        model->cells_log2++;
    for (uint32_t i = 0; i < model->n_contexts; i++)
        model->cells[i] =
            pith_arena_take(arena, (uint64_t)1 << model->cells_log2, sizeof(uint32_t));
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        model->means[k] = pith_arena_take(arena, 1u << MEANS_LOG2, sizeof *model->means[k]);
    model->columns = pith_arena_take(arena, 1u << COLUMNS_LOG2, sizeof *model->columns);
    model->trees = pith_arena_take(arena, PITH_TENSOR_TYPES, sizeof *model->trees);
    model->deep = pith_arena_take(arena, DEEP, sizeof *model->deep);
    model->tops = pith_arena_take(arena, TOP_MODELS, sizeof *model->tops);
    model->pieces = pith_arena_take(arena, PIECE_MODELS, sizeof *model->pieces);
    pith_mixer_layout(&model->mixer, arena, model->n_contexts + 1, set_sizes, N_SETS, &final_size,
                      1, 1);
    for (uint32_t i = 0; i < PITH_TENSOR_CALIBRATORS; i++)
        pith_calibrator_layout(&model->calibrators[i], arena, CALIBRATORS_LOG2);
}

void pith_tensor_model_init(struct pith_tensor_model *model)
{
    int16_t weights[PITH_MIX_INPUTS_MAX] = {0};

    for (uint32_t i = 0; i < model->n_contexts; i++) {
        weights[i] = (int16_t)(PITH_WEIGHT_ONE * 14 / 10 / (int32_t)model->n_contexts);
        for (uint32_t k = 0; k < 1u << model->cells_log2; k++)
            model->cells[i][k] = CELL_HALF;
    }
    pith_mixer_init(&model->mixer, weights, RATE_START, RATE_END, RATE2);
    for (uint32_t i = 0; i < PITH_TENSOR_CALIBRATORS; i++)
        pith_calibrator_init(&model->calibrators[i], CALIBRATOR_RATE_LOG2);
    pith_bitcode_init(model->deep, DEEP);
    pith_bitcode_symbol_init(model->tops, TOP_MODELS);
    pith_bitcode_symbol_init(model->pieces, PIECE_MODELS);
}

PITH_INLINE uint32_t mixed(uint32_t hash, uint32_t value)
{
    hash = (hash + value + 1) * 0x2c1b3c6du;
    return hash ^ hash >> 15;
}

/* Of up to four numbers and the place in a list, which tells the list itself too. */
PITH_INLINE uint32_t hash4(uint32_t place, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return mixed(mixed(mixed(mixed(place * 0x9e3779b1u, a), b), c), d) * 0x85ebca6bu;
}

/* The line of cells that a node is in. */
PITH_INLINE uint32_t *line_of(const struct pith_tensor_model *model, uint32_t i, uint32_t node)
{
    uint32_t hash = model->hashes[i] + node / LINE_CELLS * 0x9e3779b1u;

    return model->cells[i] + (size_t)(hash >> (36 - model->cells_log2)) * LINE_CELLS;
}

PITH_INLINE void update_cell(uint32_t *cell, int bit)
{
    uint32_t n = *cell & 1023;
    int32_t p1 = (int32_t)(*cell >> 10), error = (bit ? (1 << 22) - 1 : 0) - p1;

    p1 += (int32_t)(((int64_t)error * pith_reciprocal_table[n]) >> 16);
    *cell = (uint32_t)p1 << 10 | (n + (n < CELL_LIMIT));
}

PITH_INLINE int code_bit(struct pith_tensor_model *model, struct pith_coder *coder, uint32_t node,
                         int bit)
{
    struct pith_mixer *mixer = &model->mixer;
    uint32_t p1;
    int32_t logit;

    for (uint32_t i = 0; i < model->n_contexts; i++) {
        model->chosen[i] = line_of(model, i, node) + node % LINE_CELLS;
        mixer->inputs[i] = (int16_t)pith_stretch(*model->chosen[i] >> 16);
    }
    mixer->inputs[model->n_contexts] = 256;
    pith_mixer_select(mixer, 0, node);
    pith_mixer_select(mixer, 1, model->set_contexts[0] * NODES + node);
    pith_mixer_select(mixer, 2, model->set_contexts[1] * NODES + node);
    pith_mixer_select_final(mixer, 0, node);
    logit = pith_mixer_predict(mixer);
    p1 = 2 * pith_squash(logit);
    for (uint32_t i = 0; i < PITH_TENSOR_CALIBRATORS; i++) {
        pith_calibrator_select(&model->calibrators[i], model->calibrator_contexts[i] << 10,
                               node | 512);
        p1 += pith_calibrator_predict(&model->calibrators[i], logit);
    }
    p1 = p1 / 4 > 0 ? p1 / 4 : 1;
    bit = pith_coder_bit(coder, p1, bit);
    pith_mixer_update(mixer, bit);
    for (uint32_t i = 0; i < PITH_TENSOR_CALIBRATORS; i++)
        pith_calibrator_update(&model->calibrators[i], bit);
    for (uint32_t i = 0; i < model->n_contexts; i++)
        update_cell(model->chosen[i], bit);
    return bit;
}

static void begin_walk(struct walk *walk, struct pith_tensor_model *model,
                       const struct pith_tensor_run *run, uint32_t number, const uint8_t *raw)
{
    uint64_t strides[PITH_TENSOR_RUN_DIMS], stride = 1;
    uint32_t n = 0;

    memset(walk, 0, sizeof *walk);
    walk->run = run;
    walk->type = (enum pith_tensor_type)run->type;
    walk->width = pith_tensor_forms[run->type].width;
    walk->number = number;
    walk->n = pith_tensor_run_n(run);
    walk->n_columns = walk->n / run->dims[0];
    walk->raw = raw;
    for (uint32_t k = PITH_TENSOR_RUN_DIMS; k-- > 0; stride *= run->dims[k]) {
        strides[k] = stride;
        walk->order[k] = k;
        memset(model->means[k], 0,
               (run->dims[k] < 1u << MEANS_LOG2 ? run->dims[k] : 1u << MEANS_LOG2) *
                   sizeof *model->means[k]);
    }
    memset(model->columns, 0,
           (walk->n_columns < 1u << COLUMNS_LOG2 ? walk->n_columns : 1u << COLUMNS_LOG2) *
               sizeof *model->columns);
    for (uint32_t a = 0; a < PITH_TENSOR_RUN_DIMS; a++)
        for (uint32_t b = a + 1; b < PITH_TENSOR_RUN_DIMS; b++)
            if (run->dims[walk->order[b]] > run->dims[walk->order[a]]) {
                uint32_t k = walk->order[a];

                walk->order[a] = walk->order[b];
                walk->order[b] = k;
            }
    walk->strides[0] = 2;
    walk->strides[1] = 3;
    for (uint32_t a = 0; a < PITH_TENSOR_RUN_DIMS && n < 2; a++)
        if (run->dims[walk->order[a]] > 1 && strides[walk->order[a]] > 1)
            walk->strides[n++] = strides[walk->order[a]];
}

static void step(struct walk *walk)
{
    walk->at++;
    walk->column = walk->column + 1 < walk->n_columns ? walk->column + 1 : 0;
    for (uint32_t k = PITH_TENSOR_RUN_DIMS; k-- > 0;) {
        if (++walk->index[k] < walk->run->dims[k])
            break;
        walk->index[k] = 0;
    }
}

static uint64_t bits_of(const struct walk *walk, uint64_t at)
{
    return pith_load_le(walk->raw + at * walk->width, walk->width);
}

static uint64_t before(const struct walk *walk, uint64_t at)
{
    return at > 0 ? bits_of(walk, at - 1) : 0;
}

static struct neighbour find(const struct walk *walk, uint64_t distance)
{
    struct pith_tensor_value value;
    uint64_t at = walk->at - distance;

    if (walk->at < distance)
        return (struct neighbour){0, 2, 0};
    value = pith_tensor_split(walk->type, walk->run->middle, before(walk, at), bits_of(walk, at));
    return (struct neighbour){value.symbol, value.sign, value.magnitude};
}

/* Classes of magnitude, in whole steps; 0 = nothing known. */
PITH_INLINE uint32_t class_of(int32_t mean)
{
    return mean < 0 ? 0 : (uint32_t)(mean >> 4) + 1;
}

/* The mean of an index; of all elements where nothing is known of it. */
PITH_INLINE int32_t mean_of(const struct pith_tensor_mean *mean, const struct walk *walk)
{
    return mean->n > 0 ? mean->mean : walk->at > 0 ? walk->all : -1;
}

PITH_INLINE struct pith_tensor_mean *mean_at(const struct pith_tensor_model *model,
                                             const struct walk *walk, uint32_t k)
{
    return &model->means[k][walk->index[k] & ((1u << MEANS_LOG2) - 1)];
}

static void gather(struct element *element, const struct pith_tensor_model *model,
                   struct walk *walk)
{
    int32_t means[PITH_TENSOR_RUN_DIMS], column, both;
    const struct pith_tensor_mean *columns =
        &model->columns[walk->column & ((1u << COLUMNS_LOG2) - 1)];

    element->up[0] = find(walk, walk->strides[0]);
    element->up[1] = find(walk, 2 * walk->strides[0]);
    element->other = find(walk, walk->strides[1]);
    for (uint32_t a = 0; a < PITH_TENSOR_RUN_DIMS; a++) {
        means[a] = mean_of(mean_at(model, walk, walk->order[a]), walk);
        element->means[a] = class_of(means[a]);
    }
    column = columns->n > 0 ? columns->mean : means[1];
    both = means[0] + means[1] - walk->all;
    element->column = class_of(column);
    element->fast = class_of(walk->fast);
    element->slow = class_of(walk->slow);
    element->both = class_of(both);
    element->near = class_of(both + (walk->slow - walk->all) / 4 + (column - means[1]) / 3);
}

PITH_INLINE void learn_mean(struct pith_tensor_mean *mean, int32_t magnitude)
{
    mean->mean += (int32_t)(((int64_t)(magnitude - mean->mean) *
                             (mean->n > 0 ? pith_reciprocal_table[mean->n] : 65536)) >>
                            16);
    mean->n += mean->n < MEAN_LIMIT;
}

static void learn(struct pith_tensor_model *model, struct walk *walk, int32_t magnitude)
{
    int32_t m = magnitude * 16;

    if (walk->at == 0)
        walk->all = walk->fast = walk->slow = m;
    walk->all += (m - walk->all) >> ALL_LOG2;
    walk->fast += (m - walk->fast) >> FAST_LOG2;
    walk->slow += (m - walk->slow) >> SLOW_LOG2;
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        learn_mean(mean_at(model, walk, k), m);
    learn_mean(&model->columns[walk->column & ((1u << COLUMNS_LOG2) - 1)], m);
}

/* of: what is coded, so that no list shares cells with another. */
static void set_hashes(struct pith_tensor_model *model, uint32_t of,
                       const uint32_t lists[PITH_TENSOR_CONTEXTS_MAX][3])
{
    for (uint32_t i = 0; i < model->n_contexts; i++) {
        model->hashes[i] = hash4(i, of, lists[i][0], lists[i][1], lists[i][2]);
        PITH_PREFETCH(line_of(model, i, 0));
    }
}

/* Each list is in the order of what its contexts gain: lower levels take fewer. */
static void hash_symbol(struct pith_tensor_model *model, const struct walk *walk,
                        const struct element *e)
{
    const uint32_t *m = e->means, left = e->left[0].symbol, of = walk->type << 16;
    const uint32_t lists[PITH_TENSOR_CONTEXTS_MAX][3] = {
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

    set_hashes(model, of, lists);
    model->calibrator_contexts[0] = left;
    model->calibrator_contexts[1] = 256 + m[0];
    model->set_contexts[0] = m[0] >> 3 & 7;
    model->deep_class = e->both >> 2 & (DEEP_CLASSES - 1);
    model->set_contexts[1] = walk->number & 7;
}

static void hash_sign(struct pith_tensor_model *model, const struct walk *walk,
                      const struct element *e, uint32_t symbol)
{
    uint32_t of = 1 << 8 | walk->type << 16, columns = (uint32_t)walk->column;
    uint32_t left = e->left[0].sign, left2 = e->left[1].sign, up = e->up[0].sign;
    uint32_t up2 = e->up[1].sign, other = e->other.sign;
    const uint32_t lists[PITH_TENSOR_CONTEXTS_MAX][3] = {
        {walk->number, left, 0},
        {up * 4 + other, left, 0},
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

    set_hashes(model, of, lists);
    model->calibrator_contexts[0] = left * 9 + up * 3 + other;
    model->calibrator_contexts[1] = 256 + symbol;
    model->set_contexts[0] = (left + up * 3) & 7;
    model->set_contexts[1] = walk->number & 7;
}

static void hash_low(struct pith_tensor_model *model, const struct walk *walk,
                     const struct element *e, uint32_t symbol, uint32_t sign)
{
    const uint32_t *m = e->means, of = 2 << 8 | walk->type << 16;
    const uint32_t lists[PITH_TENSOR_CONTEXTS_MAX][3] = {
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

    set_hashes(model, of, lists);
    model->calibrator_contexts[0] = symbol;
    model->calibrator_contexts[1] = 256 + m[0];
    model->set_contexts[0] = symbol & 7;
    model->set_contexts[1] = walk->number & 7;
}

static uint32_t code_symbol(struct pith_tensor_model *model, struct pith_coder *coder,
                            enum pith_tensor_type type, uint32_t symbol)
{
    const struct pith_tensor_tree *tree = &model->trees[type];
    uint16_t *deep =
        model->deep + ((size_t)type * DEEP_CLASSES + model->deep_class) * PITH_TENSOR_SYMBOLS;
    uint32_t node = 0, depth = 0;

    for (; node < PITH_TENSOR_SYMBOLS && depth < model->mixed_depth; depth++)
        node = tree->next[node][code_bit(model, coder, node, symbol >= tree->parts[node])];
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
        uint32_t bit = (uint32_t)code_bit(model, coder, NODE_LOW + node, low >> --left & 1);

        node = node << 1 | bit;
        read = read << 1 | bit;
    }
    return code_rest(model, coder, type, left, low, read);
}

static void code_element(struct pith_tensor_model *model, struct pith_coder *coder,
                         struct walk *walk, struct element *element, uint8_t *raw)
{
    uint32_t middle = walk->run->middle;
    struct pith_tensor_value value = {0};
    uint64_t past = before(walk, walk->at);

    if (coder->out)
        value = pith_tensor_split(walk->type, middle, past, bits_of(walk, walk->at));
    gather(element, model, walk);
    hash_symbol(model, walk, element);
    value.symbol = code_symbol(model, coder, walk->type, value.symbol);
    if (pith_tensor_has_sign(walk->type, value.symbol)) {
        hash_sign(model, walk, element, value.symbol);
        value.sign = (uint32_t)code_bit(model, coder, NODE_SIGN, (int)value.sign);
    }
    value.n_low = pith_tensor_n_low(walk->type, value.symbol);
    if (value.n_low > 0) {
        if (model->n_modelled_low > 0)
            hash_low(model, walk, element, value.symbol, value.sign);
        value.low = code_low(model, coder, walk->type, value.symbol, value.n_low, value.low);
    }
    if (!coder->out) {
        pith_store_le(raw + walk->at * walk->width,
                      pith_tensor_join(walk->type, middle, past, &value), walk->width);
        value = pith_tensor_split(walk->type, middle, past, bits_of(walk, walk->at));
    }
    element->left[2] = element->left[1];
    element->left[1] = element->left[0];
    element->left[0] = (struct neighbour){value.symbol, value.sign, value.magnitude};
    learn(model, walk, value.magnitude);
}

int pith_tensor_model_run(struct pith_tensor_model *model, struct pith_coder *coder,
                          const struct pith_tensor_run *run, uint32_t number, uint8_t *raw,
                          const struct pith_tensor_watch *watch)
{
    struct walk walk;
    struct element element = {.left = {{0, 2, 0}, {0, 2, 0}, {0, 2, 0}}};

    begin_walk(&walk, model, run, number, raw);
    while (walk.at < walk.n) {
        code_element(model, coder, &walk, &element, raw);
        step(&walk);
        if (walk.at % WATCH_EVERY == 0 &&
            watch->each(watch->opaque, watch->raw_done + walk.at * walk.width))
            return 1;
    }
    return 0;
}
