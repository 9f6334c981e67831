/* Studies: the cost of a bit; a study that leaves nothing out changes nothing; every component can be
 * left out, in less memory, and no other goes with it; what is told adds up, and of every input. */
#include "support/testing.h"

#include <math.h>

#include "engine/engine_study.h"
#include "engine/study.h"

#define LEN 3000 /* a sixth of it at the strongest levels, which are slow */
#define CAP (2 * LEN)

#define STRONG PITH_LEVEL_MAX /* it has everything */

static void costs_are_logarithms(void **state)
{
    (void)state;
    assert_int_equal(pith_study_cost(32768), 65536);
    assert_int_equal(pith_study_cost(1), 16 * 65536);
    assert_int_equal(pith_study_cost(16384), 2 * 65536);
    for (uint32_t p = 1; p < 65536; p++) {
        double exact = (16 - log2((double)p)) * 65536;

        CHECK(fabs((double)pith_study_cost(p) - exact) <= 2, "%u: %u", p, pith_study_cost(p));
    }
}

/* Ready to code LEN bytes; free what the arena has. */
static struct pith_arena begin(struct pith_engine *engine, int level, struct pith_study *study,
                               uint8_t *data)
{
    struct pith_arena arena = {NULL, 0};

    pith_engine_layout_studied(engine, &arena, level, LEN, study);
    back_arena(&arena);
    pith_engine_layout_studied(engine, &arena, level, LEN, study);
    pith_engine_init(engine, data);
    return arena;
}

static uint32_t len_at(int level)
{
    return pith_level_is_strong(pith_level_get(level)) ? LEN / 6 : LEN;
}

/* Bytes of the payload; study may be NULL. */
static size_t encode(uint8_t *payload, int level, struct pith_study *study, uint64_t *memory)
{
    static struct pith_engine engine;
    struct pith_coder coder;
    uint8_t data[LEN];
    uint32_t len = len_at(level);
    struct pith_arena arena = begin(&engine, level, study, data);

    *memory = arena.used;
    pith_coder_begin_encode(&coder, payload, CAP);
    for (uint32_t i = 0; i < len; i++) {
        if (i % (len / PITH_KINDS) == 0)
            pith_engine_begin_segment(&engine, (enum pith_kind)(i / (len / PITH_KINDS)), 12);
        data[i] = i % 12 < 5 ? (uint8_t)(i / 12) : (uint8_t) "some text\n {"[i % 12];
        pith_engine_byte(&engine, &coder, data[i]);
    }
    pith_coder_finish_encode(&coder);
    assert_false(coder.is_full);
    free(arena.base);
    return coder.pos;
}

static void watching_changes_nothing(void **state)
{
    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        uint8_t plain[CAP], watched[CAP];
        struct pith_study study = {.is_watching = 1};
        uint64_t need, need_watched, led = 0;
        size_t len = encode(plain, level, NULL, &need);
        double cost;

        assert_int_equal(encode(watched, level, &study, &need_watched), len);
        assert_memory_equal(plain, watched, len);
        assert_true(need == need_watched);
        assert_int_equal(study.n_bits, 8 * len_at(level));
        cost = (double)study.cost / 65536 / 8;
        CHECK(cost < (double)len + 1 && cost > (double)len * 0.998 - 4, "level %d: %.2f of %zu",
              level, cost, len);
        for (int i = 0; i < PITH_COMPONENTS; i++) {
            led += study.shares[i].led;
            CHECK(study.shares[i].pushed == 0 || study.used >> i & 1, "component %d", i);
            CHECK(study.shares[i].led + study.shares[i].misled <= study.n_bits, "component %d", i);
        }
        assert_true(led <= study.n_bits && led > study.n_bits / 2);
    }
}

static void everything_can_be_left_out(void **state)
{
    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        uint8_t first[CAP], payload[CAP];
        struct pith_study whole = {0};
        uint64_t full, need;
        size_t len = encode(first, level, &whole, &full);

        for (int i = 0; i <= PITH_COMPONENTS; i++) {
            struct pith_study study = {.left_out = i < PITH_COMPONENTS ? 1u << i : UINT32_MAX};
            size_t less = encode(payload, level, &study, &need);

            int is_same = less == len && memcmp(first, payload, len) == 0;

            CHECK(need <= full, "level %d, component %d", level, i);
            if (i == PITH_COMPONENTS || whole.used >> i & 1)
                CHECK(!is_same || i == PITH_COMPONENT_FIBONACCI, "level %d, component %d", level,
                      i);
            else
                CHECK(is_same, "level %d, component %d", level, i);
        }
    }
}

/* A level stays strong when parts are left out: what else it has goes on. */
static void parts_go_alone(void **state)
{
    static const enum pith_component_id pushing[] = {
        PITH_COMPONENT_ORDERS, PITH_COMPONENT_PHRASES, PITH_COMPONENT_ESTIMATES,
        PITH_COMPONENT_RUNS,   PITH_COMPONENT_JOINT,   PITH_COMPONENT_NETWORK,
        PITH_COMPONENT_LADDER};
    static const enum pith_component_id others[] = {PITH_COMPONENT_SETS, PITH_COMPONENT_CALIBRATORS,
                                                    PITH_COMPONENT_DENOISER};
    uint8_t payload[CAP];
    struct pith_study whole = {0};
    uint64_t full, need;

    (void)state;
    encode(payload, STRONG, &whole, &full);
    for (size_t i = 0; i < COUNT(pushing) + COUNT(others); i++) {
        enum pith_component_id id = i < COUNT(pushing) ? pushing[i] : others[i - COUNT(pushing)];
        struct pith_study study = {.left_out = pith_component_bit(id), .is_watching = 1};

        encode(payload, STRONG, &study, &need);
        CHECK(whole.used & ~study.used & study.left_out, "component %d", (int)id);
        for (size_t k = 0; k < COUNT(pushing); k++)
            CHECK((study.shares[pushing[k]].pushed > 0) == (pushing[k] != id),
                  "without component %d: component %d", (int)id, (int)pushing[k]);
        if (id == PITH_COMPONENT_NETWORK || id == PITH_COMPONENT_RUNS)
            assert_true(need < full);
    }
}

static void check_inputs(struct pith_engine *engine, int level)
{
    struct pith_mixer *mixer = engine->mixer;

    for (uint32_t i = 0; i < mixer->n_inputs; i++) {
        uint64_t pushed = 0;

        memset(mixer->inputs, 0, sizeof mixer->inputs);
        mixer->inputs[i] = 1000;
        mixer->chosen[0][i] = PITH_WEIGHT_ONE;
        for (uint32_t f = 0; mixer->n_sets > 1 && f < mixer->n_finals; f++)
            mixer->chosen2[f][0] = PITH_WEIGHT_ONE;
        memset(engine->study->shares, 0, sizeof engine->study->shares);
        pith_engine_tell(engine, 32768, 1, 0);
        for (int c = 0; c < PITH_COMPONENTS; c++)
            pushed += engine->study->shares[c].pushed;
        CHECK(pushed > 500, "level %d, kind %d: input %u is no component's", level,
              (int)engine->kind, i);
    }
}

static void every_input_is_a_components(void **state)
{
    static struct pith_engine engine;

    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
        for (int kind = 0; kind < PITH_KINDS; kind++) {
            struct pith_study study = {.is_watching = 1};
            struct pith_coder coder;
            uint8_t data[LEN], payload[CAP];
            struct pith_arena arena = begin(&engine, level, &study, data);

            pith_coder_begin_encode(&coder, payload, CAP);
            pith_engine_begin_segment(&engine, (enum pith_kind)kind, 12);
            pith_engine_byte(&engine, &coder, 'a');
            check_inputs(&engine, level);
            free(arena.base);
        }
}

/* Direct contexts and the bias stay in their places: they have to be silent instead. */
static void the_silent_push_nothing(void **state)
{
    uint8_t payload[CAP];
    struct pith_study study = {.is_watching = 1};
    uint64_t need;

    (void)state;
    study.left_out =
        pith_component_bit(PITH_COMPONENT_DIRECT) | pith_component_bit(PITH_COMPONENT_BIAS);
    encode(payload, PITH_LEVEL_DEFAULT, &study, &need);
    assert_true(study.shares[PITH_COMPONENT_DIRECT].pushed == 0);
    assert_true(study.shares[PITH_COMPONENT_BIAS].pushed == 0);
    assert_true(study.shares[PITH_COMPONENT_ORDERS].pushed > 0);
}

static void names_differ(void **state)
{
    (void)state;
    for (int i = 0; i < PITH_COMPONENTS; i++) {
        assert_true(strlen(pith_components[i].name) < 20 && pith_components[i].text[0] != '\0');
        for (int j = 0; j < i; j++)
            assert_string_not_equal(pith_components[i].name, pith_components[j].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_are_logarithms),
        cmocka_unit_test(watching_changes_nothing),
        cmocka_unit_test(everything_can_be_left_out),
        cmocka_unit_test(parts_go_alone),
        cmocka_unit_test(every_input_is_a_components),
        cmocka_unit_test(the_silent_push_nothing),
        cmocka_unit_test(names_differ),
    };

    return cmocka_run_group_tests_name("study", tests, NULL, NULL);
}
