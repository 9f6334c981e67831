/* Explaining: sizes are those of packing; spans cover the input, and their costs are the payload's
 * bits; what is left out is not there; limits, cancelling and callers' mistakes. */
#include "api/archive.h"

struct tally {
    struct bytes raw;
    uint64_t at, cost;
    size_t n_spans, stops_at; /* the nth span is to be the last, 0 = none */
    uint64_t fill_len, stored_len;
};

static int take_span(void *opaque, const pith_span *span)
{
    struct tally *tally = opaque;

    assert_true(span->raw_offset == tally->at && span->len > 0);
    assert_true(span->data == tally->raw.data + tally->at);
    for (size_t i = 0; i < span->len; i++)
        tally->cost += span->costs[i];
    tally->at += span->len;
    if (strcmp(span->kind, "fill") == 0)
        tally->fill_len += span->len;
    if (strcmp(span->kind, "stored") == 0)
        tally->stored_len += span->len;
    return ++tally->n_spans == tally->stops_at;
}

static pith_explanation explain(struct tally *tally, uint32_t left_out, const pith_options *options)
{
    pith_explanation explanation = {.struct_size = sizeof explanation};
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_explain(&explanation, tally->raw.data, tally->raw.len, left_out,
                                      take_span, tally, options, &error);

    CHECK(status == PITH_OK, "length %zu: %d, %s", tally->raw.len, (int)status, error.text);
    return explanation;
}

/* What is explained begins with nothing learnt. */
static struct bytes compress_plain(struct bytes raw, pith_options options)
{
    options.no_builtin = 1;
    return compress(raw, &options);
}

static void bits_are_those_of_the_payload(void **state)
{
    static const size_t lengths[] = {0, 1, 7, 300, 5000, CHUNK_LEN, 3 * CHUNK_LEN + 10};

    (void)state;
    for (int kind = 0; kind < N_KINDS; kind++)
        for (size_t l = 0; l < COUNT(lengths); l++) {
            int level = 1 + (kind + (int)l) % 5;
            struct tally tally = {.raw = make_data((enum kind)kind, lengths[l], 5)};
            pith_options options = make_options(level, CHUNK_LEN, 1);
            pith_explanation sum = explain(&tally, 0, &options);
            struct bytes packed = compress_plain(tally.raw, options);
            double payload = (double)sum.payload_len, cost = (double)sum.cost / 256 / 8;

            CHECK(sum.packed_len == packed.len, "kind %d, length %zu: %llu, not %zu", kind,
                  lengths[l], (unsigned long long)sum.packed_len, packed.len);
            assert_true(sum.level == level && sum.raw_len == lengths[l]);
            assert_true(tally.at == lengths[l] && tally.cost == sum.cost);
            /* a table has 5 bytes a segment at most, the coder leaves 4 at the end */
            CHECK(cost <= payload + 1 && cost >= payload * 0.998 - 5 * (double)(tally.n_spans + 1),
                  "kind %d, length %zu: %.3f of %.0f", kind, lengths[l], cost, payload);
            free(packed.data);
            free(tally.raw.data);
        }
}

/* Whatever engine a level has, it names its components, tells of each bit, and heeds no others. */
static void every_level_has_components(void **state)
{
    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        struct tally tally = {.raw = make_data(TEXT, 2000, 3)}, again = tally;
        pith_options options = make_options(level, CHUNK_LEN, 1);
        pith_explanation sum = explain(&tally, 0, &options), same;
        double payload = (double)sum.payload_len, cost = (double)sum.cost / 2048;

        CHECK(sum.components != 0 && sum.bits > 0 && sum.bits % 8 == 0, "level %d: %llu bits",
              level, (unsigned long long)sum.bits);
        CHECK(cost <= payload + 1 && cost >= payload * 0.998 - 10, "level %d: %.3f of %.0f", level,
              cost, payload);
        for (unsigned i = 0; i < PITH_COMPONENTS_MAX; i++) {
            int is_known = sum.components >> i & 1;

            CHECK(!is_known || pith_component_at(i) != NULL, "level %d: component %u", level, i);
            CHECK(is_known || sum.shares[i].pushed == 0, "level %d: push of %u", level, i);
        }
        same = explain(&again, ~sum.components, &options);
        CHECK(same.packed_len == sum.packed_len && same.cost == sum.cost,
              "level %d: leaves out what is not at work", level);
        free(tally.raw.data);
    }
}

/* Chunks of one byte, a chunk that does not shrink, and one of text. */
static void all_codecs_are_told(void **state)
{
    struct tally tally = {.raw = make_data(RANDOM, 4 * CHUNK_LEN, 9)};
    pith_options options = make_options(1, CHUNK_LEN, 1);
    pith_explanation sum;
    uint64_t random = test_seed();

    (void)state;
    memset(tally.raw.data, 'x', CHUNK_LEN);
    fill_text(tally.raw.data + CHUNK_LEN, CHUNK_LEN, &random);
    memset(tally.raw.data + 3 * CHUNK_LEN, 0, CHUNK_LEN);
    sum = explain(&tally, 0, &options);
    assert_true(tally.fill_len >= 2 * CHUNK_LEN && tally.fill_len < 2 * CHUNK_LEN + 64);
    assert_true(tally.stored_len == CHUNK_LEN);
    assert_true(sum.chunks == 4 && tally.at == 4 * CHUNK_LEN);
    assert_true(sum.cost >= 8 * 256 * CHUNK_LEN && sum.cost / 2048 <= sum.payload_len);
    free(tally.raw.data);
}

static unsigned component_number(const char *name)
{
    unsigned n = 0;

    while (strcmp(pith_component_at(n)->name, name) != 0)
        n++;
    return n;
}

static void what_is_left_out_costs(void **state)
{
    struct tally tally = {.raw = make_data(TEXT, 40000, 2)}, again = tally;
    pith_explanation whole = explain(&tally, 0, NULL), less, counted = {.struct_size = sizeof less};
    unsigned words = component_number("words");
    uint32_t mask = 1u << words | 1u << component_number("word codes");

    (void)state;
    assert_true((whole.components & mask) == mask && whole.shares[words].pushed > 0);
    assert_true(!(whole.components >> component_number("x86") & 1));
    less = explain(&again, mask, NULL);
    assert_true(!(less.components & mask) && less.shares[words].pushed == 0);
    assert_true(less.packed_len > whole.packed_len);
    /* the same without spans */
    assert_int_equal(
        pith_explain(&counted, tally.raw.data, tally.raw.len, mask, NULL, NULL, NULL, NULL),
        PITH_OK);
    assert_true(counted.packed_len == less.packed_len && counted.cost == 0 && counted.bits == 0);
    free(tally.raw.data);
}

static void components_have_names(void **state)
{
    unsigned n = 0;

    (void)state;
    while (pith_component_at(n)) {
        assert_true(pith_component_at(n)->name[0] && pith_component_at(n)->text[0]);
        n++;
    }
    assert_true(n > 10 && n <= PITH_COMPONENTS_MAX);
    assert_null(pith_component_at(UINT32_MAX));
}

static int refuse(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    (void)raw_done;
    (void)packed_done;
    ++*(int *)opaque;
    return 1;
}

static void callers_can_stop_it(void **state)
{
    struct tally tally = {.raw = make_data(TEXT, 3 * CHUNK_LEN, 3), .stops_at = 2};
    pith_options options = make_options(1, CHUNK_LEN, 1);
    pith_explanation sum = {.struct_size = sizeof sum};
    pith_error error;
    int n_calls = 0;

    (void)state;
    assert_int_equal(
        pith_explain(&sum, tally.raw.data, tally.raw.len, 0, take_span, &tally, &options, &error),
        PITH_E_CANCELLED);
    assert_true(tally.n_spans == 2 && error.status == PITH_E_CANCELLED);
    options.progress = refuse;
    options.progress_opaque = &n_calls;
    assert_int_equal(
        pith_explain(&sum, tally.raw.data, tally.raw.len, 0, NULL, NULL, &options, NULL),
        PITH_E_CANCELLED);
    assert_int_equal(n_calls, 1);
    free(tally.raw.data);
}

static void memory_is_bounded_and_given_back(void **state)
{
    struct allocations allocations = {0};
    pith_allocator allocator = {allocate_counted, release_counted, &allocations};
    struct tally tally = {.raw = make_data(TEXT, 5000, 3)};
    pith_options options = make_options(1, CHUNK_LEN, 1);
    pith_explanation sum = {.struct_size = sizeof sum};
    pith_status status;
    pith_error error;

    (void)state;
    options.allocator = &allocator;
    for (size_t n = 1;; n++) {
        allocations = (struct allocations){.fails_at = n};
        status = pith_explain(&sum, tally.raw.data, tally.raw.len, 0, NULL, NULL, &options, &error);
        assert_int_equal(allocations.n_blocks, 0);
        if (status == PITH_OK)
            break;
        CHECK(status == PITH_E_MEMORY, "allocation %zu: %s", n, error.text);
    }
    allocations = (struct allocations){0};
    options.memory_limit = 100000;
    assert_int_equal(
        pith_explain(&sum, tally.raw.data, tally.raw.len, 0, NULL, NULL, &options, &error),
        PITH_E_MEMORY_LIMIT);
    free(tally.raw.data);
}

static void mistakes_are_told(void **state)
{
    pith_explanation sum = {.struct_size = sizeof sum};
    pith_options options = make_options(PITH_LEVEL_MAX + 1, 0, 1);

    (void)state;
    assert_int_equal(pith_explain(NULL, "a", 1, 0, NULL, NULL, NULL, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_explain(&sum, NULL, 1, 0, NULL, NULL, NULL, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_explain(&sum, "a", 1, 0, NULL, NULL, &options, NULL), PITH_E_ARGUMENT);
    sum.struct_size = 0;
    assert_int_equal(pith_explain(&sum, "a", 1, 0, NULL, NULL, NULL, NULL), PITH_E_ARGUMENT);
    /* a program of an older version knows less of it */
    sum = (pith_explanation){.struct_size = offsetof(pith_explanation, payload_len), .bits = 77};
    assert_int_equal(pith_explain(&sum, "a", 1, 0, NULL, NULL, NULL, NULL), PITH_OK);
    assert_true(sum.raw_len == 1 && sum.packed_len > 1 && sum.bits == 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_those_of_the_payload),
        cmocka_unit_test(every_level_has_components),
        cmocka_unit_test(all_codecs_are_told),
        cmocka_unit_test(what_is_left_out_costs),
        cmocka_unit_test(components_have_names),
        cmocka_unit_test(callers_can_stop_it),
        cmocka_unit_test(memory_is_bounded_and_given_back),
        cmocka_unit_test(mistakes_are_told),
    };

    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
