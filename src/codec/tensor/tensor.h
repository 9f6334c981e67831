/* Tensor codec: arrays of numbers, run by run.
 *
 * Payload: one run of the coder with the layout (chunk_layout.h), the tree of each type that it has (tree.h), and the
 * elements (model.h).  docs/tensor.md. */
#ifndef PITH_CODEC_TENSOR_TENSOR_H
#define PITH_CODEC_TENSOR_TENSOR_H

#include "codec/codec.h"
#include "codec/tensor/chunk_layout.h"

extern const struct pith_codec pith_codec_tensor;

#endif
