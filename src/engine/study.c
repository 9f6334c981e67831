/* See study.h. */
#include "engine/study.h"

/* Digit by digit: the square of a number has twice its logarithm. */
uint32_t pith_study_cost(uint32_t p_q16)
{
    uint64_t x = (uint64_t)p_q16 << 15; /* to be 1..2 in 1/2^31 */
    uint32_t whole = 0, fraction = 0;

    while (x < (uint64_t)1 << 31) {
        x <<= 1;
        whole++;
    }
    for (int i = 0; i < 16; i++) {
        x = (x * x) >> 31;
        fraction <<= 1;
        if (x >= (uint64_t)1 << 32) {
            x >>= 1;
            fraction |= 1;
        }
    }
    return (whole << 16) - fraction;
}

void pith_study_bit(struct pith_study *study, uint32_t p1_q16, int bit,
                    const int32_t pushes[PITH_COMPONENTS])
{
    pith_component_share *leader = NULL;
    int32_t hardest = 0;

    study->cost += pith_study_cost(bit ? p1_q16 : 65536 - p1_q16);
    study->n_bits++;
    for (int i = 0; i < PITH_COMPONENTS; i++) {
        int32_t right = bit ? pushes[i] : -pushes[i];

        study->shares[i].pushed += (uint64_t)(right < 0 ? -right : right);
        study->shares[i].misled += right < 0;
        if (right > hardest) {
            hardest = right;
            leader = &study->shares[i];
        }
    }
    if (leader)
        leader->led++;
}
