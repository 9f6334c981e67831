/* Bit codes: what goes in comes out, symbols keep their shares, and cost what they are worth. */
#include "support/testing.h"

#include <math.h>

#include "coder/bitcode.h"

#define N 20000

static uint8_t payload[N * 4];
static uint32_t values[N];

/* Symbols of which each is likelier than the next; from half way on in the other order. */
static double make_symbols(uint64_t *random)
{
    double entropy = 0;

    for (size_t i = 0; i < N; i++) {
        uint32_t value = 0;

        while (value < PITH_SYMBOLS - 1 && next_random(random) & 1)
            value++;
        entropy += value < PITH_SYMBOLS - 1 ? value + 1 : value;
        values[i] = i < N / 2 ? value : PITH_SYMBOLS - 1 - value;
    }
    return entropy;
}

static size_t code_symbols(struct pith_coder *coder, int is_decoded)
{
    struct pith_bitcode_symbol symbol;

    pith_bitcode_symbol_init(&symbol, 1);
    for (size_t i = 0; i < N; i++)
        CHECK(pith_bitcode_one_of(coder, &symbol, is_decoded ? 0 : values[i]) == values[i],
              "symbol %zu", i);
    return coder->pos;
}

static void symbols_come_back(void **state)
{
    uint64_t random = test_seed();
    double entropy = make_symbols(&random);
    struct pith_coder coder;
    size_t len;

    (void)state;
    pith_coder_begin_encode(&coder, payload, sizeof payload);
    (void)code_symbols(&coder, 0);
    pith_coder_finish_encode(&coder);
    len = coder.pos;
    CHECK(8.0 * (double)len < 1.05 * entropy, "%zu bytes, %.0f bits", len, entropy);
    pith_coder_begin_decode(&coder, payload, len, NULL, NULL);
    (void)code_symbols(&coder, 1);
    assert_int_equal(coder.pos, len);
    assert_true(pith_coder_ends_well(&coder));
}

/* Whatever comes, each symbol has a share, and all together have the whole. */
static void every_symbol_keeps_a_share(void **state)
{
    uint64_t random = test_seed();
    struct pith_bitcode_symbol symbol;

    (void)state;
    pith_bitcode_symbol_init(&symbol, 1);
    for (uint32_t i = 0; i < 200000; i++) {
        uint32_t value =
            i / 500 % 3 == 0 ? random_below(&random, PITH_SYMBOLS) : i / 500 * 7 % PITH_SYMBOLS;

        pith_bitcode_symbol_update(&symbol, value);
        assert_true(symbol.ends[0] >= 0);
        for (uint32_t k = 1; k < PITH_SYMBOLS; k++)
            CHECK(symbol.ends[k] > symbol.ends[k - 1], "%u after %u", k, i);
        assert_int_equal(symbol.ends[PITH_SYMBOLS - 1], PITH_CODER_WHOLE - 1);
    }
}

static void plain_bits_come_back(void **state)
{
    uint64_t random = test_seed();
    struct pith_coder coder;
    size_t bits = 0, len;

    (void)state;
    pith_coder_begin_encode(&coder, payload, sizeof payload);
    for (size_t i = 0; i < N; i++) {
        uint32_t n = (uint32_t)(i % PITH_CODER_WHOLE_LOG2) + 1;

        values[i] = random_below(&random, 1u << n);
        bits += n;
        assert_int_equal(pith_bitcode_uniform(&coder, n, values[i]), values[i]);
    }
    pith_coder_finish_encode(&coder);
    len = coder.pos;
    CHECK(8 * len < bits + bits / 500 + 64, "%zu bytes for %zu bits", len, bits);
    pith_coder_begin_decode(&coder, payload, len, NULL, NULL);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(pith_bitcode_uniform(&coder, (uint32_t)(i % PITH_CODER_WHOLE_LOG2) + 1, 0),
                         values[i]);
    assert_true(pith_coder_ends_well(&coder));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_come_back),
        cmocka_unit_test(every_symbol_keeps_a_share),
        cmocka_unit_test(plain_bits_come_back),
    };

    return cmocka_run_group_tests_name("bitcode", tests, NULL, NULL);
}
