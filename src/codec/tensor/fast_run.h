/* One run on the fast path: what encoding and decoding share. */
#ifndef PITH_CODEC_TENSOR_FAST_RUN_H
#define PITH_CODEC_TENSOR_FAST_RUN_H

#include "codec/tensor/fast.h"

#define PITH_TENSOR_LENGTH_LEN 4

enum pith_tensor_plane_mode {
    PITH_TENSOR_PLANE_STORED,
    PITH_TENSOR_PLANE_OWN,
    PITH_TENSOR_PLANE_SHARED
};

/* Where coding of a chunk is. */
struct pith_tensor_fast_run {
    const struct pith_tensor_run *run;
    uint8_t *raw;                 /* its elements */
    const uint8_t *base, *scales; /* scales: of its rows and columns */
    int32_t scale;
    uint32_t n_planes, modes[PITH_TENSOR_PLANES_MAX]; /* enum pith_tensor_plane_mode */
    uint64_t n, at;                                   /* elements; bytes before it */
    struct pith_tensor_axes axes;
};

/* How a plane is coded. */
struct pith_tensor_plane_coding {
    const void *tables; /* as the coder takes them; NULL: stored */
    const uint8_t *classes;
};

void pith_tensor_fast_begin(struct pith_tensor_fast *fast, struct pith_tensor_head *head);

/* Goes on to run number r, the first of which is 0; of the runs before it *at has been. */
void pith_tensor_fast_next_run(struct pith_tensor_fast_run *at, const struct pith_tensor_fast *fast,
                               const struct pith_tensor_layout *layout,
                               const struct pith_tensor_source *source, uint32_t r);

/* Elements of the block that begins with `first`. */
static inline size_t pith_tensor_fast_block_n(const struct pith_tensor_fast_run *at, uint64_t first)
{
    return at->n - first < PITH_TENSOR_BLOCK ? (size_t)(at->n - first) : PITH_TENSOR_BLOCK;
}

static inline const uint8_t *pith_tensor_fast_base_at(const struct pith_tensor_fast_run *at,
                                                      uint64_t first)
{
    return at->base ? at->base + first * at->n_planes : NULL;
}

/* Classes of n elements from `first` on, as tables or (map NULL) each by itself. */
void pith_tensor_fast_classify(const struct pith_tensor_fast *fast,
                               const struct pith_tensor_fast_run *at, int32_t least,
                               const uint8_t *map, uint64_t first, size_t n);

/* A table as the coder takes it, the i-th at `to`. */
void pith_tensor_fast_make_ready(const struct pith_tensor_fast *fast, void *to, uint32_t i,
                                 const struct pith_rans_table *table);

/* How the planes of a run are coded whose modes and tables are known.  Returns whether classes are needed. */
int pith_tensor_fast_begin_run(struct pith_tensor_fast *fast, const struct pith_tensor_fast_run *at,
                               struct pith_tensor_plane_coding *codings);

/* Codes the scale of a run, the modes of its planes, and the tables of its own.  Returns 0 if what is decoded is none. */
int pith_tensor_fast_code_run(struct pith_tensor_fast *fast, struct pith_tensor_head *head,
                              struct pith_tensor_fast_run *at);

/* A bit for each type of a layout's runs. */
uint32_t pith_tensor_fast_types_of(const struct pith_tensor_layout *layout);

/* Scales of rows and columns of all runs: a byte each. */
size_t pith_tensor_fast_n_scales(const struct pith_tensor_fast *fast,
                                 const struct pith_tensor_layout *layout);

static inline int pith_tensor_fast_tell(const struct pith_codec_hooks *hooks, uint64_t raw_done)
{
    return hooks && hooks->progress && hooks->progress(hooks->opaque, raw_done);
}

#endif
