/* The fast path of tensors: elements cut into planes of bytes, of which each is coded with fixed tables or stored.
 *
 * A plane has a table of its own run, or shares tables with all runs of its type: one, or one for each class of
 * elements, which is made of their scales. */
#ifndef PITH_CODEC_TENSOR_FAST_H
#define PITH_CODEC_TENSOR_FAST_H

#include "base/arena.h"
#include "codec/codec.h"
#include "codec/tensor/chunk_layout.h"
#include "codec/tensor/planes.h"
#include "codec/tensor/scales.h"
#include "codec/tensor/tables.h"

/* Tables as the coder takes them: of the planes of a type, and of a run. */
struct pith_tensor_ready {
    void *single[PITH_TENSOR_PLANES_MAX], *classed[PITH_TENSOR_CLASSED_PLANES];
    uint32_t type; /* whose they are */
    uint32_t done; /* bits of planes that are made ready */
};

struct pith_tensor_fast {
    uint8_t *planes[PITH_TENSOR_PLANES_MAX]; /* of a block */
    uint8_t *classes, *zeros;                /* of a block's elements; zeros: all of one */
    struct pith_tensor_scales scales;
    struct pith_tensor_shared *shared; /* of types */
    struct pith_tensor_ready ready;
    struct pith_rans_table own[PITH_TENSOR_PLANES_MAX]; /* of the run at hand */
    void *own_ready;                                    /* one for each plane */
    int is_encoding, has_scales;
    /* encoding */
    uint32_t least_gain; /* what gains less than one in so many is not worth the time */
    uint8_t *coded;      /* one plane of a block */
    uint8_t *head;       /* until the blocks are written */
    size_t head_cap;
    uint32_t (*counts)[PITH_TENSOR_CLASSES][256]; /* of planes */
    int32_t *own_scales;                          /* of runs */
};

/* Levels below have no scales: what is left is quicker. */
#define PITH_TENSOR_SCALES_LEVEL_MIN 3

void pith_tensor_fast_layout(struct pith_tensor_fast *fast, struct pith_arena *arena, int level,
                             uint64_t raw_len, int is_encoding);

/* What a chunk's elements are compared with is got when its layout is known. */
struct pith_tensor_source {
    uint8_t *raw;
    const uint8_t *base; /* as many bytes; NULL = no run has a base */
    pith_status (*read_base)(void *opaque, pith_error *error); /* decoding */
    void *opaque;
};

/* Encodes the runs of a layout.  Returns the bytes, 0 if they are more than cap or the hooks say stop. */
size_t pith_tensor_fast_encode(struct pith_tensor_fast *fast, struct pith_tensor_layout *layout,
                               uint8_t *payload, size_t cap,
                               const struct pith_tensor_source *source, size_t raw_len,
                               const struct pith_codec_hooks *hooks, uint32_t *final_state);

/* Returns PITH_E_CORRUPT, PITH_E_CANCELLED or what reading the base returns; layout has room for PITH_TENSOR_RUNS_MAX
 * runs. */
pith_status pith_tensor_fast_decode(struct pith_tensor_fast *fast,
                                    struct pith_tensor_layout *layout,
                                    const struct pith_tensor_source *source, size_t raw_len,
                                    const uint8_t *payload, size_t payload_len,
                                    const struct pith_codec_hooks *hooks, uint32_t *final_state,
                                    pith_error *error);

#endif
