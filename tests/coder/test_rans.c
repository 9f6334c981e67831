/* Interleaved static coding: what goes in comes out at the cost that tables say; what no encoder wrote is refused. */
#include "support/testing.h"

#include <math.h>

#include "coder/rans.h"

#define N_MAX 20000

static uint8_t symbols[N_MAX], back[N_MAX + 1], coded[2 * N_MAX + 64];
static struct pith_rans_table table;
static struct pith_rans_slots slots;

/* The less likely a symbol the higher: slope 0 = all alike. */
static void make_symbols(size_t n, uint32_t slope, uint32_t n_symbols, uint64_t *random)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t symbol = random_below(random, n_symbols);

        for (uint32_t k = 0; k < slope; k++) {
            uint32_t other = random_below(random, n_symbols);

            symbol = other < symbol ? other : symbol;
        }
        symbols[i] = (uint8_t)(255 - symbol);
    }
}

static double make_table(size_t n)
{
    uint32_t counts[256] = {0}, sum = 0;
    double bits = 0;

    for (size_t i = 0; i < n; i++)
        counts[symbols[i]]++;
    pith_rans_normalise(&table, counts);
    for (uint32_t i = 0; i < 256; i++) {
        assert_true(counts[i] == 0 || table.freqs[i] > 0);
        assert_true(table.starts[i] == sum);
        sum += table.freqs[i];
        if (counts[i] > 0)
            bits -= counts[i] * log2((double)counts[i] / (double)n);
    }
    assert_int_equal(sum, 1 << PITH_RANS_LOG2);
    pith_rans_spread(&slots, &table);
    return bits;
}

static size_t encode(size_t n)
{
    size_t bound = pith_rans_bound(n), len;

    memset(coded, 0x5a, sizeof coded);
    len = pith_rans_encode(coded, symbols, n, &table);
    assert_true(len <= bound && coded[bound] == 0x5a);
    return len;
}

static int decode(size_t n, const uint8_t *from, size_t len)
{
    uint8_t *copy = get_memory(len);
    int is_right;

    memcpy(copy, from, len);
    back[n] = 0x5a;
    is_right = pith_rans_decode(back, n, copy, len, &slots);
    assert_true(back[n] == 0x5a);
    free(copy);
    return is_right;
}

static void symbols_come_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t slope = 0; slope < 40; slope += 1 + slope)
        for (uint32_t n_symbols = 1; n_symbols <= 256; n_symbols *= 4)
            for (size_t n = 1; n <= N_MAX; n = n < 40 ? n + 1 : n * 5) {
                size_t len;
                double bits;

                make_symbols(n, slope, n_symbols, &random);
                bits = make_table(n);
                len = encode(n);
                CHECK(decode(n, coded + pith_rans_bound(n) - len, len), "%zu of %u", n, n_symbols);
                CHECK(memcmp(symbols, back, n) == 0, "%zu of %u", n, n_symbols);
                CHECK(8.0 * (double)len < 1.01 * bits + (double)n * 0.01 + 400,
                      "%zu bytes, %.0f bits", len, bits);
            }
}

static void what_no_encoder_wrote_is_refused(void **state)
{
    const size_t n = 1000;
    uint64_t random = test_seed();
    size_t len, at, n_wrong = 0;

    (void)state;
    make_symbols(n, 5, 60, &random);
    (void)make_table(n);
    len = encode(n);
    at = pith_rans_bound(n) - len;
    for (size_t i = 0; i < len; i++) {
        assert_false(decode(n, coded + at, i));
        coded[at + i] ^= 4;
        n_wrong += decode(n, coded + at, len) && memcmp(symbols, back, n) == 0;
        coded[at + i] ^= 4;
    }
    assert_int_equal(n_wrong, 0);
    assert_false(decode(n - 1, coded + at, len));
    assert_false(decode(n + 1, coded + at, len));
    for (uint32_t i = 0; i < 200; i++) { /* no bytes are read beyond the end */
        for (size_t k = 0; k < 300; k++)
            coded[k] = (uint8_t)next_random(&random);
        (void)decode(n, coded, i);
    }
}

static void broken_tables_are_refused(void **state)
{
    uint32_t counts[256] = {[3] = 5, [77] = 1};

    (void)state;
    pith_rans_normalise(&table, counts);
    assert_true(pith_rans_complete(&table));
    table.freqs[3]--;
    assert_false(pith_rans_complete(&table));
    table.freqs[3] += 2;
    assert_false(pith_rans_complete(&table));
    memset(&table, 0, sizeof table);
    assert_false(pith_rans_complete(&table));
    table.freqs[9] = 1 << PITH_RANS_LOG2;
    assert_false(pith_rans_complete(&table));
    memset(table.freqs, 0xff, sizeof table.freqs);
    assert_false(pith_rans_complete(&table));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_come_back),
        cmocka_unit_test(what_no_encoder_wrote_is_refused),
        cmocka_unit_test(broken_tables_are_refused),
    };

    return cmocka_run_group_tests_name("rans", tests, NULL, NULL);
}
