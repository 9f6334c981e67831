/* The fast path of tensors: elements cut into planes of bytes, of which each is coded with a fixed table or stored.
 *
 * Floating point is turned by a bit first, so that the sign comes last and the first plane is that of the
 * exponent.  A run has tables of its own, or, if it is short, shares those of all short runs of its type. */
#ifndef PITH_CODEC_TENSOR_FAST_H
#define PITH_CODEC_TENSOR_FAST_H

#include "base/arena.h"
#include "codec/codec.h"
#include "codec/tensor/chunk_layout.h"
#include "coder/rans.h"

#define PITH_TENSOR_PLANES_MAX 8
#define PITH_TENSOR_BLOCK      ((size_t)32768) /* elements whose planes stand together */

struct pith_tensor_fast {
    uint8_t *planes[PITH_TENSOR_PLANES_MAX]; /* of a block */
    uint8_t *coded;                          /* one plane of it */
    uint8_t *head;                           /* encoding: until the blocks are written */
    size_t head_cap;
    uint32_t (*counts)[256];        /* of a run's planes */
    struct pith_rans_table *tables; /* of a run's planes */
    struct pith_rans_slots *slots;
    struct pith_rans_table (*shared)[PITH_TENSOR_PLANES_MAX]; /* [type] */
};

void pith_tensor_fast_layout(struct pith_tensor_fast *fast, struct pith_arena *arena,
                             int is_encoding);

/* Encodes the runs of a layout.  Returns the bytes, 0 if they are more than cap or the hooks say stop. */
size_t pith_tensor_fast_encode(struct pith_tensor_fast *fast, struct pith_tensor_layout *layout,
                               uint8_t *payload, size_t cap, const uint8_t *raw, size_t raw_len,
                               const struct pith_codec_hooks *hooks, uint32_t *final_state);

/* Returns PITH_E_CORRUPT or PITH_E_CANCELLED; layout has room for PITH_TENSOR_RUNS_MAX runs. */
pith_status pith_tensor_fast_decode(struct pith_tensor_fast *fast,
                                    struct pith_tensor_layout *layout, uint8_t *raw, size_t raw_len,
                                    const uint8_t *payload, size_t payload_len,
                                    const struct pith_codec_hooks *hooks, uint32_t *final_state,
                                    pith_error *error);

#endif
