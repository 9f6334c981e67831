/* Phrase contexts: which words before, which classes, marks and quotes each of them sees and which
 * not; what followed the same words is remembered; no more contexts are written than asked for. */
#include "support/testing.h"

#include "model/phrases.h"

static struct pith_arena arena;
static struct pith_phrases phrases;
static struct pith_words words;
static struct pith_structure structure;
static struct pith_history history;
static uint8_t data[4096];

static int begin(void **state)
{
    (void)state;
    arena = (struct pith_arena){NULL, 0};
    pith_phrases_layout(&phrases, &arena);
    back_arena(&arena);
    pith_phrases_layout(&phrases, &arena);
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
        pith_words_update(&words, &history);
        pith_structure_update(&structure, &history);
        pith_phrases_update(&phrases, &words, &history);
    }
}

struct contexts {
    uint32_t hashes[PITH_PHRASES_CONTEXTS];
};

static struct contexts after(const char *text)
{
    struct contexts contexts;

    history = (struct pith_history){.data = data};
    pith_words_init(&words);
    pith_structure_init(&structure);
    pith_phrases_init(&phrases);
    take(text);
    pith_phrases_contexts(&phrases, &words, &structure, &history, PITH_PHRASES_CONTEXTS,
                          contexts.hashes);
    return contexts;
}

/* Whether context i differs behind two texts. */
static int differ(uint32_t i, const char *a, const char *b)
{
    return after(a).hashes[i] != after(b).hashes[i];
}

static void contexts_differ_from_each_other(void **state)
{
    struct contexts c = after("One two, \"three <four> five. Six\nseven eight: ni");

    (void)state;
    for (uint32_t i = 0; i < PITH_PHRASES_CONTEXTS; i++)
        for (uint32_t k = 0; k < i; k++)
            CHECK(c.hashes[i] != c.hashes[k], "%u and %u", i, k);
}

static void no_more_than_asked_for(void **state)
{
    struct contexts all = after("some words here"), some;

    (void)state;
    for (uint32_t n = 0; n <= PITH_PHRASES_CONTEXTS; n++) {
        memset(&some, 0x5a, sizeof some);
        pith_phrases_contexts(&phrases, &words, &structure, &history, n, some.hashes);
        for (uint32_t i = 0; i < PITH_PHRASES_CONTEXTS; i++)
            assert_true(some.hashes[i] == (i < n ? all.hashes[i] : 0x5a5a5a5a));
    }
}

/* Bit k - 1 of a mask: the context sees the word k back; five words of the same length and class are
 * changed in turn, before them stands one more. */
static void check_words_seen(const char *const texts[6], const uint8_t masks[])
{
    struct contexts same = after(texts[0]);

    for (uint32_t k = 1; k <= 5; k++) {
        struct contexts other = after(texts[k]);

        for (uint32_t i = 0; i < PITH_PHRASES_CONTEXTS; i++)
            CHECK((same.hashes[i] != other.hashes[i]) == (masks[i] >> (k - 1) & 1),
                  "context %u, word %u back", i, k);
    }
}

static void words_before_are_seen(void **state)
{
    static const char *const texts[] = {
        "first ee dd cc bb aa no", "first ee dd cc bb xx no", "first ee dd cc xx aa no",
        "first ee dd xx bb aa no", "first ee xx cc bb aa no", "first xx dd cc bb aa no",
    };
    static const uint8_t masks[PITH_PHRASES_CONTEXTS] = {
        [4] = 1, [8] = 7, [14] = 1, [15] = 2, [16] = 5, [17] = 2, [18] = 1, [19] = 16, [20] = 10,
    };

    (void)state;
    check_words_seen(texts, masks);
}

/* Words of other classes: codes with another first byte. */
static void classes_before_are_seen(void **state)
{
    static const char *const texts[] = {
        "first \xc1\x91 \xc1\x92 \xc1\x93 \xc1\x94 \xc1\x95 no",
        "first \xc1\x91 \xc1\x92 \xc1\x93 \xc1\x94 \xc2\x95 no",
        "first \xc1\x91 \xc1\x92 \xc1\x93 \xc2\x94 \xc1\x95 no",
        "first \xc1\x91 \xc1\x92 \xc2\x93 \xc1\x94 \xc1\x95 no",
        "first \xc1\x91 \xc2\x92 \xc1\x93 \xc1\x94 \xc1\x95 no",
        "first \xc2\x91 \xc1\x92 \xc1\x93 \xc1\x94 \xc1\x95 no",
    };
    static const uint8_t masks[PITH_PHRASES_CONTEXTS] = {
        [3] = 7,  [4] = 1,  [8] = 7,  [9] = 15, [11] = 1,  [13] = 1,  [14] = 3,
        [15] = 7, [16] = 5, [17] = 3, [18] = 7, [19] = 16, [20] = 10,
    };

    (void)state;
    check_words_seen(texts, masks);
}

/* Contexts 0 to 2: not the words that stand there, but what came after them last time. */
static void what_followed_is_remembered(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        CHECK(differ(i, "a cat runs. The cat ", "a cat eats. The cat ") == (i != 1), "%u", i);
        CHECK(!differ(i, "so a cat runs. In a cat ", "so a dog runs. In a dog "), "%u", i);
        CHECK(differ(i, "so a cat runs. In a cat ", "so a cat eats. In a cat "), "%u", i);
        /* the last time counts */
        CHECK(!differ(i, "a cat runs, a cat eats, a cat ", "a cat eats, a cat eats, a cat "), "%u",
              i);
        /* the letters of the next word that are there already count too */
        CHECK(differ(i, "a cat runs, a cat r", "a cat runs, a cat e"), "%u", i);
    }
    /* after two words, another than after the last of them */
    CHECK(differ(1, "my cat runs, a cat eats, my cat ", "my cat eats, a cat eats, my cat "), "1");
    CHECK(!differ(0, "my cat runs, a cat eats, my cat ", "my cat eats, a cat eats, my cat "), "0");
}

static void sentences_begin_anew(void **state)
{
    static const char ends[] = ".!?;:\n";

    (void)state;
    CHECK(differ(10, "dogs run far a", "cats run far a"), "first word");
    CHECK(!differ(10, "dogs run far a", "dogs go far a"), "second word");
    for (const char *at = ends; *at; at++) {
        char a[] = "dogs run. far off a", b[] = "cats run. far off a";

        a[8] = b[8] = *at;
        CHECK(!differ(10, a, b), "after %d", *at);
        b[10] = 'b';
        CHECK(differ(10, a, b), "after %d", *at);
    }
    CHECK(differ(10, "dogs run, far off a", "cats run, far off a"), "a comma ends none");
}

static void marks_and_quotes_are_seen(void **state)
{
    (void)state;
    CHECK(!differ(5, "aa, bb; cc d", "xx, yy; zz d"), "the same marks");
    CHECK(differ(5, "aa, bb; cc d", "aa; bb, cc d"), "order");
    CHECK(!differ(5, "(aa, bb; cc d", "[aa, bb; cc d"), "the third");
    CHECK(differ(11, "aa, bb; cc d", "aa, bb, cc d"), "the last");
    CHECK(!differ(11, "aa, bb; cc d", "aa. bb; cc d"), "the last but one");
    CHECK(differ(11, "\"aa\" bb c", "\"aa\" \"bb c"), "inside of quotes");
    CHECK(!differ(11, "\"aa\nbb c", "\"\"aa\nbb c"), "which a line's end ends");
}

/* What the structure knows: the byte above, the tag, how the line began. */
static void places_are_seen(void **state)
{
    (void)state;
    CHECK(differ(6, "abcdef\nabc", "abcxef\nabc") && !differ(6, "abcdef\nabc", "abcdex\nabc"),
          "above");
    CHECK(differ(7, "<td> aa b", "<th> aa b") && !differ(7, "<td> aa b", "<td> xx b"), "tag");
    CHECK(differ(12, "abcd ee f", "abxd ee f") && !differ(12, "abcd ee f", "abcd xx f"), "line");
    CHECK(differ(13, "aa bcd", "aa bbcd") && !differ(13, "aa bcd", "ax bcd"), "letters so far");
}

static void case_does_not_matter(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PITH_PHRASES_CONTEXTS; i++)
        if (i != 12) /* the line's first bytes themselves */
            CHECK(!differ(i, "The Old Cat eats the OLD cat n", "the old cat eats the old cat n"),
                  "%u", i);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(contexts_differ_from_each_other),
        TEST(no_more_than_asked_for),
        TEST(words_before_are_seen),
        TEST(classes_before_are_seen),
        TEST(what_followed_is_remembered),
        TEST(sentences_begin_anew),
        TEST(marks_and_quotes_are_seen),
        TEST(places_are_seen),
        TEST(case_does_not_matter),
    };

    return cmocka_run_group_tests_name("phrases", tests, NULL, NULL);
}
