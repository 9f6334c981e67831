/* Tables of the fast path: what is shared comes back from its head, and scales out of bounds are refused. */
#include "support/testing.h"

#include "codec/tensor/tables.h"

static struct pith_tensor_shared shared, back;
static uint32_t counts[2][PITH_TENSOR_CLASSES][256];
static uint8_t coded[100000];

/* Encodes what is shared with another least scale; returns what decoding says. */
static int pass(int32_t least)
{
    struct pith_tensor_head head;
    size_t len;
    int is_right;

    pith_tensor_head_init(&head);
    pith_coder_begin_encode(&head.coder, coded, sizeof coded);
    shared.least = least;
    (void)pith_tensor_shared_code(&head, &shared, 2);
    pith_coder_finish_encode(&head.coder);
    len = head.coder.pos;
    pith_tensor_head_init(&head);
    pith_coder_begin_decode(&head.coder, coded, len, NULL, NULL);
    memset(&back, 0, sizeof back);
    is_right = pith_tensor_shared_code(&head, &back, 2);
    return is_right;
}

static void shared_tables_come_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t class = 0; class < PITH_TENSOR_CLASSES; class ++)
        for (uint32_t i = 0; i < 3000; i++) {
            counts[0][class][100 + class + random_below(&random, 8)]++;
            counts[1][class][random_below(&random, 256)]++;
        }
    assert_true(pith_tensor_shared_make(&shared, 2, counts, 50) > 0);
    assert_int_equal(shared.kinds[0], PITH_TENSOR_CLASSED);
    assert_int_equal(shared.kinds[1], PITH_TENSOR_NO_TABLES);
    assert_true(shared.n_tables > 4 && pass(-17));
    assert_int_equal(back.least, -17);
    assert_int_equal(back.n_tables, shared.n_tables);
    assert_memory_equal(back.map, shared.map, sizeof back.map);
    for (uint32_t t = 0; t < back.n_tables; t++)
        assert_memory_equal(&back.classed[0][t], &shared.classed[0][t], sizeof back.classed[0][t]);
}

static void wild_scales_are_refused(void **state)
{
    (void)state;
    assert_true(pass(16000) && pass(-16000));
    assert_false(pass(17000) || pass(-17000) || pass(1 << 29) || pass(-(1 << 29)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_tables_come_back),
        cmocka_unit_test(wild_scales_are_refused),
    };

    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
