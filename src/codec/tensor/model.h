/* Adaptive model of tensors: what an element's neighbours, its rows and columns say of its symbol, its sign
 * and its highest low bits, mixed; the rest is stored as it is. */
#ifndef PITH_CODEC_TENSOR_MODEL_H
#define PITH_CODEC_TENSOR_MODEL_H

#include "base/arena.h"
#include "codec/tensor/chunk_layout.h"
#include "codec/tensor/surroundings.h"
#include "codec/tensor/tree.h"
#include "coder/bitcode.h"
#include "engine/decider.h"

struct pith_tensor_model {
    struct pith_decider decider;
    uint32_t n_modelled_low;
    uint32_t mixed_depth; /* decisions of a symbol that are mixed; those below take one context */
    struct pith_tensor_means means;
    struct pith_tensor_tree *trees; /* of types */
    uint16_t *deep; /* [type][class of magnitude][node]: P(1) of decisions that are not mixed */
    uint32_t deep_class;
    struct pith_bitcode_symbol
        *tops; /* [type][symbol]: the highest piece of low bits, if none is mixed */
    struct pith_bitcode_symbol *pieces; /* [type][piece][value of the piece above it] */
};

/* Lays out a model of a level, PITH_TENSOR_MODEL_LEVEL_MIN or above, for a chunk of raw_len bytes. */
void pith_tensor_model_layout(struct pith_tensor_model *model, struct pith_arena *arena, int level,
                              uint64_t raw_len);
void pith_tensor_model_init(struct pith_tensor_model *model);

/* What has to be told now and then; as in struct pith_codec_hooks.  Nonzero return ends the run. */
struct pith_tensor_watch {
    int (*each)(void *opaque, uint64_t raw_done);
    void *opaque;
    uint64_t raw_done; /* before the run */
};

/* Codes a run's elements, in either direction.  Returns nonzero if the watch says so.  number: of the run in its
 * chunk.  base: of a run that has one, as many elements. */
int pith_tensor_model_run(struct pith_tensor_model *model, struct pith_coder *coder,
                          const struct pith_tensor_run *run, uint32_t number, uint8_t *raw,
                          const uint8_t *base, const struct pith_tensor_watch *watch);

#endif
