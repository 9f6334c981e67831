/* The points codec: records of any fields come back, whatever their bits; scans are known for what they are; damage is an error or
 * other numbers, within bounds. */
#include "support/testing.h"

#include <fenv.h>

#include "support/cloud.h"
#include "support/packed_points.h"

#include "base/bytes.h"
#include "codec/points/reals.h"
#include "codec/points/ticks.h"

static const struct pith_points_layout scans = {.n_fields = 4,
                                                .fields = {{PITH_POINT_F32, PITH_POINT_X},
                                                           {PITH_POINT_F32, PITH_POINT_Y},
                                                           {PITH_POINT_F32, PITH_POINT_Z},
                                                           {PITH_POINT_F32, PITH_POINT_INTENSITY}}};

/* As LAS has it, with a time. */
static const struct pith_points_layout flights = {.n_fields = 8,
                                                  .fields = {{PITH_POINT_I32, PITH_POINT_X},
                                                             {PITH_POINT_I32, PITH_POINT_Y},
                                                             {PITH_POINT_I32, PITH_POINT_Z},
                                                             {PITH_POINT_U16, PITH_POINT_INTENSITY},
                                                             {PITH_POINT_U8, PITH_POINT_RETURN},
                                                             {PITH_POINT_I8, PITH_POINT_OTHER},
                                                             {PITH_POINT_F64, PITH_POINT_TIME},
                                                             {PITH_POINT_U16, PITH_POINT_OTHER}}};

/* Rows of one width, with what was not seen as zeros, and as no numbers. */
static void rows_may_have_holes(void **state)
{
    static const struct cloud_spec spec = {16, 1024, 1, 0, 0, 0.2, 0, 0};
    uint64_t random = test_seed();
    size_t len = make_cloud(raw, &spec, &random), zeros, none;

    (void)state;
    zeros = check_comes_back(&scans, 3, len, "rows with zeros");
    for (size_t i = 0; i < len; i += 16)
        if (pith_load_le32(raw + i) == 0 && pith_load_le32(raw + i + 4) == 0)
            for (size_t k = 0; k < 12; k += 4)
                pith_store_le32(raw + i + k, 0x7fc00000);
    none = check_comes_back(&scans, 3, len, "rows with no numbers");
    CHECK(none < zeros + zeros / 50 && 8.0 * (double)zeros / ((double)len / 16) < 10,
          "%zu and %zu bytes", zeros, none);
    points_before = 7;
    memmove(raw, raw + 7 * 16, len - 7 * 16);
    none = check_comes_back(&scans, 3, len - 7 * 16, "rows of which the first is cut");
    points_before = 0;
    CHECK(none < zeros + zeros / 10, "%zu and %zu bytes", zeros, none);
}

/* Few points of firing are nowhere. */
static void firing_may_have_holes(void **state)
{
    uint64_t random = test_seed();
    size_t len = make_fired_cloud(raw, 1800, 1, &random), whole, holes;

    (void)state;
    whole = check_comes_back(&scans, 3, len, "points in the order of firing");
    for (size_t i = 160; i < len; i += (size_t)16 * 997)
        for (size_t k = 0; k < 12; k += 4)
            pith_store_le32(raw + i + k, 0x7fc00000);
    holes = check_comes_back(&scans, 3, len, "some of which are nowhere");
    CHECK(holes < whole + whole / 20, "%zu and %zu bytes", whole, holes);
}

/* A chunk that begins within a column. */
static void columns_may_be_cut(void **state)
{
    static const struct cloud_spec spec = {16, 1800, 0, 0, 0.4, 0.2, 0, 1.0 / 8192};
    uint64_t random = test_seed();
    size_t len = make_cloud(raw, &spec, &random), whole, cut, blind;

    (void)state;
    whole = check_comes_back(&scans, 3, len, "whole columns");
    memmove(raw, raw + 5 * 16, len - 5 * 16);
    blind = check_comes_back(&scans, 3, len - 5 * 16, "columns that are cut, which is not told");
    points_before = 5 + 16 * 7;
    cut = check_comes_back(&scans, 3, len - 5 * 16, "columns that are cut");
    points_before = 0;
    CHECK(cut < whole + whole / 50 && cut < blind - blind / 8, "%zu, %zu and %zu bytes", whole, cut,
          blind);
}

/* Coordinates of 64 bits, of which only as many count as float32 has. */
static void widened_numbers_are_narrow(void **state)
{
    static const struct cloud_spec spec = {32, 200, 0, 0, 0, 0.1, 0, 0};
    static const uint64_t odd[] = {0x7ff0000000000000, 0xfff8000000000000, 0x8000000000000000,
                                   0x36a0000000000000, 0xb7f8000000000000};
    static uint8_t floats[32 * 200 * 16];
    struct pith_points_layout wide = scans;
    uint64_t random = test_seed();
    size_t len = make_cloud(raw, &spec, &random), narrow;

    (void)state;
    narrow = check_comes_back(&scans, 3, len, "float32");
    memcpy(floats, raw, len);
    for (size_t k = 0; k < len / 4; k++) {
        uint32_t narrow_bits = pith_load_le32(floats + 4 * k);
        uint64_t bits;
        double same;
        float value;

        memcpy(&value, &narrow_bits, 4);
        same = value;
        memcpy(&bits, &same, 8);
        pith_store_le(raw + 8 * k, bits, 8);
    }
    for (uint32_t k = 0; k < wide.n_fields; k++)
        wide.fields[k].type = PITH_POINT_F64;
    CHECK(check_comes_back(&wide, 3, 2 * len, "float32 in 64 bits") < narrow + narrow / 50,
          "more than %zu bytes", narrow);
    for (size_t k = 0; k < COUNT(odd); k++)
        pith_store_le(raw + 8 * (99 + 4 * k), odd[k], 8);
    CHECK(check_comes_back(&wide, 3, 2 * len, "odd float32 in 64 bits") < narrow + narrow / 20,
          "more than %zu bytes", narrow);
    raw[8 * 403] ^= 1;
    (void)check_comes_back(&wide, 3, 2 * len, "one number of 64 bits");
}

static void fill_random(size_t len, uint64_t *random)
{
    for (size_t i = 0; i < len; i++)
        raw[i] = (uint8_t)next_random(random);
}

static void any_bits_come_back(void **state)
{
    static const size_t lens[] = {1, 11, 33, 500, 5003};
    uint64_t random = test_seed();

    (void)state;
    for (int level = 1; level <= 9; level += 4)
        for (size_t i = 0; i < COUNT(lens); i++) {
            struct pith_points_layout layout = {.n_fields = 1 + random_below(&random, 12)};

            fill_random(lens[i], &random);
            for (uint32_t k = 0; k < layout.n_fields; k++)
                layout.fields[k] =
                    (struct pith_point_field){(uint8_t)random_below(&random, PITH_POINT_DECIMAL),
                                              (uint8_t)random_below(&random, PITH_POINT_ROLES)};
            (void)check_comes_back(&layout, level, lens[i], "random fields");
            (void)check_comes_back(NULL, level, lens[i], "no layout");
            (void)check_comes_back(&scans, level, lens[i], "random floats");
        }
}

static void scans_are_known(void **state)
{
    static const struct {
        struct cloud_spec spec;
        double bits; /* of a point, at most, at level 7 */
        const char *what;
    } cases[] = {
        {{32, 200, 1, 0.001, 0, 0, 0, 0}, 20, "rings on a grid"},
        {{32, 200, 1, 0, 0, 0, 0, 0}, 20, "rings"},
        {{32, 200, 0, 0, 0, 0.1, 0, 0}, 20, "columns"},
        {{16, 400, 0, 0, 0, 0.2, 0, 0}, 23, "columns of 16"},
        {{32, 200, 0, 0, 0.4, 0.2, 0, 0}, 45, "columns of a scanner that moves"},
        {{16, 1800, 0, 0, 0.4, 0.2, 0, 1.0 / 8192}, 16, "a scanner that moves over a map"},
        {{16, 1800, 0, 0, 0, 0.2, 0, 1.0 / 32768}, 16, "a scanner that stands on a map"},
        {{32, 900, 1, 0, 0, 0, 0.9, 0}, 16, "rings that were swept along"},
    };
    uint64_t random = test_seed();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = make_cloud(raw, &cases[i].spec, &random);

        for (int level = 3; level <= 7; level += 4) {
            size_t packed = check_comes_back(&scans, level, len, cases[i].what);

            CHECK(8.0 * (double)packed / ((double)len / 16) <
                      cases[i].bits * (level < 5 ? 1.25 : 1),
                  "%s: %.2f bits a point at level %d", cases[i].what,
                  8.0 * (double)packed / ((double)len / 16), level);
        }
        (void)check_comes_back(&scans, 5, len - 16 * 7 - 5, "a scan that is cut");
        for (size_t k = 0; k < len; k += 4 * (1 + random_below(&random, 300)))
            pith_store_le32(raw + k, (uint32_t)next_random(&random));
        (void)check_comes_back(&scans, 5, len, "a scan with any bits in it");
        (void)check_comes_back(&scans, 3, len, "a scan with any bits in it");
    }
}

/* A scanner whose order of firing is told, on its way. */
static void firing_is_known(void **state)
{
    uint64_t random = test_seed();
    size_t len = make_fired_cloud(raw, 1800, 0, &random), exact, packed;

    (void)state;
    exact = check_comes_back(&scans, 7, len, "points of a scanner that stands");
    CHECK(8.0 * (double)exact / ((double)len / 16) < 14, "%.2f bits a point",
          8.0 * (double)exact / ((double)len / 16));
    (void)check_comes_back(&scans, 3, len - 16 * 7 - 5, "points of a scanner that stands, cut");
    len = make_fired_cloud(raw, 1800, 1, &random);
    for (int level = 3; level <= 9; level += 2) {
        packed = check_comes_back(&scans, level, len, "points in the order of firing");

        CHECK(8.0 * (double)packed / ((double)len / 16) < 30, "%.2f bits a point at level %d",
              8.0 * (double)packed / ((double)len / 16), level);
    }
    (void)check_comes_back(&scans, 3, len - 16 * 7 - 5, "firing that is cut");
    for (size_t k = 0; k < len; k += 4 * (1 + random_below(&random, 300)))
        pith_store_le32(raw + k, (uint32_t)next_random(&random) & 0xbfffffff);
    (void)check_comes_back(&scans, 3, len, "firing with any bits in it");
    (void)check_comes_back(&scans, 7, len, "firing with any bits in it");
}

/* Points on lines that a mirror makes, some with two returns. */
static size_t make_flight(uint32_t n, uint64_t *random)
{
    uint64_t time = UINT64_C(0x410d000000000000);

    for (uint32_t i = 0; i < n; i++) {
        uint8_t *to = raw + 26 * (size_t)i;
        uint32_t column = i % 200u;

        time += 347054u * (i % 11 ? 1u : 2u) + random_below(random, 3);
        pith_store_le32(to, 63000000u + 37u * column + i / 200 + random_below(random, 9));
        pith_store_le32(to + 4, 84000000 + 3 * column + 900 * (i / 200) + random_below(random, 9));
        pith_store_le32(to + 8, 41000 + 5 * column + random_below(random, 30));
        pith_store_le(to + 12, 20 * random_below(random, 90), 2);
        to[14] = (uint8_t)(i % 11 ? 9 : 18);
        to[15] = (uint8_t)(column / 10);
        pith_store_le64(to + 16, time);
        pith_store_le(to + 24, 7326, 2);
    }
    return 26 * (size_t)n;
}

static void flights_come_back(void **state)
{
    uint64_t random = test_seed();
    size_t len = make_flight(3000, &random);

    (void)state;
    for (int level = 1; level <= 9; level += 4) {
        size_t packed = check_comes_back(&flights, level, len, "a flight");

        CHECK(packed < len / 4, "level %d: %zu of %zu bytes", level, packed, len);
    }
}

static void ticks_come_back(void **state)
{
    static int64_t values[3000], rests[3000], parted[3000];
    uint64_t sample[PITH_TICK_SAMPLE], random = test_seed();

    (void)state;
    for (uint32_t kind = 0; kind < 4; kind++) {
        struct pith_ticks ticks;

        for (size_t i = 0; i < COUNT(values); i++) {
            int64_t stream = kind == 1 ? (int64_t)random_below(&random, 3) << 40 : 0;

            values[i] = kind == 3 ? (int64_t)next_random(&random)
                                  : stream + (int64_t)i * (kind == 2 ? -8389 : 290304) +
                                        (int64_t)random_below(&random, 5);
        }
        ticks = pith_ticks_find(values, COUNT(values), sample);
        CHECK((ticks.tick > 0) == (kind < 3), "kind %u: %llu", kind,
              (unsigned long long)ticks.tick);
        if (kind == 1)
            assert_int_equal(ticks.n_streams, PITH_STREAMS);
        if (kind == 3) /* whatever it is */
            ticks = (struct pith_ticks){77777, PITH_STREAMS};
        memcpy(parted, values, sizeof values);
        pith_ticks_part(parted, rests, COUNT(values), &ticks);
        pith_ticks_join(parted, rests, COUNT(values), &ticks);
        assert_memory_equal(parted, values, sizeof values);
    }
}

static void full_payloads_are_refused(void **state)
{
    const struct cloud_spec spec = {16, 40, 1, 0.001, 0, 0, 0, 0};
    uint64_t random = test_seed();
    size_t len = make_cloud(raw, &spec, &random),
           whole = check_comes_back(&scans, 5, len, "a scan");
    struct packed p;
    pith_error error;

    (void)state;
    for (size_t cap = 0; cap < whole; cap += 1 + whole / 7) {
        assert_int_equal(encode(&p, &pith_codec_points, &scans, 5, len, cap, &error),
                         PITH_E_OUTPUT_FULL);
        free(p.memory);
    }
}

static void check_damage(const struct pith_points_layout *layout, int level, size_t len)
{
    struct packed p;
    pith_error error;
    uint32_t final_state;
    size_t n_refused = 0, step;

    assert_int_equal(encode(&p, &pith_codec_points, layout, level, len, sizeof payload, &error),
                     PITH_OK);
    step = p.packed.payload_len / 80 + 1;
    for (size_t i = 0; i < p.packed.payload_len; i += i < 40 ? 1 : step) {
        uint8_t kept = payload[i];

        payload[i] = (uint8_t)(kept ^ (1u << i % 8));
        n_refused += decode(&p, len, p.packed.payload_len, &final_state, &error) != PITH_OK ||
                     final_state != p.packed.final_state || memcmp(raw, back, len) != 0;
        payload[i] = kept;
        if (i % 3 == 0)
            CHECK(decode(&p, len, i, &final_state, &error) != PITH_OK ||
                      final_state != p.packed.final_state || memcmp(raw, back, len) != 0,
                  "%zu of %zu bytes", i, p.packed.payload_len);
    }
    assert_true(n_refused > 70 || n_refused + 5 > p.packed.payload_len / step);
    free(p.memory);
}

static void damage_stays_within_bounds(void **state)
{
    static const struct cloud_spec specs[] = {{16, 40, 1, 0.001, 0, 0, 0, 0},
                                              {16, 40, 0, 0, 0, 0.1, 0, 0}};
    const struct cloud_spec moving = {32, 80, 0, 0, 0.2, 0.2, 0, 0};
    uint64_t random = test_seed();

    (void)state;
    for (int level = 3; level <= 5; level += 2) {
        for (size_t i = 0; i < COUNT(specs); i++)
            check_damage(&scans, level, make_cloud(raw, &specs[i], &random));
        check_damage(&flights, level, make_flight(400, &random));
    }
    check_damage(&scans, 3, make_cloud(raw, &moving, &random));
    check_damage(&scans, 3, make_fired_cloud(raw, 500, 1, &random));
    check_damage(&scans, 3, make_fired_cloud(raw, 500, 0, &random));
}

/* Places are computed alike whatever way the caller's thread rounds. */
static void rounding_of_the_caller_does_not_matter(void **state)
{
    const struct cloud_spec spec = {32, 80, 0, 0, 0.2, 0.2, 0, 0};
    uint64_t random = test_seed();
    size_t len = make_cloud(raw, &spec, &random), packed[2];

    (void)state;
    packed[0] = check_comes_back(&scans, 3, len, "rounded to nearest");
    assert_int_equal(fesetround(FE_UPWARD), 0);
    packed[1] = check_comes_back(&scans, 3, len, "rounded up");
    assert_int_equal(fegetround(), FE_UPWARD);
    (void)fesetround(FE_TONEAREST);
    assert_int_equal(packed[0], packed[1]);
}

/* What is straight above the scanner has no direction. */
static void points_without_direction_come_back(void **state)
{
    const struct cloud_spec spec = {32, 80, 0, 0, 0.2, 0.2, 0, 0};
    uint64_t random = test_seed();
    size_t len = make_cloud(raw, &spec, &random);

    (void)state;
    for (size_t i = 0; i < len / 16; i += 7) {
        pith_store_le64(raw + 16 * i, 0);
        cloud_put(raw + 16 * i + 8, i % 2 ? 5 : 1e9);
    }
    (void)check_comes_back(&scans, 3, len, "points straight above");
}

static int cancel_later(void *opaque, uint64_t raw_done)
{
    uint32_t *left = opaque;

    (void)raw_done;
    return *left == 0 || --*left == 0;
}

static void work_can_be_cancelled(void **state)
{
    const struct cloud_spec spec = {32, 200, 1, 0.001, 0, 0, 0, 0};
    uint64_t random = test_seed();
    size_t len = make_cloud(raw, &spec, &random);
    uint32_t n = 0;

    (void)state;
    for (uint32_t asked = 1; asked < 12; asked += 5) {
        uint32_t left = asked;
        struct pith_codec_hooks hooks = {
            .progress = cancel_later, .opaque = &left, .points = &scans};
        struct pith_codec_packed packed;
        void *memory = aligned_alloc(64, (size_t)pith_codec_points.encode_need(5, len, 0));

        pith_codec_points.plan(&packed, 5, len, NULL, NULL);
        n += pith_codec_points.encode(&packed, payload, sizeof payload, raw, len, memory, &hooks,
                                      NULL) == PITH_E_CANCELLED;
        free(memory);
    }
    assert_int_equal(n, 3);
}

/* As the processor rounds, whatever the compiler makes of it. */
static void reals_are_rounded(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t i = 0; i < 400000; i++) {
        uint64_t bits = next_random(&random);
        volatile float narrow;
        double wide;
        uint32_t want;

        if (i % 4 == 1) /* about where float32 ends, on either side */
            bits = (bits & ~(UINT64_C(2047) << 52)) | (uint64_t)(870 + next_random(&random) % 310)
                                                          << 52;
        if (i % 4 == 2) /* in the middle between two */
            bits = (bits & ~UINT64_C(0x1fffffff)) | 0x10000000;
        if (i % 4 == 3)
            bits = (bits & ~(UINT64_C(2047) << 52)) | (uint64_t)(1000 + next_random(&random) % 50)
                                                          << 52;
        memcpy(&wide, &bits, sizeof wide);
        narrow = (float)wide;
        memcpy(&want, (const void *)(uintptr_t)&narrow, sizeof want);
        if (wide != wide)
            want = (want & 0xff800000u) | 0x400000u;
        CHECK(pith_real_bits(wide, 0) == want, "%016llx: %08x, not %08x", (unsigned long long)bits,
              (unsigned)pith_real_bits(wide, 0), (unsigned)want);
    }
}

static void parameters_are_checked(void **state)
{
    static const uint8_t params[] = {0, 5, 10, 1};
    pith_error error;
    uint64_t need;

    (void)state;
    assert_int_equal(pith_codec_points.decode_need(&need, params, 1, 10, &error),
                     PITH_E_UNSUPPORTED);
    assert_int_equal(pith_codec_points.decode_need(&need, params + 2, 1, 10, &error),
                     PITH_E_UNSUPPORTED);
    assert_int_equal(pith_codec_points.decode_need(&need, params + 1, 1, 10, &error), PITH_OK);
    assert_int_equal(pith_codec_points.decode_need(&need, params, 0, 10, &error), PITH_E_CORRUPT);
    assert_int_equal(pith_codec_points.decode_need(&need, params + 1, 3, 10, &error),
                     PITH_E_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bits_come_back),
        cmocka_unit_test(scans_are_known),
        cmocka_unit_test(rows_may_have_holes),
        cmocka_unit_test(columns_may_be_cut),
        cmocka_unit_test(widened_numbers_are_narrow),
        cmocka_unit_test(firing_is_known),
        cmocka_unit_test(firing_may_have_holes),
        cmocka_unit_test(flights_come_back),
        cmocka_unit_test(ticks_come_back),
        cmocka_unit_test(full_payloads_are_refused),
        cmocka_unit_test(damage_stays_within_bounds),
        cmocka_unit_test(rounding_of_the_caller_does_not_matter),
        cmocka_unit_test(points_without_direction_come_back),
        cmocka_unit_test(work_can_be_cancelled),
        cmocka_unit_test(parameters_are_checked),
        cmocka_unit_test(reals_are_rounded),
    };

    return cmocka_run_group_tests_name("points", tests, NULL, NULL);
}
