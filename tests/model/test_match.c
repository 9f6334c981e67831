/* The match ladder: finds repeats no shorter than a rung's length, measures them right, predicts
 * what followed as long as it holds, and learns how far to trust that. */
#include "support/testing.h"

#include "model/match.h"

#define DATA_MAX 20000

struct fixture {
    struct pith_arena arena;
    struct pith_match match;
    struct pith_history history;
    uint8_t data[DATA_MAX];
};

static struct fixture f;

static void begin_with(const uint8_t *rungs, uint32_t n_rungs, uint32_t heads_log2, int goes_on)
{
    memset(&f, 0, sizeof f);
    pith_match_layout(&f.match, &f.arena, rungs, n_rungs, heads_log2, goes_on);
    back_arena(&f.arena);
    pith_match_layout(&f.match, &f.arena, rungs, n_rungs, heads_log2, goes_on);
    pith_match_init(&f.match);
    f.history.data = f.data;
    pith_match_follow(&f.match, &f.history);
    pith_match_begin(&f.match, &f.history);
}

static void begin(const uint8_t *rungs, uint32_t n_rungs, uint32_t heads_log2)
{
    begin_with(rungs, n_rungs, heads_log2, 0);
}

static void end(void)
{
    free(f.arena.base);
}

/* Goes through a byte bit by bit, as the engine does.  Returns the first rung's leaning to the
 * right side over the eight bits. */
static int32_t push(uint8_t byte)
{
    uint32_t bits_seen = 1;
    int32_t leaning = 0;

    for (uint32_t n_seen = 0; n_seen < 8; n_seen++) {
        int16_t inputs[PITH_MATCH_RUNGS_MAX * PITH_MATCH_INPUTS] = {0};
        int bit = byte >> (7 - n_seen) & 1;

        pith_match_predict(&f.match, bits_seen, n_seen, inputs);
        leaning += bit ? inputs[0] : -inputs[0];
        pith_match_update(&f.match, n_seen, bit);
        bits_seen = bits_seen << 1 | (uint32_t)bit;
    }
    pith_history_push(&f.history, byte);
    pith_match_follow(&f.match, &f.history);
    pith_match_begin(&f.match, &f.history);
    return leaning;
}

static void push_text(const char *text)
{
    while (*text)
        push((uint8_t)*text++);
}

static void nothing_matches_at_first(void **state)
{
    static const uint8_t rungs[] = {5};

    (void)state;
    begin(rungs, 1, 10);
    assert_true(f.match.longest_class == 0);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(push((uint8_t)i), 0);
        assert_true(f.match.longest_len == 0 && f.match.longest_class == 0);
        assert_true(pith_match_expected(&f.match, 1, 0) == 0);
    }
    end();
}

static void repeats_are_found_and_measured(void **state)
{
    static const uint8_t rungs[] = {5};

    (void)state;
    begin(rungs, 1, 12);
    push_text("=abcdefghijkl-");
    push_text("abcd");
    assert_true(f.match.longest_len == 0);
    push_text("e");
    assert_true(f.match.longest_len == 5);
    assert_true(f.match.longest_expected == ('f' | 256));
    assert_true(pith_match_expected(&f.match, 1, 0) == ('f' | 256));
    assert_true(f.match.longest_class == 1);
    push_text("fgh");
    assert_true(f.match.longest_len == 8 && f.match.longest_class == 2);
    assert_true(pith_match_expected(&f.match, 1, 0) == ('i' | 256));
    push_text("?");
    assert_true(f.match.longest_len == 0 && pith_match_expected(&f.match, 1, 0) == 0);
    end();
}

/* The expected byte stands while the bits seen agree with it. */
static void wrong_bits_end_a_prediction(void **state)
{
    static const uint8_t rungs[] = {5};
    int16_t inputs[PITH_MATCH_INPUTS];

    (void)state;
    begin(rungs, 1, 12);
    push_text("=abcdefghijkl-abcde"); /* 'f' is 01100110 */
    pith_match_predict(&f.match, 1, 0, inputs);
    assert_true(inputs[0] < 0 && inputs[1] < 0);
    pith_match_update(&f.match, 0, 0);
    assert_true(pith_match_expected(&f.match, 2, 1) == ('f' | 256));
    assert_true(pith_match_expected(&f.match, 3, 1) == 0);
    pith_match_predict(&f.match, 2, 1, inputs);
    assert_true(inputs[0] > 0 && inputs[1] > 0);
    pith_match_update(&f.match, 1, 0); /* wrong */
    pith_match_predict(&f.match, 4, 2, inputs);
    assert_true(inputs[0] == 0 && inputs[1] == 0);
    assert_true(f.match.longest_class == 0);
    assert_true(pith_match_expected(&f.match, 4, 2) == 0);
    end();
}

static void classes_grow_with_length(void **state)
{
    static const uint8_t rungs[] = {5};
    static const uint32_t least[] = {1, 8, 12, 16, 24, 32, 64, UINT32_MAX};
    uint32_t class = 1;

    (void)state;
    begin(rungs, 1, 18);
    for (int i = 0; i < 205; i++)
        push((uint8_t)(i % 200));
    for (uint32_t len = 5; len < 150; len++) {
        assert_true(f.match.longest_len == len);
        class += len >= least[class];
        assert_int_equal(f.match.longest_class, class);
        push((uint8_t)len);
    }
    assert_int_equal(class, 7);
    end();
}

static uint32_t real_len(uint32_t at)
{
    uint32_t len = 0;

    while (len < at && f.data[at - 1 - len] == f.data[f.history.pos - 1 - len])
        len++;
    return len;
}

/* Small tables with many collisions and few letters: what a rung says is always true. */
static void check_matches_are_real(int goes_on)
{
    static const uint8_t rungs[] = {3, 5, 8, 13};
    uint64_t random = test_seed();
    uint32_t n_found[4] = {0}, n_misses = 0;

    begin_with(rungs, 4, 6, goes_on);
    for (size_t i = 0; i < DATA_MAX; i++) {
        uint32_t longest = 0;

        push(i % 1000 < 500 ? (uint8_t)('a' + random_below(&random, 3))
                            : f.data[i - 450 + i / 1000]);
        for (uint32_t r = 0; r < 4 && i + 1 < DATA_MAX; r++) {
            const struct pith_match_rung *rung = &f.match.rungs[r];

            if (rung->len == 0)
                continue;
            CHECK(rung->at > 0 && rung->at < f.history.pos, "%zu: at %u", i, (unsigned)rung->at);
            CHECK(goes_on || rung->len >= rungs[r], "%zu, rung %u: %u", i, r, rung->len);
            /* a wrong byte counts as the first of those behind it */
            CHECK(rung->len <= real_len(rung->at) + (uint32_t)goes_on, "%zu, rung %u: %u", i, r,
                  rung->len);
            n_misses += rung->misses != 0;
            CHECK(rung->bucket < PITH_MATCH_BUCKETS, "%zu, rung %u: %u", i, r, rung->bucket);
            assert_true(rung->expected == (f.data[rung->at] | 256u));
            longest = rung->len > longest && !(rung->misses & 1) ? rung->len : longest;
            n_found[r]++;
        }
        assert_true(f.match.longest_len == longest || i + 1 == DATA_MAX);
    }
    for (int r = 0; r < 4; r++)
        CHECK(n_found[r] > 1000, "rung %d: %u", r, (unsigned)n_found[r]);
    CHECK(goes_on ? n_misses > 1000 : n_misses == 0, "%u", n_misses);
    end();
}

static void matches_are_real(void **state)
{
    (void)state;
    check_matches_are_real(0);
    check_matches_are_real(1);
}

static void the_longest_rung_is_asked(void **state)
{
    static const uint8_t rungs[] = {4, 10};

    (void)state;
    begin(rungs, 2, 12);
    push_text("0123456789ABCDEFGX....6789ABY____0123456789AB");
    assert_true(f.match.rungs[0].len >= 4 && f.match.rungs[1].len == 12);
    assert_true(pith_match_expected(&f.match, 1, 0) == ('C' | 256));
    assert_true(f.match.longest_len == 12);
    end();
}

static uint32_t match_context(const char *text, uint32_t i)
{
    static const uint8_t rungs[] = {3, 6};
    uint32_t hashes[PITH_MATCH_CONTEXTS];

    begin(rungs, 2, 12);
    push_text(text);
    pith_match_contexts(&f.match, &f.history, PITH_MATCH_CONTEXTS, hashes);
    end();
    return hashes[i];
}

/* What the longest and the shortest rung predict, and how many of the last bytes.  What stands between
 * makes the short rung lose the place that the long one follows. */
static void contexts_see_what_rungs_predict(void **state)
{
    static const struct {
        const char *what, *text;
        uint32_t differs[PITH_MATCH_CONTEXTS];
    } cases[] = {
        {"the base", "=abcdefgh1=abx+abcx+bcdx+cdex+defx+efgx+fgh2=abcdefgh", {0, 0, 0}},
        {"the longest rung's byte",
         "=abcdefgh3=abx+abcx+bcdx+cdex+defx+efgx+fgh2=abcdefgh",
         {1, 1, 0}},
        {"the shortest rung's", "=abcdefgh1=abx+abcx+bcdx+cdex+defx+efgx+fgh4=abcdefgh", {0, 1, 1}},
        {"the last byte", "=abcdefgi1=abx+abcx+bcdx+cdex+defx+efgx+fgi2=abcdefgi", {1, 1, 1}},
        {"the last but one", "=abcdefzh1=abx+abcx+bcdx+cdex+defx+efzx+fzh2=abcdefzh", {0, 1, 1}},
        {"and the one before", "=abcdezgh1=abx+abcx+bcdx+cdex+dezx+ezgx+zgh2=abcdezgh", {0, 0, 1}},
        {"but no more", "=abcdzfgh1=abx+abcx+bcdx+cdzx+dzfx+zfgx+fgh2=abcdzfgh", {0, 0, 0}},
    };
    const char *base = cases[0].text;

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++)
        for (uint32_t i = 0; i < PITH_MATCH_CONTEXTS; i++)
            CHECK((match_context(cases[c].text, i) != match_context(base, i)) ==
                      (int)cases[c].differs[i],
                  "%s: context %u", cases[c].what, i);
    assert_true(match_context(base, 0) != match_context(base, 1));
    assert_true(match_context(base, 1) != match_context(base, 2));
}

static void no_more_contexts_than_asked_for(void **state)
{
    static const uint8_t rungs[] = {5};

    (void)state;
    begin(rungs, 1, 10);
    push_text("abcdefg");
    for (uint32_t n = 0; n <= PITH_MATCH_CONTEXTS; n++) {
        uint32_t hashes[PITH_MATCH_CONTEXTS + 1];

        memset(hashes, 0x5a, sizeof hashes);
        pith_match_contexts(&f.match, &f.history, n, hashes);
        for (uint32_t i = 0; i < COUNT(hashes); i++)
            assert_true((hashes[i] == 0x5a5a5a5a) == (i >= n));
    }
    end();
}

static void trust_is_learnt(void **state)
{
    static const uint8_t rungs[] = {4};
    uint64_t random = test_seed() + 1;
    int32_t first = 0, sure, doubting = 0;

    (void)state;
    begin(rungs, 1, 12);
    for (int i = 0; i < 64; i++)
        push((uint8_t)next_random(&random));
    for (int i = 0; i < 12; i++) {
        int32_t now = push(f.data[i]);

        first = now ? now : first;
    }
    for (int i = 12; i < 5000; i++)
        push(f.data[i % 64]);
    sure = push(f.data[5000 % 64]);
    CHECK(first > 0 && sure > first, "%ld, then %ld", (long)first, (long)sure);
    end();
    begin(rungs, 1, 12);
    push_text("abcdefgh");
    for (int i = 0; i < 3000; i++) { /* always wrong: "abcd" and another byte */
        push_text("abcd");
        doubting = push((uint8_t)(128 + i % 128));
    }
    CHECK(doubting > -8 * 300, "%ld", (long)doubting);
    end();
}

/* Behind a wrong byte a match of eight and more goes on; a shorter one is over. */
static void long_matches_go_on(void **state)
{
    static const uint8_t rungs[] = {5};
    static const char *const repeats[] = {"abcdefg", "abcdefgh"};

    (void)state;
    for (int i = 0; i < 4; i++) {
        begin_with(rungs, 1, 12, i & 1);
        push_text("=abcdefghijklmnop-");
        push_text(repeats[i >> 1]);
        push_text("?");
        assert_int_equal(f.match.rungs[0].len, i == 3);
        assert_int_equal(f.match.longest_len, 0); /* it has yet to show that it is right again */
        if (i == 3) {
            assert_true(f.match.rungs[0].expected == ('j' | 256));
            assert_int_equal(f.match.rungs[0].bucket, 32);
            push_text("j");
            assert_int_equal(f.match.rungs[0].bucket, 33);
            assert_int_equal(f.match.longest_len, 2);
            assert_true(f.match.longest_expected == ('k' | 256));
        }
        end();
    }
}

/* A new match takes the place of one that was wrong, but not of one that was not. */
static void new_matches_take_over(void **state)
{
    static const uint8_t rungs[] = {5};

    (void)state;
    begin_with(rungs, 1, 12, 1);
    push_text("=vwxyz1-abcdefghijkl-abcdefgh");
    push_text("vwxy");
    assert_true(f.match.rungs[0].misses == 15 && f.match.rungs[0].len == 1);
    push_text("z");
    assert_true(f.match.rungs[0].misses == 0 && f.match.rungs[0].len == 5);
    assert_true(f.match.longest_expected == ('1' | 256));
    end();
}

/* Too many wrong bytes are the end, and enough right ones make them forgotten. */
static void misses_are_counted(void **state)
{
    static const uint8_t rungs[] = {8};

    (void)state;
    begin_with(rungs, 1, 12, 1);
    for (int i = 0; i < 128; i++)
        push((uint8_t)i);
    for (int i = 0; i < 20; i++)
        push((uint8_t)i);
    push(200);
    for (uint32_t len = 2; len <= 40; len++) {
        push((uint8_t)(f.data[f.match.rungs[0].at]));
        assert_int_equal(f.match.rungs[0].len, len);
        assert_true((f.match.rungs[0].misses != 0) == (len <= 16));
        if (len <= 16)
            assert_int_equal(f.match.rungs[0].bucket, len < 8 ? 31 + len : 39);
        else
            assert_true(f.match.rungs[0].bucket < 32);
    }
    for (uint8_t wrong = 1; wrong <= 9; wrong++) {
        push(200 + wrong);
        assert_int_equal(f.match.rungs[0].len, wrong <= 8);
        if (wrong <= 8)
            assert_int_equal(f.match.rungs[0].bucket, 32 + 8 * (wrong < 3 ? wrong - 1 : 2));
    }
    assert_true(f.match.rungs[0].misses == 0);
    end();
}

/* What was learnt goes over to others and stays when the data are forgotten; the data do not. */
static void trust_outlives_the_data(void **state)
{
    static const uint8_t rungs[] = {5, 8};
    static struct pith_match copy;
    struct pith_arena place = {NULL, 0};
    uint32_t learnt[2 * PITH_MATCH_BUCKETS];

    (void)state;
    begin(rungs, 2, 10);
    for (int i = 0; i < 30; i++)
        push_text("what stands here comes again and again; ");
    assert_true(f.match.longest_len > 0);
    memcpy(learnt, f.match.maps, sizeof learnt);
    pith_match_layout(&copy, &place, rungs, 2, 12, 0);
    back_arena(&place);
    pith_match_layout(&copy, &place, rungs, 2, 12, 0);
    pith_match_init(&copy);
    assert_memory_not_equal(copy.maps, learnt, sizeof learnt);
    pith_match_begin_from(&copy, &f.match);
    assert_memory_equal(copy.maps, learnt, sizeof learnt);
    assert_memory_equal(f.match.maps, learnt, sizeof learnt);

    memset(&f.history, 0, sizeof f.history);
    f.history.data = f.data;
    pith_match_renew(&f.match, 8);
    assert_true(f.match.heads_log2 == 8 && f.match.longest_len == 0);
    pith_match_follow(&f.match, &f.history);
    pith_match_begin(&f.match, &f.history);
    for (int i = 0; i < 200; i++)
        assert_int_equal(push((uint8_t)i), 0);
    assert_memory_equal(f.match.maps, learnt, sizeof learnt);
    free(place.base);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trust_outlives_the_data),
        cmocka_unit_test(long_matches_go_on),
        cmocka_unit_test(new_matches_take_over),
        cmocka_unit_test(misses_are_counted),
        cmocka_unit_test(nothing_matches_at_first),
        cmocka_unit_test(repeats_are_found_and_measured),
        cmocka_unit_test(wrong_bits_end_a_prediction),
        cmocka_unit_test(classes_grow_with_length),
        cmocka_unit_test(matches_are_real),
        cmocka_unit_test(the_longest_rung_is_asked),
        cmocka_unit_test(trust_is_learnt),
        cmocka_unit_test(contexts_see_what_rungs_predict),
        cmocka_unit_test(no_more_contexts_than_asked_for),
    };

    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
