/* Planes: the bytes of elements, the highest of each first, then the next, so that alike ones stand together. */
#ifndef PITH_CODEC_TENSOR_PLANES_H
#define PITH_CODEC_TENSOR_PLANES_H

#include "codec/tensor/chunk_layout.h"

#define PITH_TENSOR_PLANES_MAX 8

/* Cuts n elements of the run into as many planes as they have bytes.  Floating point is turned left by a bit first, so
 * that the sign comes last; bytes count from the run's middle; with a base it is the difference from that, its sign
 * last.  base: as many elements, if the run has one. */
void pith_tensor_planes_cut(uint8_t *const *planes, const struct pith_tensor_run *run,
                            const uint8_t *raw, const uint8_t *base, size_t n);

/* The elements again. */
void pith_tensor_planes_join(const uint8_t *const *planes, const struct pith_tensor_run *run,
                             uint8_t *raw, const uint8_t *base, size_t n);

#endif
