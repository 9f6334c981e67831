/* Word contexts: what is a word, that case does not matter, the words before, and that no more
 * contexts are written than asked for. */
#include "support/testing.h"

#include "model/words.h"

static struct pith_history history;
static struct pith_words words;
static uint8_t data[4096];

static void take(const char *text)
{
    for (; *text; text++) {
        pith_history_push(&history, (uint8_t)*text);
        pith_words_update(&words, &history);
    }
}

static const struct pith_words *after(const char *text)
{
    history = (struct pith_history){.data = data};
    pith_words_init(&words);
    take(text);
    return &words;
}

static void case_does_not_matter(void **state)
{
    uint32_t word = after("model")->word;

    (void)state;
    assert_true(word != 0);
    assert_true(after("MODEL")->word == word && after("Model")->word == word);
    assert_true(after("a, Model")->word == word);
    assert_true(after("modem")->word != word && after("mode")->word != word);
    assert_true(after("omdel")->word != word);
    assert_true(after("\xc3\xa9t\xc3\xa9")->len == 5);
    assert_true(after("\xc3\xa9")->word != after("\xc3\xa8")->word);
}

static void words_end_where_letters_end(void **state)
{
    static const char ends[] = " .,0@[`{\n\x7f";
    uint32_t word = after("end")->word;

    (void)state;
    for (const char *at = ends; *at; at++) {
        after("end");
        assert_true(words.len == 3);
        take((const char[]){*at, 0});
        CHECK(words.word == 0 && words.len == 0 && words.before[0] == word, "%d", *at);
        take("a");
        assert_true(words.len == 1 && words.gap == 0);
    }
}

static void the_last_four_words_are_kept(void **state)
{
    static const char *const all[] = {"one", "two", "three", "four", "five"};
    uint32_t hash[5];

    (void)state;
    for (int i = 0; i < 5; i++)
        hash[i] = after(all[i])->word;
    after("one two  three, four. five");
    for (int i = 0; i < 4; i++)
        assert_true(words.before[i] == hash[3 - i]);
    take("!");
    for (int i = 0; i < 4; i++)
        assert_true(words.before[i] == hash[4 - i]);
    take("! 123 ?");
    assert_true(words.before[0] == hash[4]);
}

static void gaps_are_told_apart(void **state)
{
    uint32_t one = after("a ")->gap;

    (void)state;
    assert_true(one != 0 && after("a  ")->gap != one && after("a,")->gap != one);
    assert_true(after("zebra ")->gap == one);
}

static void contexts(const char *text, uint32_t *hashes)
{
    after(text);
    pith_words_contexts(&words, &history, hashes, PITH_WORDS_CONTEXTS);
}

static void contexts_see_what_they_should(void **state)
{
    uint32_t a[PITH_WORDS_CONTEXTS], b[PITH_WORDS_CONTEXTS];

    (void)state;
    contexts("some day the mod", a);
    contexts("some day the mod", b);
    assert_memory_equal(a, b, sizeof a);
    for (uint32_t i = 0; i < PITH_WORDS_CONTEXTS; i++)
        for (uint32_t k = 0; k < i; k++)
            assert_true(a[i] != a[k]);
    /* the case within the word and before it is nothing to the words */
    contexts("Some Day The Mod", b);
    assert_true(a[2] == b[2] && a[4] == b[4]);
    contexts("some day one mod", b); /* another word before */
    assert_true(a[2] != b[2] && a[4] != b[4] && a[1] == b[1] && a[3] == b[3]);
    contexts("some year the mod", b); /* another word before that */
    assert_true(a[2] == b[2] && a[4] != b[4] && a[3] != b[3]);
    contexts("some day the mot", b);
    for (uint32_t i = 0; i < PITH_WORDS_CONTEXTS; i++)
        assert_true(a[i] != b[i]);
}

/* The first byte of a coded word is its class; all spelt words are of one. */
static void words_have_classes(void **state)
{
    uint32_t a[PITH_WORDS_CONTEXTS], b[PITH_WORDS_CONTEXTS];

    (void)state;
    after("some \xc5\x81 \x90, \xc6\xff");
    assert_true(words.classes[0] == 0x90 && words.classes[1] == 0xc5 && words.class == 0xc6);
    contexts("\xc5\x81 \xc6\x91 \x88", a);
    contexts("\xc5\x82 \xc6\x92 \x88", b); /* other words of the same classes */
    assert_true(a[0] == b[0] && a[2] != b[2]);
    contexts("\xc4\x81 \xc6\x91 \x88", b); /* another class two words back */
    assert_true(a[0] != b[0] && a[2] == b[2]);
    contexts("spelt words \x88", a);
    contexts("words spelt \x88", b);
    assert_true(a[0] == b[0] && a[2] != b[2]);
}

static void no_more_than_asked_for(void **state)
{
    uint32_t all[PITH_WORDS_CONTEXTS], some[PITH_WORDS_CONTEXTS];

    (void)state;
    contexts("as many as that", all);
    for (uint32_t n = 0; n <= PITH_WORDS_CONTEXTS; n++) {
        memset(some, 0x5a, sizeof some);
        pith_words_contexts(&words, &history, some, n);
        for (uint32_t i = 0; i < PITH_WORDS_CONTEXTS; i++)
            assert_true(some[i] == (i < n ? all[i] : 0x5a5a5a5a));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_does_not_matter),
        cmocka_unit_test(words_end_where_letters_end),
        cmocka_unit_test(the_last_four_words_are_kept),
        cmocka_unit_test(gaps_are_told_apart),
        cmocka_unit_test(contexts_see_what_they_should),
        cmocka_unit_test(words_have_classes),
        cmocka_unit_test(no_more_than_asked_for),
    };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
