/* CPU features: the limit hides features, only ever those, and can be lifted again. */
#include "support/testing.h"

#include "cpu/cpu.h"

static void limit_hides_features(void **state)
{
    static const unsigned one[] = {PITH_CPU_AVX2, PITH_CPU_AVX512, PITH_CPU_NEON};
    unsigned before = pith_cpu_features(), all;

    (void)state;
    pith_cpu_limit(~0u);
    all = pith_cpu_features();
    assert_true((before & ~all) == 0);
    pith_cpu_limit(0);
    assert_true(pith_cpu_features() == 0);
    for (size_t i = 0; i < COUNT(one); i++) {
        pith_cpu_limit(one[i]);
        assert_true(pith_cpu_features() == (all & one[i]));
        pith_cpu_limit(~one[i]);
        assert_true(pith_cpu_features() == (all & ~one[i]));
    }
    pith_cpu_limit(~0u);
    assert_true(pith_cpu_features() == all);
    pith_cpu_limit(before);
    assert_true(pith_cpu_features() == before);
}

static void features_are_of_this_machine(void **state)
{
    unsigned known = PITH_CPU_AVX2 | PITH_CPU_AVX512 | PITH_CPU_NEON;

    (void)state;
#if defined(__x86_64__) || defined(__i386__)
    known &= ~(unsigned)PITH_CPU_NEON;
#elif defined(__aarch64__)
    known = PITH_CPU_NEON;
#else
    known = 0;
#endif
    assert_true((pith_cpu_features() & ~known) == 0);
    assert_true(pith_cpu_features() == pith_cpu_features());
#if defined(__x86_64__) && defined(__AVX2__)
    pith_cpu_limit(~0u);
    assert_true(pith_cpu_features() & PITH_CPU_AVX2);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limit_hides_features),
        cmocka_unit_test(features_are_of_this_machine),
    };

    return cmocka_run_group_tests_name("cpu", tests, NULL, NULL);
}
