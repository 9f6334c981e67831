/* The floating-point mode: default while pinned, whatever it was before, and put back as it was. */
#include "support/testing.h"

#include <fenv.h>

#include "num/fpmode.h"

static void default_mode_stays(void **state)
{
    uint64_t mode = pith_fpmode_pin();
    volatile float third = 1.0f, smallest = 0x1p-126f;

    (void)state;
    third /= 3.0f;
    smallest /= 2.0f;
    pith_fpmode_restore(mode);
    assert_true(third == 0x1.555556p-2f);
    assert_true(smallest > 0.0f);
}

static void rounding_is_pinned(void **state)
{
    (void)state;
#ifdef FE_UPWARD
    volatile float third = 1.0f, down = 1.0f;
    uint64_t mode;
    int after;

    assert_int_equal(fesetround(FE_DOWNWARD), 0);
    mode = pith_fpmode_pin();
    third /= 3.0f;
    pith_fpmode_restore(mode);
    down /= 3.0f;
    after = fegetround();
    fesetround(FE_TONEAREST);
    assert_true(third == 0x1.555556p-2f);
    assert_true(down == 0x1.555554p-2f);
    assert_int_equal(after, FE_DOWNWARD);
#else
    skip();
#endif
}

#if defined(__SSE2__)
#include <xmmintrin.h>
#define FLUSH_AND_ZERO 0x8040u
#endif

static void denormals_are_kept(void **state)
{
    (void)state;
#if defined(__SSE2__)
    volatile float smallest = 0x1p-126f;
    uint32_t before = _mm_getcsr(), after;
    uint64_t mode;

    _mm_setcsr(before | FLUSH_AND_ZERO);
    mode = pith_fpmode_pin();
    smallest /= 2.0f;
    pith_fpmode_restore(mode);
    after = _mm_getcsr();
    _mm_setcsr(before);
    assert_true(smallest > 0.0f);
    assert_int_equal(after & FLUSH_AND_ZERO, FLUSH_AND_ZERO);
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_mode_stays),
        cmocka_unit_test(rounding_is_pinned),
        cmocka_unit_test(denormals_are_kept),
    };

    return cmocka_run_group_tests_name("fpmode", tests, NULL, NULL);
}
