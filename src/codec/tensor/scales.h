/* Scales: how large the elements of a run are in each of its rows and columns, in half octaves.
 *
 * The rows and columns of weight matrices differ in size far more than the elements within one.  An element's scale is that
 * of its run, its row and its column added up; with a base, which tells the worth of its own last place, less its
 * exponent there.  Elements of like scales share tables. */
#ifndef PITH_CODEC_TENSOR_SCALES_H
#define PITH_CODEC_TENSOR_SCALES_H

#include "base/arena.h"
#include "codec/tensor/chunk_layout.h"

#define PITH_TENSOR_BLOCK ((size_t)65536) /* elements at a time */

/* Longer rows have no scales of columns. */
#define PITH_TENSOR_ROW_MAX ((uint64_t)1 << 18)

struct pith_tensor_scales {
    uint8_t
        *coded; /* of all runs: of each its rows' scales, less its own, + 128, then its columns' */
    int16_t *columns; /* of the run at hand: for each element of a row */
    uint32_t *sums;   /* encoding: magnitudes of a row's elements over all rows */
    uint32_t *means;  /* and of rows */
    uint16_t *magnitudes;
};

/* What of a run has scales: none for 0. */
struct pith_tensor_axes {
    uint64_t row_len; /* elements */
    uint32_t n_rows, n_columns;
    uint64_t stride; /* elements in a line that share a column */
};

void pith_tensor_scales_layout(struct pith_tensor_scales *scales, struct pith_arena *arena,
                               uint64_t raw_len, int is_encoding);

/* Whether elements of the run have a scale at all. */
int pith_tensor_has_scale(const struct pith_tensor_run *run);

/* has_scales: 0 = none of the rows and columns. */
struct pith_tensor_axes pith_tensor_axes_of(const struct pith_tensor_run *run, int has_scales);

/* Finds the scales of a run: writes those of rows and columns, and returns its own. */
int32_t pith_tensor_scales_find(struct pith_tensor_scales *scales, uint8_t *coded,
                                const struct pith_tensor_run *run,
                                const struct pith_tensor_axes *axes, const uint8_t *raw,
                                const uint8_t *base);

/* Makes ready for the elements of a run with that axes, whose rows' and columns' scales are `coded`. */
void pith_tensor_scales_begin(struct pith_tensor_scales *scales, const uint8_t *coded,
                              const struct pith_tensor_axes *axes);

/* The scale of one element.  own: the run's; base: of the run's elements, if it has one. */
int32_t pith_tensor_scale_at(const uint8_t *coded, const struct pith_tensor_run *run,
                             const struct pith_tensor_axes *axes, int32_t own, const uint8_t *base,
                             uint64_t at);

/* What elements are coded by. */
#define PITH_TENSOR_CLASSES 32 /* of scales that are told apart; all beyond count as the last */

/* The classes of n elements from `start` on: how far the scale is above `least`, 0 if below.  own: the run's scale; base: of
 * these elements, if the run has one. */
void pith_tensor_classes_of(const struct pith_tensor_scales *scales, uint8_t *classes,
                            const uint8_t *coded, const struct pith_tensor_run *run,
                            const struct pith_tensor_axes *axes, int32_t own, int32_t least,
                            const uint8_t *base, uint64_t start, size_t n);

#endif
