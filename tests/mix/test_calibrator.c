/* The calibrator: the identity at first, then what really happens, each context for itself. */
#include "support/testing.h"

#include "mix/calibrator.h"
#include "num/logistic.h"

static struct pith_arena arena;
static struct pith_calibrator calibrator;

static int begin(void **state)
{
    (void)state;
    arena = (struct pith_arena){NULL, 0};
    pith_calibrator_layout(&calibrator, &arena, 10);
    back_arena(&arena);
    pith_calibrator_layout(&calibrator, &arena, 10);
    pith_calibrator_init(&calibrator, 6);
    pith_calibrator_select(&calibrator, 1 << 8, 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(arena.base);
    return 0;
}

static void starts_as_the_identity(void **state)
{
    (void)state;
    for (uint32_t context = 0; context < 3000; context += 99)
        for (int32_t logit = -PITH_LOGIT_MAX; logit <= PITH_LOGIT_MAX; logit++) {
            int32_t p1;

            pith_calibrator_select(&calibrator, context << 8, 1);
            p1 = (int32_t)pith_calibrator_predict(&calibrator, logit);
            assert_true(p1 >= 1 && p1 <= 65535);
            CHECK(abs(p1 - (int32_t)pith_squash(logit)) < 65536 / 80, "logit %d: %d", (int)logit,
                  (int)p1);
        }
}

/* The logit says even odds; nine of ten bits are 1. */
static void learns_what_happens(void **state)
{
    uint64_t random = test_seed();
    uint64_t sum = 0;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        uint32_t p1 = pith_calibrator_predict(&calibrator, 0);

        sum += i >= 1000 ? p1 : 0;
        pith_calibrator_update(&calibrator, random_below(&random, 10) != 0);
        pith_calibrator_predict(&calibrator, 101); /* the sample on the other side of 0 */
        pith_calibrator_update(&calibrator, random_below(&random, 10) != 0);
        pith_calibrator_predict(&calibrator, -99);
        pith_calibrator_update(&calibrator, random_below(&random, 10) != 0);
    }
    CHECK(sum / 4000 > 57000 && sum / 4000 < 61000, "%u", (unsigned)(sum / 4000));
}

static void contexts_and_logits_keep_apart(void **state)
{
    uint32_t far_p1, other_p1;

    (void)state;
    far_p1 = pith_calibrator_predict(&calibrator, 1500);
    pith_calibrator_select(&calibrator, 2 << 8, 1);
    other_p1 = pith_calibrator_predict(&calibrator, -300);
    pith_calibrator_select(&calibrator, 1 << 8, 1);
    for (int i = 0; i < 1000; i++) {
        pith_calibrator_predict(&calibrator, -300);
        pith_calibrator_update(&calibrator, 1);
    }
    assert_true(pith_calibrator_predict(&calibrator, -300) > 60000);
    assert_int_equal(pith_calibrator_predict(&calibrator, 1500), far_p1);
    pith_calibrator_select(&calibrator, 2 << 8, 1);
    assert_int_equal(pith_calibrator_predict(&calibrator, -300), other_p1);
}

static void certainty_has_bounds(void **state)
{
    (void)state;
    for (int bit = 0; bit < 2; bit++)
        for (int32_t logit = -PITH_LOGIT_MAX; logit <= PITH_LOGIT_MAX; logit += 2 * PITH_LOGIT_MAX)
            for (int i = 0; i < 3000; i++) {
                uint32_t p1 = pith_calibrator_predict(&calibrator, logit);

                assert_true(p1 >= 1 && p1 <= 65535);
                pith_calibrator_update(&calibrator, bit);
                assert_true(i < 2999 || (bit ? p1 > 54000 : p1 < 11000));
            }
}

static void drive(struct pith_calibrator *one, uint32_t *p1, uint64_t *random, int bit)
{
    uint32_t context = random_below(random, 30) << 8, bits_seen = 1 + random_below(random, 255);

    pith_calibrator_select(one, context, bits_seen);
    *p1 = pith_calibrator_predict(one, (int32_t)random_below(random, 6000) - 3000);
    pith_calibrator_update(one, bit);
}

/* A copy goes on as the one that has learnt would, which itself stays as it is; and begins again. */
static void begins_as_a_copy(void **state)
{
    struct pith_arena place = {NULL, 0};
    struct pith_calibrator copy, twin;
    size_t len = sizeof *twin.cells * PITH_CALIBRATOR_STEPS << 10;
    uint16_t *before = get_memory(len);
    uint64_t random = test_seed();
    uint32_t p1, expected;

    (void)state;
    for (int i = 0; i < 30000; i++)
        drive(&calibrator, &p1, &random, i % 5 == 0);
    for (int pass = 0; pass < 2; pass++) {
        pith_calibrator_layout(&copy, &place, 10);
        pith_calibrator_layout_lazy(&copy, &place);
        if (pass == 0)
            back_arena(&place);
    }
    memcpy(before, calibrator.cells, len);
    twin = calibrator;
    twin.cells = get_memory(len);
    for (int again = 0; again < 3; again++) {
        memcpy(twin.cells, before, len);
        pith_calibrator_begin(&copy, &calibrator, calibrator.contexts_log2);
        for (int i = 0; i < 20000; i++) {
            uint64_t same = random;

            drive(&copy, &p1, &random, i % 3 == 0);
            drive(&twin, &expected, &same, i % 3 == 0);
            assert_int_equal(p1, expected);
        }
        assert_memory_equal(before, calibrator.cells, len);
    }
    pith_calibrator_init(&copy, 6);
    pith_calibrator_select(&copy, 1 << 8, 1);
    assert_int_equal(copy.cells[copy.row], copy.cells[0]);
    free(twin.cells);
    free(before);
    free(place.base);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(begins_as_a_copy),     TEST(starts_as_the_identity),
        TEST(learns_what_happens),  TEST(contexts_and_logits_keep_apart),
        TEST(certainty_has_bounds),
    };

    return cmocka_run_group_tests_name("calibrator", tests, NULL, NULL);
}
