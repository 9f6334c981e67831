/* See engine.h. */
#include "engine/engine.h"

#include <string.h>
#include <stdlib.h>

#include "model/hash.h"
#include "num/logistic.h"

static double P(const char *n, double d) { const char *v = getenv(n); return v ? atof(v) : d; }

static uint32_t n_contexts(const struct pith_profile *p)
{
    return p->n_orders + p->n_words + p->n_sparse + p->n_indirect + p->n_structure + 1u;
}

#define DIRECT_INPUTS 4

static const uint32_t set_sizes[] = {2048, 256, 256*8, 256*8, 2048, 256*3, 1024, 256};

void pith_engine_layout(struct pith_engine *engine, struct pith_arena *arena,
                        const struct pith_profile *profile, uint32_t lines_log2,
                        uint32_t heads_log2)
{
    uint32_t n = n_contexts(profile);

    memset(engine, 0, sizeof *engine);
    engine->profile = profile;
    pith_slots_layout(&engine->slots, arena, n, lines_log2);
    pith_match_layout(&engine->match, arena, profile->rungs, profile->n_rungs, heads_log2);
    pith_indirect_layout(&engine->indirect, arena);
    pith_mixer_layout(&engine->mixer, arena,
                      n * PITH_SLOTS_INPUTS + profile->n_rungs * PITH_MATCH_INPUTS + DIRECT_INPUTS + 1,
                      set_sizes, profile->n_sets, 2048);
    engine->direct = pith_arena_take(arena, 257 * 256 * 2, sizeof *engine->direct);
    pith_calibrator_layout(&engine->calibrators[0], arena, 65536);
    pith_calibrator_layout(&engine->calibrators[1], arena, 65536);
    pith_calibrator_layout(&engine->calibrators[2], arena, 65536);
    pith_calibrator_layout(&engine->calibrators[3], arena, 65536);
}

void pith_engine_init(struct pith_engine *engine, uint8_t *data)
{
    int16_t start[PITH_MIX_INPUTS_MAX] = {0};
    uint32_t n = n_contexts(engine->profile);

    memset(&engine->history, 0, sizeof engine->history);
    engine->history.data = data;
    engine->fails = 0;
    pith_slots_init(&engine->slots, (uint32_t)P("LIMIT", 255));
    pith_match_init(&engine->match);
    pith_indirect_init(&engine->indirect);
    pith_words_init(&engine->words);
    pith_structure_init(&engine->structure);
    for (uint32_t i = 0; i < n; i++)
        start[2 * i] = (int16_t)P("W0", 2000);
    for (uint32_t i = 0; i < engine->profile->n_rungs; i++)
        start[2 * n + 2 * i] = (int16_t)P("WM", 3000);
    pith_mixer_init(&engine->mixer, start);
    engine->mixer.rate_q16 = (int32_t)(P("R0", 0.02) * 65536);
    engine->mixer.rate_end_q16 = (int32_t)(P("R1", 0.002) * 65536);
    engine->mixer.rate2_q16 = (int32_t)(P("R2", 0.002) * 65536);
    for (size_t i = 0; i < 257 * 256 * 2; i++)
        engine->direct[i] = 32768;
    for (int i = 0; i < PITH_ENGINE_CALIBRATORS; i++)
        pith_calibrator_init(&engine->calibrators[i], (uint32_t)P("CR", 6));
}

static void begin_byte(struct pith_engine *engine)
{
    const struct pith_profile *p = engine->profile;
    const struct pith_history *history = &engine->history;
    uint32_t *hashes = engine->slots.hash;

    pith_match_begin(&engine->match, history);
    pith_orders_contexts(history, p->orders, p->n_orders, hashes);
    hashes += p->n_orders;
    pith_words_contexts(&engine->words, history, hashes, p->n_words);
    hashes += p->n_words;
    pith_sparse_contexts(history, p->n_sparse, hashes);
    hashes += p->n_sparse;
    pith_indirect_contexts(&engine->indirect, history, p->n_indirect, hashes);
    hashes += p->n_indirect;
    pith_structure_contexts(&engine->structure, history, p->n_structure, hashes);
    hashes += p->n_structure;
    {
        uint32_t len = engine->match.longest_len;

        hashes[0] = pith_hash2(70, engine->match.longest_expected,
                               (uint64_t)pith_match_bucket(len) << 8 | (history->last8 & 255));
    }
    pith_slots_prepare(&engine->slots, 0);
}

static void end_byte(struct pith_engine *engine, uint8_t byte)
{
    pith_history_push(&engine->history, byte);
    pith_indirect_update(&engine->indirect, &engine->history);
    pith_words_update(&engine->words, &engine->history);
    pith_structure_update(&engine->structure, &engine->history);
}

static uint32_t direct_predict(struct pith_engine *engine, uint32_t bits_seen, int16_t *inputs)
{
    engine->direct_at[0] = bits_seen * 2;
    engine->direct_at[1] = (256 + (engine->history.last8 & 255) * 256 + bits_seen) * 2;
    for (int i = 0; i < 2; i++) {
        const uint16_t *c = engine->direct + engine->direct_at[i];
        inputs[2 * i] = (int16_t)pith_stretch(c[0]);
        inputs[2 * i + 1] = (int16_t)pith_stretch(c[1]);
    }
    return DIRECT_INPUTS;
}

static void direct_update(struct pith_engine *engine, int bit)
{
    for (int i = 0; i < 2; i++) {
        uint16_t *c = engine->direct + engine->direct_at[i];
        int32_t t = bit ? 65535 : 0;
        c[0] = (uint16_t)(c[0] + ((t - c[0]) >> 6));
        c[1] = (uint16_t)(c[1] + ((t - c[1]) >> 3));
    }
}

/* 0 without a match, else a class of its length. */
static uint32_t match_class(uint32_t len)
{
    return len == 0 ? 0 : len < 8 ? 1 : len < 12 ? 2 : len < 16 ? 3 : len < 24 ? 4 : len < 32 ? 5 : len < 64 ? 6 : 7;
}

static void select_contexts(struct pith_engine *engine, uint32_t bits_seen, uint32_t n_seen)
{
    struct pith_mixer *mixer = &engine->mixer;
    uint32_t c1 = engine->history.last8 & 255, c2 = engine->history.last8 >> 8 & 255;
    uint32_t match = match_class(engine->match.longest_len), n = engine->slots.n_contexts;
    uint32_t expected = engine->match.longest_expected;
    uint32_t expected_bit = expected ? 1 + (expected >> (7 - n_seen) & 1) : 0;
    uint32_t len = engine->words.len < 7 ? engine->words.len : 7;
    uint32_t column = engine->structure.column < 31 ? engine->structure.column : 31;
    const uint32_t values[] = {
        (match * 16 + engine->n_known * 15 / n) * 8 + n_seen,
        bits_seen,
        c1 * 8 + n_seen,
        c2 * 8 + n_seen,
        (len * 32 + (c1 >> 3)) * 8 + n_seen,
        expected_bit * 256 + bits_seen,
        column * 32 + (engine->structure.above >> 3),
        engine->fails & 255,
    };

    for (uint32_t s = 0; s < engine->profile->n_sets; s++)
        pith_mixer_select(mixer, s, values[s]);
    engine->select2 = match * 256 + bits_seen;
    pith_calibrator_select(&engine->calibrators[0], c1 << 8 | bits_seen);
    pith_calibrator_select(&engine->calibrators[1], pith_hash(1, (engine->history.last8 & 0xffff) << 8 | bits_seen) >> 16);
    pith_calibrator_select(&engine->calibrators[2], pith_hash2(2, engine->words.word, bits_seen) >> 16);
    pith_calibrator_select(&engine->calibrators[3], (expected & 255) << 8 | bits_seen);
}

static uint32_t predict(struct pith_engine *engine, uint32_t bits_seen, uint32_t n_seen)
{
    struct pith_mixer *mixer = &engine->mixer;
    int16_t *inputs = mixer->inputs;
    int32_t logit;
    uint32_t p1;

    pith_slots_predict(&engine->slots, inputs);
    inputs += PITH_SLOTS_INPUTS * engine->slots.n_contexts;
    pith_match_predict(&engine->match, bits_seen, n_seen, inputs);
    inputs += PITH_MATCH_INPUTS * engine->profile->n_rungs;
    direct_predict(engine, bits_seen, inputs);
    inputs[DIRECT_INPUTS] = 256;
    logit = pith_mixer_predict(mixer, engine->select2);
    p1 = pith_squash(logit) * 4;
    for (int i = 0; i < PITH_ENGINE_CALIBRATORS; i++)
        p1 += pith_calibrator_predict(&engine->calibrators[i], logit);
    p1 >>= 3;
    return p1 < 1 ? 1 : p1;
}

uint8_t pith_engine_byte(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte)
{
    uint32_t bits_seen = 1;

    begin_byte(engine);
    engine->n_known = pith_slots_find(&engine->slots);
    for (uint32_t n_seen = 0; n_seen < 8; n_seen++) {
        uint32_t p1;
        int bit = byte >> (7 - n_seen) & 1;

        select_contexts(engine, bits_seen, n_seen);
        p1 = predict(engine, bits_seen, n_seen);
        bit = pith_coder_bit(coder, p1, bit);
        pith_slots_update(&engine->slots, bit);
        if (n_seen == 3)
            pith_slots_prepare(&engine->slots, bits_seen << 1 | (uint32_t)bit);
        pith_match_update(&engine->match, bits_seen, n_seen, bit);
        direct_update(engine, bit);
        pith_mixer_update(&engine->mixer, bit);
        for (int i = 0; i < PITH_ENGINE_CALIBRATORS; i++)
            pith_calibrator_update(&engine->calibrators[i], bit);
        engine->fails = engine->fails << 1 | ((bit ? 65535 - p1 : p1) > 32768);
        if (n_seen == 3)
            engine->n_known = pith_slots_find(&engine->slots);
        bits_seen = bits_seen << 1 | (uint32_t)bit;
    }
    end_byte(engine, (uint8_t)bits_seen);
    return (uint8_t)bits_seen;
}
