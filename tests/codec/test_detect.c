/* Detection: each kind of data is seen for what it is, its record length is found, and the segments
 * cover the data exactly. */
#include "support/testing.h"

#include "codec/bytes/detect.h"

#define LEN 65536

static struct pith_detect detect;
static struct pith_segment segments[LEN / 2048 + 2];
static uint8_t raw[LEN];

static size_t cut(size_t len)
{
    size_t n = pith_detect_segments(&detect, segments, raw, len, NULL), sum = 0;

    for (size_t i = 0; i < n; i++) {
        assert_true(segments[i].raw_len > 0 && segments[i].tag < PITH_SEGMENT_TYPES);
        sum += segments[i].raw_len;
    }
    assert_true(sum == len && n <= pith_segments_max(len));
    return n;
}

static void write_repeated(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < LEN; i++)
        raw[i] = (uint8_t)text[i % len];
}

static void text_is_text(void **state)
{
    (void)state;
    write_repeated("It was a bright cold day in April, and the clocks were striking ten.\n");
    assert_true(cut(LEN) == 1 && segments[0].tag == PITH_KIND_TEXT);
    assert_true(cut(1) == 1 && segments[0].tag == PITH_KIND_TEXT);
}

/* As in a tar: the zeros up to the next block say nothing against the text. */
static void padded_text_is_text(void **state)
{
    (void)state;
    write_repeated("It was a bright cold day in April, and the clocks were striking ten.\n");
    for (size_t i = 0; i < LEN; i += 4096)
        memset(raw + i, 0, 1000);
    assert_true(cut(LEN) == 1 && segments[0].tag == PITH_KIND_TEXT);
    for (size_t i = 0; i < LEN; i += 16) /* zeros here and there do */
        raw[i] = 0;
    cut(LEN);
    assert_true(segments[0].tag == PITH_KIND_RECORDS);
}

static void markup_is_markup(void **state)
{
    (void)state;
    write_repeated("<day month=\"April\"><weather>bright, cold</weather></day>\n");
    assert_true(cut(LEN) == 1 && segments[0].tag == PITH_KIND_MARKUP);
}

static void record_lengths_are_found(void **state)
{
    static const uint32_t lengths[] = {6, 12, 28, 100};
    uint64_t random = test_seed();

    (void)state;
    for (size_t k = 0; k < COUNT(lengths); k++) {
        for (size_t i = 0; i < LEN; i++) {
            uint64_t byte = i % lengths[k] < 3 ? next_random(&random)
                                               : i % lengths[k] * 37 + random_below(&random, 3);

            raw[i] = (uint8_t)byte;
        }
        assert_int_equal(cut(LEN), 1);
        CHECK(segments[0].tag == PITH_KIND_RECORDS && segments[0].record_len == lengths[k],
              "tag %u, length %u, not %u", segments[0].tag, (unsigned)segments[0].record_len,
              (unsigned)lengths[k]);
    }
}

static void random_bytes_are_stored_unless_they_repeat(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (size_t i = 0; i < LEN; i++)
        raw[i] = (uint8_t)next_random(&random);
    assert_true(cut(LEN) == 1 && segments[0].tag == PITH_SEGMENT_STORED);
    memcpy(raw + LEN / 2, raw, LEN / 2);
    assert_true(cut(LEN) == 2 && segments[0].raw_len == LEN / 2);
    assert_true(segments[0].tag == PITH_SEGMENT_STORED && segments[1].tag == PITH_KIND_RECORDS);
}

static void runs_are_fills(void **state)
{
    (void)state;
    write_repeated("It was a bright cold day in April, and the clocks were striking ten.\n");
    memset(raw + 20001, 0xee, 9999);
    assert_true(cut(LEN) == 3 && segments[1].tag == PITH_SEGMENT_FILL);
    assert_true(segments[1].fill == 0xee && segments[0].raw_len == 20001);
    assert_true(segments[1].raw_len == 9999);
    memset(raw, 0, LEN);
    assert_true(cut(LEN) == 1 && segments[0].tag == PITH_SEGMENT_FILL && segments[0].fill == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_text),
        cmocka_unit_test(padded_text_is_text),
        cmocka_unit_test(markup_is_markup),
        cmocka_unit_test(record_lengths_are_found),
        cmocka_unit_test(random_bytes_are_stored_unless_they_repeat),
        cmocka_unit_test(runs_are_fills),
    };

    return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}
