/* Layout of a chunk: the runs of elements that it holds, one after the other. */
#ifndef PITH_CODEC_TENSOR_CHUNK_LAYOUT_H
#define PITH_CODEC_TENSOR_CHUNK_LAYOUT_H

#include "base/status.h"
#include "codec/tensor/type.h"
#include "coder/coder.h"

#define PITH_TENSOR_RUNS_MAX 4096
#define PITH_TENSOR_RUN_DIMS 4

/* Whole rows of a tensor, or elements in a line: one of a chunk's stretches. */
struct pith_tensor_run {
    uint64_t dims
        [PITH_TENSOR_RUN_DIMS]; /* slowest first, 1 where there are fewer; their product is below 2^30 */
    uint8_t type;               /* enum pith_tensor_type */
    uint8_t middle;             /* of bytes: the median; set when a chunk is encoded */
};

struct pith_tensor_layout {
    struct pith_tensor_run *runs; /* room for PITH_TENSOR_RUNS_MAX */
    uint32_t n_runs;
};

static inline uint64_t pith_tensor_run_n(const struct pith_tensor_run *run)
{
    return run->dims[0] * run->dims[1] * run->dims[2] * run->dims[3];
}

static inline uint64_t pith_tensor_run_len(const struct pith_tensor_run *run)
{
    return pith_tensor_run_n(run) * pith_tensor_forms[run->type].width;
}

/* Codes a layout of raw_len bytes, in either direction.  Returns 0 if what was decoded is none. */
int pith_tensor_layout_code(struct pith_tensor_layout *layout, struct pith_coder *coder,
                            uint64_t raw_len);

#endif
