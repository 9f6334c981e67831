/* See engine.h. */
#include "engine/engine.h"

#include <string.h>

#include "base/compiler.h"
#include "cpu/cpu.h"
#include "engine/engine_study.h"
#include "model/hash.h"
#include "num/logistic.h"

#define SELECT_MATCH    1024 /* match class, contexts known, bit number */
#define SELECT_EXPECTED 768  /* predicted bit, bits of the byte so far */
#define SELECT_BYTE     256  /* what holds for a whole byte */
#define BIAS_INPUTS     1
#define BIAS            256

#define SLOT_WEIGHT_START    2000 /* of PITH_WEIGHT_ONE, for a context's first input */
#define MATCH_WEIGHT_START   3000
#define RATE_START           1310 /* 0.02 */
#define RATE_END             131  /* 0.002 */
#define RATE2                131
#define CALIBRATOR_RATE_LOG2 6

/* Weight sets, the most useful first: a level takes as many as it says.  Only the first and
 * SET_EXPECTED are chosen anew for each bit. */
enum { SET_MATCH, SET_C1, SET_FIRST, SET_C2, SET_EXPECTED, SET_SECOND, SET_C3 };

static const uint32_t set_sizes[PITH_ENGINE_SETS_MAX] = {
    SELECT_MATCH, SELECT_BYTE, SELECT_BYTE, SELECT_BYTE, SELECT_EXPECTED, SELECT_BYTE, SELECT_BYTE,
};

static void lay_out_kind(struct pith_engine *engine, struct pith_arena *arena, uint32_t kind)
{
    const struct pith_level *level = engine->level;
    uint32_t n = pith_profile_n_contexts(&level->kinds[kind]);

    pith_slots_maps_layout(&engine->maps[kind], arena, n);
    pith_mixer_layout(&engine->mixers[kind], arena,
                      n * PITH_SLOTS_INPUTS + level->n_rungs * PITH_MATCH_INPUTS +
                          PITH_DIRECT_INPUTS + BIAS_INPUTS,
                      set_sizes, level->n_sets, 2048);
}

void pith_engine_layout(struct pith_engine *engine, struct pith_arena *arena, int level,
                        uint64_t raw_len)
{
    pith_engine_layout_studied(engine, arena, level, raw_len, NULL);
}

void pith_engine_layout_studied(struct pith_engine *engine, struct pith_arena *arena, int level,
                                uint64_t raw_len, struct pith_study *study)
{
    /* Tables keep their size whatever is left out of them. */
    const struct pith_level *full = pith_level_get(level), *bounds = full;

    memset(engine, 0, sizeof *engine);
    engine->study = study;
    if (study) {
        engine->reduced = *full;
        pith_level_leave_out(&engine->reduced, study->left_out);
        bounds = &engine->reduced;
    }
    engine->level = bounds;
    pith_slots_layout(&engine->slots, arena, pith_level_lines_log2(full, raw_len));
    pith_match_layout(&engine->match, arena, bounds->rungs, bounds->n_rungs,
                      pith_level_heads_log2(bounds, raw_len));
    pith_direct_layout(&engine->direct, arena);
    pith_indirect_layout(&engine->indirect, arena);
    for (uint32_t kind = 0; kind < PITH_KINDS; kind++)
        lay_out_kind(engine, arena, kind);
    for (uint32_t i = 0; i < bounds->n_calibrators; i++)
        pith_calibrator_layout(&engine->calibrators[i], arena, pith_level_calibrator_log2(raw_len));
}

/* A kind's maps and weights are made ready when it first comes up: most data has one kind. */
static void begin_kind(struct pith_engine *engine, enum pith_kind kind)
{
    int16_t start[PITH_MIX_INPUTS_MAX] = {0};
    uint32_t n = engine->maps[kind].n_contexts;
    int32_t rate2 = pith_study_lacks(engine->study, PITH_COMPONENT_SECOND_LAYER) ? 0 : RATE2;

    for (uint32_t i = 0; i < n; i++)
        start[i] = SLOT_WEIGHT_START;
    for (uint32_t i = 0; i < engine->level->n_rungs; i++)
        start[PITH_SLOTS_INPUTS * n + PITH_MATCH_INPUTS * i] = MATCH_WEIGHT_START;
    pith_slots_maps_init(&engine->maps[kind]);
    pith_mixer_init(&engine->mixers[kind], start, RATE_START, RATE_END, rate2);
    engine->kinds_begun |= 1u << kind;
}

void pith_engine_begin_segment(struct pith_engine *engine, enum pith_kind kind, uint32_t record_len)
{
    if (!(engine->kinds_begun >> kind & 1))
        begin_kind(engine, kind);
    engine->kind = kind;
    engine->profile = &engine->level->kinds[kind];
    engine->mixer = &engine->mixers[kind];
    pith_slots_use(&engine->slots, &engine->maps[kind]);
    pith_record_begin(&engine->record, record_len);
    pith_x86_init(&engine->x86);
    if (engine->study)
        engine->study->used |= pith_level_components(engine->level, kind);
}

static void end_byte(struct pith_engine *engine, uint8_t byte)
{
    pith_history_push(&engine->history, byte);
    pith_match_follow(&engine->match, &engine->history);
    if (engine->profile->n_indirect)
        pith_indirect_update(&engine->indirect, &engine->history);
    pith_words_update(&engine->words, &engine->history);
    pith_structure_update(&engine->structure, &engine->history);
    pith_record_update(&engine->record);
    if (engine->kind == PITH_KIND_X86)
        pith_x86_update(&engine->x86, byte);
}

/* What of the surroundings says most about how far to trust which context, for each kind: two
 * selectors of 256 values. */
static void kind_selectors(const struct pith_engine *engine, uint32_t *first, uint32_t *second)
{
    uint32_t c1 = engine->history.last8 & 255;
    uint32_t column = engine->structure.column < 255 ? engine->structure.column : 255;

    switch (engine->kind) {
    case PITH_KIND_X86:
        *first = engine->x86.opcode & 255;
        *second = engine->x86.place << 4 | engine->x86.left;
        break;
    case PITH_KIND_RECORDS:
        *first = engine->record.column & 255;
        *second = pith_history_back(&engine->history, engine->record.len);
        break;
    default:
        *first = (engine->words.len < 7 ? engine->words.len : 7) << 5 | c1 >> 3;
        *second = engine->kind == PITH_KIND_MARKUP ? engine->structure.above : column;
    }
}

/* The selectors that hold for a whole byte. */
static void begin_selectors(struct pith_engine *engine)
{
    uint64_t last = engine->history.last8;
    uint32_t first, second;

    kind_selectors(engine, &first, &second);
    const uint32_t selected[PITH_ENGINE_SETS_MAX] = {
        [SET_C1] = last & 255, [SET_FIRST] = first,         [SET_C2] = last >> 8 & 255,
        [SET_SECOND] = second, [SET_C3] = last >> 16 & 255,
    };

    for (uint32_t s = 0; s < engine->level->n_sets; s++)
        pith_mixer_select(engine->mixer, s, selected[s]);
    engine->calibrator_base[0] = (uint32_t)(last & 255) << 8;
    engine->calibrator_base[1] = pith_hash(1, last & 0xffff) << 8;
    engine->calibrator_base[2] = pith_hash2(2, engine->words.word, first) << 8;
}

/* The fetched contexts' groups, and how many are known as a class 0..15. */
static void find_groups(struct pith_engine *engine, uint32_t last_bit)
{
    engine->n_known = pith_slots_find(&engine->slots, last_bit) * 15 / engine->slots.n_contexts;
}

static void begin_byte(struct pith_engine *engine)
{
    const struct pith_profile *p = engine->profile;
    const struct pith_history *history = &engine->history;
    uint32_t *hashes = engine->slots.hash;
    uint32_t n = engine->slots.n_contexts - p->n_match;

    pith_orders_contexts(history, p->orders, p->n_orders, hashes);
    hashes += p->n_orders;
    pith_words_contexts(&engine->words, history, hashes, p->n_words);
    hashes += p->n_words;
    pith_structure_contexts(&engine->structure, history, p->n_structure, hashes);
    hashes += p->n_structure;
    pith_indirect_contexts(&engine->indirect, history, p->n_indirect, hashes);
    hashes += p->n_indirect;
    pith_sparse_contexts(history, p->n_sparse, hashes);
    hashes += p->n_sparse;
    pith_record_contexts(&engine->record, history, p->n_record, hashes);
    hashes += p->n_record;
    pith_x86_contexts(&engine->x86, history, p->n_x86, hashes);
    pith_slots_prepare(&engine->slots, 0, n);
    if (engine->level->n_sets > 1 || engine->level->n_calibrators > 0)
        begin_selectors(engine);
    pith_match_begin(&engine->match, history);
    pith_match_contexts(&engine->match, history, p->n_match, engine->slots.hash + n);
    pith_slots_prepare(&engine->slots, n, n + p->n_match);
    find_groups(engine, 0);
}

PITH_INLINE void select_contexts(struct pith_engine *engine, uint32_t bits_seen, uint32_t n_seen)
{
    uint32_t match = engine->match.longest_class;
    uint32_t expected = pith_match_expected(&engine->match, bits_seen, n_seen);
    uint32_t expected_bit = expected ? 1 + (expected >> (7 - n_seen) & 1) : 0;

    pith_mixer_select(engine->mixer, SET_MATCH, (match * 16 + engine->n_known) * 8 + n_seen);
    if (engine->level->n_sets > SET_EXPECTED)
        pith_mixer_select(engine->mixer, SET_EXPECTED, expected_bit * 256 + bits_seen);
    engine->select2 = match * 256 + bits_seen;
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

PITH_INLINE uint32_t predict(struct pith_engine *engine, uint32_t bits_seen, uint32_t n_seen,
                             int is_studied)
{
    int16_t *inputs = engine->mixer->inputs;

    select_contexts(engine, bits_seen, n_seen);
    pith_slots_predict(&engine->slots, inputs);
    inputs += PITH_SLOTS_INPUTS * engine->slots.n_contexts;
    pith_match_predict(&engine->match, bits_seen, n_seen, inputs);
    inputs += PITH_MATCH_INPUTS * engine->level->n_rungs;
    pith_direct_predict(&engine->direct, (uint32_t)engine->history.last8 & 255, bits_seen, inputs);
    inputs[PITH_DIRECT_INPUTS] = BIAS;
    if (is_studied)
        pith_engine_silence(engine);
    return calibrate(engine, pith_mixer_predict(engine->mixer, engine->select2));
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

/* is_studied is a constant of each variant. */
PITH_INLINE uint32_t code_bits(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte,
                               int is_studied)
{
    uint32_t bits_seen = 1;

    for (uint32_t n_seen = 0; n_seen < 8; n_seen++) {
        int bit = byte >> (7 - n_seen) & 1;
        uint32_t p1 = predict(engine, bits_seen, n_seen, is_studied);

        bit = pith_coder_bit(coder, p1, bit);
        if (is_studied && engine->study->is_watching)
            pith_engine_tell(engine, p1, bit);
        bits_seen = bits_seen << 1 | (uint32_t)bit;
        pith_slots_update(&engine->slots, bit);
        update(engine, n_seen, bit);
        if (n_seen == 2)
            pith_slots_prepare_second(&engine->slots, bits_seen);
        if (n_seen == 3)
            find_groups(engine, (uint32_t)bit);
    }
    return bits_seen;
}

static uint32_t code_bits_plain(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte)
{
    return code_bits(engine, coder, byte, 0);
}

static uint32_t code_bits_studied(struct pith_engine *engine, struct pith_coder *coder,
                                  uint8_t byte)
{
    return code_bits(engine, coder, byte, 1);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) static uint32_t code_bits_avx2(struct pith_engine *engine,
                                                               struct pith_coder *coder,
                                                               uint8_t byte)
{
    return code_bits(engine, coder, byte, 0);
}

__attribute__((target("avx2"))) static uint32_t code_bits_studied_avx2(struct pith_engine *engine,
                                                                       struct pith_coder *coder,
                                                                       uint8_t byte)
{
    return code_bits(engine, coder, byte, 1);
}
#endif

/* The same code for every instruction set: it is the compiler that makes vectors of its loops. */
static pith_code_bits *best_code_bits(int is_studied)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (pith_cpu_features() & PITH_CPU_AVX2)
        return is_studied ? code_bits_studied_avx2 : code_bits_avx2;
#endif
    return is_studied ? code_bits_studied : code_bits_plain;
}

void pith_engine_init(struct pith_engine *engine, uint8_t *data)
{
    memset(&engine->history, 0, sizeof engine->history);
    engine->history.data = data;
    engine->code_bits = best_code_bits(engine->study != NULL);
    engine->kinds_begun = 0;
    engine->select2 = engine->n_known = 0;
    pith_slots_init(&engine->slots);
    pith_match_init(&engine->match);
    pith_direct_init(&engine->direct);
    pith_indirect_init(&engine->indirect);
    pith_words_init(&engine->words);
    pith_structure_init(&engine->structure);
    pith_record_begin(&engine->record, 0);
    pith_x86_init(&engine->x86);
    for (uint32_t i = 0; i < engine->level->n_calibrators; i++)
        pith_calibrator_init(&engine->calibrators[i], CALIBRATOR_RATE_LOG2);
}

uint8_t pith_engine_byte(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte)
{
    uint32_t bits_seen;

    begin_byte(engine);
    bits_seen = engine->code_bits(engine, coder, byte);
    end_byte(engine, (uint8_t)bits_seen);
    return (uint8_t)bits_seen;
}
