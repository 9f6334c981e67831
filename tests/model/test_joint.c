/* Joint weights: nothing at first, then one step at a time by the error of their sum; what contexts
 * know together they share; weights and sums keep their limits. */
#include "support/testing.h"

#include "model/joint.h"

#define N 4

static struct pith_arena arena;
static struct pith_joint joint;
static uint32_t cells[PITH_SLOTS_CONTEXTS_MAX];

static void begin_with(uint32_t n)
{
    arena = (struct pith_arena){NULL, 0};
    pith_joint_layout(&joint, &arena, n);
    assert_true(arena.used == n * 256 * 8 * 4);
    back_arena(&arena);
    pith_joint_layout(&joint, &arena, n);
    pith_joint_init(&joint);
    for (uint32_t i = 0; i < n; i++)
        cells[i] = i * 256 + (i * 37 + 5) % 256;
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

static int32_t learn(uint32_t n_seen, int bit)
{
    int32_t logit = pith_joint_predict(&joint, cells, n_seen);

    assert_true(logit >= -PITH_LOGIT_MAX && logit <= PITH_LOGIT_MAX);
    pith_joint_update(&joint, cells, n_seen, bit);
    return logit;
}

static int32_t weight(uint32_t i, uint32_t n_seen)
{
    return joint.weights[cells[i] * 8 + n_seen];
}

/* 0.02 of an error of one half, in 1/65536, rounded down. */
static void one_step_is_what_it_should_be(void **state)
{
    (void)state;
    assert_int_equal(learn(3, 1), 0);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(weight(i, 3), 655);
    assert_int_equal(pith_joint_predict(&joint, cells, 3), (N * 655) >> 8);
    assert_int_equal(learn(4, 0), 0);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(weight(i, 4), -656);
}

/* Other states, contexts and bit numbers than those at work stay as they are. */
static void only_what_was_at_work_learns(void **state)
{
    size_t changed = 0;

    (void)state;
    for (int i = 0; i < 50; i++)
        learn(6, 1);
    for (size_t i = 0; i < (size_t)N * 256 * 8; i++)
        changed += joint.weights[i] != 0;
    assert_int_equal(changed, N);
    for (uint32_t i = 0; i < N; i++)
        assert_true(weight(i, 6) > 0 && weight(i, 5) == 0);
}

/* State 1 of context 0 says which bit comes, the others say nothing. */
static void the_telling_state_is_found(void **state)
{
    uint64_t random = test_seed();
    int right = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        int bit = (int)(next_random(&random) & 1);

        cells[0] = (uint32_t)bit;
        for (uint32_t k = 1; k < N; k++)
            cells[k] = k * 256 + random_below(&random, 8);
        right += (learn(0, bit) > 0) == bit && i >= 10000;
    }
    CHECK(right > 9900, "%d of 10000", right);
    for (uint32_t k = 1; k < N; k++)
        CHECK(abs(weight(k, 0)) < joint.weights[8] / 4, "context %u: %ld", k, (long)weight(k, 0));
}

/* Contexts that always speak at once say it once, however many they are: three bits of four are 1. */
static void what_is_shared_is_not_said_twice(void **state)
{
    static const uint32_t counts[] = {1, 4, 16, 90};

    (void)state;
    for (size_t c = 0; c < COUNT(counts); c++) {
        uint64_t random = test_seed();
        int32_t sum = 0;

        free(arena.base);
        begin_with(counts[c]);
        for (int i = 0; i < 30000; i++) {
            int32_t logit = learn(1, random_below(&random, 4) != 0);

            sum += i >= 20000 ? logit : 0;
        }
        CHECK(sum / 10000 > 220 && sum / 10000 < 400, "%u contexts: %ld", counts[c],
              (long)(sum / 10000)); /* ln 3 is 281 of 256 */
    }
}

/* The largest sum and the smallest: no overflow, and a step beyond leaves a weight at its limit. */
static void extremes_stay_within_bounds(void **state)
{
    (void)state;
    free(arena.base);
    begin_with(PITH_SLOTS_CONTEXTS_MAX);
    for (int bit = 0; bit < 2; bit++) {
        int32_t limit = bit ? PITH_JOINT_LIMIT : -PITH_JOINT_LIMIT;

        for (uint32_t i = 0; i < joint.n_contexts; i++)
            joint.weights[cells[i] * 8 + 7] = limit;
        assert_int_equal(learn(7, bit), bit ? PITH_LOGIT_MAX : -PITH_LOGIT_MAX);
        for (uint32_t i = 0; i < joint.n_contexts; i++)
            assert_int_equal(weight(i, 7), limit);
        learn(7, !bit); /* surprised: back from the limit by a whole step */
        for (uint32_t i = 0; i < joint.n_contexts; i++)
            CHECK(abs(weight(i, 7) - limit) > 1300 && abs(weight(i, 7)) < PITH_JOINT_LIMIT, "%ld",
                  (long)weight(i, 7));
        joint.weights[cells[0] * 8 + 7] = limit - (bit ? 3 : -3);
        for (uint32_t i = 1; i < joint.n_contexts; i++) /* the sum says the other bit */
            joint.weights[cells[i] * 8 + 7] = -limit;
        learn(7, bit);
        assert_int_equal(weight(0, 7), limit);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_step_is_what_it_should_be), TEST(only_what_was_at_work_learns),
        TEST(the_telling_state_is_found),    TEST(what_is_shared_is_not_said_twice),
        TEST(extremes_stay_within_bounds),
    };

    return cmocka_run_group_tests_name("joint", tests, NULL, NULL);
}
