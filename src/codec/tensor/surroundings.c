/* See surroundings.h. */
#include "codec/tensor/surroundings.h"

#include <string.h>

#include "num/logistic.h"

#define MEAN_LIMIT   64
#define MEANS_LOG2   16
#define COLUMNS_LOG2 18
#define FAST_LOG2    2 /* means of the last few elements, and of some more */
#define SLOW_LOG2    4
#define ALL_LOG2     6

/* No index is larger than a chunk has bytes. */
void pith_tensor_means_layout(struct pith_tensor_means *means, struct pith_arena *arena,
                              uint64_t raw_len)
{
    uint64_t n_means = raw_len < 1u << MEANS_LOG2 ? raw_len : 1u << MEANS_LOG2;
    uint64_t n_columns = raw_len < 1u << COLUMNS_LOG2 ? raw_len : 1u << COLUMNS_LOG2;

    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        means->of[k] = pith_arena_take(arena, n_means, sizeof *means->of[k]);
    means->columns = pith_arena_take(arena, n_columns, sizeof *means->columns);
}

void pith_tensor_walk_begin(struct pith_tensor_walk *walk, struct pith_tensor_means *means,
                            const struct pith_tensor_run *run, uint32_t number, const uint8_t *raw,
                            const uint8_t *base)
{
    uint64_t strides[PITH_TENSOR_RUN_DIMS], stride = 1;
    uint32_t n = 0;

    memset(walk, 0, sizeof *walk);
    walk->run = run;
    walk->type = pith_tensor_run_type(run);
    walk->plain = (enum pith_tensor_type)run->type;
    walk->base = run->has_base ? base : NULL;
    walk->width = pith_tensor_forms[run->type].width;
    walk->number = number;
    walk->n = pith_tensor_run_n(run);
    walk->n_columns = walk->n / run->dims[0];
    walk->raw = raw;
    walk->means = means;
    for (uint32_t k = PITH_TENSOR_RUN_DIMS; k-- > 0; stride *= run->dims[k]) {
        strides[k] = stride;
        walk->order[k] = k;
        memset(means->of[k], 0,
               (run->dims[k] < 1u << MEANS_LOG2 ? run->dims[k] : 1u << MEANS_LOG2) *
                   sizeof *means->of[k]);
    }
    memset(means->columns, 0,
           (walk->n_columns < 1u << COLUMNS_LOG2 ? walk->n_columns : 1u << COLUMNS_LOG2) *
               sizeof *means->columns);
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

void pith_tensor_walk_step(struct pith_tensor_walk *walk)
{
    walk->at++;
    walk->column = walk->column + 1 < walk->n_columns ? walk->column + 1 : 0;
    for (uint32_t k = PITH_TENSOR_RUN_DIMS; k-- > 0;) {
        if (++walk->index[k] < walk->run->dims[k])
            break;
        walk->index[k] = 0;
    }
}

static struct pith_tensor_neighbour find(const struct pith_tensor_walk *walk, uint64_t distance)
{
    struct pith_tensor_value value;
    uint64_t at = walk->at - distance;

    if (walk->at < distance)
        return (struct pith_tensor_neighbour){0, 2, 0};
    value = pith_tensor_split(walk->type, walk->run->middle, pith_tensor_walk_before(walk, at),
                              pith_tensor_walk_bits(walk, at));
    if (walk->base)
        value.magnitude += 8 * pith_tensor_exponent(walk->plain, pith_tensor_walk_base(walk, at));
    return (struct pith_tensor_neighbour){value.symbol, value.sign, value.magnitude};
}

/* The mean of an index; of all elements where nothing is known of it. */
PITH_INLINE int32_t mean_of(const struct pith_tensor_mean *mean,
                            const struct pith_tensor_walk *walk)
{
    return mean->n > 0 ? mean->mean : walk->at > 0 ? walk->all : -1;
}

PITH_INLINE struct pith_tensor_mean *mean_at(const struct pith_tensor_walk *walk, uint32_t k)
{
    return &walk->means->of[k][walk->index[k] & ((1u << MEANS_LOG2) - 1)];
}

/* A difference of floats counts places, which are worth what the exponent says: magnitudes that are kept have it
 * added, and what is expected of an element has its own taken away. */
static void find_base(struct pith_tensor_element *element, const struct pith_tensor_walk *walk)
{
    struct pith_tensor_value value;
    uint64_t bits;

    if (!walk->base)
        return;
    bits = pith_tensor_walk_base(walk, walk->at);
    value = pith_tensor_split(walk->plain, walk->run->middle, 0, bits);
    element->base = (struct pith_tensor_neighbour){value.symbol & 255, value.sign, value.magnitude};
    element->lift = 8 * pith_tensor_exponent(walk->plain, bits);
}

void pith_tensor_walk_gather(struct pith_tensor_element *element,
                             const struct pith_tensor_walk *walk)
{
    int32_t means[PITH_TENSOR_RUN_DIMS], column, both, lift;
    const struct pith_tensor_mean *columns =
        &walk->means->columns[walk->column & ((1u << COLUMNS_LOG2) - 1)];

    find_base(element, walk);
    lift = element->lift;
    element->up[0] = find(walk, walk->strides[0]);
    element->up[1] = find(walk, 2 * walk->strides[0]);
    element->other = find(walk, walk->strides[1]);
    for (uint32_t a = 0; a < PITH_TENSOR_RUN_DIMS; a++) {
        means[a] = mean_of(mean_at(walk, walk->order[a]), walk);
        element->means[a] = pith_tensor_magnitude_class(means[a], lift);
    }
    column = columns->n > 0 ? columns->mean : means[1];
    both = means[0] + means[1] - walk->all;
    element->column = pith_tensor_magnitude_class(column, lift);
    element->fast = pith_tensor_magnitude_class(walk->fast, lift);
    element->slow = pith_tensor_magnitude_class(walk->slow, lift);
    element->both = pith_tensor_magnitude_class(both, lift);
    element->near = pith_tensor_magnitude_class(
        both + (walk->slow - walk->all) / 4 + (column - means[1]) / 3, lift);
}

PITH_INLINE void learn_mean(struct pith_tensor_mean *mean, int32_t magnitude)
{
    mean->mean += (int32_t)(((int64_t)(magnitude - mean->mean) *
                             (mean->n > 0 ? pith_reciprocal_table[mean->n] : 65536)) >>
                            16);
    mean->n += mean->n < MEAN_LIMIT;
}

void pith_tensor_walk_learn(struct pith_tensor_walk *walk, int32_t magnitude)
{
    int32_t m = magnitude * 16;

    if (walk->at == 0)
        walk->all = walk->fast = walk->slow = m;
    walk->all += (m - walk->all) >> ALL_LOG2;
    walk->fast += (m - walk->fast) >> FAST_LOG2;
    walk->slow += (m - walk->slow) >> SLOW_LOG2;
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        learn_mean(mean_at(walk, k), m);
    learn_mean(&walk->means->columns[walk->column & ((1u << COLUMNS_LOG2) - 1)], m);
}
