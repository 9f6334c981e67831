/* Attribution: each raw byte gets its part of what the model stream cost, and nothing is lost. */
#include "support/testing.h"

#include "codec/bytes/attribute.h"
#include "codec/bytes/branch.h"

#define BIT 65536 /* of the engine's costs */

static struct pith_text_words words;
static struct pith_text_index word_index;
static uint16_t costs[512];

/* A lone segment whose model bytes cost 1, 2, 3... bits. */
static uint32_t attribute(struct pith_segment *segment, const uint8_t *stream)
{
    struct pith_codec_part part;
    struct pith_codec_study study = {.costs = costs, .parts = &part};
    struct pith_attribution attribution;
    uint32_t sum = 0;

    pith_attribution_init(&attribution, &study, &words, segment, 1);
    pith_attribution_begin(&attribution, segment, stream, 0);
    for (uint32_t i = 0; i < segment->model_len; i++) {
        study.model.cost = (i + 1) * BIT;
        pith_attribution_byte(&attribution);
    }
    assert_int_equal(part.raw_len, segment->raw_len);
    for (uint32_t i = 0; i < segment->raw_len; i++)
        sum += costs[i];
    return sum;
}

static struct pith_segment code_words(uint8_t *stream, size_t cap, const char *text)
{
    size_t raw_len = strlen(text);

    pith_text_words_init(&words);
    pith_text_index_init(&word_index, &words, 1 << 20);
    return (struct pith_segment){
        .tag = PITH_KIND_TEXT | PITH_SEGMENT_TRANSFORMED,
        .raw_len = (uint32_t)raw_len,
        .model_len = (uint32_t)pith_text_encode(stream, cap, (const uint8_t *)text, raw_len, &words,
                                                &word_index, NULL),
    };
}

static void a_code_is_shared_evenly(void **state)
{
    uint8_t stream[64];
    struct pith_segment segment = code_words(stream, sizeof stream, "the!the");

    (void)state;
    assert_int_equal(segment.model_len, 3);
    assert_int_equal(attribute(&segment, stream), 6 * 256);
    assert_true(costs[0] >= 85 && costs[0] <= 86 && costs[2] >= 85 && costs[2] <= 86);
    assert_int_equal(costs[3], 2 * 256);
    assert_int_equal(costs[5], 256);
}

static void a_flag_goes_to_its_letters(void **state)
{
    uint8_t stream[64];
    struct pith_segment segment = code_words(stream, sizeof stream, "! The!");

    (void)state;
    /* '!', flag, space, code, '!' */
    assert_int_equal(segment.model_len, 5);
    assert_int_equal(attribute(&segment, stream), 15 * 256);
    assert_int_equal(costs[0], 256);
    assert_int_equal(costs[1], 3 * 256);
    assert_int_equal(costs[2], (2 + 4) * 256 / 3);
    assert_int_equal(costs[5], 5 * 256);
}

static void nothing_of_a_text_is_lost(void **state)
{
    static const char text[] = "XMLParser \x01\x02 caf\xc3\xa9 \xff The NASA of it, JavaScript\r\n"
                               "AND so on; zqxj QZ A b Cde \xe2\x82\xac\x80 unbelievable THE";
    uint8_t stream[512];
    struct pith_segment segment = code_words(stream, sizeof stream, text);
    uint32_t n = segment.model_len;

    (void)state;
    assert_true(n < sizeof stream);
    assert_int_equal(attribute(&segment, stream), n * (n + 1) / 2 * 256);
}

static void a_branch_is_shared_evenly(void **state)
{
    uint8_t code[12] = {0x90, 0xe8, 1, 2, 3, 0, 0x90, 0x90, 0x0f, 0x84, 5, 0};
    struct pith_segment segment = {
        .tag = PITH_KIND_X86 | PITH_SEGMENT_TRANSFORMED, .raw_len = 12, .model_len = 12};

    (void)state;
    pith_branch_encode(code, sizeof code);
    assert_int_equal(attribute(&segment, code), 78 * 256);
    assert_int_equal(costs[0], 256);
    for (int i = 1; i < 6; i++)
        assert_int_equal(costs[i], 4 * 256);
    assert_int_equal(costs[8], 9 * 256); /* there is no room for a target */
}

static void what_is_not_coded_has_its_cost(void **state)
{
    static const struct pith_segment segments[] = {
        {.tag = PITH_SEGMENT_STORED, .raw_len = 3},
        {.tag = PITH_SEGMENT_FILL, .raw_len = 2},
    };
    struct pith_codec_part parts[2];
    struct pith_codec_study study = {.costs = costs, .parts = parts};
    struct pith_attribution attribution;

    (void)state;
    pith_attribution_init(&attribution, &study, &words, segments, 2);
    assert_int_equal(study.n_parts, 2);
    assert_string_equal(parts[0].kind, "stored");
    assert_string_equal(parts[1].kind, "fill");
    for (int i = 0; i < 5; i++)
        assert_int_equal(costs[i], i < 3 ? 8 * 256 : 0);
}

/* More than a byte's cost can say goes on to the next. */
static void the_dearest_bytes_lose_nothing(void **state)
{
    struct pith_segment segment = {.tag = PITH_KIND_RECORDS, .raw_len = 300, .model_len = 300};
    static const uint8_t stream[300];

    (void)state;
    /* costs of up to 300 bits; the last ones leave something over */
    assert_true(attribute(&segment, stream) <= 300 * 301 / 2 * 256);
    assert_int_equal(costs[254], 255 * 256);
    assert_int_equal(costs[256], UINT16_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_shared_evenly),
        cmocka_unit_test(a_flag_goes_to_its_letters),
        cmocka_unit_test(nothing_of_a_text_is_lost),
        cmocka_unit_test(a_branch_is_shared_evenly),
        cmocka_unit_test(what_is_not_coded_has_its_cost),
        cmocka_unit_test(the_dearest_bytes_lose_nothing),
    };

    return cmocka_run_group_tests_name("attribute", tests, NULL, NULL);
}
