/* Fitting: what an encoder makes of the layout that it is given, so that the elements take little. */
#ifndef PITH_CODEC_TENSOR_FITTING_H
#define PITH_CODEC_TENSOR_FITTING_H

#include "codec/tensor/chunk_layout.h"
#include "codec/tensor/palette.h"

/* Takes over a layout (NULL: none), as far as there are bytes for it; records become runs of their fields. */
void pith_tensor_fit_length(struct pith_tensor_layout *layout,
                            const struct pith_tensor_layout *given, uint64_t raw_len);

/* A chunk whose records are parted, and what it is compared with. */
struct pith_tensor_fitting {
    struct pith_tensor_layout *layout;
    struct pith_tensor_census *census;
    uint8_t *raw;
    const uint8_t *base; /* NULL if the layout has none */
    uint64_t raw_len;
};

/* Says how runs are coded best: with the base or without, as grids, with palettes, as bytes, and with which middle.
 * Indices take the place of what they stand for. */
void pith_tensor_fit_runs(const struct pith_tensor_fitting *fitting);

#endif
