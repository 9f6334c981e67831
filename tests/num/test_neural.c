/* The network's arithmetic: how far from the true functions, within what is promised, at the ends of
 * the range, and in the order that is its definition. */
#include "support/testing.h"

#include <math.h>

#include "num/fpmode.h"
#include "num/neural.h"

static double relative(double got, double wanted)
{
    return fabs(got / wanted - 1.0);
}

static void functions_are_close(void **state)
{
    (void)state;
    for (int32_t i = -800000; i <= 800000; i++) {
        volatile float x = (float)i * 1e-4f;

        CHECK(relative(pith_exp(x), exp(x)) < 0x1p-22, "exp(%a) = %a", (double)x,
              (double)pith_exp(x));
        CHECK(fabs(pith_logistic(x) - 1 / (1 + exp(-(double)x))) < 0x1p-22, "logistic(%a)",
              (double)x);
        CHECK(fabs(pith_tanh(x) - tanh(x)) < 0x1p-21, "tanh(%a)", (double)x);
    }
}

static void reciprocal_sqrt_is_close(void **state)
{
    (void)state;
    for (double value = 1e-36; value < 1e36; value *= 1.0001) {
        volatile float x = (float)value;

        CHECK(relative(pith_reciprocal_sqrt(x), 1 / sqrt(x)) < 0x1p-20, "%a", (double)x);
    }
}

static void clamps_everything(void **state)
{
    static const float in[] = {0.0f, 3.5f, -3.5f, 40.0f, -40.5f, 1e30f, INFINITY, -INFINITY};
    static const float out[] = {0.0f, 3.5f, -3.5f, 40.0f, -40.0f, 40.0f, 40.0f, -40.0f};

    (void)state;
    for (size_t i = 0; i < COUNT(in); i++)
        assert_true(pith_float_clamp(in[i], 40.0f) == out[i]);
    assert_true(fabsf(pith_float_clamp(NAN, 40.0f)) == 40.0f);
    assert_true(relative(pith_exp(-INFINITY), exp(-80)) < 0x1p-22);
    assert_true(relative(pith_exp(INFINITY), exp(80)) < 0x1p-22);
}

static float dot_of(const float *a, const float *b, size_t n)
{
    float dot;

    pith_dots(&dot, a, 1, b, n);
    return dot;
}

/* -1 + x * x with x = 1 + 2^-12: with the product rounded first 2^-11 is left, a fused multiply-add
 * leaves 2^-24 more.  x is volatile, for a compiler works constants out by its own rules. */
static void products_are_rounded(void **state)
{
    volatile float x = 0x1.001p0f;
    float a[32] = {[0] = -1.0f, [16] = x}, b[32] = {[0] = 1.0f, [16] = x};

    (void)state;
    assert_true(dot_of(a, b, 32) == 0x1p-11f);
}

static float dot_by_definition(const float *a, const float *b, size_t n)
{
    volatile float lane[16] = {0};

    for (size_t i = 0; i < n; i++) {
        volatile float product = a[i] * b[i];

        lane[i % 16] += product;
    }
    for (size_t half = 8; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

static void dots_have_their_order(void **state)
{
    uint64_t random = test_seed();
    static float rows[PITH_DOTS_MAX * 64];
    float b[64], dots[PITH_DOTS_MAX];

    (void)state;
    for (int round = 0; round < 200; round++) {
        size_t n = 16 * (1 + random_below(&random, 4));
        size_t n_rows = 1 + random_below(&random, PITH_DOTS_MAX);

        for (size_t i = 0; i < COUNT(rows); i++)
            rows[i] = (float)(int32_t)next_random(&random) * 0x1p-31f;
        for (size_t i = 0; i < COUNT(b); i++)
            b[i] = (float)(int32_t)next_random(&random) * 0x1p-20f;
        pith_dots(dots, rows, n_rows, b, n);
        for (size_t row = 0; row < n_rows; row++)
            CHECK(dots[row] == dot_by_definition(rows + row * n, b, n), "row %zu of %zu, n %zu",
                  row, n_rows, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_close),   cmocka_unit_test(reciprocal_sqrt_is_close),
        cmocka_unit_test(clamps_everything),     cmocka_unit_test(products_are_rounded),
        cmocka_unit_test(dots_have_their_order),
    };

    return cmocka_run_group_tests_name("neural", tests, NULL, NULL);
}
