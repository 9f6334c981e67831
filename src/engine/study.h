/* Study: how an engine is watched while it encodes, and parts of it left out.  For people who want to
 * understand their data; nothing of it ever reaches an archive, and no engine that decodes has one.
 *
 * What an engine does with a study that is not NULL:
 *   - when it is laid out, leaves out the components of left_out, and never takes more memory for that;
 *   - when a segment begins, sets the bits in `used` of the components at work in it: that is how commands
 *     know what a level has to leave out, so each engine sets its own, and bits in left_out of what it
 *     has not do nothing;
 *   - if is_watching, calls pith_study_bit() for each bit, when the bit is known and before the model
 *     learns it: with the very probability that the coder was given, and with what each predictor
 *     added to the logit (the mixer's weights times its inputs, all weights and layers in one).
 * In normal use the study is NULL and must cost nothing: bits.c compiles its bit loop once more. */
#ifndef PITH_ENGINE_STUDY_H
#define PITH_ENGINE_STUDY_H

#include "engine/component.h"
#include "model/collector.h"

/* What contexts from before have gained, to choose among them: by table, nibble (0 the first) and class
 * of visits, in 1/65536 bits. */
struct pith_gains {
    int64_t sums[PITH_STORE_TABLES][2][PITH_COLLECTOR_CLASSES];
};

struct pith_study {
    uint32_t left_out; /* bits of components; set by the caller, as the next */
    int is_watching;
    uint32_t used;
    uint64_t cost;   /* of the bits since the caller set it to 0, in 1/65536 bits */
    uint64_t n_bits; /* told so far */
    pith_component_share shares[PITH_COMPONENTS];
    struct pith_gains *gains; /* NULL: not wanted */
};

static inline int pith_study_lacks(const struct pith_study *study, enum pith_component_id id)
{
    return study && study->left_out & pith_component_bit(id);
}

/* -log2 of a probability in 1..65535, in 1/65536 bits; exact to 2 of those. */
uint32_t pith_study_cost(uint32_t p_q16);

/* A bit was coded with P(1) = p1_q16.  pushes: towards 1, in 1/256 logits; 0 for what is not used. */
void pith_study_bit(struct pith_study *study, uint32_t p1_q16, int bit,
                    const int32_t pushes[PITH_COMPONENTS]);

#endif
