/* See engine.h. */
#include "engine/engine.h"

#include <string.h>

#include "base/compiler.h"
#include "engine/bits.h"
#include "engine/engine_study.h"
#include "model/hash.h"
#include "num/logistic.h"

#define SLOT_WEIGHT_START      2000 /* of PITH_WEIGHT_ONE, for a context's first input */
#define MATCH_WEIGHT_START     3000
#define NETWORK_WEIGHT_START   4000
#define RATE_START             1310 /* 0.02 */
#define RATE_END               131  /* 0.002 */
#define RATE2                  131
#define CALIBRATOR_RATE_LOG2   6
#define LEARNT_CALIBRATOR_LOG2 12

static const uint32_t set_sizes[PITH_ENGINE_SETS_MAX] = {
    [PITH_SET_MATCH] = 1024, [PITH_SET_C1] = 256,       [PITH_SET_FIRST] = 256,
    [PITH_SET_C2] = 256,     [PITH_SET_EXPECTED] = 768, [PITH_SET_SECOND] = 256,
    [PITH_SET_C3] = 256,     [PITH_SET_NETWORK] = 512,  [PITH_SET_ORDER] = 1024,
    [PITH_SET_WORD] = 4096,  [PITH_SET_CLASS] = 4096,   [PITH_SET_BYTES] = 8192,
};

/* The last rate at the strongest levels.  Prose stays as it is; programs change from part to part. */
static const int32_t strong_rate_ends[PITH_KINDS] = {
    [PITH_KIND_TEXT] = 33, [PITH_KIND_MARKUP] = 33, [PITH_KIND_RECORDS] = 80, [PITH_KIND_X86] = 80};

static const uint32_t final_sizes[PITH_ENGINE_FINALS] = {2048, 512, 2048, 1024, 32768, 2048};

static void lay_out_kind(struct pith_engine *engine, struct pith_arena *arena, uint32_t kind)
{
    const struct pith_level *level = engine->level;
    uint32_t n = pith_profile_n_contexts(&level->kinds[kind]);

    pith_profile_ids(&level->kinds[kind], engine->ids[kind]);
    pith_slots_maps_layout(&engine->maps[kind], arena, n);
    if (level->has_runs)
        pith_runs_maps_layout(&engine->runs_maps[kind], arena, n);
    if (level->has_joint)
        pith_joint_layout(&engine->joints[kind], arena, n);
    pith_mixer_layout(&engine->mixers[kind], arena, pith_level_places(level, n).n_inputs, set_sizes,
                      level->n_sets, final_sizes,
                      level->n_sets > PITH_LEVEL_PLAIN_SETS ? PITH_ENGINE_FINALS : 1,
                      pith_level_is_strong(level));
    if (engine->start)
        pith_mixer_layout_lazy(&engine->mixers[kind], arena);
}

/* What only the strongest levels have. */
static void lay_out_strong(struct pith_engine *engine, struct pith_arena *arena)
{
    const struct pith_level *level = engine->level, *full = engine->full;

    if (full->kinds[PITH_KIND_TEXT].n_phrases > 0)
        pith_phrases_layout(&engine->phrases, arena);
    if (level->has_denoiser)
        pith_denoiser_layout(&engine->denoiser, arena, pith_denoiser_sizes);
    if (level->has_runs)
        pith_runs_layout(&engine->runs, arena, pith_level_runs_log2(full, engine->raw_len));
    if (level->network_width > 0)
        pith_recurrent_layout(&engine->network, arena, level->network_width,
                              pith_level_rows_log2(level, engine->raw_len), level->is_fully_gated);
}

/* level and full are set, study and start too.  Tables keep their size whatever is left out of them. */
static void lay_out(struct pith_engine *engine, struct pith_arena *arena, uint64_t raw_len,
                    uint32_t calibrator_log2)
{
    const struct pith_level *level = engine->level, *full = engine->full;

    engine->raw_len = raw_len;
    pith_slots_layout(&engine->slots, arena, pith_level_lines(full, raw_len),
                      pith_level_is_strong(full), full->has_estimates);
    pith_match_layout(&engine->match, arena, level->rungs, level->n_rungs,
                      pith_level_heads_log2(level, raw_len), pith_level_is_strong(level));
    pith_direct_layout(&engine->direct, arena);
    pith_indirect_layout(&engine->indirect, arena);
    for (uint32_t kind = 0; kind < PITH_KINDS; kind++)
        lay_out_kind(engine, arena, kind);
    lay_out_strong(engine, arena);
    for (uint32_t i = 0; i < level->n_calibrators; i++)
        pith_calibrator_layout(&engine->calibrators[i], arena, calibrator_log2);
    if (!engine->start)
        return;
    pith_direct_layout_lazy(&engine->direct, arena);
    for (uint32_t i = 0; i < level->n_calibrators; i++)
        pith_calibrator_layout_lazy(&engine->calibrators[i], arena);
}

void pith_engine_layout(struct pith_engine *engine, struct pith_arena *arena, int level,
                        uint64_t raw_len)
{
    pith_engine_layout_studied(engine, arena, level, raw_len, NULL);
}

void pith_engine_layout_studied(struct pith_engine *engine, struct pith_arena *arena, int level,
                                uint64_t raw_len, struct pith_study *study)
{
    memset(engine, 0, sizeof *engine);
    engine->level = engine->full = pith_level_get(level);
    engine->study = study;
    if (study) {
        engine->reduced = *engine->full;
        pith_level_leave_out(&engine->reduced, study->left_out);
        engine->level = &engine->reduced;
    }
    lay_out(engine, arena, raw_len, pith_level_calibrator_log2(raw_len));
}

/* What is learnt has one shape, but long data have more calibrators than small. */
static uint32_t primed_calibrator_log2(uint64_t raw_len)
{
    uint32_t log2 = pith_level_calibrator_log2(raw_len);

    return log2 > LEARNT_CALIBRATOR_LOG2 ? log2 : LEARNT_CALIBRATOR_LOG2;
}

static void lay_out_learnt(struct pith_engine *engine, struct pith_arena *arena, int level,
                           uint64_t raw_len, const struct pith_start *start)
{
    memset(engine, 0, sizeof *engine);
    engine->level = engine->full = pith_level_get(level);
    engine->start = start;
    lay_out(engine, arena, raw_len,
            start ? primed_calibrator_log2(raw_len) : LEARNT_CALIBRATOR_LOG2);
}

void pith_engine_layout_primed(struct pith_engine *engine, struct pith_arena *arena, int level,
                               uint64_t raw_len, const struct pith_start *start)
{
    lay_out_learnt(engine, arena, level, raw_len, start);
}

void pith_engine_layout_learner(struct pith_engine *engine, struct pith_arena *arena, int level,
                                uint64_t raw_len)
{
    lay_out_learnt(engine, arena, level, raw_len, NULL);
}

void pith_engine_start_weights(const struct pith_engine *engine, enum pith_kind kind,
                               int16_t start[PITH_MIX_INPUTS_MAX])
{
    uint32_t n = engine->maps[kind].n_contexts;
    const struct pith_places places = pith_level_places(engine->level, n);

    memset(start, 0, PITH_MIX_INPUTS_MAX * sizeof *start);
    for (uint32_t i = 0; i < n; i++)
        start[i] = (int16_t)(n > 33 ? 24000 / n : SLOT_WEIGHT_START);
    for (uint32_t i = 0; i < engine->level->n_rungs; i++)
        start[places.rungs + PITH_MATCH_INPUTS * i] = MATCH_WEIGHT_START;
    if (engine->level->network_width > 0)
        start[places.network] = NETWORK_WEIGHT_START;
}

/* A kind's maps and weights are made ready when it first comes up: most data has one kind. */
static void begin_kind(struct pith_engine *engine, enum pith_kind kind)
{
    int16_t start[PITH_MIX_INPUTS_MAX];
    int is_strong = pith_level_is_strong(engine->level);
    int32_t rate2 = pith_study_lacks(engine->study, PITH_COMPONENT_SECOND_LAYER) ? 0 : RATE2;

    pith_engine_start_weights(engine, kind, start);
    if (engine->level->has_runs)
        pith_runs_maps_init(&engine->runs_maps[kind]);
    if (engine->level->has_joint)
        pith_joint_init(&engine->joints[kind]);
    pith_slots_maps_init(&engine->maps[kind]);
    pith_mixer_init(&engine->mixers[kind], start, RATE_START,
                    is_strong ? strong_rate_ends[kind] : RATE_END, rate2);
}

/* The same from a prior that knows the kind. */
static void begin_kind_from(struct pith_engine *engine, enum pith_kind kind,
                            const struct pith_engine *start)
{
    uint32_t n = engine->maps[kind].n_contexts;

    memcpy(engine->maps[kind].cells, start->maps[kind].cells,
           (size_t)n * 256 * sizeof *engine->maps[kind].cells);
    if (engine->level->has_runs)
        memcpy(engine->runs_maps[kind].cells, start->runs_maps[kind].cells,
               (size_t)n * PITH_RUNS_MAPS * sizeof *engine->runs_maps[kind].cells);
    if (engine->level->has_joint) {
        engine->joints[kind].logit = 0;
        memcpy(engine->joints[kind].weights, start->joints[kind].weights,
               (size_t)n * 256 * 8 * sizeof *engine->joints[kind].weights);
    }
    pith_mixer_begin(&engine->mixers[kind], &start->mixers[kind]);
}

void pith_engine_begin_segment(struct pith_engine *engine, enum pith_kind kind, uint32_t record_len)
{
    if (!(engine->kinds_begun >> kind & 1)) {
        if (engine->start && engine->start->engine.kinds_begun >> kind & 1)
            begin_kind_from(engine, kind, &engine->start->engine);
        else
            begin_kind(engine, kind);
    }
    engine->kinds_begun |= 1u << kind;
    engine->kind = kind;
    engine->profile = &engine->level->kinds[kind];
    engine->mixer = &engine->mixers[kind];
    engine->joint = &engine->joints[kind];
    engine->places = pith_level_places(engine->level, engine->maps[kind].n_contexts);
    pith_slots_use(&engine->slots, &engine->maps[kind], engine->ids[kind]);
    if (engine->level->has_runs)
        pith_runs_use(&engine->runs, &engine->runs_maps[kind]);
    pith_record_begin(&engine->record, record_len);
    pith_x86_init(&engine->x86);
    if (engine->study)
        engine->study->used |= pith_level_components(engine->level, kind);
}

static void end_byte(struct pith_engine *engine, uint8_t byte)
{
    pith_slots_end_byte(&engine->slots, byte >> 4);
    pith_history_push(&engine->history, byte);
    pith_match_follow(&engine->match, &engine->history);
    if (engine->profile->n_indirect)
        pith_indirect_update(&engine->indirect, &engine->history);
    pith_words_update(&engine->words, &engine->history);
    pith_structure_update(&engine->structure, &engine->history);
    pith_record_update(&engine->record);
    if (engine->kind == PITH_KIND_X86)
        pith_x86_update(&engine->x86, byte);
    if (engine->profile->n_phrases)
        pith_phrases_update(&engine->phrases, &engine->words, &engine->history);
    if (engine->level->has_runs)
        pith_runs_end_byte(&engine->runs, byte);
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

/* A hash of 12 bits: the word so far, or the instruction. */
static uint32_t word_selector(const struct pith_engine *engine)
{
    uint32_t h = engine->words.word;

    if (engine->kind == PITH_KIND_X86)
        h = engine->x86.opcode ^ engine->x86.modrm * 0x85ebca6bu;
    if (engine->kind == PITH_KIND_RECORDS)
        h = engine->record.column ^
            pith_history_back(&engine->history, engine->record.len) * 0x85ebca6bu;
    return (h * 0x9e3779b1u) >> 20;
}

/* The selectors that hold for a whole byte. */
static void begin_selectors(struct pith_engine *engine)
{
    uint64_t last = engine->history.last8;
    uint32_t first, second;

    kind_selectors(engine, &first, &second);
    const uint32_t selected[PITH_ENGINE_SETS_MAX] = {
        [PITH_SET_C1] = last & 255,
        [PITH_SET_FIRST] = first,
        [PITH_SET_C2] = last >> 8 & 255,
        [PITH_SET_SECOND] = second,
        [PITH_SET_C3] = last >> 16 & 255,
        [PITH_SET_WORD] = engine->level->n_sets > PITH_SET_WORD ? word_selector(engine) : 0,
    };

    for (uint32_t s = 0; s < engine->level->n_sets; s++)
        pith_mixer_select(engine->mixer, s, selected[s]);
    engine->kind_selector = first;
    engine->calibrator_base[0] = (uint32_t)(last & 255) << 8;
    engine->calibrator_base[1] = pith_hash(1, last & 0xffff) << 8;
    engine->calibrator_base[2] = pith_hash2(2, engine->words.word, first) << 8;
}

/* The network looks at the last bytes, the match, and at contexts that depend on the kind. */
static void begin_network(struct pith_engine *engine)
{
    const struct pith_profile *p = engine->profile;
    const struct pith_words *words = &engine->words;
    const uint32_t *records = engine->slots.hash + p->n_orders + p->n_words + p->n_structure +
                              p->n_indirect + p->n_sparse;
    uint64_t last = engine->history.last8;
    uint32_t hashes[PITH_RECURRENT_HASHES] = {
        pith_hash(1, last & 0xffff),
        pith_hash(2, last & 0xffffff),
        pith_hash(3, last & 0xffffffff),
    };

    if (engine->kind == PITH_KIND_RECORDS && p->n_record >= 3) {
        memcpy(hashes + 3, records, 3 * sizeof *hashes);
    } else if (engine->kind == PITH_KIND_X86 && p->n_x86 >= 3) {
        memcpy(hashes + 3, records + p->n_record, 3 * sizeof *hashes);
    } else {
        hashes[3] = words->word;
        hashes[4] = pith_hash2(5, words->word, words->before[0]);
        hashes[5] = pith_hash2(6, words->word, words->before[1]);
    }
    pith_recurrent_next(&engine->network, last, engine->match.longest_expected, hashes);
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
    hashes += p->n_x86;
    pith_phrases_contexts(&engine->phrases, &engine->words, &engine->structure, history,
                          p->n_phrases, hashes);
    pith_slots_prepare(&engine->slots, 0, n);
    pith_direct_next(&engine->direct, (uint32_t)history->last8 & 255);
    if (engine->level->has_runs)
        pith_runs_prepare(&engine->runs, engine->slots.hash, 0, n);
    if (engine->level->n_sets > 1 || engine->level->n_calibrators > 0)
        begin_selectors(engine);
    pith_match_begin(&engine->match, history);
    pith_match_contexts(&engine->match, history, p->n_match, engine->slots.hash + n);
    pith_slots_prepare(&engine->slots, n, n + p->n_match);
    if (engine->level->network_width > 0)
        begin_network(engine);
    if (engine->level->has_runs) {
        pith_runs_prepare(&engine->runs, engine->slots.hash, n, n + p->n_match);
        pith_runs_find(&engine->runs);
    }
    pith_engine_find_groups(engine, PITH_STORE_FIRST);
}

void pith_engine_renew(struct pith_engine *engine, uint8_t *data, uint64_t raw_len)
{
    const struct pith_level *level = engine->level;

    memset(&engine->history, 0, sizeof engine->history);
    engine->history.data = data;
    engine->n_known = 0;
    pith_slots_init(&engine->slots, pith_level_lines(engine->full, raw_len));
    pith_match_renew(&engine->match, pith_level_heads_log2(level, raw_len));
    pith_indirect_renew(&engine->indirect);
    pith_words_init(&engine->words);
    pith_structure_init(&engine->structure);
    pith_record_begin(&engine->record, 0);
    pith_x86_init(&engine->x86);
    if (level->kinds[PITH_KIND_TEXT].n_phrases > 0)
        pith_phrases_init(&engine->phrases);
    if (level->has_runs)
        pith_runs_init(&engine->runs, pith_level_runs_log2(engine->full, raw_len));
    if (level->network_width > 0)
        pith_recurrent_init(&engine->network, pith_level_rows_log2(level, raw_len));
}

/* What does not depend on the kind. */
static void begin_learning(struct pith_engine *engine)
{
    pith_match_init(&engine->match);
    pith_direct_init(&engine->direct);
    if (engine->level->has_denoiser)
        pith_denoiser_init(&engine->denoiser);
    for (uint32_t i = 0; i < engine->level->n_calibrators; i++)
        pith_calibrator_init(&engine->calibrators[i], CALIBRATOR_RATE_LOG2);
}

static void begin_learning_from(struct pith_engine *engine, const struct pith_engine *start,
                                uint64_t raw_len)
{
    pith_match_begin_from(&engine->match, &start->match);
    pith_direct_begin(&engine->direct, &start->direct);
    if (engine->level->has_denoiser)
        pith_denoiser_begin(&engine->denoiser, &start->denoiser);
    for (uint32_t i = 0; i < engine->level->n_calibrators; i++)
        pith_calibrator_begin(&engine->calibrators[i], &start->calibrators[i],
                              primed_calibrator_log2(raw_len));
}

void pith_engine_begin(struct pith_engine *engine, uint8_t *data, uint64_t raw_len)
{
    engine->code_bits =
        pith_code_bits_best(engine->study != NULL, pith_level_is_strong(engine->level));
    engine->kinds_begun = 0;
    engine->slots.store = engine->start ? &engine->start->store : NULL;
    pith_engine_renew(engine, data, raw_len);
    if (engine->start)
        begin_learning_from(engine, &engine->start->engine, raw_len);
    else
        begin_learning(engine);
}

void pith_engine_init(struct pith_engine *engine, uint8_t *data)
{
    pith_engine_begin(engine, data, engine->raw_len);
}

uint8_t pith_engine_byte(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte)
{
    uint32_t bits_seen;

    begin_byte(engine);
    bits_seen = engine->code_bits(engine, coder, byte);
    end_byte(engine, (uint8_t)bits_seen);
    return (uint8_t)bits_seen;
}
