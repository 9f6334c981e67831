/* See direct.h. */
#include "model/direct.h"

#define N_COUNTERS (257u * 256u * 2u)

void pith_direct_layout(struct pith_direct *direct, struct pith_arena *arena)
{
    direct->counters = pith_arena_take(arena, N_COUNTERS, sizeof *direct->counters);
}

void pith_direct_init(struct pith_direct *direct)
{
    for (uint32_t i = 0; i < N_COUNTERS; i++)
        direct->counters[i] = 32768;
    direct->at[0] = direct->at[1] = 0;
}
