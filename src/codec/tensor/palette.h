/* Palettes: runs that have few different elements, such as integers stored as floating point, become indices.
 *
 * The values of a palette stand in their order, so that near indices are near values.  The indices lie at the end of the room
 * of the elements that they stand for: those are put back in place, from the first on. */
#ifndef PITH_CODEC_TENSOR_PALETTE_H
#define PITH_CODEC_TENSOR_PALETTE_H

#include "base/arena.h"
#include "codec/tensor/chunk_layout.h"

/* Looks for the values of a run. */
struct pith_tensor_census {
    uint32_t slots_log2;
    uint64_t *slots;  /* a hash table of values, */
    uint32_t *ranks;  /* their indices, and */
    uint8_t *is_used; /* whether there is one */
};

/* For up to n_values. */
void pith_tensor_census_layout(struct pith_tensor_census *census, struct pith_arena *arena,
                               uint32_t n_values);

/* Finds the values of a plain run, in their order, and what it is as indices.  Returns 0 if they are more than room
 * or than are worth it. */
int pith_tensor_census_take(struct pith_tensor_census *census, struct pith_tensor_run *indices,
                            uint64_t *values, uint32_t room, const struct pith_tensor_run *run,
                            const uint8_t *raw);

/* Puts indices in the place of the elements. */
void pith_tensor_palette_shrink(const struct pith_tensor_run *indices, uint8_t *raw,
                                const struct pith_tensor_census *census);

/* And the elements again, by the palette's values.  Returns 0 if an index is none. */
int pith_tensor_palette_expand(const struct pith_tensor_run *indices, uint8_t *raw,
                               const uint64_t *values);

#endif
