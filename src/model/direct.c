/* See direct.h. */
#include "model/direct.h"

#include "num/logistic.h"

#define N_COUNTERS (257u * 256u * 2u)
#define SLOW_LOG2 6
#define FAST_LOG2 3

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

void pith_direct_predict(struct pith_direct *direct, uint32_t last, uint32_t bits_seen,
                         int16_t *inputs)
{
    direct->at[0] = bits_seen * 2;
    direct->at[1] = ((last + 1) * 256 + bits_seen) * 2;
    for (int i = 0; i < 2; i++) {
        const uint16_t *counter = direct->counters + direct->at[i];

        inputs[2 * i] = (int16_t)pith_stretch(counter[0]);
        inputs[2 * i + 1] = (int16_t)pith_stretch(counter[1]);
    }
}

static uint16_t moved(uint16_t p1, int bit, int rate_log2)
{
    return (uint16_t)(bit ? p1 + ((65535 - p1) >> rate_log2) : p1 - (p1 >> rate_log2));
}

void pith_direct_update(struct pith_direct *direct, int bit)
{
    for (int i = 0; i < 2; i++) {
        uint16_t *counter = direct->counters + direct->at[i];

        counter[0] = moved(counter[0], bit, SLOW_LOG2);
        counter[1] = moved(counter[1], bit, FAST_LOG2);
    }
}
