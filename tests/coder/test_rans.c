/* Interleaved static coding: what goes in comes out at the cost that tables say; what no encoder wrote is refused. */
#include "support/testing.h"

#include <math.h>

#include "coder/rans.h"

#include "cpu/cpu.h"

#define N_MAX     40000 /* more than PITH_RANS_FEW */
#define N_CLASSES 5

static uint8_t symbols[N_MAX], classes[N_MAX + 2], back[N_MAX + 1], coded[2 * N_MAX + 256];
static uint8_t again[sizeof coded];
static struct pith_rans_table tables[N_CLASSES];
static struct pith_rans_steps steps[N_CLASSES];
static struct pith_rans_slots slots[N_CLASSES];

/* The less likely a symbol the higher: slope 0 = all alike.  Each class has symbols of its own. */
static void make_symbols(size_t n, uint32_t slope, uint32_t n_symbols, uint32_t n_classes,
                         uint64_t *random)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t symbol = random_below(random, n_symbols);

        for (uint32_t k = 0; k < slope; k++) {
            uint32_t other = random_below(random, n_symbols);

            symbol = other < symbol ? other : symbol;
        }
        classes[i] = (uint8_t)random_below(random, n_classes);
        symbols[i] = (uint8_t)(255 - symbol - 3 * classes[i]);
    }
}

static double make_table(uint32_t class, size_t n)
{
    uint32_t counts[256] = {0}, sum = 0, all = 0;
    double bits = 0;

    for (size_t i = 0; i < n; i++)
        if (classes[i] == class) {
            counts[symbols[i]]++;
            all++;
        }
    if (all == 0)
        return 0;
    pith_rans_normalise(&tables[class], counts);
    for (uint32_t i = 0; i < 256; i++) {
        assert_true(counts[i] == 0 || tables[class].freqs[i] > 0);
        assert_true(tables[class].starts[i] == sum);
        sum += tables[class].freqs[i];
        if (counts[i] > 0)
            bits -= counts[i] * log2((double)counts[i] / (double)all);
    }
    assert_int_equal(sum, 1 << PITH_RANS_LOG2);
    pith_rans_spread(&slots[class], &tables[class]);
    pith_rans_spread_steps(&steps[class], &tables[class]);
    return bits;
}

static double make_tables(size_t n)
{
    double bits = 0;

    for (uint32_t class = 0; class < N_CLASSES; class ++)
        bits += make_table(class, n);
    return bits;
}

/* All kernels write the same. */
static size_t encode(size_t n)
{
    size_t bound = pith_rans_bound(n), len;

    memset(coded, 0x5a, sizeof coded);
    memset(again, 0x5a, sizeof again);
    len = pith_rans_encode(coded, symbols, classes, n, steps);
    assert_true(len <= bound && coded[bound] == 0x5a);
    pith_cpu_limit(0);
    assert_int_equal(pith_rans_encode(again, symbols, classes, n, steps), len);
    pith_cpu_limit(~0u);
    assert_memory_equal(coded + bound - len, again + bound - len, len + 1);
    return len;
}

/* All kernels agree. */
static int decode(size_t n, const uint8_t *from, size_t len)
{
    uint8_t *copy = get_memory(len);
    int is_right;

    memcpy(copy, from, len);
    back[n] = 0x5a;
    is_right = pith_rans_decode(back, classes, n, copy, len, slots);
    assert_true(back[n] == 0x5a);
    pith_cpu_limit(0);
    assert_int_equal(pith_rans_decode(back, classes, n, copy, len, slots), is_right);
    pith_cpu_limit(~0u);
    free(copy);
    return is_right;
}

static void symbols_come_back(void **state)
{
    static const uint32_t some[] = {1, 4, 16, 64, 240};
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t slope = 0; slope < 40; slope += 1 + slope)
        for (uint32_t k = 0; k < sizeof some / sizeof some[0]; k++)
            for (size_t n = 1; n <= N_MAX; n = n < 40 ? n + 1 : n * 5) {
                uint32_t n_symbols = some[k];
                size_t len;
                double bits;

                make_symbols(n, slope, n_symbols, slope % 3 ? N_CLASSES : 1, &random);
                bits = make_tables(n);
                len = encode(n);
                CHECK(decode(n, coded + pith_rans_bound(n) - len, len), "%zu of %u", n, n_symbols);
                CHECK(memcmp(symbols, back, n) == 0, "%zu of %u", n, n_symbols);
                CHECK(8.0 * (double)len < 1.01 * bits + (double)n * 0.01 + 1200,
                      "%zu bytes, %.0f bits", len, bits);
            }
}

static void what_no_encoder_wrote_is_refused(void **state)
{
    const size_t n = 1003;
    uint64_t random = test_seed();
    size_t len, at, n_wrong = 0;

    (void)state;
    make_symbols(n + 1, 5, 60, N_CLASSES, &random);
    (void)make_tables(n + 1);
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
    pith_rans_normalise(&tables[0], counts);
    assert_true(pith_rans_complete(&tables[0]));
    tables[0].freqs[3]--;
    assert_false(pith_rans_complete(&tables[0]));
    tables[0].freqs[3] += 2;
    assert_false(pith_rans_complete(&tables[0]));
    memset(&tables[0], 0, sizeof tables[0]);
    assert_false(pith_rans_complete(&tables[0]));
    tables[0].freqs[9] = 1 << PITH_RANS_LOG2;
    assert_false(pith_rans_complete(&tables[0]));
    memset(tables[0].freqs, 0xff, sizeof tables[0].freqs);
    assert_false(pith_rans_complete(&tables[0]));
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
