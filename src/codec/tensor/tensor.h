/* Tensor codec: arrays of numbers, run by run.
 *
 * Payload: one run of the coder with the layout (chunk_layout.h), the tree of each type that it has (tree.h), and the
 * elements (model.h); at the levels below, that of the fast path (fast.h).  docs/tensor.md. */
#ifndef PITH_CODEC_TENSOR_TENSOR_H
#define PITH_CODEC_TENSOR_TENSOR_H

#include "codec/codec.h"
#include "codec/tensor/chunk_layout.h"

/* Levels below take the fast path, which learns nothing. */
#define PITH_TENSOR_MODEL_LEVEL_MIN 5

extern const struct pith_codec pith_codec_tensor;

#endif
