/* See decider.h. */
#include "engine/decider.h"

#define CELL_HALF  0x80000000u
#define CELL_LIMIT 255 /* seen; then the past is forgotten slowly */

#define N_SETS               3
#define BIAS                 256 /* the input that is always the same */
#define RATE_START           1300
#define RATE_END             60
#define RATE2                60
#define CALIBRATOR_RATE_LOG2 6
#define CELLS_LOG2_MIN       10
#define CALIBRATORS_LOG2_MIN 10 /* more take longer to make ready than a short chunk to code */
#define CALIBRATORS_LOG2_MAX 14

void pith_decider_layout(struct pith_decider *decider, struct pith_arena *arena,
                         uint32_t n_contexts, uint32_t cells_log2, uint64_t raw_len)
{
    static const uint32_t set_sizes[N_SETS] = {PITH_DECIDER_NODES,
                                               PITH_DECIDER_SET_CONTEXTS * PITH_DECIDER_NODES,
                                               PITH_DECIDER_SET_CONTEXTS * PITH_DECIDER_NODES};
    static const uint32_t final_size = PITH_DECIDER_NODES;
    uint32_t calibrators_log2 = CALIBRATORS_LOG2_MIN;

    decider->n_contexts = n_contexts;
    decider->cells_log2 = CELLS_LOG2_MIN;
    while (decider->cells_log2 < cells_log2 && (uint64_t)1 << decider->cells_log2 < 4 * raw_len)
        decider->cells_log2++;
    while (calibrators_log2 < CALIBRATORS_LOG2_MAX && (uint64_t)16 << calibrators_log2 < raw_len)
        calibrators_log2++;
    for (uint32_t i = 0; i < n_contexts; i++)
        decider->cells[i] =
            pith_arena_take(arena, (uint64_t)1 << decider->cells_log2, sizeof(uint32_t));
    pith_mixer_layout(&decider->mixer, arena, n_contexts + 1, set_sizes, N_SETS, &final_size, 1, 1);
    for (uint32_t i = 0; i < PITH_DECIDER_CALIBRATORS; i++)
        pith_calibrator_layout(&decider->calibrators[i], arena, calibrators_log2);
}

void pith_decider_init(struct pith_decider *decider)
{
    int16_t weights[PITH_MIX_INPUTS_MAX] = {0};

    for (uint32_t i = 0; i < decider->n_contexts; i++) {
        weights[i] = (int16_t)(PITH_WEIGHT_ONE * 14 / 10 / (int32_t)decider->n_contexts);
        for (uint32_t k = 0; k < 1u << decider->cells_log2; k++)
            decider->cells[i][k] = CELL_HALF;
    }
    pith_mixer_init(&decider->mixer, weights, RATE_START, RATE_END, RATE2);
    for (uint32_t i = 0; i < PITH_DECIDER_CALIBRATORS; i++)
        pith_calibrator_init(&decider->calibrators[i], CALIBRATOR_RATE_LOG2);
}

PITH_INLINE void update_cell(uint32_t *cell, int bit)
{
    uint32_t n = *cell & 1023;
    int32_t p1 = (int32_t)(*cell >> 10), error = (bit ? (1 << 22) - 1 : 0) - p1;

    p1 += (int32_t)(((int64_t)error * pith_reciprocal_table[n]) >> 16);
    *cell = (uint32_t)p1 << 10 | (n + (n < CELL_LIMIT));
}

int pith_decider_bit(struct pith_decider *decider, struct pith_coder *coder, uint32_t node, int bit)
{
    struct pith_mixer *mixer = &decider->mixer;
    uint32_t p1;
    int32_t logit;

    for (uint32_t i = 0; i < decider->n_contexts; i++) {
        decider->chosen[i] = pith_decider_line(decider, i, node) + node % PITH_DECIDER_LINE;
        mixer->inputs[i] = (int16_t)pith_stretch(*decider->chosen[i] >> 16);
    }
    mixer->inputs[decider->n_contexts] = BIAS;
    pith_mixer_select(mixer, 0, node);
    pith_mixer_select(mixer, 1, decider->set_contexts[0] * PITH_DECIDER_NODES + node);
    pith_mixer_select(mixer, 2, decider->set_contexts[1] * PITH_DECIDER_NODES + node);
    pith_mixer_select_final(mixer, 0, node);
    logit = pith_mixer_predict(mixer);
    p1 = 2 * pith_squash(logit);
    for (uint32_t i = 0; i < PITH_DECIDER_CALIBRATORS; i++) {
        pith_calibrator_select(&decider->calibrators[i], decider->calibrator_contexts[i] << 10,
                               node | 512);
        p1 += pith_calibrator_predict(&decider->calibrators[i], logit);
    }
    p1 = p1 / 4 > 0 ? p1 / 4 : 1;
    bit = pith_coder_bit(coder, p1, bit);
    pith_mixer_update(mixer, bit);
    for (uint32_t i = 0; i < PITH_DECIDER_CALIBRATORS; i++)
        pith_calibrator_update(&decider->calibrators[i], bit);
    for (uint32_t i = 0; i < decider->n_contexts; i++)
        update_cell(decider->chosen[i], bit);
    return bit;
}
