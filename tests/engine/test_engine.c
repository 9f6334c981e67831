/* The engine: encoder and decoder stay in step for every level and kind of data, on any data; the
 * payload is the same every time and for every instruction set; memory is what was counted. */
#include "support/testing.h"

#include <pith/pith.h>

#include "cpu/cpu.h"
#include "engine/bits.h"
#include "engine/engine.h"

#define LEN   1500
#define CAP   (LEN * 2 + 64)
#define GUARD 64

enum { TEXT, BINARY, CODE, N_DATA };

static uint8_t raw[N_DATA][LEN];

static int make_data(void **state)
{
    static const char *const words[] = {"the ", "model ", "(reads ", "<b>", "what) ", "next\n"};
    static const uint8_t code[][6] = {{0xe8, 1, 2, 0, 0, 0x90},
                                      {0x48, 0x89, 0xe5, 0x8b, 0x45, 8},
                                      {0x0f, 0x84, 9, 0, 0, 0},
                                      {0x48, 0x83, 0xec, 0x20, 0x55, 0xc3}};
    uint64_t random = test_seed();

    (void)state;
    for (size_t at = 0; at < LEN;)
        for (const char *w = words[random_below(&random, COUNT(words))]; *w && at < LEN; w++)
            raw[TEXT][at++] = (uint8_t)*w;
    for (size_t i = 0; i < LEN; i++) {
        raw[BINARY][i] = (uint8_t)(i % 12 < 6 ? i / 12 : next_random(&random));
        if (i % 6 == 0)
            for (size_t b = 0; b < 6 && i + b < LEN; b++)
                raw[CODE][i + b] = code[random_below(&random, COUNT(code))][b];
    }
    return 0;
}

/* Codes LEN bytes in segments: the given kind, then another, then the first again.  Decodes into
 * `data` when it is not known yet. */
static void run(int level, enum pith_kind kind, struct pith_coder *coder, const uint8_t *known,
                uint8_t *data)
{
    static struct pith_engine engine;
    struct pith_arena arena = {NULL, 0};
    uint64_t need;

    pith_engine_layout(&engine, &arena, level, LEN);
    need = arena.used;
    arena.base = aligned_alloc(PITH_ARENA_ALIGN, (size_t)need + GUARD);
    assert_non_null(arena.base);
    memset(arena.base, known ? 0xa5 : 0x3c, (size_t)need + GUARD);
    arena.used = 0;
    pith_engine_layout(&engine, &arena, level, LEN);
    assert_true(arena.used == need);
    pith_engine_init(&engine, data);
    for (size_t i = 0; i < LEN; i++) {
        if (i == 0 || i == 1300)
            pith_engine_begin_segment(&engine, kind, kind == PITH_KIND_RECORDS ? 12 : 0);
        else if (i == 1000)
            pith_engine_begin_segment(&engine, (enum pith_kind)((kind + 1) % PITH_KINDS), 0);
        uint8_t byte = pith_engine_byte(&engine, coder, known ? known[i] : 0);

        CHECK(data[i] == byte && (!known || byte == known[i]), "byte %zu", i);
    }
    for (size_t g = 0; g < GUARD; g++)
        assert_int_equal(arena.base[need + g], known ? 0xa5 : 0x3c);
    free(arena.base);
}

static size_t encode(int level, enum pith_kind kind, const uint8_t *known, uint8_t *payload)
{
    struct pith_coder coder;
    uint8_t data[LEN];

    pith_coder_begin_encode(&coder, payload, CAP);
    run(level, kind, &coder, known, data);
    pith_coder_finish_encode(&coder);
    assert_false(coder.is_full);
    return coder.pos;
}

static void everything_comes_back(void **state)
{
    uint8_t payload[CAP], data[LEN];

    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
        for (int kind = 0; kind < PITH_KINDS; kind++)
            for (int d = 0; d < N_DATA; d++) {
                struct pith_coder coder;
                size_t len;

                /* the strongest levels are slow: a third of the pairs */
                if (pith_level_is_strong(pith_level_get(level)) && (kind + d) % N_DATA != 0)
                    continue;
                len = encode(level, (enum pith_kind)kind, raw[d], payload);

                CHECK(len < (d == BINARY ? LEN : LEN / 2), "level %d, kind %d, data %d: %zu", level,
                      kind, d, len);
                pith_coder_begin_decode(&coder, payload, len, NULL, NULL);
                memset(data, 0, sizeof data);
                run(level, (enum pith_kind)kind, &coder, NULL, data);
                CHECK(memcmp(data, raw[d], LEN) == 0, "level %d, kind %d, data %d", level, kind, d);
                CHECK(coder.overrun <= PITH_CODER_OVERRUN_MAX && coder.pos == len,
                      "level %d, kind %d, data %d: overrun %u", level, kind, d,
                      (unsigned)coder.overrun);
            }
}

/* The second time without special instructions. */
static void payloads_are_the_same_everywhere(void **state)
{
    uint8_t first[CAP], second[CAP];
    unsigned allowed = pith_cpu_features();

    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
        for (int d = 0; d < N_DATA; d++) {
            enum pith_kind kind = (enum pith_kind)((d + level) % PITH_KINDS);
            size_t len = encode(level, kind, raw[d], first), again;

            again = encode(level, kind, raw[d], second);
            CHECK(len == again && memcmp(first, second, len) == 0, "level %d: again", level);
            pith_cpu_limit(0);
            again = encode(level, kind, raw[d], second);
            pith_cpu_limit(allowed);
            CHECK(len == again && memcmp(first, second, len) == 0, "level %d: plain C", level);
        }
}

/* Inputs follow each other without gaps, and the mixer has room for them. */
static void check_places(const struct pith_level *level, uint32_t n)
{
    struct pith_places places = pith_level_places(level, n);

    assert_int_equal(places.rungs,
                     level->has_estimates || !pith_level_is_strong(level) ? 2 * n : n);
    assert_int_equal(places.direct - places.rungs, level->n_rungs * PITH_MATCH_INPUTS);
    assert_int_equal(places.bias - places.direct, PITH_DIRECT_INPUTS);
    assert_int_equal(places.runs - places.bias, 1);
    assert_int_equal(places.joint - places.runs, level->has_runs ? n : 0);
    assert_int_equal(places.network - places.joint, level->has_joint);
    assert_int_equal(places.n_inputs - places.network, level->network_width ? 2 : 0);
    CHECK(places.n_inputs <= PITH_MIX_INPUTS_MAX, "%u inputs", places.n_inputs);
}

/* What the strongest levels add goes together. */
static void check_strong(const struct pith_level *level)
{
    int is_strong = pith_level_is_strong(level);

    assert_true(is_strong == (level->n_sets > PITH_LEVEL_PLAIN_SETS));
    assert_true(is_strong == (level->n_calibrators > 4));
    assert_true(level->n_sets <= PITH_LEVEL_PLAIN_SETS || level->n_sets == PITH_SET_CLASS ||
                level->n_sets == PITH_ENGINE_SETS_MAX);
    assert_true(level->n_calibrators <= PITH_ENGINE_CALIBRATORS_MAX);
    assert_true(is_strong || (!level->has_estimates && !level->has_runs && !level->has_joint &&
                              !level->has_denoiser));
    assert_true(is_strong || level->network_width == 0);
    assert_true(level->network_width <= PITH_RECURRENT_WIDTH_MAX && level->network_width % 16 == 0);
    /* else these tables have no size */
    assert_true(!level->has_runs || level->runs_log2 >= 10);
    assert_true(level->network_width == 0 || level->rows_log2 >= 6);
}

static void profiles_fit_their_bounds(void **state)
{
    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        const struct pith_level *bounds = pith_level_get(level);

        assert_true(bounds->n_rungs >= 1 && bounds->n_rungs <= PITH_MATCH_RUNGS_MAX);
        assert_true(bounds->n_sets >= 1 && bounds->n_sets <= PITH_MIXER_SETS_MAX);
        check_strong(bounds);
        for (int kind = 0; kind < PITH_KINDS; kind++) {
            const struct pith_profile *p = &bounds->kinds[kind];
            uint32_t n = pith_profile_n_contexts(p);

            assert_true(n <= PITH_SLOTS_CONTEXTS_MAX && p->n_orders <= PITH_PROFILE_ORDERS_MAX);
            assert_true(p->n_words <= PITH_WORDS_CONTEXTS && p->n_x86 <= PITH_X86_CONTEXTS);
            assert_true(p->n_structure <= PITH_STRUCTURE_CONTEXTS);
            assert_true(p->n_indirect <= PITH_INDIRECT_CONTEXTS);
            assert_true(p->n_sparse <= PITH_SPARSE_CONTEXTS);
            assert_true(p->n_record <= PITH_RECORD_CONTEXTS);
            assert_true(p->n_match <= PITH_MATCH_CONTEXTS);
            assert_true(p->n_phrases <= PITH_PHRASES_CONTEXTS);
            for (uint32_t i = 0; i < p->n_orders; i++)
                assert_true(p->orders[i] >= 1 && p->orders[i] <= 16 &&
                            (i == 0 || p->orders[i] > p->orders[i - 1]));
            check_places(bounds, n);
        }
    }
}

/* Tables grow with the data, within the level's bounds. */
static void tables_fit_the_data(void **state)
{
    static const uint64_t lengths[] = {0, 1, 1000, 1 << 20, 1 << 28, UINT32_MAX, UINT64_MAX};

    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        const struct pith_level *bounds = pith_level_get(level);
        uint32_t lines = 1, heads = 1, runs = 1, rows = 1;

        for (size_t i = 0; i < COUNT(lengths); i++) {
            assert_true(pith_level_lines(bounds, lengths[i]) >= lines);
            assert_true(pith_level_heads_log2(bounds, lengths[i]) >= heads);
            lines = pith_level_lines(bounds, lengths[i]);
            heads = pith_level_heads_log2(bounds, lengths[i]);
            assert_true(pith_level_runs_log2(bounds, lengths[i]) >= runs);
            assert_true(pith_level_rows_log2(bounds, lengths[i]) >= rows);
            runs = pith_level_runs_log2(bounds, lengths[i]);
            rows = pith_level_rows_log2(bounds, lengths[i]);
        }
        assert_true(lines == bounds->n_lines && heads == bounds->heads_log2);
        if (pith_level_is_strong(bounds))
            assert_true(runs == bounds->runs_log2 && rows == bounds->rows_log2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(payloads_are_the_same_everywhere),
        cmocka_unit_test(profiles_fit_their_bounds),
        cmocka_unit_test(tables_fit_the_data),
    };

    return cmocka_run_group_tests_name("engine", tests, make_data, NULL);
}
