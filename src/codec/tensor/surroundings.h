/* Surroundings: what the model sees around an element on its way through a run.
 *
 * Neighbours in the line before it, and in the longest dimensions; mean magnitudes of the elements that share an index
 * with it, of its column, and of the last few. */
#ifndef PITH_CODEC_TENSOR_SURROUNDINGS_H
#define PITH_CODEC_TENSOR_SURROUNDINGS_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/compiler.h"
#include "codec/tensor/chunk_layout.h"

/* What is known of the elements with one index: their mean magnitude in 1/16 steps. */
struct pith_tensor_mean {
    int32_t mean;
    uint32_t n; /* seen, up to a limit; 0 = nothing known */
};

struct pith_tensor_means {
    struct pith_tensor_mean *of[PITH_TENSOR_RUN_DIMS], *columns;
};

void pith_tensor_means_layout(struct pith_tensor_means *means, struct pith_arena *arena,
                              uint64_t raw_len);

/* Where it is. */
struct pith_tensor_walk {
    const struct pith_tensor_run *run;
    enum pith_tensor_type type;  /* what elements are to the model */
    enum pith_tensor_type plain; /* and in the file */
    uint32_t width, number;
    uint64_t n, at;                       /* elements */
    uint64_t index[PITH_TENSOR_RUN_DIMS]; /* of the element, as dims */
    uint32_t order[PITH_TENSOR_RUN_DIMS]; /* dims, the longest first */
    uint64_t strides[2]; /* to neighbours in the longest dims that are not elements in a line */
    uint64_t n_columns, column;
    int32_t all, fast, slow; /* mean magnitudes */
    const uint8_t *raw;
    const uint8_t *base; /* of as many elements; NULL = none */
    struct pith_tensor_means *means;
};

/* Of an element that was before: all zero where there is none. */
struct pith_tensor_neighbour {
    uint32_t symbol, sign; /* sign: 2 = none */
    int32_t magnitude;
};

/* What contexts are made of. */
struct pith_tensor_element {
    struct pith_tensor_neighbour left[3], up[2],
        other; /* in line; up by strides[0] once and twice, by strides[1] */
    uint32_t means[PITH_TENSOR_RUN_DIMS], column, fast, slow, both, near; /* classes of magnitude */
    struct pith_tensor_neighbour base; /* the element in the base */
    int32_t
        lift; /* what is added to magnitudes, which are of the difference itself, in units of the base's last place */
};

#define PITH_TENSOR_LIFTED 256 /* keeps lifted magnitudes above 0 */

static inline uint64_t pith_tensor_walk_bits(const struct pith_tensor_walk *walk, uint64_t at)
{
    uint64_t bits = pith_load_le(walk->raw + at * walk->width, walk->width);

    return walk->base ? pith_tensor_ordered(walk->plain, bits) : bits;
}

static inline uint64_t pith_tensor_walk_base(const struct pith_tensor_walk *walk, uint64_t at)
{
    return pith_load_le(walk->base + at * walk->width, walk->width);
}

/* What an element is compared with. */
static inline uint64_t pith_tensor_walk_before(const struct pith_tensor_walk *walk, uint64_t at)
{
    if (walk->base)
        return pith_tensor_ordered(walk->plain, pith_tensor_walk_base(walk, at));
    return at > 0 ? pith_tensor_walk_bits(walk, at - 1) : 0;
}

/* Classes of magnitude, in whole steps, without what it was lifted by; 0 = nothing known. */
PITH_INLINE uint32_t pith_tensor_magnitude_class(int32_t mean, int32_t lift)
{
    if (mean < 0)
        return 0;
    mean = lift > 0 ? (mean >> 4) - lift + PITH_TENSOR_LIFTED : mean >> 4;
    return mean < 0 ? 1 : (uint32_t)mean + 1;
}

/* At a run's first element.  base: as many elements, of a run that has one. */
void pith_tensor_walk_begin(struct pith_tensor_walk *walk, struct pith_tensor_means *means,
                            const struct pith_tensor_run *run, uint32_t number, const uint8_t *raw,
                            const uint8_t *base);

/* On to the next. */
void pith_tensor_walk_step(struct pith_tensor_walk *walk);

/* What is around the element; its left neighbours are the caller's. */
void pith_tensor_walk_gather(struct pith_tensor_element *element,
                             const struct pith_tensor_walk *walk);

/* The element had that magnitude. */
void pith_tensor_walk_learn(struct pith_tensor_walk *walk, int32_t magnitude);

#endif
