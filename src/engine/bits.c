/* See bits.h. */
#include "engine/bits.h"

#include "base/compiler.h"
#include "cpu/cpu.h"
#include "engine/engine_study.h"
#include "num/logistic.h"

const uint32_t pith_denoiser_sizes[PITH_DENOISER_STEPS] = {16 * 8, 256, 16 * 32};

void pith_engine_find_groups(struct pith_engine *engine, uint32_t nibble)
{
    engine->n_known = pith_slots_find(&engine->slots, nibble) * 15 / engine->slots.n_contexts;
}

PITH_INLINE void select_contexts(struct pith_engine *engine, uint32_t bits_seen, uint32_t n_seen)
{
    uint32_t match = engine->match.longest_class;
    uint32_t expected = pith_match_expected(&engine->match, bits_seen, n_seen);
    uint32_t expected_bit = expected ? 1 + (expected >> (7 - n_seen) & 1) : 0;

    pith_mixer_select(engine->mixer, PITH_SET_MATCH, (match * 16 + engine->n_known) * 8 + n_seen);
    if (engine->level->n_sets > PITH_SET_EXPECTED)
        pith_mixer_select(engine->mixer, PITH_SET_EXPECTED, expected_bit * 256 + bits_seen);
    if (engine->level->n_sets > 1)
        pith_mixer_select_final(engine->mixer, 0, match * 256 + bits_seen);
    engine->calibrator_base[3] = expected << 8;
    for (uint32_t i = 0; i < engine->level->n_calibrators; i++)
        pith_calibrator_select(&engine->calibrators[i], engine->calibrator_base[i], bits_seen);
}

/* A quarter the mixer's probability, the rest the mean of the calibrators'. */
PITH_INLINE uint32_t calibrate(struct pith_engine *engine, int32_t logit)
{
    uint32_t n = engine->level->n_calibrators, sum = 0, p1 = pith_squash(logit);

    for (uint32_t i = 0; i < n; i++)
        sum += pith_calibrator_predict(&engine->calibrators[i], logit);
    if (n > 0)
        p1 = (p1 * n + 3 * sum) / (4 * n);
    return p1 < 1 ? 1 : p1;
}

/* A class 0..15 of what comes: of the word before, or of the place in the instruction or record. */
PITH_INLINE uint32_t place_class(const struct pith_engine *engine)
{
    switch (engine->kind) {
    case PITH_KIND_X86:
        return (engine->x86.place << 1 | (engine->x86.past >> 7 & 1)) & 15;
    case PITH_KIND_RECORDS:
        return engine->record.column & 15;
    default:
        return engine->words.classes[0] >> 4 & 15;
    }
}

/* Whether the network's likeliest byte still can be: 0 = no, else 1 + its next bit.  Without a network
 * (a study left it out) it has none. */
PITH_INLINE uint32_t network_says(const struct pith_engine *engine, uint32_t bits_seen,
                                  uint32_t n_seen)
{
    uint32_t likeliest = pith_recurrent_likeliest(&engine->network) | 256;

    if (engine->level->network_width == 0)
        return 0;
    return likeliest >> (8 - n_seen) == bits_seen ? 1 + (likeliest >> (7 - n_seen) & 1) : 0;
}

/* Orders whose current node has been seen before. */
PITH_INLINE uint32_t orders_known(const struct pith_engine *engine)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < engine->profile->n_orders; i++)
        n += (engine->slots.cell[i] & 255) != 0;
    return n < 15 ? n : 15;
}

/* 13 bits: how the last byte begins and the bits seen; for machine code, where the bytes before say more, how
 * the last two begin and the number of the bit. */
PITH_INLINE uint32_t surroundings(const struct pith_engine *engine, uint32_t bits_seen,
                                  uint32_t n_seen)
{
    uint32_t c1 = engine->history.last8 >> 3 & 31, c2 = engine->history.last8 >> 11 & 31;

    return engine->kind == PITH_KIND_X86 ? (c2 << 5 | c1) << 3 | n_seen : c1 << 8 | bits_seen;
}

/* How the last two bytes begin, in 7 bits. */
PITH_INLINE uint32_t beginnings(const struct pith_engine *engine)
{
    return (uint32_t)((engine->history.last8 >> 12 & 15) << 3 | (engine->history.last8 >> 5 & 7));
}

PITH_INLINE void select_strong(struct pith_engine *engine, uint32_t bits_seen, uint32_t n_seen)
{
    uint32_t class = pith_recurrent_class(&engine->network);
    uint32_t says = network_says(engine, bits_seen, n_seen);
    uint32_t expected = pith_match_expected(&engine->match, bits_seen, n_seen);
    uint32_t match_says = expected ? 1 + (expected >> (7 - n_seen) & 1) : 0;
    uint32_t agrees = !says ? 0 : !match_says ? 1 : match_says == says ? 2 : 3;
    uint32_t network = class * 32 + agrees * 8 + n_seen;
    uint32_t c1 = (uint32_t)engine->history.last8 & 255;
    uint32_t length = engine->words.len < 7 ? engine->words.len : 7, order;

    if (engine->kind == PITH_KIND_X86)
        length = engine->x86.place;
    order = (orders_known(engine) << 3 | n_seen) << 3 | (length & 7);
    if (engine->level->n_sets > PITH_LEVEL_PLAIN_SETS) {
        pith_mixer_select(engine->mixer, PITH_SET_NETWORK, network);
        pith_mixer_select(engine->mixer, PITH_SET_ORDER, order);
        if (engine->level->n_sets > PITH_SET_BYTES) {
            pith_mixer_select(engine->mixer, PITH_SET_CLASS, place_class(engine) << 8 | bits_seen);
            pith_mixer_select(engine->mixer, PITH_SET_BYTES,
                              surroundings(engine, bits_seen, n_seen));
        }
        pith_mixer_select_final(engine->mixer, 1, network);
        pith_mixer_select_final(engine->mixer, 2, c1 << 3 | n_seen);
        pith_mixer_select_final(engine->mixer, 3, order);
        pith_mixer_select_final(engine->mixer, 4, beginnings(engine) << 8 | bits_seen);
        pith_mixer_select_final(engine->mixer, 5, engine->kind_selector << 3 | n_seen);
    }
    engine->denoiser_contexts[0] = order >> 3;
    engine->denoiser_contexts[1] = bits_seen;
    engine->denoiser_contexts[2] = network;
    engine->calibrator_base[4] = (says * PITH_RECURRENT_CLASSES + class) << 8;
    for (uint32_t i = 4; i < engine->level->n_calibrators; i++)
        pith_calibrator_select(&engine->calibrators[i], engine->calibrator_base[i], bits_seen);
}

/* The inputs that only the strongest levels have, behind the others. */
PITH_INLINE void predict_strong(struct pith_engine *engine, uint32_t bits_seen, uint32_t n_seen)
{
    const struct pith_level *level = engine->level;
    const struct pith_places *places = &engine->places;
    int16_t *inputs = engine->mixer->inputs;

    if (level->has_estimates)
        pith_slots_estimate(&engine->slots, inputs + engine->slots.n_contexts);
    if (level->has_runs)
        pith_runs_predict(&engine->runs, n_seen, inputs + places->runs);
    if (level->has_joint)
        inputs[places->joint] = pith_joint_predict(engine->joint, engine->slots.cell, n_seen);
    if (level->network_width > 0) {
        uint32_t p1 = pith_recurrent_p1(&engine->network, bits_seen);

        inputs[places->network] = (int16_t)pith_stretch(p1);
        inputs[places->network + 1] = (int16_t)(((int32_t)p1 - 32768) >> 5);
    }
    select_strong(engine, bits_seen, n_seen);
}

PITH_INLINE void update_strong(struct pith_engine *engine, uint32_t n_seen, int bit)
{
    if (engine->level->has_denoiser)
        pith_denoiser_update(&engine->denoiser, bit);
    if (engine->level->has_estimates)
        pith_slots_update_estimates(&engine->slots, bit);
    if (engine->level->has_runs)
        pith_runs_update(&engine->runs, bit);
    if (engine->level->has_joint)
        pith_joint_update(engine->joint, engine->slots.cell, n_seen, bit);
}

PITH_INLINE uint32_t predict(struct pith_engine *engine, uint32_t bits_seen, uint32_t n_seen,
                             int is_studied, int is_strong)
{
    int16_t *inputs = engine->mixer->inputs;
    uint32_t p1;

    select_contexts(engine, bits_seen, n_seen);
    pith_slots_predict(&engine->slots, inputs,
                       is_strong ? NULL : inputs + engine->slots.n_contexts);
    inputs += engine->places.rungs;
    pith_match_predict(&engine->match, bits_seen, n_seen, inputs);
    inputs += PITH_MATCH_INPUTS * engine->level->n_rungs;
    pith_direct_predict(&engine->direct, (uint32_t)engine->history.last8 & 255, bits_seen, inputs);
    inputs[PITH_DIRECT_INPUTS] = PITH_BIAS;
    if (is_strong)
        predict_strong(engine, bits_seen, n_seen);
    if (is_studied)
        pith_engine_silence(engine);
    p1 = calibrate(engine, pith_mixer_predict(engine->mixer));
    if (is_strong && engine->level->has_denoiser)
        p1 = pith_denoiser_predict(&engine->denoiser, p1, engine->denoiser_contexts);
    return p1;
}

/* Everything but the slots. */
PITH_INLINE void update(struct pith_engine *engine, uint32_t n_seen, int bit)
{
    pith_match_update(&engine->match, n_seen, bit);
    pith_direct_update(&engine->direct, bit);
    pith_mixer_update(engine->mixer, bit);
    for (uint32_t i = 0; i < engine->level->n_calibrators; i++)
        pith_calibrator_update(&engine->calibrators[i], bit);
}

/* is_studied and is_strong are constants of each variant. */
PITH_INLINE uint32_t code_bits(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte,
                               int is_studied, int is_strong)
{
    uint32_t bits_seen = 1;

    for (uint32_t n_seen = 0; n_seen < 8; n_seen++) {
        int bit = byte >> (7 - n_seen) & 1;
        uint32_t p1 = predict(engine, bits_seen, n_seen, is_studied, is_strong);

        bit = pith_coder_bit(coder, p1, bit);
        if (is_studied && engine->study->is_watching)
            pith_engine_tell(engine, p1, bit, n_seen);
        bits_seen = bits_seen << 1 | (uint32_t)bit;
        if (is_strong)
            update_strong(engine, n_seen, bit);
        pith_slots_update(&engine->slots, bit);
        update(engine, n_seen, bit);
        if (n_seen == 2)
            pith_slots_prepare_second(&engine->slots, bits_seen);
        if (n_seen == 3)
            pith_engine_find_groups(engine, bits_seen & 15);
    }
    return bits_seen;
}

/* The same code for every instruction set: it is the compiler that makes vectors of its loops. */
#define VARIANT(name, attribute, is_studied, is_strong)                                  \
    attribute static uint32_t name(struct pith_engine *engine, struct pith_coder *coder, \
                                   uint8_t byte)                                         \
    {                                                                                    \
        return code_bits(engine, coder, byte, is_studied, is_strong);                    \
    }

VARIANT(plain, , 0, 0)
VARIANT(plain_strong, , 0, 1)
VARIANT(plain_studied, , 1, 0)
VARIANT(plain_studied_strong, , 1, 1)

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2")))
VARIANT(avx2, AVX2, 0, 0)
VARIANT(avx2_strong, AVX2, 0, 1)
VARIANT(avx2_studied, AVX2, 1, 0)
VARIANT(avx2_studied_strong, AVX2, 1, 1)
#endif

pith_code_bits *pith_code_bits_best(int is_studied, int is_strong)
{
    static pith_code_bits *const plain_variants[2][2] = {{plain, plain_strong},
                                                         {plain_studied, plain_studied_strong}};

#if defined(__x86_64__) && defined(__GNUC__)
    static pith_code_bits *const avx2_variants[2][2] = {{avx2, avx2_strong},
                                                        {avx2_studied, avx2_studied_strong}};

    if (pith_cpu_features() & PITH_CPU_AVX2)
        return avx2_variants[is_studied][is_strong];
#endif
    return plain_variants[is_studied][is_strong];
}
