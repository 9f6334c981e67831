/* Lazy copy: rows that are touched are copies, others are neither read nor written; beginning again
 * forgets what was done to the copies, also when the epochs run out. */
#include "support/testing.h"

#include "base/lazy.h"

#define N_ROWS  37
#define ROW_LEN 48

static struct pith_arena arena;
static struct pith_lazy lazy;
static uint8_t own[N_ROWS][ROW_LEN], start[N_ROWS][ROW_LEN];

static int begin(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    arena = (struct pith_arena){NULL, 0};
    pith_lazy_layout(&lazy, &arena, N_ROWS, ROW_LEN);
    back_arena(&arena);
    pith_lazy_layout(&lazy, &arena, N_ROWS, ROW_LEN);
    memset(own, 0xee, sizeof own);
    for (uint32_t row = 0; row < N_ROWS; row++)
        for (uint32_t i = 0; i < ROW_LEN; i++)
            start[row][i] = (uint8_t)(next_random(&random) & 127);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(arena.base);
    return 0;
}

static int is_copy(uint32_t row)
{
    return memcmp(own[row], start[row], ROW_LEN) == 0;
}

static int is_untouched(uint32_t row)
{
    for (uint32_t i = 0; i < ROW_LEN; i++)
        if (own[row][i] != 0xee)
            return 0;
    return 1;
}

static void touched_rows_are_copies(void **state)
{
    (void)state;
    pith_lazy_begin(&lazy, own, start);
    for (uint32_t row = 0; row < N_ROWS; row += 3)
        pith_lazy_touch(&lazy, row);
    for (uint32_t row = 0; row < N_ROWS; row++)
        assert_true(row % 3 == 0 ? is_copy(row) : is_untouched(row));
}

static void a_row_is_copied_once(void **state)
{
    (void)state;
    pith_lazy_begin(&lazy, own, start);
    pith_lazy_touch(&lazy, N_ROWS - 1);
    own[N_ROWS - 1][5] = 0xaa;
    pith_lazy_touch(&lazy, N_ROWS - 1);
    assert_int_equal(own[N_ROWS - 1][5], 0xaa);
    assert_true(is_untouched(N_ROWS - 2));
}

/* As of objects that begin with nothing learnt, which touch their rows all the same. */
static void without_a_start_nothing_is_copied(void **state)
{
    (void)state;
    for (uint32_t row = 0; row < N_ROWS; row++)
        pith_lazy_touch(&lazy, row);
    for (uint32_t row = 0; row < N_ROWS; row++)
        assert_true(is_untouched(row));
    pith_lazy_begin(&lazy, own, start);
    lazy.start = NULL;
    pith_lazy_touch(&lazy, 1);
    assert_true(is_untouched(1));
}

static void beginning_again_forgets(void **state)
{
    static uint8_t other[N_ROWS][ROW_LEN];

    (void)state;
    memset(other, 0x11, sizeof other);
    for (uint32_t epoch = 1; epoch < 50; epoch++) {
        uint32_t row = epoch % N_ROWS;

        pith_lazy_begin(&lazy, own, epoch % 2 ? start[0] : other[0]);
        assert_int_equal(lazy.epoch, epoch);
        pith_lazy_touch(&lazy, row);
        assert_memory_equal(own[row], epoch % 2 ? start[row] : other[row], ROW_LEN);
        memset(own[row], 0x77, ROW_LEN);
    }
}

/* Only the first beginning clears the stamps, which may be many; the last epoch must, too. */
static void epochs_run_out(void **state)
{
    (void)state;
    pith_lazy_begin(&lazy, own, start);
    pith_lazy_touch(&lazy, 4); /* in epoch 1, which is to come again */
    lazy.epoch = UINT32_MAX - 1;
    pith_lazy_begin(&lazy, own, start);
    assert_true(lazy.epoch == UINT32_MAX && lazy.stamps[4] == 1);
    pith_lazy_touch(&lazy, 5);
    assert_true(is_copy(5));
    memset(own, 0xee, sizeof own);
    pith_lazy_begin(&lazy, own, start);
    assert_int_equal(lazy.epoch, 1);
    for (uint32_t row = 0; row < N_ROWS; row++) {
        assert_true(is_untouched(row));
        pith_lazy_touch(&lazy, row);
        assert_true(is_copy(row));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(touched_rows_are_copies),
        TEST(a_row_is_copied_once),
        TEST(without_a_start_nothing_is_copied),
        TEST(beginning_again_forgets),
        TEST(epochs_run_out),
    };

    return cmocka_run_group_tests_name("lazy", tests, NULL, NULL);
}
