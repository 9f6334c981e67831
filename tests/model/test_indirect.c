/* Indirect contexts: what followed a byte and a byte pair is kept, latest lowest, and decides the
 * context. */
#include "support/testing.h"

#include "model/indirect.h"

static struct pith_arena arena;
static struct pith_indirect indirect;
static struct pith_history history;
static uint8_t data[4096];

static int begin(void **state)
{
    (void)state;
    arena = (struct pith_arena){NULL, 0};
    history = (struct pith_history){.data = data};
    pith_indirect_layout(&indirect, &arena);
    back_arena(&arena);
    pith_indirect_layout(&indirect, &arena);
    pith_indirect_init(&indirect);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(arena.base);
    return 0;
}

static void take(const char *text)
{
    for (; *text; text++) {
        pith_history_push(&history, (uint8_t)*text);
        pith_indirect_update(&indirect, &history);
    }
}

static void followers_are_kept(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 65536; i++)
        assert_true(indirect.after2[i] == 0 && indirect.after1[i & 255] == 0);
    take("xabyacxad");
    assert_true(indirect.after1['a'] == ('b' << 16 | 'c' << 8 | 'd'));
    assert_true(indirect.after2['x' << 8 | 'a'] == ('b' << 8 | 'd'));
    assert_true(indirect.after2['y' << 8 | 'a'] == 'c');
    assert_true(indirect.after1['d'] == 0);
    take("aeafagah");
    assert_true(indirect.after1['a'] == ((uint32_t)'e' << 24 | 'f' << 16 | 'g' << 8 | 'h'));
}

static void contexts_follow_them(void **state)
{
    uint32_t a[PITH_INDIRECT_CONTEXTS], b[PITH_INDIRECT_CONTEXTS];

    (void)state;
    take("qa1qa2qa");
    pith_indirect_contexts(&indirect, &history, PITH_INDIRECT_CONTEXTS, a);
    take("1qa2qa");
    pith_indirect_contexts(&indirect, &history, 1, b);
    assert_true(a[0] == b[0]); /* the last two followers are the same again */
    take("3qa");
    pith_indirect_contexts(&indirect, &history, PITH_INDIRECT_CONTEXTS, b);
    for (int i = 0; i < PITH_INDIRECT_CONTEXTS; i++)
        assert_true(a[i] != b[i]);
    for (uint32_t n = 0; n < PITH_INDIRECT_CONTEXTS; n++) {
        memset(b, 0x5a, sizeof b);
        pith_indirect_contexts(&indirect, &history, n, b);
        assert_true(b[n] == 0x5a5a5a5a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(followers_are_kept, begin, end),
        cmocka_unit_test_setup_teardown(contexts_follow_them, begin, end),
    };

    return cmocka_run_group_tests_name("indirect", tests, NULL, NULL);
}
