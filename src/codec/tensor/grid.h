/* Grids: runs whose rows are small integers times a scale of the row, rounded to float32, as weights are that have been
 * quantised and put back. */
#ifndef PITH_CODEC_TENSOR_GRID_H
#define PITH_CODEC_TENSOR_GRID_H

#include "codec/tensor/chunk_layout.h"

/* Finds the scales of a run of float32, as bits, and what it is as integers.  Returns 0 if it is no grid, or has more rows
 * than room. */
int pith_tensor_grid_find(struct pith_tensor_run *indices, uint64_t *scales, uint32_t room,
                          const struct pith_tensor_run *run, const uint8_t *raw);

/* Puts integers + 128 in the place of the elements; 0 is what minus 0 becomes. */
void pith_tensor_grid_shrink(const struct pith_tensor_run *indices, uint8_t *raw,
                             const uint64_t *scales);

/* And the elements again. */
void pith_tensor_grid_expand(const struct pith_tensor_run *indices, uint8_t *raw,
                             const uint64_t *scales);

#endif
