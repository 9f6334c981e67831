/* Sines, arctangents and roots are near those of the C library, and the same bits everywhere. */
#include "support/testing.h"

#include <math.h>

#include "num/solve.h"
#include "num/trig.h"

#define NEAR 1e-15

static void sines_are_near(void **state)
{
    (void)state;
    for (int i = -200000; i <= 200000; i++) {
        double angle = i * 0.00123457, sine, cosine;

        pith_sin_cos(angle, &sine, &cosine);
        CHECK(fabs(sine - sin(angle)) < NEAR && fabs(cosine - cos(angle)) < NEAR, "of %.17g",
              angle);
    }
}

static void arctangents_are_near(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        double y = (double)(i * 7919LL % 20011 - 10000) * 0.013;
        double x = (double)(i * 104729LL % 20021 - 10000) * 0.11;

        CHECK(fabs(pith_atan2(y, x) - atan2(y, x)) < NEAR || (x == 0 && y == 0), "of %g, %g", y, x);
    }
    assert_true(pith_atan2(0, 0) == 0);
}

/* The same bits with an instruction and without. */
static void roots_are_rounded(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (double x = 1e-299; x < 1e305; x *= 1.0137 + 1e-4 * (double)random_below(&random, 100)) {
        CHECK(pith_sqrt(x) == sqrt(x), "of %.17g", x);
        CHECK(pith_sqrt_in_steps(x) == sqrt(x), "of %.17g, in steps", x);
        if (x > 1e-150 && x < 1e150)
            CHECK(pith_sqrt_in_steps(x * x) == x, "of %.17g's square, in steps", x);
    }
    assert_true(pith_sqrt(INFINITY) == INFINITY && pith_sqrt_in_steps(INFINITY) == INFINITY);
    assert_true(pith_sqrt_in_steps(0) == 0 && pith_sqrt_in_steps(NAN) == 0);
    assert_true(pith_sqrt(0) == 0 && pith_sqrt(-1) == 0 && pith_sqrt(NAN) == 0);
    assert_true(pith_floor(-1.5) == -2 && pith_floor(1.5) == 1 && pith_floor(-3) == -3);
}

/* What other machines have to give, too: operands that compilers do not fold. */
static void bits_are_these(void **state)
{
    static const volatile double angles[] = {0.1, -2.7, 1234.5, 1e6};
    uint64_t hash = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(angles); i++) {
        double values[4];

        pith_sin_cos(angles[i], &values[0], &values[1]);
        values[2] = pith_atan2(angles[i], 3.3);
        values[3] = pith_sqrt(angles[i] * angles[i]);
        for (size_t k = 0; k < 4; k++) {
            uint64_t bits;

            memcpy(&bits, &values[k], sizeof bits);
            hash = (hash ^ bits) * 0x9e3779b97f4a7c15u;
        }
    }
    CHECK(hash == UINT64_C(0xf99588b47fc0249f), "%llx", (unsigned long long)hash);
}

static void hostile_angles_are_no_fault(void **state)
{
    static const double angles[] = {INFINITY, -INFINITY, NAN, 1e300, -1e300};
    double sine, cosine;

    (void)state;
    for (size_t i = 0; i < COUNT(angles); i++) {
        pith_sin_cos(angles[i], &sine, &cosine);
        assert_true(sine == 0 && cosine == 1);
        for (size_t k = 0; k < COUNT(angles); k++)
            assert_true(fabs(pith_atan2(angles[i], angles[k])) < 4);
    }
}

static void equations_are_solved(void **state)
{
    static const double is[3] = {2, -3, 0.5};
    struct pith_equations e;
    double x[3];

    (void)state;
    memset(&e, 0, sizeof e);
    for (int i = 0; i < 50; i++) {
        double row[3] = {i % 7, i % 5 - 2, i % 3 * 0.1};

        pith_equations_add(&e, 3, row, row[0] * is[0] + row[1] * is[1] + row[2] * is[2]);
    }
    pith_equations_solve(x, &e, 3);
    for (int k = 0; k < 3; k++)
        assert_true(fabs(x[k] - is[k]) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_are_near),
        cmocka_unit_test(arctangents_are_near),
        cmocka_unit_test(roots_are_rounded),
        cmocka_unit_test(bits_are_these),
        cmocka_unit_test(hostile_angles_are_no_fault),
        cmocka_unit_test(equations_are_solved),
    };

    return cmocka_run_group_tests_name("trig", tests, NULL, NULL);
}
