/* Structure contexts: column, the byte above, open brackets however deep, tag names. */
#include "support/testing.h"

#include "model/structure.h"

static struct pith_history history;
static struct pith_structure structure;
static uint8_t data[100000];

static void push(uint8_t byte)
{
    pith_history_push(&history, byte);
    pith_structure_update(&structure, &history);
}

static const struct pith_structure *after(const char *text)
{
    history = (struct pith_history){.data = data};
    pith_structure_init(&structure);
    while (*text)
        push((uint8_t)*text++);
    return &structure;
}

static void columns_start_with_lines(void **state)
{
    (void)state;
    assert_true(after("")->column == 0 && after("abc")->column == 3);
    assert_true(after("abc\n")->column == 0 && after("abc\nde")->column == 2);
    assert_true(after("abc\n\n\nd")->column == 1);
}

static void above_is_in_the_line_before(void **state)
{
    (void)state;
    assert_true(after("abcdef")->above == 0);
    assert_true(after("abcdef\n")->above == 'a' && after("abcdef\nxy")->above == 'c');
    assert_true(after("abc\nwxyz")->above == 0); /* past the line's end */
    assert_true(after("abc\nxyz\nq")->above == 'y');
}

static void brackets_are_counted(void **state)
{
    (void)state;
    assert_true(after("a(b[c{d<e")->depth == 4);
    assert_memory_equal(structure.open, "([{<", 4);
    assert_true(after("(())")->depth == 0 && after(")))]")->depth == 0);
    assert_true(after("x(y)[z")->depth == 1 && structure.open[0] == '[');
    assert_true(after("abc(")->open_at[0] == after("(((abc(")->open_at[3]);
    assert_true(after("abc(")->open_at[0] != after("abd(")->open_at[0]);
}

static void tags_are_named(void **state)
{
    uint32_t tag = after("<name>")->tag;

    (void)state;
    assert_true(tag != 0 && after("<x><name attr='1'>text")->tag == tag);
    assert_true(after("<nam>")->tag != tag && after("<named>")->tag != tag);
    assert_true(structure.in_tag == 0 && after("<nam")->in_tag == 1);
}

/* Anything at all, with far too many brackets: the depth stays where there is memory for it. */
static void depth_has_bounds(void **state)
{
    static const char telling[] = "(((([[[{{{<<<)]}> \nab";
    uint64_t random = test_seed();
    uint32_t deepest = 0, hashes[PITH_STRUCTURE_CONTEXTS + 1];

    (void)state;
    after("");
    hashes[PITH_STRUCTURE_CONTEXTS] = 0x5a5a5a5a;
    for (size_t i = 0; i < sizeof data; i++) {
        push((uint8_t)(i & 1024 ? (int)(next_random(&random) & 255)
                                : telling[random_below(&random, sizeof telling - 1)]));
        assert_true(structure.depth <= PITH_STRUCTURE_DEPTH && structure.above < 256);
        deepest = structure.depth > deepest ? structure.depth : deepest;
        pith_structure_contexts(&structure, &history, PITH_STRUCTURE_CONTEXTS, hashes);
    }
    assert_true(deepest == PITH_STRUCTURE_DEPTH);
    assert_true(hashes[PITH_STRUCTURE_CONTEXTS] == 0x5a5a5a5a);
}

static void contexts(const char *text, uint32_t *hashes)
{
    after(text);
    pith_structure_contexts(&structure, &history, PITH_STRUCTURE_CONTEXTS, hashes);
}

static void contexts_see_what_they_should(void **state)
{
    uint32_t a[PITH_STRUCTURE_CONTEXTS], b[PITH_STRUCTURE_CONTEXTS];

    (void)state;
    contexts("<t>(line one\nli", a);
    contexts("<t>(line one\nli", b);
    assert_memory_equal(a, b, sizeof a);
    for (uint32_t i = 0; i < PITH_STRUCTURE_CONTEXTS; i++)
        for (uint32_t k = 0; k < i; k++)
            assert_true(a[i] != a[k]);
    contexts("<t>[line one\nli", b); /* another bracket */
    assert_true(a[0] != b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3] && a[4] == b[4]);
    contexts("<u>(line one\nli", b); /* another tag */
    assert_true(a[0] == b[0] && a[3] != b[3]);
    contexts("<tt(line one\nli", b); /* another byte above */
    assert_true(a[1] != b[1] && a[2] != b[2] && a[4] != b[4]);
    for (uint32_t n = 0; n < PITH_STRUCTURE_CONTEXTS; n++) {
        memset(b, 0x5a, sizeof b);
        pith_structure_contexts(&structure, &history, n, b);
        assert_true(b[n] == 0x5a5a5a5a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_start_with_lines), cmocka_unit_test(above_is_in_the_line_before),
        cmocka_unit_test(brackets_are_counted),     cmocka_unit_test(tags_are_named),
        cmocka_unit_test(depth_has_bounds),         cmocka_unit_test(contexts_see_what_they_should),
    };

    return cmocka_run_group_tests_name("structure", tests, NULL, NULL);
}
