/* Runs: the last byte of each context is expected again, the more the longer it has come in a row and
 * the more such runs have gone on; what is wrong falls silent, and long runs do not give way at once. */
#include "support/testing.h"

#include "model/runs.h"

#define ENTRIES_LOG2 10
#define N            3

static struct pith_arena arena;
static struct pith_runs runs;
static struct pith_runs_maps maps[2];
static uint32_t hashes[PITH_SLOTS_CONTEXTS_MAX];

static void lay_out(uint32_t n)
{
    pith_runs_layout(&runs, &arena, ENTRIES_LOG2);
    pith_runs_maps_layout(&maps[0], &arena, n);
    pith_runs_maps_layout(&maps[1], &arena, 1);
}

static void begin_with(uint32_t n)
{
    arena = (struct pith_arena){NULL, 0};
    memset(&runs, 0xa5, sizeof runs);
    lay_out(n);
    assert_true(arena.used == (4u << ENTRIES_LOG2) + (n + 1) * PITH_RUNS_MAPS * 4);
    back_arena(&arena);
    lay_out(n);
    pith_runs_init(&runs, ENTRIES_LOG2);
    pith_runs_maps_init(&maps[0]);
    pith_runs_maps_init(&maps[1]);
    pith_runs_use(&runs, &maps[0]);
    for (uint32_t i = 0; i < COUNT(hashes); i++)
        hashes[i] = 0x9e3779b1u * (i + 1);
}

static int begin(void **state)
{
    (void)state;
    begin_with(N);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(arena.base);
    return 0;
}

static void find(void)
{
    pith_runs_prepare(&runs, hashes, 0, runs.n_contexts);
    pith_runs_find(&runs);
}

/* A whole byte.  Returns what context i leant to the right side by its eight inputs. */
static int32_t push(uint8_t byte, uint32_t i)
{
    int32_t leaning = 0;

    find();
    for (uint32_t n_seen = 0; n_seen < 8; n_seen++) {
        int16_t inputs[PITH_SLOTS_CONTEXTS_MAX] = {0};
        int bit = byte >> (7 - n_seen) & 1;

        pith_runs_predict(&runs, n_seen, inputs);
        for (uint32_t k = 0; k < runs.n_contexts; k++)
            assert_true(inputs[k] >= -PITH_LOGIT_MAX && inputs[k] <= PITH_LOGIT_MAX);
        leaning += bit ? inputs[i] : -inputs[i];
        pith_runs_update(&runs, bit);
    }
    pith_runs_end_byte(&runs, byte);
    return leaning;
}

static uint32_t length_of(uint32_t i)
{
    find();
    return runs.run[i] >> 8;
}

static void new_contexts_say_nothing(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 200; k++) {
        for (uint32_t i = 0; i < N; i++)
            hashes[i] = (k * N + i + 1) * 0x01000193u;
        if (length_of(1) == 0)
            assert_int_equal(push((uint8_t)k, 1), 0);
    }
    for (uint32_t i = 0; i < N * PITH_RUNS_MAPS; i++) /* nor has anything been learnt */
        if (i / 16 % PITH_RUNS_LENGTHS == 0)
            assert_int_equal(maps[0].cells[i], maps[0].cells[0]);
}

static void the_last_byte_is_expected(void **state)
{
    static const uint8_t bytes[] = {0, 255, 'a', 0x80, 0x7f};

    (void)state;
    for (size_t b = 0; b < COUNT(bytes); b++) {
        int16_t inputs[N];

        hashes[2] = (uint32_t)b * 0x10000001u + 5;
        push(bytes[b], 2);
        for (uint32_t wrong = 0; wrong <= 8; wrong++) { /* the bit that is not as before; 8: none */
            find();
            assert_int_equal(runs.run[2], 256 | bytes[b]);
            for (uint32_t n_seen = 0; n_seen < 8; n_seen++) {
                int bit = bytes[b] >> (7 - n_seen) & 1;

                pith_runs_predict(&runs, n_seen, inputs);
                CHECK(n_seen > wrong ? inputs[2] == 0
                      : bit          ? inputs[2] > 0
                                     : inputs[2] < 0,
                      "byte %d, bit %u: %d", bytes[b], n_seen, inputs[2]);
                pith_runs_update(&runs, bit ^ (n_seen == wrong));
            }
        }
    }
}

static void runs_are_counted(void **state)
{
    (void)state;
    for (uint32_t length = 1; length < 400; length++) {
        push('x', 0);
        assert_int_equal(length_of(0), length < 255 ? length : 255);
        assert_int_equal(runs.run[0] & 255, 'x');
    }
    push('y', 0);
    assert_int_equal(length_of(0), 1);
    assert_int_equal(runs.run[0] & 255, 'y');
}

/* A context whose entry another has: unlike in the check alone. */
static uint32_t rival_of(uint32_t hash)
{
    uint32_t rival = hash, check = (hash ^ hash >> 16) & 0xffff;

    do
        rival += 0x10001;
    while ((rival * 0x2c1b3c6du) >> (32 - ENTRIES_LOG2) !=
               (hash * 0x2c1b3c6du) >> (32 - ENTRIES_LOG2) ||
           ((rival ^ rival >> 16) & 0xffff) == check);
    return rival;
}

static void long_runs_give_way_slowly(void **state)
{
    static const uint32_t left[] = {9, 4, 2};
    uint32_t own = 77 * 0x9e3779b1u, rival;

    (void)state;
    rival = rival_of(own);
    hashes[0] = own;
    for (int i = 0; i < 9; i++)
        push('a', 0);
    for (size_t i = 0; i < COUNT(left); i++) {
        hashes[0] = own;
        assert_int_equal(length_of(0), left[i]);
        hashes[0] = rival;
        assert_int_equal(length_of(0), 0);
        assert_int_equal(push('b', 0), 0);
    }
    assert_int_equal(length_of(0), 1);
    assert_int_equal(runs.run[0] & 255, 'b');
    hashes[0] = own;
    assert_int_equal(length_of(0), 0);
}

/* Context 0's runs always go on, context 1's never do. */
static void trust_is_learnt_by_context(void **state)
{
    uint64_t random = test_seed();
    int32_t first = 0, faithful = 0, fickle = 0;

    (void)state;
    for (int i = 0; i < 4000; i++) {
        uint8_t byte = (uint8_t)(next_random(&random) & 127);
        int16_t inputs[N];

        hashes[0] = byte * 0x9e3779b1u;
        push((uint8_t)(byte ^ 42), 0);
        hashes[0] = byte * 0x9e3779b1u;
        faithful = push((uint8_t)(byte ^ 42), 0);
        first = i == 0 ? faithful : first;
        hashes[1] = 0x12345; /* has seen a byte below 128, and now comes one above */
        find();
        pith_runs_predict(&runs, 0, inputs);
        fickle = inputs[1];
        push(128 | byte, 1);
        push((uint8_t)(byte ^ 42), 1);
    }
    CHECK(first > 0 && faithful > 2 * first, "%ld, then %ld", (long)first, (long)faithful);
    CHECK(fickle > 200, "%ld", (long)fickle); /* it says 0, and is known to be wrong */
}

/* What one kind of data has learnt, another has not. */
static void maps_keep_apart(void **state)
{
    int32_t start = maps[1].cells[5];

    (void)state;
    for (int i = 0; i < 100; i++)
        push('q', 0);
    for (uint32_t i = 1; i < PITH_RUNS_MAPS; i++)
        assert_int_equal(maps[1].cells[i], start);
    pith_runs_use(&runs, &maps[1]);
    assert_int_equal(runs.n_contexts, 1);
    push('q', 0);
    assert_true(maps[1].cells[(PITH_RUNS_LENGTHS - 1) * 16] != start ||
                maps[1].cells[(PITH_RUNS_LENGTHS - 1) * 16 + 1] != start);
}

static void only_the_contexts_named_are_fetched(void **state)
{
    uint32_t before;

    (void)state;
    find();
    before = runs.at[0];
    for (uint32_t i = 0; i < N; i++)
        hashes[i] = ~hashes[i];
    pith_runs_prepare(&runs, hashes, 1, 2);
    assert_true(runs.at[0] == before);
    assert_int_equal(runs.at[1], (hashes[1] * 0x2c1b3c6du) >> (32 - ENTRIES_LOG2));
}

/* As many contexts as there can be, certain for ever and then wrong for ever. */
static void extremes_stay_within_bounds(void **state)
{
    int32_t least = INT32_MAX, most = 0;

    (void)state;
    free(arena.base);
    begin_with(PITH_SLOTS_CONTEXTS_MAX);
    for (int i = 0; i < 6000; i++)
        push(i < 3000 ? 0 : i % 2 ? 0 : 255, PITH_SLOTS_CONTEXTS_MAX - 1);
    for (uint32_t i = 0; i < maps[0].n_contexts * PITH_RUNS_MAPS; i++) {
        least = maps[0].cells[i] < least ? maps[0].cells[i] : least;
        most = maps[0].cells[i] > most ? maps[0].cells[i] : most;
    }
    CHECK(least >= 0 && least < 20000 && most > INT32_MAX - 20000, "%ld to %ld", (long)least,
          (long)most);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(new_contexts_say_nothing),
        TEST(the_last_byte_is_expected),
        TEST(runs_are_counted),
        TEST(long_runs_give_way_slowly),
        TEST(trust_is_learnt_by_context),
        TEST(maps_keep_apart),
        TEST(only_the_contexts_named_are_fetched),
        TEST(extremes_stay_within_bounds),
    };

    return cmocka_run_group_tests_name("runs", tests, NULL, NULL);
}
