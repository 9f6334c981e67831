/* Contexts of the bytes just before: each sees its own bytes, or bits, and no others. */
#include "support/testing.h"

#include "model/local.h"

static uint8_t data[64];

static void fill(struct pith_history *history, uint64_t seed, size_t n)
{
    *history = (struct pith_history){.data = data};
    for (size_t i = 0; i < n; i++)
        pith_history_push(history, (uint8_t)next_random(&seed));
}

/* The same bytes with one bit changed, `back` places before the next one. */
static void fill_flipped(struct pith_history *history, uint64_t seed, size_t n, size_t back,
                         int bit)
{
    *history = (struct pith_history){.data = data};
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)next_random(&seed);

        pith_history_push(history, (uint8_t)(i == n - back ? byte ^ 1 << bit : byte));
    }
}

static void orders_see_their_bytes(void **state)
{
    static const uint8_t orders[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    uint32_t a[COUNT(orders)], b[COUNT(orders)];
    struct pith_history history;

    (void)state;
    fill(&history, 7, 40);
    pith_orders_contexts(&history, orders, COUNT(orders), a);
    for (size_t i = 0; i < COUNT(orders); i++)
        for (size_t k = 0; k < i; k++)
            assert_true(a[i] != a[k]);
    for (size_t back = 1; back <= 20; back++)
        for (int bit = 0; bit < 8; bit++) {
            fill_flipped(&history, 7, 40, back, bit);
            pith_orders_contexts(&history, orders, COUNT(orders), b);
            for (size_t i = 0; i < COUNT(orders); i++)
                CHECK((a[i] != b[i]) == (orders[i] >= back), "order %u, %zu back", orders[i], back);
        }
}

/* Which bits each context sees, the latest byte lowest. */
static void sparse_contexts_see_their_bits(void **state)
{
    static const uint64_t masks[PITH_SPARSE_CONTEXTS] = {
        0xffff00,     0xff0000ff,   0xf8f8f8f8,     0xffff0000,         0xff00ff00,
        0xff00,       0xff0000,     0xf0f0f0f0f0f0, 0xffffff00,         0xff00ffff,
        0xffffff0000, 0xffff00ff,   0xffffffff00,   0xffff0000ff,       0xffe0e0e0,
        0xe0e0e0e0,   0xff00000000, 0xfff0f0f0f0,   0xf0f0f0f0f0f0f0f0,
    };
    uint32_t a[PITH_SPARSE_CONTEXTS], b[PITH_SPARSE_CONTEXTS];
    struct pith_history history;

    (void)state;
    fill(&history, 9, 40);
    pith_sparse_contexts(&history, PITH_SPARSE_CONTEXTS, a);
    for (int bit = 0; bit < 128; bit++) {
        fill_flipped(&history, 9, 40, 1 + (size_t)bit / 8, bit % 8);
        pith_sparse_contexts(&history, PITH_SPARSE_CONTEXTS, b);
        for (int i = 0; i < PITH_SPARSE_CONTEXTS; i++)
            CHECK((a[i] != b[i]) == (bit < 64 && (masks[i] >> (bit & 63) & 1)), "%d, bit %d", i,
                  bit);
    }
    for (int i = 0; i < PITH_SPARSE_CONTEXTS; i++)
        for (int k = 0; k < i; k++)
            assert_true(a[i] != a[k] && masks[i] != masks[k]);
    for (uint32_t n = 0; n < PITH_SPARSE_CONTEXTS; n++) {
        memset(b, 0x5a, sizeof b);
        pith_sparse_contexts(&history, n, b);
        assert_true(b[n] == 0x5a5a5a5a);
    }
}

static void history_is_what_was_pushed(void **state)
{
    struct pith_history history;

    (void)state;
    fill(&history, 3, 20);
    for (size_t back = 1; back <= 20; back++) {
        assert_int_equal(pith_history_back(&history, back), data[20 - back]);
        if (back <= 8)
            assert_int_equal(history.last8 >> 8 * (back - 1) & 255, data[20 - back]);
        else if (back <= 16)
            assert_int_equal(history.prior8 >> 8 * (back - 9) & 255, data[20 - back]);
    }
    assert_int_equal(pith_history_back(&history, 21), 0);
    assert_int_equal(pith_history_back(&history, SIZE_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_see_their_bytes),
        cmocka_unit_test(sparse_contexts_see_their_bits),
        cmocka_unit_test(history_is_what_was_pushed),
    };

    return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
