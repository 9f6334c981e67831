/* The mixer's kernels: the plain C against its definition, written out again here in 64 bits, and
 * every kernel that this machine runs against the plain C, bit for bit.  A difference would make an
 * archive unreadable on another machine.  Nothing but the outputs is written: zones around them are
 * watched, and the vectors stand at odd addresses. */
#include "support/testing.h"

#include "cpu/cpu.h"
#include "num/logistic.h"
#include "num/mixing.h"

#define SETS_MAX    16
#define GUARD       24
#define GUARD_VALUE ((int16_t)0x5a5a)
#define ROW         (GUARD + PITH_MIX_INPUTS_MAX + GUARD)

struct problem {
    size_t n, n_sets;
    int16_t x[PITH_MIX_INPUTS_MAX + 1], steps[SETS_MAX];
    int16_t rows[SETS_MAX][ROW];
};

static int16_t extreme_or_random(uint64_t *random, int32_t low, int32_t high)
{
    switch (random_below(random, 8)) {
    case 0:
        return (int16_t)low;
    case 1:
        return (int16_t)high;
    case 2:
        return (int16_t)((int32_t)random_below(random, 5) - 2);
    default:
        return (int16_t)(low + (int32_t)random_below(random, (uint32_t)(high - low + 1)));
    }
}

/* extreme: every value is the same limit of its range. */
static void make_problem(struct problem *problem, uint64_t *random, int extreme)
{
    static const int32_t x_end[2] = {-PITH_LOGIT_MAX, PITH_LOGIT_MAX};
    static const int32_t w_end[2] = {INT16_MIN, INT16_MAX};
    int32_t x_at = x_end[random_below(random, 2)], w_at = w_end[random_below(random, 2)];

    problem->n = PITH_MIX_LANES * (1 + random_below(random, PITH_MIX_INPUTS_MAX / PITH_MIX_LANES));
    if (extreme)
        problem->n = PITH_MIX_INPUTS_MAX;
    problem->n_sets = 1 + random_below(random, SETS_MAX);
    for (size_t i = 0; i < COUNT(problem->x); i++)
        problem->x[i] =
            extreme ? (int16_t)x_at : extreme_or_random(random, -PITH_LOGIT_MAX, PITH_LOGIT_MAX);
    for (size_t s = 0; s < SETS_MAX; s++) {
        problem->steps[s] = extreme_or_random(random, -INT16_MAX, INT16_MAX);
        for (size_t i = 0; i < ROW; i++)
            problem->rows[s][i] = GUARD_VALUE;
        for (size_t i = 0; i < problem->n; i++)
            problem->rows[s][GUARD + i] =
                extreme ? (int16_t)w_at : extreme_or_random(random, INT16_MIN, INT16_MAX);
    }
}

static void point(struct problem *problem, int16_t **weights)
{
    for (size_t s = 0; s < SETS_MAX; s++)
        weights[s] = problem->rows[s] + GUARD;
}

/* By the definition; the arithmetic shift is spelt as a division that rounds down. */
static int64_t floor_shift(int64_t value, int bits)
{
    int64_t unit = (int64_t)1 << bits;

    return value >= 0 ? value / unit : -((-value + unit - 1) / unit);
}

/* None of the sums on the way may leave 32 bits. */
static int64_t fit(int64_t sum)
{
    CHECK(sum >= INT32_MIN && sum <= INT32_MAX, "%lld", (long long)sum);
    return sum;
}

static int64_t dot_slowly(const int16_t *w, const int16_t *x, size_t n)
{
    int64_t all = 0;

    for (size_t begin = 0; begin < n; begin += PITH_MIX_BLOCK) {
        int64_t lanes[8] = {0}, sum = 0;

        for (size_t i = begin; i < n && i < begin + PITH_MIX_BLOCK; i++)
            lanes[i % 16 / 2] = fit(lanes[i % 16 / 2] + (int64_t)w[i] * x[i]);
        for (size_t l = 0; l < COUNT(lanes); l++)
            sum = fit(sum + floor_shift(lanes[l], 3));
        all = fit(all + floor_shift(sum, 11));
    }
    return all;
}

static void train_slowly(struct problem *problem)
{
    for (size_t s = 0; s < problem->n_sets; s++)
        for (size_t i = 0; i < problem->n; i++) {
            int16_t *w = &problem->rows[s][GUARD + i];
            int64_t sum =
                *w + floor_shift((int64_t)problem->x[i] * problem->steps[s] + (1 << 14), 15);

            *w = (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
        }
}

static void check_dot(const struct pith_mix_kernels *kernels, struct problem *problem)
{
    int32_t sums[SETS_MAX + 2];
    int16_t *weights[SETS_MAX];
    struct problem before = *problem;

    point(problem, weights);
    memset(sums, 0x5a, sizeof sums);
    kernels->dot(sums + 1, weights, problem->n_sets, problem->x, problem->n);
    for (size_t s = 0; s < problem->n_sets; s++) {
        int64_t sum = dot_slowly(problem->rows[s] + GUARD, problem->x, problem->n);

        CHECK(sums[s + 1] == sum, "%s: set %zu of %zu, n %zu: %ld, not %ld", kernels->name, s,
              problem->n_sets, problem->n, (long)sums[s + 1], (long)sum);
    }
    assert_true(sums[0] == 0x5a5a5a5a);
    for (size_t s = problem->n_sets + 1; s < COUNT(sums); s++)
        assert_true(sums[s] == 0x5a5a5a5a);
    assert_memory_equal(problem, &before, sizeof before);
}

static void check_train(const struct pith_mix_kernels *kernels, const struct problem *problem)
{
    struct problem slow = *problem, fast = *problem;
    int16_t *weights[SETS_MAX];

    train_slowly(&slow);
    point(&fast, weights);
    kernels->train(weights, fast.steps, fast.n_sets, fast.x, fast.n);
    for (size_t s = 0; s < SETS_MAX; s++)
        for (size_t i = 0; i < ROW; i++)
            CHECK(fast.rows[s][i] == slow.rows[s][i], "%s: set %zu of %zu, n %zu, %zu: %d, not %d",
                  kernels->name, s, fast.n_sets, fast.n, i, fast.rows[s][i], slow.rows[s][i]);
    assert_memory_equal(fast.x, problem->x, sizeof fast.x);
    assert_memory_equal(fast.steps, problem->steps, sizeof fast.steps);
}

static void check_kernels(const struct pith_mix_kernels *kernels)
{
    uint64_t random = test_seed();
    struct problem problem;

    memset(&problem, 0, sizeof problem);
    for (int i = 0; i < 3000; i++) {
        make_problem(&problem, &random, i % 8 == 0);
        check_dot(kernels, &problem);
        check_train(kernels, &problem);
    }
}

/* Blocks begin anew: a fault in a block's length would show here as one in its rounding. */
static void blocks_are_rounded_alone(void **state)
{
    struct problem problem;

    (void)state;
    for (size_t n = PITH_MIX_LANES; n <= PITH_MIX_INPUTS_MAX; n += PITH_MIX_LANES) {
        int16_t *weights[SETS_MAX];
        int32_t sum, n_blocks = (int32_t)((n + PITH_MIX_BLOCK - 1) / PITH_MIX_BLOCK);

        memset(&problem, 0, sizeof problem);
        point(&problem, weights);
        for (size_t i = 0; i < n; i += PITH_MIX_BLOCK) {
            problem.x[i] =
                -1; /* a lane's -1, rounded down, is -1 of the sum, and so of the block */
            weights[0][i] = 1;
        }
        pith_mix_kernels_best()->dot(&sum, weights, 1, problem.x, n);
        CHECK(sum == -n_blocks, "n %zu: %ld", n, (long)sum);
    }
}

static void plain_c(void **state)
{
    (void)state;
    assert_string_equal(pith_mix_kernels_c.name, "c");
    check_kernels(&pith_mix_kernels_c);
}

static void avx2(void **state)
{
    (void)state;
#if defined(__x86_64__) && defined(__GNUC__)
    if (pith_cpu_features() & PITH_CPU_AVX2) {
        check_kernels(&pith_mix_kernels_avx2);
        return;
    }
#endif
    skip();
}

static void neon(void **state)
{
    (void)state;
#if defined(__aarch64__)
    if (pith_cpu_features() & PITH_CPU_NEON) {
        check_kernels(&pith_mix_kernels_neon);
        return;
    }
#endif
    skip();
}

static void best_obeys_the_limit(void **state)
{
    unsigned allowed = pith_cpu_features();

    (void)state;
    assert_non_null(pith_mix_kernels_best());
    if (allowed & (PITH_CPU_AVX2 | PITH_CPU_NEON))
        assert_ptr_not_equal(pith_mix_kernels_best(), &pith_mix_kernels_c);
    pith_cpu_limit(0);
    assert_ptr_equal(pith_mix_kernels_best(), &pith_mix_kernels_c);
    pith_cpu_limit(allowed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_c),
        cmocka_unit_test(avx2),
        cmocka_unit_test(neon),
        cmocka_unit_test(best_obeys_the_limit),
        cmocka_unit_test(blocks_are_rounded_alone),
    };

    return cmocka_run_group_tests_name("mixing", tests, NULL, NULL);
}
