/* Learnt code: what is decoded is what the encoder was left with, coding it again changes nothing more, and
 * whatever bytes are decoded give engines something to begin with that both directions agree on. */
#include "prior/priming.h"

#include <pith/pith.h>

#include "prior/learnt_code.h"

#define CAP      ((size_t)8 << 20)
#define DATA_LEN 3000

struct learner {
    struct pith_engine engine;
    struct pith_arena arena;
    uint8_t data[DATA_LEN];
};

static struct learner *make_learner(int level)
{
    struct learner *l = get_memory(sizeof *l);

    l->arena = (struct pith_arena){NULL, 0};
    pith_engine_layout_learner(&l->engine, &l->arena, level, DATA_LEN);
    back_arena(&l->arena);
    pith_engine_layout_learner(&l->engine, &l->arena, level, DATA_LEN);
    pith_engine_begin(&l->engine, l->data, DATA_LEN);
    return l;
}

static void drop(struct learner *l)
{
    free(l->arena.base);
    free(l);
}

static int is_strong(int level)
{
    return pith_level_is_strong(pith_level_get(level));
}

/* Reads messages as two kinds of data, again and again. */
static void learn(struct learner *l, int level)
{
    static uint8_t out[4 * DATA_LEN];
    uint64_t random = test_seed();

    for (int round = 0; round < (is_strong(level) ? 1 : 4); round++) {
        char text[200];
        size_t len = 0;
        struct pith_coder coder;

        pith_engine_renew(&l->engine, l->data, DATA_LEN);
        pith_coder_begin_encode(&coder, out, sizeof out);
        while (len + sizeof text < DATA_LEN) {
            size_t n = write_message(text, sizeof text, &random);

            pith_engine_begin_segment(&l->engine, len % 2 ? PITH_KIND_TEXT : PITH_KIND_RECORDS,
                                      len % 2 ? 0 : 12);
            for (size_t i = 0; i < n; i++)
                pith_engine_byte(&l->engine, &coder, (uint8_t)text[i]);
            len += n;
        }
    }
}

static size_t encode(struct learner *l, uint32_t parts, uint8_t *bytes)
{
    struct pith_coder coder;

    pith_coder_begin_encode(&coder, bytes, CAP);
    pith_learnt_code(&l->engine, parts, &coder);
    pith_coder_finish_encode(&coder);
    assert_false(coder.is_full);
    return coder.pos;
}

static struct learner *decode(int level, uint32_t parts, const uint8_t *bytes, size_t len)
{
    struct learner *l = make_learner(level);
    struct pith_coder coder;

    pith_coder_begin_decode(&coder, bytes, len, NULL, NULL);
    pith_learnt_code(&l->engine, parts, &coder);
    assert_true(coder.pos == coder.cap && pith_coder_ends_well(&coder));
    return l;
}

static void check_same_kind(const struct pith_engine *a, const struct pith_engine *b, uint32_t kind)
{
    const struct pith_mixer *x = &a->mixers[kind], *y = &b->mixers[kind];
    size_t n = a->maps[kind].n_contexts, n_vectors = x->set_start[x->n_sets];

    assert_memory_equal(a->maps[kind].cells, b->maps[kind].cells, n * 256 * sizeof(int32_t));
    if (a->level->has_runs)
        assert_memory_equal(a->runs_maps[kind].cells, b->runs_maps[kind].cells,
                            n * PITH_RUNS_MAPS * sizeof(int32_t));
    if (a->level->has_joint)
        assert_memory_equal(a->joints[kind].weights, b->joints[kind].weights,
                            n * 256 * 8 * sizeof *a->joints[kind].weights);
    assert_int_equal(x->rate_q16, y->rate_q16);
    assert_memory_equal(x->weights, y->weights, n_vectors * x->n_padded * sizeof *x->weights);
    for (uint32_t v = 0; v < x->final_start[x->n_finals]; v++)
        assert_memory_equal(x->weights2 + v * x->n_padded2, y->weights2 + v * x->n_padded2,
                            x->n_sets * sizeof *x->weights2);
    if (x->ages)
        assert_memory_equal(x->ages, y->ages, n_vectors * sizeof *x->ages);
}

/* b was decoded: calibrator rows that had hardly moved are as new there. */
static void check_same(const struct pith_engine *a, const struct pith_engine *b, uint32_t parts,
                       int are_both_decoded)
{
    static const size_t row_len = PITH_CALIBRATOR_STEPS * sizeof(uint16_t);

    assert_int_equal(a->kinds_begun, b->kinds_begun);
    for (uint32_t kind = 0; kind < PITH_KINDS; kind++)
        if (a->kinds_begun >> kind & 1)
            check_same_kind(a, b, kind);
    assert_memory_equal(a->match.maps, b->match.maps,
                        (size_t)a->match.n_rungs * PITH_MATCH_BUCKETS * sizeof(uint32_t));
    if (parts & PITH_LEARNT_DIRECT)
        assert_memory_equal(a->direct.counters, b->direct.counters, 257 * 512 * sizeof(uint16_t));
    for (uint32_t c = 0; parts & PITH_LEARNT_CALIBRATORS && c < a->level->n_calibrators; c++)
        for (uint32_t row = 0, n_same = 0; row < 1u << a->calibrators[c].contexts_log2; row++) {
            const uint16_t *x = a->calibrators[c].cells + row * PITH_CALIBRATOR_STEPS;
            const uint16_t *y = b->calibrators[c].cells + row * PITH_CALIBRATOR_STEPS;

            n_same += memcmp(x, y, row_len) == 0;
            assert_true(!are_both_decoded || n_same == row + 1);
            for (uint32_t i = 0; i < PITH_CALIBRATOR_STEPS; i++)
                assert_true(abs(x[i] - y[i]) <= 3000);
        }
}

static const int levels[] = {1, 5, 8};

static void decoded_is_what_was_left(void **state)
{
    uint8_t *bytes = get_memory(CAP);

    (void)state;
    for (size_t i = 0; i < COUNT(levels); i++)
        for (uint32_t parts = 0; parts <= PITH_LEARNT_ALL; parts += levels[i] == 1 ? 1 : 7) {
            struct learner *l = make_learner(levels[i]), *again;
            size_t len;

            learn(l, levels[i]);
            len = encode(l, parts, bytes);
            again = decode(levels[i], parts, bytes, len);
            check_same(&l->engine, &again->engine, parts, 0);
            drop(again);
            drop(l);
        }
    free(bytes);
}

/* Vectors of their own apart, whose mean is another one when all have moved to it.  A direct counter whose
 * slow half has been rounded to the start counts as unknown the next time. */
static void rounding_again_changes_nothing(void **state)
{
    static const uint32_t without_vectors = PITH_LEARNT_DIRECT | PITH_LEARNT_CALIBRATORS;
    uint8_t *bytes = get_memory(CAP);

    (void)state;
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct learner *l = make_learner(levels[i]), *again, *third;

        learn(l, levels[i]);
        again = decode(levels[i], without_vectors, bytes, encode(l, without_vectors, bytes));
        drop(l);
        l = decode(levels[i], without_vectors, bytes, encode(again, without_vectors, bytes));
        third = decode(levels[i], without_vectors, bytes, encode(l, without_vectors, bytes));
        check_same(&again->engine, &l->engine, PITH_LEARNT_CALIBRATORS, 1);
        check_same(&l->engine, &third->engine, without_vectors, 1);
        drop(third);
        drop(again);
        drop(l);
    }
    free(bytes);
}

/* A learner that has read nothing. */
static void nothing_learnt_is_little(void **state)
{
    uint8_t *bytes = get_memory(CAP);
    struct learner *l = make_learner(5), *again;
    size_t len = encode(l, PITH_LEARNT_ALL, bytes);

    (void)state;
    CHECK(len < 4096, "%zu bytes", len);
    again = decode(5, PITH_LEARNT_ALL, bytes, len);
    check_same(&l->engine, &again->engine, PITH_LEARNT_ALL, 1);
    drop(again);
    drop(l);
    free(bytes);
}

/* Codes a message with an engine that begins as `start`; known NULL: decodes it. */
static void run(const struct pith_start *start, int level, struct pith_coder *coder,
                const uint8_t *known, uint8_t *data, size_t len)
{
    static struct pith_engine engine;
    struct pith_arena arena = {NULL, 0};

    pith_engine_layout_primed(&engine, &arena, level, len, start);
    back_arena(&arena);
    pith_engine_layout_primed(&engine, &arena, level, len, start);
    pith_engine_init(&engine, data);
    for (size_t i = 0; i < len; i++) {
        if (i % (len / 4) == 0)
            pith_engine_begin_segment(&engine, (enum pith_kind)(i / (len / 4) % PITH_KINDS), 9);
        pith_engine_byte(&engine, coder, known ? known[i] : 0);
    }
    free(arena.base);
}

static void check_usable(const struct learner *l, int level, uint64_t *random)
{
    static struct pith_start start;
    static uint8_t raw[800], data[800], payload[8000];
    size_t len = is_strong(level) ? 160 : sizeof raw;
    struct pith_coder coder;

    memset(&start, 0, sizeof start);
    start.engine = l->engine;
    for (size_t at = 0; at + 200 <= len;)
        at += write_message((char *)raw + at, 200, random);
    for (size_t i = len / 2; i < len; i++)
        raw[i] = (uint8_t)(i % 3 ? next_random(random) : 0);
    pith_coder_begin_encode(&coder, payload, sizeof payload);
    run(&start, level, &coder, raw, data, len);
    pith_coder_finish_encode(&coder);
    assert_false(coder.is_full);
    pith_coder_begin_decode(&coder, payload, coder.pos, NULL, NULL);
    run(&start, level, &coder, NULL, data, len);
    assert_memory_equal(raw, data, len);
    assert_true(coder.pos == coder.cap && pith_coder_ends_well(&coder));
}

/* Random bytes; all ones or zeros, which are extremes of every number; bytes that end early. */
static void any_bytes_are_usable(void **state)
{
    static const size_t len = 1 << 18;
    uint8_t *bytes = get_memory(len);
    uint64_t random = test_seed();

    (void)state;
    for (int round = 0; round < 16; round++) {
        int level = round == 15 ? 8 : 1 + round % 5;
        struct learner *l = make_learner(level);
        struct pith_coder coder;

        for (size_t i = 0; i < len; i++)
            bytes[i] = round % 4 == 1   ? 0xff
                       : round % 4 == 2 ? (uint8_t)(next_random(&random) % 5 ? 0xff : i)
                                        : (uint8_t)next_random(&random);
        bytes[0] = (uint8_t)(round % 4 == 1 ? 0x0f : round << 4); /* kinds */
        pith_coder_begin_decode(&coder, bytes, round % 4 == 3 ? 100 : len, NULL, NULL);
        pith_learnt_code(&l->engine, (uint32_t)round & PITH_LEARNT_ALL, &coder);
        check_usable(l, level, &random);
        drop(l);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoded_is_what_was_left),
        cmocka_unit_test(rounding_again_changes_nothing),
        cmocka_unit_test(nothing_learnt_is_little),
        cmocka_unit_test(any_bytes_are_usable),
    };

    return cmocka_run_group_tests_name("learnt code", tests, NULL, NULL);
}
