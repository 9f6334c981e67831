/* Pace: what the codec does with a chunk besides coding it, looking through it and coding its words, is
 * interrupted often, and stops when it is told to. */
#include "support/testing.h"

#include "codec/bytes/detect.h"
#include "codec/bytes/text.h"

#define LEN (4 * PITH_PACE_LEN + 1000)

struct counter {
    unsigned n_calls, stops_at; /* 0 = never */
};

static int count(void *opaque, uint64_t raw_done)
{
    struct counter *counter = opaque;

    (void)raw_done;
    return ++counter->n_calls == counter->stops_at;
}

static uint8_t *make_text(void)
{
    static const char *const words[] = {"the ",    "models ",  "(predict) ",
                                        "Bytes\n", "quickly ", "xyz "};
    uint8_t *text = get_memory(LEN);
    uint64_t random = test_seed();

    for (size_t at = 0; at < LEN;)
        for (const char *w = words[random_below(&random, COUNT(words))]; *w && at < LEN; w++)
            text[at++] = (uint8_t)*w;
    return text;
}

static void looking_through_a_chunk(void **state)
{
    struct pith_detect *detect = get_memory(sizeof *detect);
    struct pith_segment *segments = get_memory(pith_segments_max(LEN) * sizeof *segments);
    uint8_t *text = make_text();
    unsigned n_calls = UINT32_MAX;

    (void)state;
    for (unsigned stops_at = 0; stops_at <= n_calls; stops_at++) {
        struct counter counter = {0, stops_at};
        struct pith_codec_hooks hooks = {.progress = count, .opaque = &counter};
        struct pith_pace pace = {.hooks = &hooks};
        size_t n = pith_detect_segments(detect, segments, text, LEN, &pace);

        if (stops_at == 0) {
            assert_true(n == 1 && segments[0].raw_len == LEN && !pace.is_cancelled);
            n_calls = counter.n_calls;
            assert_true(n_calls >= LEN / PITH_PACE_LEN);
        } else {
            assert_true(pace.is_cancelled && counter.n_calls == stops_at);
        }
    }
    free(text);
    free(segments);
    free(detect);
}

static void coding_words(void **state)
{
    struct pith_text_words *words = get_memory(sizeof *words);
    struct pith_text_index *index = get_memory(sizeof *index);
    uint8_t *text = make_text(), *coded = get_memory(LEN), *again = get_memory(LEN);
    size_t len = 0;

    (void)state;
    pith_text_words_init(words);
    pith_text_index_init(index, words, LEN);
    for (unsigned stops_at = 0; stops_at <= 3; stops_at++) {
        struct counter counter = {0, stops_at};
        struct pith_codec_hooks hooks = {.progress = count, .opaque = &counter};
        struct pith_pace pace = {.hooks = &hooks};
        size_t found = pith_text_encode(coded, LEN, text, LEN, words, index, &pace);

        assert_true((found == SIZE_MAX) == (stops_at > 0) && pace.is_cancelled == (stops_at > 0));
        assert_true(counter.n_calls == (stops_at > 0 ? stops_at : LEN / PITH_PACE_LEN));
        if (stops_at == 0)
            len = found;
    }
    assert_true(pith_text_encode(coded, LEN, text, LEN, words, index, NULL) == len);
    for (unsigned stops_at = 0; stops_at <= 1; stops_at++) {
        struct counter counter = {0, stops_at};
        struct pith_codec_hooks hooks = {.progress = count, .opaque = &counter};
        struct pith_pace pace = {.hooks = &hooks};

        assert_true(pith_text_decode(again, LEN, coded, len, words, &pace) == !stops_at);
        assert_true(counter.n_calls >= 1 && pace.is_cancelled == (stops_at > 0));
        assert_true(stops_at || memcmp(again, text, LEN) == 0);
    }
    free(again);
    free(coded);
    free(text);
    free(index);
    free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_through_a_chunk),
        cmocka_unit_test(coding_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
