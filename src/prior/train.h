/* Training: reads samples and writes the prior that they teach. */
#ifndef PITH_PRIOR_TRAIN_H
#define PITH_PRIOR_TRAIN_H

#include "base/memory.h"
#include "prior/file.h"

#define PITH_PRIOR_LEN_MIN ((size_t)64 << 10)

struct pith_trainer {
    int level;
    struct pith_memory *memory;
    pith_progress_fn progress; /* may be NULL */
    void *progress_opaque;
};

/* As pith_prior_train(); cap is PITH_PRIOR_LEN_MIN at least. */
pith_status pith_train(const struct pith_trainer *trainer, uint8_t *dst, size_t cap,
                       size_t *dst_len, const pith_sample *samples, size_t n_samples,
                       pith_error *error);

#endif
