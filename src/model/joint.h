/* Joint weights: a logistic regression over the bit histories of all contexts at once.
 *
 * The mixer weighs what each history has meant on its own.  Here every context, state
 * and bit number has a weight of its own, the logit is the sum of the current ones, and they learn together from its
 * error, so that contexts which always speak at once share what they know instead of saying it twice
 * (maximum entropy modelling).  The logit is one more input. */
#ifndef PITH_MODEL_JOINT_H
#define PITH_MODEL_JOINT_H

#include "base/arena.h"
#include "base/compiler.h"
#include "model/slots.h"
#include "num/logistic.h"

#define PITH_JOINT_RATE_Q16 1311      /* 0.02 */
#define PITH_JOINT_LIMIT    (1 << 23) /* of a weight, in 1/65536; sums of 256 stay below 2^31 */

struct pith_joint {
    int32_t *weights; /* [context][state][bit number]: in 1/65536 logits */
    uint32_t n_contexts;
    int32_t logit; /* of the last prediction */
};

void pith_joint_layout(struct pith_joint *joint, struct pith_arena *arena, uint32_t n_contexts);
void pith_joint_init(struct pith_joint *joint);

/* cell[i]: context i and its state, as the slots number them. */
PITH_INLINE int16_t pith_joint_predict(struct pith_joint *joint, const uint32_t *cell,
                                       uint32_t n_seen)
{
    int32_t sum = 0;

    for (uint32_t i = 0; i < joint->n_contexts; i++)
        sum += joint->weights[cell[i] * 8 + n_seen];
    joint->logit = pith_logit_clamp(sum >> 8);
    return (int16_t)joint->logit;
}

/* Before the slots learn: cell[i] as it was when predicting.  |error| < 2^16, so a step is below
 * 1311 and a weight that keeps its limit cannot overflow. */
PITH_INLINE void pith_joint_update(struct pith_joint *joint, const uint32_t *cell, uint32_t n_seen,
                                   int bit)
{
    int32_t error = (bit ? 65535 : 0) - (int32_t)pith_squash(joint->logit);
    int32_t step = (error * PITH_JOINT_RATE_Q16) >> 16;

    for (uint32_t i = 0; i < joint->n_contexts; i++) {
        int32_t *at = &joint->weights[cell[i] * 8 + n_seen], weight = *at + step;

        weight = weight < PITH_JOINT_LIMIT ? weight : PITH_JOINT_LIMIT;
        *at = weight > -PITH_JOINT_LIMIT ? weight : -PITH_JOINT_LIMIT;
    }
}

#endif
