/* Direct contexts: order 0 and 1 counters learn, the fast ones sooner, and
 * contexts do not mix. */
#include "support/testing.h"

#include "model/direct.h"

static struct pith_arena arena;
static struct pith_direct direct;

static int begin(void **state)
{
    (void)state;
    arena = (struct pith_arena){NULL, 0};
    pith_direct_layout(&direct, &arena);
    back_arena(&arena);
    pith_direct_layout(&direct, &arena);
    pith_direct_init(&direct);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(arena.base);
    return 0;
}

static void see(uint32_t last, uint32_t bits_seen, int bit, int16_t *inputs)
{
    pith_direct_predict(&direct, last, bits_seen, inputs);
    for (int i = 0; i < PITH_DIRECT_INPUTS; i++)
        assert_true(inputs[i] >= -3071 && inputs[i] <= 3071);
    pith_direct_update(&direct, bit);
}

static void nothing_is_known_at_first(void **state)
{
    int16_t inputs[PITH_DIRECT_INPUTS];

    (void)state;
    for (uint32_t last = 0; last < 256; last++)
        for (uint32_t bits_seen = 1; bits_seen < 256; bits_seen++) {
            pith_direct_predict(&direct, last, bits_seen, inputs);
            for (int i = 0; i < PITH_DIRECT_INPUTS; i++)
                assert_true(abs(inputs[i]) <= 1);
        }
}

static void counters_learn(void **state)
{
    int16_t inputs[PITH_DIRECT_INPUTS];

    (void)state;
    for (int i = 0; i < 8; i++)
        see(65, 5, 1, inputs);
    assert_true(inputs[0] > 0 && inputs[2] > 0);
    assert_true(inputs[1] > 2 * inputs[0] && inputs[3] > 2 * inputs[2]); /* slow, fast */
    for (int i = 0; i < 2000; i++)
        see(65, 5, 1, inputs);
    assert_true(inputs[0] > 1500 && inputs[2] > 1500);
    for (int i = 0; i < 3000; i++)
        see(65, 5, 0, inputs);
    assert_true(inputs[0] < -1500 && inputs[2] < -1500);
}

static void contexts_do_not_mix(void **state)
{
    int16_t inputs[PITH_DIRECT_INPUTS];

    (void)state;
    for (int i = 0; i < 200; i++) {
        see(0, 7, 1, inputs);
        see(255, 255, 0, inputs);
    }
    pith_direct_predict(&direct, 0, 7, inputs);
    assert_true(inputs[0] > 700 && inputs[2] > 700);
    pith_direct_predict(&direct, 255, 255, inputs);
    assert_true(inputs[0] < -700 && inputs[2] < -700);
    pith_direct_predict(&direct, 1, 7, inputs); /* order 0 knows this node, order 1 does not */
    assert_true(inputs[0] > 700 && abs(inputs[2]) <= 1);
    pith_direct_predict(&direct, 0, 6, inputs);
    assert_true(abs(inputs[0]) <= 1 && abs(inputs[2]) <= 1);
}

/* A copy goes on as the one that has learnt would, which itself stays as it is; and begins again. */
static void begins_as_a_copy(void **state)
{
    struct pith_arena place = {NULL, 0};
    struct pith_direct copy, twin;
    int16_t inputs[PITH_DIRECT_INPUTS], expected[PITH_DIRECT_INPUTS];
    size_t len = 257 * 512 * sizeof *direct.counters;
    uint16_t *before = get_memory(len);
    uint64_t random = test_seed();

    (void)state;
    for (int i = 0; i < 30000; i++)
        see((uint32_t)i % 70, 1 + (uint32_t)i % 255, i % 3 == 0, inputs);
    for (int pass = 0; pass < 2; pass++) {
        pith_direct_layout(&copy, &place);
        pith_direct_layout_lazy(&copy, &place);
        if (pass == 0)
            back_arena(&place);
    }
    memcpy(before, direct.counters, len);
    twin = direct;
    twin.counters = get_memory(len);
    for (int again = 0; again < 3; again++) {
        memcpy(twin.counters, before, len);
        pith_direct_begin(&copy, &direct);
        for (int i = 0; i < 20000; i++) {
            uint32_t last = random_below(&random, 256), bits_seen = 1 + random_below(&random, 255);

            pith_direct_next(&copy, last);
            pith_direct_predict(&copy, last, bits_seen, inputs);
            pith_direct_predict(&twin, last, bits_seen, expected);
            assert_memory_equal(inputs, expected, sizeof inputs);
            pith_direct_update(&copy, i % 7 == 0);
            pith_direct_update(&twin, i % 7 == 0);
        }
        assert_memory_equal(before, direct.counters, len);
    }
    pith_direct_init(&copy);
    pith_direct_next(&copy, 1);
    assert_int_equal(copy.counters[0], 32768);
    free(twin.counters);
    free(before);
    free(place.base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(begins_as_a_copy, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_known_at_first, begin, end),
        cmocka_unit_test_setup_teardown(counters_learn, begin, end),
        cmocka_unit_test_setup_teardown(contexts_do_not_mix, begin, end),
    };

    return cmocka_run_group_tests_name("direct", tests, NULL, NULL);
}
