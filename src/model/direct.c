/* See direct.h. */
#include "model/direct.h"

#define N_ROWS     257u
#define ROW        (256u * 2u)
#define N_COUNTERS (N_ROWS * ROW)

void pith_direct_layout(struct pith_direct *direct, struct pith_arena *arena)
{
    direct->counters = pith_arena_take(arena, N_COUNTERS, sizeof *direct->counters);
}

void pith_direct_layout_lazy(struct pith_direct *direct, struct pith_arena *arena)
{
    pith_lazy_layout(&direct->lazy, arena, N_ROWS, ROW * sizeof *direct->counters);
}

void pith_direct_init(struct pith_direct *direct)
{
    for (uint32_t i = 0; i < N_COUNTERS; i++)
        direct->counters[i] = 32768;
    direct->at[0] = direct->at[1] = 0;
    direct->lazy.start = NULL;
}

void pith_direct_begin(struct pith_direct *direct, const struct pith_direct *start)
{
    pith_lazy_begin(&direct->lazy, direct->counters, start->counters);
    direct->at[0] = direct->at[1] = 0;
}
