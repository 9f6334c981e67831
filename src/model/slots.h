/* Hashed context slots: a bit-history state for every node of every context seen.
 *
 * The table is made of 64-byte lines, one cache line each, of four groups.  A group serves one
 * context and one nibble: a check byte and the 15 states of the nibble's binary tree (node 1 is the
 * root, node 2n + bit follows).  A context's group is found by hash in one line; when none of the
 * four fits, the one whose root has seen least gives way.
 *
 * Each context of a kind has an adaptive map from state to probability (indirect modelling: what happened
 * after this history in contexts of this kind), whose rate starts fast and slows down with use. */
#ifndef PITH_MODEL_SLOTS_H
#define PITH_MODEL_SLOTS_H

#include "base/arena.h"
#include "model/state.h"

#define PITH_SLOTS_CONTEXTS_MAX 48
#define PITH_SLOTS_INPUTS 2 /* inputs that one context gives the mixer */

struct pith_slots_maps {
    uint32_t *cells; /* [context][state]: P(1) in 22 bits, then a 10-bit count */
    uint32_t n_contexts;
};

struct pith_slots {
    uint8_t *lines;
    uint32_t *cells; /* of the maps in use */
    uint32_t lines_log2;
    uint32_t n_contexts;
    uint32_t group[PITH_SLOTS_CONTEXTS_MAX]; /* offset of the current group in `lines` */
    uint32_t hash[PITH_SLOTS_CONTEXTS_MAX];  /* of the byte's contexts, set by the predictors */
    uint8_t check[PITH_SLOTS_CONTEXTS_MAX];  /* of the groups being looked for */
    uint32_t node;                           /* 1..15 within the nibble */
    uint32_t cell[PITH_SLOTS_CONTEXTS_MAX];  /* index of the current node's cell: context, state */
};

void pith_slots_layout(struct pith_slots *slots, struct pith_arena *arena, uint32_t lines_log2);
void pith_slots_init(struct pith_slots *slots);

void pith_slots_maps_layout(struct pith_slots_maps *maps, struct pith_arena *arena,
                            uint32_t n_contexts);
void pith_slots_maps_init(struct pith_slots_maps *maps);
/* From now on there are maps->n_contexts contexts, with these maps. */
void pith_slots_use(struct pith_slots *slots, const struct pith_slots_maps *maps);

/* Hashes the contexts for a nibble and fetches their lines: nibble_context is 0 for a byte's first
 * nibble, the first nibble with a leading 1 (16..31) for its second. */
void pith_slots_prepare(struct pith_slots *slots, uint32_t nibble_context);
/* Finds the prepared contexts' groups.  Returns how many of them have been seen before. */
uint32_t pith_slots_find(struct pith_slots *slots);

/* Writes PITH_SLOTS_INPUTS inputs for each context. */
void pith_slots_predict(struct pith_slots *slots, int16_t *inputs);
void pith_slots_update(struct pith_slots *slots, int bit);

#endif
