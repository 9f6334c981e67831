/* Everything that goes in comes out, and takes no more room than promised. */
#define TESTS_NO_BUILTIN

#include "api/cases.h"

static void check_round_trip(struct bytes raw, const pith_options *options, const char *what)
{
    struct bytes packed = compress(raw, options);
    struct bytes again;
    pith_error error = {.status = PITH_OK};
    pith_status status = decompress(&again, raw.len, packed, &error);

    CHECK(status == PITH_OK && is_same(again, raw), "%s, length %zu: status %d, %s", what, raw.len,
          status, error.text);
    CHECK(packed.len <= raw.len + raw.len / 1000 + 64, "%s, length %zu: %zu packed", what, raw.len,
          packed.len);
    free(again.data);
    status = stream_decompress(&again, packed, NULL, (struct steps){1 << 20, 1 << 20}, &error);
    CHECK(status == PITH_END && is_same(again, raw), "%s, length %zu: status %d, %s", what, raw.len,
          status, error.text);
    free(again.data);
    free(packed.data);
}

static void small_lengths(void **state)
{
    pith_options options = make_options(1, 0, 1);

    (void)state;
    for (int kind = 0; kind < N_KINDS; kind++)
        for (size_t len = 0; len < 70; len++) {
            struct bytes raw = make_data((enum kind)kind, len, 1);

            check_round_trip(raw, &options, "small");
            free(raw.data);
        }
}

static void lengths_around_powers_of_two(void **state)
{
    pith_options options = make_options(1, 0, 1);

    (void)state;
    for (int kind = 0; kind < N_KINDS; kind++)
        for (size_t power = 128; power <= 8192; power *= 4)
            for (size_t len = power - 1; len <= power + 1; len++) {
                struct bytes raw = make_data((enum kind)kind, len, 2);

                check_round_trip(raw, &options, "power of two");
                free(raw.data);
            }
}

/* One chunk exactly, one byte more, several: where the forms of a frame change. */
static void lengths_around_chunks(void **state)
{
    static const size_t lengths[] = {65535, 65536, 65537, 131073};
    pith_options options = make_options(1, CHUNK_LEN, 2);

    (void)state;
    for (int kind = RANDOM; kind < N_KINDS; kind += MIXED - RANDOM)
        for (size_t i = 0; i < COUNT(lengths); i++) {
            struct bytes raw = make_data((enum kind)kind, lengths[i], 3);

            check_round_trip(raw, &options, "chunks");
            free(raw.data);
        }
}

static void every_level(void **state)
{
    struct bytes raw = make_data(MIXED, 4000, 4);

    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        pith_options options = make_options(level, 0, 1);

        check_round_trip(raw, &options, "level");
        options.no_verify = 1;
        check_round_trip(raw, &options, "level, not verified");
    }
    free(raw.data);
}

/* The promises in numbers: under 64 bytes for nothing, at most 24 more for 100 random bytes. */
static void small_archives_are_small(void **state)
{
    struct bytes nothing = make_data(RANDOM, 0, 5), hundred = make_data(RANDOM, 100, 5);
    struct bytes packed = compress(nothing, NULL);

    (void)state;
    CHECK(packed.len < 20, "empty: %zu", packed.len);
    free(packed.data);
    packed = compress(hundred, NULL);
    CHECK(packed.len <= 124, "100 random bytes: %zu", packed.len);
    free(packed.data);
    free(nothing.data);
    free(hundred.data);
}

/* 0.1 % and 64 bytes, also where every chunk is as short as can be. */
static void random_data_hardly_grows(void **state)
{
    static const size_t lengths[] = {65537, 131073, 1000000};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct bytes raw = make_data(RANDOM, lengths[i], 6);
        pith_options options = make_options(1, CHUNK_LEN, 2);
        struct bytes packed;

        options.no_verify = 1;
        packed = stream_compress(raw, &options, (struct steps){1 << 20, 1 << 20});
        CHECK(packed.len <= raw.len + raw.len / 1000 + 64, "length %zu: %zu", raw.len, packed.len);
        free(packed.data);
        packed = compress(raw, &options);
        CHECK(packed.len <= pith_compress_bound(raw.len), "length %zu: %zu", raw.len, packed.len);
        free(packed.data);
        free(raw.data);
    }
}

static void bound_does_not_overflow(void **state)
{
    (void)state;
    assert_true(pith_compress_bound(0) == 64);
    assert_true(pith_compress_bound(1000000) == 1001064);
    assert_true(pith_compress_bound(SIZE_MAX) == 0);
    assert_true(pith_compress_bound(SIZE_MAX - 64) == 0);
}

static void a_small_destination_is_refused(void **state)
{
    struct bytes raw = make_data(TEXT, 5000, 7), packed = compress(raw, NULL), again;
    pith_error error;
    size_t len = 1;
    uint8_t *dst = get_memory(packed.len);

    (void)state;
    for (size_t cap = 0; cap < packed.len; cap += 1 + packed.len / 7) {
        assert_int_equal(pith_compress(dst, cap, &len, raw.data, raw.len, NULL, &error),
                         PITH_E_OUTPUT_FULL);
        assert_int_equal(error.status, PITH_E_OUTPUT_FULL);
        assert_true(len == 0);
    }
    assert_int_equal(pith_compress(dst, packed.len, &len, raw.data, raw.len, NULL, &error),
                     PITH_OK);
    assert_int_equal(decompress(&again, raw.len - 1, packed, &error), PITH_E_OUTPUT_FULL);
    assert_int_equal(error.status, PITH_E_OUTPUT_FULL);
    free(again.data);
    free(dst);
    free(packed.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_lengths),
        cmocka_unit_test(lengths_around_powers_of_two),
        cmocka_unit_test(lengths_around_chunks),
        cmocka_unit_test(every_level),
        cmocka_unit_test(small_archives_are_small),
        cmocka_unit_test(random_data_hardly_grows),
        cmocka_unit_test(bound_does_not_overflow),
        cmocka_unit_test(a_small_destination_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
