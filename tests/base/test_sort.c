/* Sorting: in order, and the same items, however many of them are equal. */
#include "support/testing.h"

#include "base/sort.h"

#define N_MAX 600

static int n_compared;

static int compare(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    n_compared++;
    return *x < *y ? -1 : *x > *y;
}

static void check(const uint32_t *values, size_t n)
{
    const void *items[N_MAX + 1];
    uint8_t is_there[N_MAX] = {0};

    for (size_t i = 0; i < n; i++)
        items[i] = &values[i];
    items[n] = &n_compared; /* what is behind them is not touched */
    n_compared = 0;
    pith_sort(items, n, compare);
    assert_ptr_equal(items[n], &n_compared);
    for (size_t i = 0; i < n; i++) {
        const uint32_t *item = items[i];

        assert_true(item >= values && item < values + n && !is_there[item - values]);
        is_there[item - values] = 1;
        assert_true(i == 0 || compare(items[i - 1], items[i]) <= 0);
    }
}

static void few_items(void **state)
{
    static const uint32_t pairs[][2] = {{1, 2}, {2, 1}, {7, 7}};

    (void)state;
    check(NULL, 0);
    check(pairs[0], 1);
    for (size_t i = 0; i < COUNT(pairs); i++)
        check(pairs[i], 2);
    pith_sort(NULL, 0, compare);
}

/* All orders of up to six items, of up to six values. */
static void all_orders(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 6; n++)
        for (uint32_t code = 0; code < 46656; code++) {
            uint32_t values[6], left = code;

            for (size_t i = 0; i < 6; i++, left /= 6)
                values[i] = left % 6;
            check(values, n);
        }
}

static void random_arrays(void **state)
{
    static const uint32_t n_values[] = {1, 2, 3, 10, 100, UINT32_MAX};
    uint64_t random = test_seed();

    (void)state;
    for (int round = 0; round < 600; round++) {
        uint32_t values[N_MAX], n = random_below(&random, N_MAX + 1);

        for (uint32_t i = 0; i < n; i++)
            values[i] = random_below(&random, n_values[(size_t)round % COUNT(n_values)]);
        check(values, n);
    }
}

/* In order, backwards, and all equal: never many more comparisons than n log n. */
static void arrays_in_order(void **state)
{
    (void)state;
    for (uint32_t how = 0; how < 3; how++) {
        uint32_t values[N_MAX];

        for (uint32_t i = 0; i < N_MAX; i++)
            values[i] = how == 0 ? i : how == 1 ? N_MAX - i : 5;
        check(values, N_MAX);
        CHECK(n_compared < 3 * N_MAX * 10, "%d", n_compared);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_items),
        cmocka_unit_test(all_orders),
        cmocka_unit_test(random_arrays),
        cmocka_unit_test(arrays_in_order),
    };

    return cmocka_run_group_tests_name("sort", tests, NULL, NULL);
}
