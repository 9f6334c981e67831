/* Counts: how often each symbol comes, and each piece of low bits, and what elements would take by that. */
#ifndef PITH_CODEC_TENSOR_COUNTS_H
#define PITH_CODEC_TENSOR_COUNTS_H

#include "codec/tensor/chunk_layout.h"
#include "codec/tensor/tree.h"

struct pith_tensor_counts {
    uint32_t symbols[PITH_TENSOR_SYMBOLS], pieces[PITH_TENSOR_PIECES][16];
};

/* Counts elements of a run, from `first` on: as differences from the base, unless NULL.  Returns the bits that stand for
 * themselves. */
uint64_t pith_tensor_count(struct pith_tensor_counts *counts, const struct pith_tensor_run *run,
                           const uint8_t *raw, const uint8_t *base, uint64_t first, uint64_t n);

/* Estimated bits of a part of a run's elements, as differences from the base or by themselves. */
uint64_t pith_tensor_estimate(const struct pith_tensor_run *run, const uint8_t *raw,
                              const uint8_t *base);

/* Of what a whole run takes, the share of its part that is estimated. */
uint64_t pith_tensor_estimated_share(const struct pith_tensor_run *run, uint64_t bits);

#endif
