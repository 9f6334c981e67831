/* The text transform: undone exactly on anything, texts of every case and bytes that are no text;
 * within its room; and safe to undo on input that it never made. */
#include "support/testing.h"

#include "codec/bytes/text.h"

#define GUARD   32
#define RAW_MAX 4096
#define ROOM    (2 * RAW_MAX + GUARD)

#define MUCH (1 << 20) /* bytes that all words are worth an index for */

static struct pith_text_words words;
static struct pith_text_index word_index;

static int set_up(void **state)
{
    (void)state;
    pith_text_words_init(&words);
    pith_text_index_init(&word_index, &words, MUCH);
    return 0;
}

struct text {
    uint8_t data[RAW_MAX];
    size_t len;
};

static void add(struct text *text, const void *bytes, size_t n)
{
    if (n > RAW_MAX - text->len)
        n = RAW_MAX - text->len;
    memcpy(text->data + text->len, bytes, n);
    text->len += n;
}

static void add_word(struct text *text, uint64_t *random)
{
    uint32_t w = random_below(random, random_below(random, 2) ? 200 : pith_text_n_words);
    uint32_t how = random_below(random, 6);
    uint8_t word[64];
    size_t len;
    const uint8_t *letters = pith_text_word(&words, w, &len);

    assert_true(len <= sizeof word);
    memcpy(word, letters, len);
    for (size_t i = 0; i < len; i++)
        if (how == 1 || (how == 2 && i == 0) || (how == 3 && random_below(random, 2)))
            word[i] = (uint8_t)(word[i] - 32);
    add(text, word, how == 4 ? random_below(random, (uint32_t)len + 1) : len);
}

static void add_character(struct text *text, uint64_t *random)
{
    static const char *const characters[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                             "\xc3",     "\xe2\x82",     "\xf4\x8f",
                                             "\xc0\x80", "\xff"};
    const char *one = characters[random_below(random, COUNT(characters))];

    add(text, one, strlen(one));
}

static void add_something(struct text *text, uint64_t *random)
{
    static const char marks[] = " .,\n'-_  (0@[`{\t";
    uint8_t byte;

    switch (random_below(random, 12)) {
    case 0:
        byte = (uint8_t)next_random(random);
        add(text, &byte, 1);
        break;
    case 1:
        add_character(text, random);
        break;
    case 2:
        byte = (uint8_t)(1 + random_below(random, 4)); /* the flags themselves */
        add(text, &byte, 1);
        break;
    case 3:
    case 4:
        add(text, marks + random_below(random, sizeof marks - 1), 1);
        break;
    case 5:
        byte = (uint8_t)((random_below(random, 2) ? 'a' : 'A') + random_below(random, 26));
        add(text, &byte, 1);
        break;
    default:
        add_word(text, random);
        if (random_below(random, 3))
            add(text, " ", 1);
    }
}

/* Decodes from and into memory of just the lengths, with a watched zone behind the output. */
static int decode(uint8_t *out, size_t out_len, const uint8_t *in, size_t len)
{
    uint8_t *from = get_memory(len), *to = get_memory(out_len + GUARD);
    int result;

    memcpy(from, in, len);
    memset(to, 0x5a, out_len + GUARD);
    result = pith_text_decode(to, out_len, from, len, &words, NULL);
    for (size_t i = out_len; i < out_len + GUARD; i++)
        CHECK(to[i] == 0x5a, "byte %zu behind %zu", i - out_len, out_len);
    assert_memory_equal(from, in, len);
    assert_true(result == 0 || result == 1);
    memcpy(out, to, out_len);
    free(to);
    free(from);
    return result;
}

static size_t check_round_trip(const uint8_t *raw, size_t len, const char *what)
{
    static uint8_t packed[ROOM], back[RAW_MAX];
    size_t n = pith_text_encode(packed, sizeof packed - GUARD, raw, len, &words, &word_index, NULL);

    CHECK(n <= 2 * len, "%s: %zu bytes became %zu", what, len, n);
    CHECK(decode(back, len, packed, n), "%s: %zu bytes, %zu packed", what, len, n);
    for (size_t i = 0; i < len; i++)
        CHECK(back[i] == raw[i], "%s: byte %zu of %zu is %d, was %d", what, i, len, back[i],
              raw[i]);
    return n;
}

static void texts_come_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (int i = 0; i < 1500; i++) {
        struct text text = {.len = 0};
        size_t len = random_below(&random, i % 20 ? 200 : RAW_MAX);

        while (text.len < len)
            add_something(&text, &random);
        check_round_trip(text.data, text.len, "text");
    }
}

static void anything_comes_back(void **state)
{
    static const uint8_t telling[] = {1,   2,   3,   4,   ' ',  'a', 'A',
                                      'i', 'I', 128, 192, 0xc3, 244, 255};
    uint64_t random = test_seed() + 1;
    uint8_t raw[RAW_MAX];

    (void)state;
    for (size_t i = 0; i < 6000; i++) {
        size_t len = i < 5900 ? i % 40 : random_below(&random, RAW_MAX);

        for (size_t b = 0; b < len; b++)
            raw[b] = i & 1 ? (uint8_t)next_random(&random)
                           : telling[random_below(&random, COUNT(telling))];
        check_round_trip(raw, len, i & 1 ? "random" : "telling");
    }
}

static void two_bytes_come_back(void **state)
{
    (void)state;
    for (uint32_t pair = 0; pair < 65536; pair++) {
        uint8_t raw[4] = {(uint8_t)(pair >> 8), (uint8_t)pair, ' ', 'A'};

        check_round_trip(raw, 1 + pair % 4, "pair");
        check_round_trip(raw, 2, "pair");
    }
}

/* Every word in every case, alone, behind a space, and among others. */
static void every_word_comes_back(void **state)
{
    (void)state;
    for (uint32_t w = 0; w < pith_text_n_words; w++) {
        uint8_t raw[160] = {0};
        size_t at = 0, len, n;
        const uint8_t *word = pith_text_word(&words, w, &len);

        CHECK(len >= 2 && len <= 24, "word %u: %zu letters", (unsigned)w, len);
        for (int how = 0; how < 3; how++) {
            for (size_t i = 0; i < len; i++) {
                CHECK(word[i] >= 'a' && word[i] <= 'z', "word %u: %.*s", (unsigned)w, (int)len,
                      (const char *)word);
                raw[at + i] = (uint8_t)(how == 2 || (how == 1 && i == 0) ? word[i] - 32 : word[i]);
            }
            n = check_round_trip(raw + at, len, "word");
            CHECK(n <= 4, "word %.*s is no code: %zu bytes", (int)len, (const char *)word, n);
            at += len;
            raw[at++] = ' ';
        }
        check_round_trip(raw, at, "words");
    }
}

/* A short input is encoded with the commoner words alone; the code of a word is the same. */
static void few_bytes_take_few_words(void **state)
{
    static struct pith_text_index small;
    uint32_t n_same = 0;

    (void)state;
    pith_text_index_init(&small, &words, 100);
    for (uint32_t w = 0; w < pith_text_n_words; w++) {
        uint8_t with_all[32], with_few[32];
        size_t len;
        const uint8_t *word = pith_text_word(&words, w, &len);
        size_t n =
            pith_text_encode(with_all, sizeof with_all, word, len, &words, &word_index, NULL);
        size_t n_few = pith_text_encode(with_few, sizeof with_few, word, len, &words, &small, NULL);

        if (n == n_few && memcmp(with_all, with_few, n) == 0)
            n_same++;
        else
            CHECK(n_few == len && memcmp(with_few, word, len) == 0, "word %u", (unsigned)w);
    }
    assert_true(n_same > 20000 && n_same < pith_text_n_words);
}

static void text_gets_shorter(void **state)
{
    static const char text[] = "This is the text that a Reader of the list WOULD like to see.";

    (void)state;
    assert_true(check_round_trip((const uint8_t *)text, sizeof text - 1, "text") < 40);
}

static void room_is_kept_to(void **state)
{
    uint64_t random = test_seed() + 2;

    (void)state;
    for (int i = 0; i < 200; i++) {
        struct text text = {.len = 0};
        uint8_t whole[ROOM], *part;
        size_t need;

        while (text.len < 120)
            add_something(&text, &random);
        need =
            pith_text_encode(whole, sizeof whole, text.data, text.len, &words, &word_index, NULL);
        for (size_t cap = 0; cap <= need; cap++) {
            part = get_memory(cap + GUARD);
            memset(part, 0x5a, cap + GUARD);
            assert_true(pith_text_encode(part, cap, text.data, text.len, &words, &word_index,
                                         NULL) == (cap < need ? SIZE_MAX : need));
            for (size_t g = cap; g < cap + GUARD; g++)
                CHECK(part[g] == 0x5a, "byte %zu behind %zu of %zu", g - cap, cap, need);
            free(part);
        }
        assert_int_equal(
            pith_text_encode(whole, need, text.data, text.len, &words, &word_index, NULL), need);
    }
}

/* A part of the input makes less, or nothing at all; other lengths are never taken. */
static void truncations_are_refused(void **state)
{
    uint64_t random = test_seed() + 3;
    uint8_t packed[ROOM], out[RAW_MAX + 1];

    (void)state;
    for (int i = 0; i < 100; i++) {
        struct text text = {.len = 0};
        size_t n;

        while (text.len < 150)
            add_something(&text, &random);
        n = pith_text_encode(packed, sizeof packed, text.data, text.len, &words, &word_index, NULL);
        for (size_t kept = 0; kept < n; kept++)
            CHECK(!decode(out, text.len, packed, kept), "%zu of %zu", kept, n);
        for (size_t len = 0; len < text.len; len++)
            CHECK(!decode(out, len, packed, n), "into %zu of %zu", len, text.len);
        assert_false(decode(out, text.len + 1, packed, n));
        assert_true(decode(out, text.len, packed, n));
    }
}

static void malformed_input_is_refused(void **state)
{
    static const struct {
        size_t len, out_len;
        uint8_t bytes[5];
    } cases[] = {
        {1, 0, {1}}, /* an escape of nothing */
        {1, 1, {1}},
        {1, 2, {4}}, /* no character */
        {2, 1, {4, 'a'}},
        {3, 2, {4, 0xc3, 'a'}}, /* a broken one */
        {3, 2, {4, 0xe2, 0x82}},
        {1, 3, {192}}, /* half a code */
        {2, 3, {192, 'a'}},
        {2, 3, {244, 128}},
        {3, 3, {244, 128, 127}},
        {3, 3, {255, 255, 255}}, /* a word past the last */
        {1, 0, {'a'}},
        {0, 1, {0}},
    };
    uint8_t out[8];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK(!decode(out, cases[i].out_len, cases[i].bytes, cases[i].len), "case %zu", i);
}

static void random_input_is_survived(void **state)
{
    uint64_t random = test_seed() + 4;
    uint8_t in[64], out[256];
    int accepted = 0;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        size_t len = random_below(&random, i & 1 ? 6 : sizeof in);

        for (size_t b = 0; b < len; b++)
            in[b] = (uint8_t)(random_below(&random, 3) ? next_random(&random)
                                                       : random_below(&random, 6));
        accepted += decode(out, random_below(&random, i & 1 ? 12 : sizeof out), in, len);
    }
    assert_true(accepted > 0 && accepted < 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_back),
        cmocka_unit_test(anything_comes_back),
        cmocka_unit_test(two_bytes_come_back),
        cmocka_unit_test(every_word_comes_back),
        cmocka_unit_test(few_bytes_take_few_words),
        cmocka_unit_test(text_gets_shorter),
        cmocka_unit_test(room_is_kept_to),
        cmocka_unit_test(truncations_are_refused),
        cmocka_unit_test(malformed_input_is_refused),
        cmocka_unit_test(random_input_is_survived),
    };

    return cmocka_run_group_tests_name("text", tests, set_up, NULL);
}
