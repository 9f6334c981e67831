/* Learnt code: what is decoded is what the encoder had learnt, to half a step, and the same every time; coding
 * it again changes nothing more; encoding changes nothing at all; and whatever bytes are decoded give engines something to begin with that both directions agree on. */
#include "prior/priming.h"

#include <pith/pith.h>

#include "prior/learnt_code.h"

#define CAP      ((size_t)8 << 20)
#define DATA_LEN 3000

struct learner {
    struct pith_engine engine;
    struct pith_message_head head;
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
    pith_message_head_init(&l->head);
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
            pith_bitcode_bit(&coder, &l->head.tag[n % PITH_MESSAGE_TAGS], 1);
            pith_bitcode_number(&coder, &l->head.len[n % PITH_KINDS], (uint32_t)n);
            pith_bitcode_number(&coder, &l->head.record_len, 12);
        }
    }
}

static size_t encode(struct learner *l, struct pith_learnt_choice choice, uint8_t *bytes)
{
    struct pith_coder coder;

    pith_coder_begin_encode(&coder, bytes, CAP);
    pith_learnt_code(&l->engine, &l->head, choice, &coder);
    pith_coder_finish_encode(&coder);
    assert_false(coder.is_full);
    return coder.pos;
}

static struct learner *decode(int level, uint32_t parts, const uint8_t *bytes, size_t len)
{
    struct learner *l = make_learner(level);
    struct pith_coder coder;

    pith_coder_begin_decode(&coder, bytes, len, NULL, NULL);
    pith_learnt_code(&l->engine, &l->head, (struct pith_learnt_choice){parts, 0}, &coder);
    assert_true(coder.pos == coder.cap && pith_coder_ends_well(&coder));
    return l;
}

/* --- the same --- */

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

/* Both were decoded, with these parts. */
static void check_same(const struct learner *l, const struct learner *m, uint32_t parts)
{
    const struct pith_engine *a = &l->engine, *b = &m->engine;

    assert_memory_equal(&l->head, &m->head, sizeof l->head);
    assert_int_equal(a->kinds_begun, b->kinds_begun);
    for (uint32_t kind = 0; kind < PITH_KINDS; kind++)
        if (a->kinds_begun >> kind & 1)
            check_same_kind(a, b, kind);
    assert_memory_equal(a->match.maps, b->match.maps,
                        (size_t)a->match.n_rungs * PITH_MATCH_BUCKETS * sizeof(uint32_t));
    if (parts & PITH_LEARNT_DIRECT)
        assert_memory_equal(a->direct.counters, b->direct.counters, 257 * 512 * sizeof(uint16_t));
    for (uint32_t c = 0; parts & PITH_LEARNT_CALIBRATORS && c < a->level->n_calibrators; c++)
        assert_memory_equal(a->calibrators[c].cells, b->calibrators[c].cells,
                            (PITH_CALIBRATOR_STEPS * sizeof(uint16_t))
                                << a->calibrators[c].contexts_log2);
}

/* --- nearly the same: half a step away, or at the limit of what is written --- */

static void check_near(int64_t learnt, int64_t decoded, int64_t most, const char *what)
{
    CHECK(llabs(learnt - decoded) <= most, "%s: %lld, decoded %lld", what, (long long)learnt,
          (long long)decoded);
}

static void check_near_vectors(const int16_t *x, const int16_t *y, const int16_t *start, size_t n)
{
    if (memcmp(x, start, n * sizeof *x) == 0) /* one that has not moved is decoded as the mean */
        return;
    for (size_t i = 0; i < n; i++)
        check_near(x[i], y[i], 128, "a weight");
}

/* Without vectors of their own, all are the mean. */
static void check_near_mixer(const struct pith_mixer *x, const struct pith_mixer *y,
                             const int16_t *start, uint32_t has_vectors)
{
    uint32_t n_vectors = x->set_start[x->n_sets];
    int16_t equal[16];

    for (uint32_t i = 0; i < COUNT(equal); i++)
        equal[i] = (int16_t)(PITH_WEIGHT_ONE / (int32_t)x->n_sets);
    assert_int_equal(x->rate_q16, y->rate_q16);
    for (uint32_t v = 0; has_vectors && v < n_vectors; v++)
        check_near_vectors(x->weights + v * x->n_padded, y->weights + v * x->n_padded, start,
                           x->n_inputs);
    for (uint32_t v = 0; has_vectors && v < x->final_start[x->n_finals]; v++)
        check_near_vectors(x->weights2 + v * x->n_padded2, y->weights2 + v * x->n_padded2, equal,
                           x->n_sets);
    for (uint32_t v = 0; x->ages && v < n_vectors; v++)
        check_near(x->ages[v] < 127 ? x->ages[v] : 127, y->ages[v], 64, "an age");
}

static void check_near_kind(const struct pith_engine *a, const struct pith_engine *b, uint32_t kind,
                            uint32_t has_vectors)
{
    size_t n = a->maps[kind].n_contexts;
    int16_t start[PITH_MIX_INPUTS_MAX];

    for (size_t i = 0; i < n * 256; i++)
        if (i % 256)
            check_near(a->maps[kind].cells[i], b->maps[kind].cells[i], 1 << 19, "a map");
    for (size_t i = 0; a->level->has_runs && i < n * PITH_RUNS_MAPS; i++)
        check_near(a->runs_maps[kind].cells[i], b->runs_maps[kind].cells[i], 1 << 19, "runs");
    for (size_t i = 0; a->level->has_joint && i < n * 256 * 8; i++)
        check_near(a->joints[kind].weights[i], b->joints[kind].weights[i], 1 << 11, "joint");
    pith_engine_start_weights(a, (enum pith_kind)kind, start);
    check_near_mixer(&a->mixers[kind], &b->mixers[kind], start, has_vectors);
}

/* A counter that is where it began counts as unknown, with its fast half. */
static void check_near_direct(const struct pith_direct *a, const struct pith_direct *b)
{
    for (size_t i = 0; i < (size_t)257 * 512; i += 2) {
        check_near(a->counters[i], b->counters[i], 512, "a counter");
        if (a->counters[i] != 32768)
            check_near(a->counters[i + 1], b->counters[i + 1], 2560, "a fast counter");
    }
}

/* Rows that had hardly moved are as new when decoded.  fresh: a row of a learner that has read nothing. */
static void check_near_calibrator(const struct pith_calibrator *a, const struct pith_calibrator *b,
                                  const uint16_t *fresh)
{
    for (uint32_t row = 0; row < 1u << a->contexts_log2; row++) {
        const uint16_t *x = a->cells + row * PITH_CALIBRATOR_STEPS;
        const uint16_t *y = b->cells + row * PITH_CALIBRATOR_STEPS;
        uint32_t moved = 0;

        for (uint32_t i = 0; i < PITH_CALIBRATOR_STEPS; i++) {
            uint32_t by = (uint32_t)abs(x[i] - fresh[i]);

            moved = by > moved ? by : moved;
        }
        for (uint32_t i = 0; i < PITH_CALIBRATOR_STEPS; i++)
            check_near(moved > 3000 ? x[i] : fresh[i], y[i], moved > 3000 ? 512 : 0,
                       "a calibrator");
    }
}

static void check_near_head(const struct pith_message_head *a, const struct pith_message_head *b)
{
    const uint16_t *x = (const void *)a, *y = (const void *)b;

    for (size_t i = 0; i < sizeof *a / sizeof *x; i++)
        check_near(x[i], y[i], 256, "how messages begin");
}

static void check_all_near(const struct learner *l, const struct learner *decoded,
                           const struct learner *new, uint32_t parts)
{
    const struct pith_engine *a = &l->engine, *b = &decoded->engine;

    check_near_head(&l->head, &decoded->head);
    assert_int_equal(a->kinds_begun, b->kinds_begun);
    for (uint32_t kind = 0; kind < PITH_KINDS; kind++)
        if (a->kinds_begun >> kind & 1)
            check_near_kind(a, b, kind, parts & PITH_LEARNT_VECTORS);
    for (uint32_t i = 0; i < a->match.n_rungs * PITH_MATCH_BUCKETS; i++) {
        check_near(a->match.maps[i] >> 20, b->match.maps[i] >> 20, 0, "a match map");
        check_near(a->match.maps[i] & 1023, b->match.maps[i] & 1023, 7, "a match count");
    }
    if (parts & PITH_LEARNT_DIRECT)
        check_near_direct(&a->direct, &b->direct);
    for (uint32_t c = 0; parts & PITH_LEARNT_CALIBRATORS && c < a->level->n_calibrators; c++)
        check_near_calibrator(&a->calibrators[c], &b->calibrators[c],
                              new->engine.calibrators[c].cells);
}

static const int levels[] = {1, 5, 8};

static void decoded_is_nearly_what_was_learnt(void **state)
{
    uint8_t *bytes = get_memory(CAP), *again = get_memory(CAP);

    (void)state;
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct learner *l = make_learner(levels[i]), *new = make_learner(levels[i]);

        learn(l, levels[i]);
        for (uint32_t parts = 0; parts <= PITH_LEARNT_ALL; parts += levels[i] == 1 ? 1 : 7) {
            struct pith_learnt_choice choice = {parts, 0};
            struct learner *a, *b;
            size_t len = encode(l, choice, bytes);

            assert_int_equal(encode(l, choice, again), len); /* encoding changes nothing */
            assert_memory_equal(bytes, again, len);
            a = decode(levels[i], parts, bytes, len);
            b = decode(levels[i], parts, bytes, len);
            check_all_near(l, a, new, parts);
            check_same(a, b, parts);
            drop(a);
            drop(b);
        }
        drop(new);
        drop(l);
    }
    free(again);
    free(bytes);
}

/* The farther vectors must have moved to be written, the fewer bytes; what is written decodes as ever. */
static void what_has_hardly_moved_is_left_out(void **state)
{
    static const uint32_t moves[] = {0, 8, 32, 64, 128, 256, 100000};
    uint8_t *bytes = get_memory(CAP);
    struct learner *l = make_learner(5);
    size_t before = SIZE_MAX, none;

    (void)state;
    learn(l, 5);
    for (size_t i = 0; i < COUNT(moves); i++) {
        size_t len = encode(l, (struct pith_learnt_choice){PITH_LEARNT_ALL, moves[i]}, bytes);

        CHECK(len <= before + before / 50, "least move %u: %zu bytes after %zu", moves[i], len,
              before);
        before = len;
        drop(decode(5, PITH_LEARNT_ALL, bytes, len));
    }
    none = encode(l, (struct pith_learnt_choice){PITH_LEARNT_DIRECT | PITH_LEARNT_CALIBRATORS, 0},
                  bytes);
    CHECK(before < none + none / 10, "%zu bytes with no vector, %zu without vectors", before, none);
    drop(l);
    free(bytes);
}

/* Vectors of their own apart, whose mean is another one when all have moved to it.  A direct counter whose
 * slow half has been rounded to the start counts as unknown the next time. */
static void rounding_again_changes_nothing(void **state)
{
    static const struct pith_learnt_choice without_vectors = {
        PITH_LEARNT_DIRECT | PITH_LEARNT_CALIBRATORS, 0};
    const uint32_t parts = without_vectors.parts;
    uint8_t *bytes = get_memory(CAP);

    (void)state;
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct learner *l = make_learner(levels[i]), *again, *third;

        learn(l, levels[i]);
        again = decode(levels[i], parts, bytes, encode(l, without_vectors, bytes));
        drop(l);
        l = decode(levels[i], parts, bytes, encode(again, without_vectors, bytes));
        third = decode(levels[i], parts, bytes, encode(l, without_vectors, bytes));
        check_same(again, l, PITH_LEARNT_CALIBRATORS);
        check_same(l, third, parts);
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
    size_t len = encode(l, (struct pith_learnt_choice){PITH_LEARNT_ALL, 0}, bytes);

    (void)state;
    CHECK(len < 4096, "%zu bytes", len);
    again = decode(5, PITH_LEARNT_ALL, bytes, len);
    check_all_near(l, again, l, PITH_LEARNT_ALL);
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
        pith_learnt_code(&l->engine, &l->head,
                         (struct pith_learnt_choice){(uint32_t)round & PITH_LEARNT_ALL, 0}, &coder);
        check_usable(l, level, &random);
        drop(l);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoded_is_nearly_what_was_learnt),
        cmocka_unit_test(what_has_hardly_moved_is_left_out),
        cmocka_unit_test(rounding_again_changes_nothing),
        cmocka_unit_test(nothing_learnt_is_little),
        cmocka_unit_test(any_bytes_are_usable),
    };

    return cmocka_run_group_tests_name("learnt code", tests, NULL, NULL);
}
