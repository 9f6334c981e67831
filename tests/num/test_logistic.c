/* The logit tables: they are part of the format, so every value is held by a hash; and they are
 * what they claim to be, compared with the functions that they sample. */
#include "support/testing.h"

#include <math.h>

#include <xxhash.h>

#include "num/logistic.h"

/* The same on machines of either byte order. */
static uint64_t hash_of(const uint16_t *values, size_t n)
{
    uint8_t *bytes = get_memory(2 * n);
    uint64_t hash;

    for (size_t i = 0; i < n; i++) {
        bytes[2 * i] = (uint8_t)values[i];
        bytes[2 * i + 1] = (uint8_t)(values[i] >> 8);
    }
    hash = XXH3_64bits(bytes, 2 * n);
    free(bytes);
    return hash;
}

static void check_hash(const char *name, const uint16_t *values, size_t n, uint64_t wanted)
{
    uint64_t hash = hash_of(values, n);

    CHECK(hash == wanted, "%s: 0x%016llx", name, (unsigned long long)hash);
}

static void tables_never_change(void **state)
{
    uint16_t stretch[COUNT(pith_stretch_table)];

    (void)state;
    for (size_t i = 0; i < COUNT(stretch); i++)
        stretch[i] = (uint16_t)pith_stretch_table[i];
    check_hash("squash", pith_squash_table, COUNT(pith_squash_table), 0x124f9f3ca061b846);
    check_hash("stretch", stretch, COUNT(stretch), 0xc2156361462b722a);
    check_hash("reciprocal", pith_reciprocal_table, COUNT(pith_reciprocal_table),
               0x51e11e2318ff6ec9);
}

static void squash_is_the_logistic_function(void **state)
{
    uint32_t last = 0;

    (void)state;
    for (int32_t logit = -PITH_LOGIT_MAX; logit <= PITH_LOGIT_MAX; logit++) {
        uint32_t p1 = pith_squash(logit);
        double exact = 65536.0 / (1.0 + exp(-logit / 256.0));

        CHECK(p1 >= 1 && p1 <= 65535, "logit %d: %u", (int)logit, (unsigned)p1);
        CHECK(p1 >= last, "logit %d: %u after %u", (int)logit, (unsigned)p1, (unsigned)last);
        CHECK(fabs(p1 - exact) < 1.01, "logit %d: %u, not %f", (int)logit, (unsigned)p1, exact);
        last = p1;
    }
    assert_true(pith_squash(0) == 32768);
}

static void stretch_is_its_inverse(void **state)
{
    int32_t last = -PITH_LOGIT_MAX;

    (void)state;
    for (uint32_t p1 = 1; p1 < 65536; p1++) {
        int32_t logit = pith_stretch(p1);
        double middle = (p1 / 16 * 16 + 8) / 65536.0, p = p1 / 65536.0;
        double step = 65536.0 * p * (1 - p) / 256, back;

        CHECK(logit >= last && logit <= PITH_LOGIT_MAX, "p %u: %d", (unsigned)p1, (int)logit);
        CHECK(fabs(logit - 256 * log(middle / (1 - middle))) < 26, "p %u: %d", (unsigned)p1,
              (int)logit);
        /* half a bucket of 16, half a logit, a rounding */
        back = pith_squash(logit);
        CHECK(fabs(back - p1) <= 8 + step / 2 + 1.5, "p %u: back %f", (unsigned)p1, back);
        last = logit;
    }
}

static void logits_are_clamped(void **state)
{
    (void)state;
    assert_int_equal(pith_logit_clamp(INT32_MAX), PITH_LOGIT_MAX);
    assert_int_equal(pith_logit_clamp(INT32_MIN), -PITH_LOGIT_MAX);
    for (int32_t logit = -PITH_LOGIT_MAX; logit <= PITH_LOGIT_MAX; logit++)
        assert_int_equal(pith_logit_clamp(logit), logit);
}

static void reciprocals_are_rounded(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < COUNT(pith_reciprocal_table); n++)
        CHECK(fabs(pith_reciprocal_table[n] - 65536 / (n + 1.5)) <= 0.5001, "n %u: %u", (unsigned)n,
              (unsigned)pith_reciprocal_table[n]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_never_change),
        cmocka_unit_test(squash_is_the_logistic_function),
        cmocka_unit_test(stretch_is_its_inverse),
        cmocka_unit_test(logits_are_clamped),
        cmocka_unit_test(reciprocals_are_rounded),
    };

    return cmocka_run_group_tests_name("logistic", tests, NULL, NULL);
}
