/* See joint.h. */
#include "model/joint.h"

#include <string.h>

_Static_assert(PITH_SLOTS_CONTEXTS_MAX <= 256, "the sum of all weights fits");

void pith_joint_layout(struct pith_joint *joint, struct pith_arena *arena, uint32_t n_contexts)
{
    joint->n_contexts = n_contexts;
    joint->weights = pith_arena_take(arena, (uint64_t)n_contexts * 256 * 8, sizeof *joint->weights);
}

void pith_joint_init(struct pith_joint *joint)
{
    memset(joint->weights, 0, (size_t)joint->n_contexts * 256 * 8 * sizeof *joint->weights);
    joint->logit = 0;
}
