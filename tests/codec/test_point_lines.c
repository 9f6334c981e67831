/* Points that are text: lines come back byte for byte, whatever their numbers look like; they take as little as the same points in
 * binary; chunks are whole lines; damage is an error or other lines, within bounds. */
#include "support/testing.h"

#include "support/cloud_text.h"
#include "support/packed_points.h"

#include "codec/points/lines.h"
#include "codec/tensor/split.h"

static uint8_t records[LEN_MAX];

static const struct pith_points_layout lines = {.n_fields = 4,
                                                .fields = {{PITH_POINT_F32, PITH_POINT_X},
                                                           {PITH_POINT_F32, PITH_POINT_Y},
                                                           {PITH_POINT_F32, PITH_POINT_Z},
                                                           {PITH_POINT_F32, PITH_POINT_INTENSITY}},
                                                .is_text = 1};

static size_t bytes_take(int level, size_t len)
{
    struct packed p;
    pith_error error;

    assert_int_equal(encode(&p, &pith_codec_bytes, NULL, level, len, sizeof payload, &error),
                     PITH_OK);
    free(p.memory);
    return p.packed.payload_len;
}

static void numerals_are_printed_as_read(void **state)
{
    static const char *const good[] = {
        "0",     "7",        "-0",      "-0.000",  "1.5",    "0.001",  "120",
        "-3.25", "1e-05",    "1.5e-05", "-2e+20",  "1e+100", "9e-100", "12345678901234567",
        "0.10",  "100000.0", "3.0",     "1.25e+06"};
    static const char *const bad[] = {"",
                                      "-",
                                      "nan",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "007",
                                      "-00.5",
                                      "1e5",
                                      "1e-5",
                                      "10e-05",
                                      "1.50e-05",
                                      "0e+00",
                                      "1e-005",
                                      "1 ",
                                      "1.e-05",
                                      "1e-00",
                                      "0x1",
                                      "123456789012345678901234567890"};
    struct pith_numeral numeral;
    uint8_t text[PITH_NUMERAL_PRINT_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        size_t len = strlen(good[i]);
        int is_far = strstr(good[i], "100") && strchr(good[i], 'e');

        if (is_far) { /* further than any number of 32 bits */
            assert_false(pith_numeral_read(&numeral, (const uint8_t *)good[i], len));
            continue;
        }
        CHECK(pith_numeral_read(&numeral, (const uint8_t *)good[i], len), "%s", good[i]);
        CHECK(pith_numeral_print(text, &numeral) == len && memcmp(text, good[i], len) == 0, "%s",
              good[i]);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK(!pith_numeral_read(&numeral, (const uint8_t *)bad[i], strlen(bad[i])), "%s", bad[i]);
}

static void decimals_are_in_order_of_value(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t digits = 1; digits <= PITH_DECIMAL_DIGITS_MAX; digits++)
        for (uint32_t i = 0; i < 2000; i++) {
            int64_t size = 1, value;
            double off;

            for (uint32_t k = 1; k < digits; k++)
                size *= 10;
            value = (int64_t)(next_random(&random) % (uint64_t)(9 * size * 40));
            value = i % 2 ? -value : value;
            CHECK(pith_decimal_nearest(pith_decimal_real(value, digits), digits, &off) == value,
                  "%u digits, %lld", digits, (long long)value);
            assert_true(pith_decimal_real(value, digits) < pith_decimal_real(value + 1, digits));
        }
}

/* Records as lines of printf(). */
static size_t print_lines(const char *format, size_t n)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        const uint8_t *from = records + 16 * i;

        len += (size_t)snprintf((char *)raw + len, LEN_MAX - len, format, cloud_get(from),
                                cloud_get(from + 4), cloud_get(from + 8), cloud_get(from + 12));
    }
    return len;
}

static void notations_are_known(void **state)
{
    static const struct cloud_spec on_grid = {32, 200, 1, 0.001, 0, 0, 0, 0},
                                   any = {32, 200, 0, 0, 0, 0.1, 0, 0};
    static const struct {
        const char *format;
        const struct cloud_spec *spec;
    } cases[] = {
        {"%.3f %.3f %.3f %.2f\n", &on_grid},   {"%g %g %g %g\n", &on_grid},
        {"%.8g %.8g %.8g %.8g\r\n", &on_grid}, {"%.9g %.9g %.9g %.9g \n", &on_grid},
        {"%f\t%f\t%f\t%f\n", &on_grid},        {"%.8g,%.8g,%.8g,%.8g\n", &any},
        {"%.9g %.9g %.9g %.9g \r\n", &any},    {"%.7f %.7f %.7f %.2f\n", &any},
        {"%.4f;%.4f;%.4f;%.0f\n", &any},
    };
    uint64_t random = test_seed();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = make_cloud(records, cases[i].spec, &random) / 16, as_binary;
        struct pith_points_layout binary = lines;

        binary.is_text = 0;
        memcpy(raw, records, 16 * len);
        as_binary = check_comes_back(&binary, 5, 16 * len, "binary");
        len = print_lines(cases[i].format, len);
        for (int level = 1; level <= 9; level += 2) {
            size_t packed = check_comes_back(&lines, level, len, cases[i].format);

            CHECK(level != 5 || packed < as_binary + as_binary / 3 + 200, "%s: %zu bytes, %zu",
                  cases[i].format, packed, as_binary);
        }
    }
}

static void text_takes_less_than_bytes_would(void **state)
{
    static const struct cloud_spec spec = {32, 200, 1, 0.001, 0, 0, 0, 0};
    uint64_t random = test_seed();
    size_t n = make_cloud(records, &spec, &random) / 16, len = print_cloud(raw, records, n);

    (void)state;
    for (int level = 3; level <= 7; level += 2) {
        size_t packed = check_comes_back(&lines, level, len, "a scan");

        CHECK(packed < bytes_take(level, len) / 2, "level %d: %zu bytes", level, packed);
    }
}

/* A line in so many has something else in it: one of several things, or the same for all coordinates. */
static size_t print_odd(const char *const odd[], size_t n_odd, uint32_t every, size_t n)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        const uint8_t *from = records + 16 * i;

        for (uint32_t k = 0; k < 4; k++) {
            if (every > 0 && (n_odd > 1 ? i % every == k : i % every == 0 && k < 3))
                len += (size_t)snprintf((char *)raw + len, 64, "%s", odd[i / every % n_odd]);
            else
                len += cloud_print(raw + len, cloud_get(from + 4 * k), 3 * (k < 3));
            raw[len++] = k < 3 ? ' ' : '\n';
        }
    }
    return len;
}

static void odd_numbers_come_back(void **state)
{
    static const char *const odd[] = {"-0.000", "1.5e-05", "+3",
                                      "nan",    "0x1p3",   "12",
                                      "00",     "-nan",    "123456789012345678901234567890.12",
                                      "1e400",  ".",       "-"};
    static const char *const words[] = {"nan"}, *const zeros[] = {"-0.000"};
    static const struct cloud_spec spec = {16, 200, 0, 0.001, 0, 0, 0, 0};
    uint64_t random = test_seed();
    size_t n = make_cloud(records, &spec, &random) / 16, plain, len;

    (void)state;
    len = print_odd(odd, 1, 0, n);
    plain = check_comes_back(&lines, 5, len, "plain lines");
    for (int level = 1; level <= 9; level += 2) {
        (void)check_comes_back(&lines, level, print_odd(odd, COUNT(odd), 150, n), "odd numbers");
        (void)check_comes_back(&lines, level, print_odd(odd, COUNT(odd), 4, n), "too many");
        (void)check_comes_back(&lines, level, print_odd(words, 1, 5, n), "words");
    }
    for (size_t i = 0; i < 2; i++) {
        len = print_odd(i == 0 ? words : zeros, 1, 9, n);
        len = check_comes_back(&lines, 5, len, "words or zeros");
        CHECK(len < 2 * plain, "%zu bytes, %zu without", len, plain);
    }
}

static void whatever_is_called_lines_comes_back(void **state)
{
    static const char *const texts[] = {"",
                                        "\n",
                                        "\n\n\n",
                                        "1 2 3 4",
                                        "1 2 3 4\n",
                                        "1 2 3\n",
                                        "1 2 3 4\n1 2 3\n",
                                        "1  2 3 4\n",
                                        " 1 2 3 4\n",
                                        "1 2 3 4 \n1 2 3 4\n",
                                        "1 2 3 4\r\n1 2 3 4\n",
                                        "\r\n",
                                        "   \n",
                                        "a b c d\n",
                                        "1 2 3 4\r\r\n",
                                        "nan nan nan nan\nnan nan nan nan\n"};
    static const struct cloud_spec spec = {16, 20, 1, 0.001, 0, 0, 0, 0};
    uint64_t random = test_seed();
    size_t n = make_cloud(records, &spec, &random) / 16;

    (void)state;
    for (size_t i = 1; i < COUNT(texts); i++) {
        size_t len = strlen(texts[i]);

        memcpy(raw, texts[i], len);
        (void)check_comes_back(&lines, 5, len, texts[i]);
    }
    for (uint32_t i = 0; i < 60; i++) {
        static const char bytes[] = "0123456789 -.e+\n\rnx";
        size_t len = print_cloud(raw, records, n);

        for (uint32_t k = 0; k < i; k++)
            raw[random_below(&random, (uint32_t)len)] =
                (uint8_t)bytes[random_below(&random, sizeof bytes - 1)];
        (void)check_comes_back(&lines, 3, len - random_below(&random, 40), "changed lines");
    }
}

static void many_short_fields_come_back(void **state)
{
    struct pith_points_layout layout = {.n_fields = PITH_POINT_FIELDS_MAX, .is_text = 1};
    size_t len = 0;

    (void)state;
    for (uint32_t k = 0; k < layout.n_fields; k++)
        layout.fields[k] =
            (struct pith_point_field){PITH_POINT_F64, (uint8_t)(k % PITH_POINT_ROLES)};
    for (uint32_t i = 0; i < 100 * layout.n_fields; i++) {
        raw[len++] = (uint8_t)('0' + i * 7 / 3 % 10);
        raw[len++] = (i + 1) % layout.n_fields == 0 ? '\n' : ' ';
    }
    for (int level = 1; level <= 9; level += 4)
        (void)check_comes_back(&layout, level, len, "digits");
    layout.n_fields = 1;
    for (uint32_t role = 0; role < PITH_POINT_ROLES; role++) {
        layout.fields[0].role = (uint8_t)role;
        for (size_t i = 0; i < len; i++)
            raw[i] = i % 2 ? '\n' : (uint8_t)('0' + i * 7 / 3 % 10);
        (void)check_comes_back(&layout, 5, len, "one digit");
    }
}

static void damage_stays_within_bounds(void **state)
{
    static const struct cloud_spec spec = {16, 40, 1, 0.001, 0, 0, 0, 0};
    static const char *const formats[] = {"%.3f %.3f %.3f %.2f\n", "%g %g %g %g\r\n",
                                          "%.9g %.9g %.9g %.2f\n"};
    uint64_t random = test_seed();
    size_t n = make_cloud(records, &spec, &random) / 16;

    (void)state;
    for (size_t f = 0; f < COUNT(formats); f++) {
        size_t len = print_lines(formats[f], n), n_refused = 0, n_tried = 0;
        struct packed p;
        pith_error error;
        uint32_t final;

        assert_int_equal(encode(&p, &pith_codec_points, &lines, 3 + 2 * (int)(f % 2), len,
                                sizeof payload, &error),
                         PITH_OK);
        for (size_t i = 0; i < p.packed.payload_len; i += i < 300 ? 1 : 17) {
            payload[i] ^= (uint8_t)(1u << i % 8);
            n_refused += decode(&p, len, p.packed.payload_len, &final, &error) != PITH_OK ||
                         final != p.packed.final_state || memcmp(raw, back, len) != 0;
            payload[i] ^= (uint8_t)(1u << i % 8);
            n_tried++;
            if (i % 3 == 0)
                assert_true(decode(&p, len, i, &final, &error) != PITH_OK ||
                            final != p.packed.final_state || memcmp(raw, back, len) != 0);
        }
        assert_true(n_refused + 5 > n_tried);
        free(p.memory);
    }
}

/* Chunk by chunk, as an encoder does it.  Returns how many have lines. */
static uint32_t split_up(const uint8_t *file, size_t len, size_t head_len, size_t lines_len,
                         uint64_t chunk_len)
{
    struct pith_memory memory;
    struct pith_split split;
    struct pith_tensor_run runs[PITH_TENSOR_RUNS_MAX];
    struct pith_tensor_layout layout = {.runs = runs};
    uint32_t n = 0;
    size_t at = 0;

    pith_memory_init(&memory, NULL, 0);
    pith_split_init(&split, chunk_len, chunk_len, NULL);
    while (at < len) {
        size_t used = 0;
        int ends = 0;

        while (at + used < len && !ends) {
            used = split.limit < len - at ? (size_t)split.limit : len - at;
            assert_true(used <= pith_split_most(&split));
            if (used == split.limit)
                assert_int_equal(pith_split_ends(&split, &ends, file + at, used, &memory, NULL),
                                 PITH_OK);
        }
        if (pith_split_has_tensors(&split)) {
            CHECK(at >= head_len && at + used <= head_len + lines_len, "%zu bytes at %zu", used,
                  at);
            assert_true(file[at - 1] == '\n' && file[at + used - 1] == '\n');
            n++;
        } else {
            assert_true(at + used <= head_len + 512 || at >= head_len + lines_len);
        }
        pith_split_end(&split, &layout, used);
        at += used;
    }
    pith_split_free(&split, &memory);
    return n;
}

static void chunks_are_whole_lines(void **state)
{
    static const struct cloud_spec spec = {16, 100, 1, 0.001, 0, 0, 0, 0};
    static const char head[] = "ply\nformat ascii 1.0\nelement vertex 1600\nproperty float x\n"
                               "property float y\nproperty float z\nproperty float i\n"
                               "element face 900\nproperty list uchar int n\nend_header\n";
    uint64_t random = test_seed();
    size_t n = make_cloud(records, &spec, &random) / 16, head_len = sizeof head - 1, lines_len, len;

    (void)state;
    memcpy(raw, head, head_len);
    lines_len = print_cloud(raw + head_len, records, n);
    len = head_len + lines_len;
    for (uint32_t i = 0; i < 900; i++)
        len += (size_t)snprintf((char *)raw + len, 64, "3 %u %u %u\n", i, i + 1, i + 7);
    assert_int_equal(split_up(raw, len, head_len, lines_len, 1 << 20), 1);
    assert_true(split_up(raw, len, head_len, lines_len, 8192) >= lines_len / 8192);
    assert_int_equal(split_up(raw, head_len + lines_len, head_len, lines_len, 1 << 20), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numerals_are_printed_as_read),
        cmocka_unit_test(decimals_are_in_order_of_value),
        cmocka_unit_test(notations_are_known),
        cmocka_unit_test(text_takes_less_than_bytes_would),
        cmocka_unit_test(odd_numbers_come_back),
        cmocka_unit_test(whatever_is_called_lines_comes_back),
        cmocka_unit_test(many_short_fields_come_back),
        cmocka_unit_test(damage_stays_within_bounds),
        cmocka_unit_test(chunks_are_whole_lines),
    };

    return cmocka_run_group_tests_name("point lines", tests, NULL, NULL);
}
