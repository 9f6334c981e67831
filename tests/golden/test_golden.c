/* Each golden archive decodes to its content or is refused as README.md says, in one call and in a
 * stream, and is made again byte for byte. */
#include "golden/based.h"
#include "golden/primed.h"

#include "codec/bytes/segment.h"

#ifndef PITH_TESTS_DIR
#define PITH_TESTS_DIR "tests"
#endif

static struct bytes read_golden(const char *name)
{
    struct bytes bytes = {NULL, 0};
    static uint8_t buffer[GOLDEN_LARGE_CAP + 1];
    int is_large = golden_is_large(name) || strncmp(name, "pri", 3) == 0; /* primed, priors */
    size_t cap = is_large ? GOLDEN_LARGE_CAP : GOLDEN_SMALL_CAP;
    char path[1000];
    FILE *file;

    snprintf(path, sizeof path, "%s/golden/%s.pith", PITH_TESTS_DIR, name);
    file = fopen(path, "rb");
    CHECK(file, "%s: make the golden files with tests/golden/make.sh", path);
    append(&bytes, buffer, fread(buffer, 1, sizeof buffer, file));
    CHECK(bytes.len <= cap, "%s: over %zu bytes", path, cap);
    fclose(file);
    return bytes;
}

static void good_ones_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed = read_golden(goldens[i].name), raw, content;
        pith_error error = {.status = PITH_OK};
        pith_status status;

        if (goldens[i].expected == PITH_OK && golden_is_due(i)) {
            content = goldens[i].content(&goldens[i]);
            status = decompress(&raw, content.len, packed, &error);
            CHECK(status == PITH_OK && is_same(raw, content), "%s: %d %s", goldens[i].name, status,
                  error.text);
            free(raw.data);
            status = stream_decompress(&raw, packed, NULL, (struct steps){1, 999}, &error);
            CHECK(status == PITH_END && is_same(raw, content), "%s: %d %s", goldens[i].name, status,
                  error.text);
            free(raw.data);
            free(content.data);
        }
        free(packed.data);
    }
}

static void others_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed = read_golden(goldens[i].name), raw;
        pith_error error = {.status = PITH_OK};
        pith_status status, expected = goldens[i].expected;

        if (expected != PITH_OK) {
            status = decompress(&raw, CHUNK_LEN + 1000, packed, &error);
            CHECK(status == expected, "%s: %d %s", goldens[i].name, status, error.text);
            CHECK(error.position <= packed.len, "%s: %s", goldens[i].name, error.text);
            free(raw.data);
            for (size_t step = 1; step <= 4096; step *= 64) {
                status = stream_decompress(&raw, packed, NULL, (struct steps){step, 999}, &error);
                CHECK(status == expected, "%s: %d %s", goldens[i].name, status, error.text);
                free(raw.data);
            }
        }
        free(packed.data);
    }
}

static void encoding_again_gives_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed, again;

        if (!golden_is_due(i))
            continue;
        packed = read_golden(goldens[i].name);
        again = goldens[i].make(&goldens[i]);
        CHECK(is_same(packed, again), "%s: now %zu bytes, %zu in the file", goldens[i].name,
              again.len, packed.len);
        free(packed.data);
        free(again.data);
    }
}

/* The kinds of segment that one golden archive in the single form has, as bits; 16 bits up: with a
 * transform. */
static uint64_t kinds_in(struct bytes packed)
{
    static struct pith_segment segments[64];
    struct pith_frame_header frame;
    struct pith_reader reader;
    uint64_t kinds = 0;
    size_t n;

    if (pith_frame_read(&frame, packed.data, packed.len, 0, 1, NULL) != PITH_OK ||
        !(frame.flags & PITH_FLAG_SINGLE) || frame.single.codec.id != PITH_CODEC_BYTES ||
        frame.single.raw_len == 0)
        return 0;
    reader = (struct pith_reader){packed.data + frame.len, (size_t)frame.single.packed_len, 0};
    assert_int_equal(pith_segments_read(&reader, segments, COUNT(segments), &n,
                                        (size_t)frame.single.raw_len, NULL),
                     PITH_OK);
    for (size_t i = 0; i < n; i++)
        kinds |= (uint64_t)1 << segments[i].tag;
    return kinds;
}

static void every_kind_of_segment_occurs(void **state)
{
    static const unsigned tags[] = {
        PITH_KIND_TEXT,      PITH_KIND_TEXT | PITH_SEGMENT_TRANSFORMED,
        PITH_KIND_MARKUP,    PITH_KIND_MARKUP | PITH_SEGMENT_TRANSFORMED,
        PITH_KIND_RECORDS,   PITH_KIND_X86 | PITH_SEGMENT_TRANSFORMED,
        PITH_SEGMENT_STORED, PITH_SEGMENT_FILL,
    };
    uint64_t kinds = 0;
    size_t n_small = 0, n_large = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed = read_golden(goldens[i].name);

        if (goldens[i].expected == PITH_OK) {
            kinds |= kinds_in(packed);
            n_large += (size_t)golden_is_large(goldens[i].name);
            n_small += (size_t)!golden_is_large(goldens[i].name);
        }
        free(packed.data);
    }
    printf("%zu small good archives, %zu large ones\n", n_small, n_large);
    assert_true(n_small >= 60 && n_large >= 20);
    for (size_t i = 0; i < COUNT(tags); i++)
        CHECK(kinds >> tags[i] & 1, "no segment of tag %u", tags[i]);
}

/* --- with a prior --- */

static pith_status decode_message(struct bytes *raw, size_t cap, struct bytes packed,
                                  const pith_prior *prior, pith_error *error)
{
    pith_message_coder *coder = make_primed_coder(prior);
    pith_status status;

    raw->data = get_memory(cap);
    raw->len = 0;
    status = pith_message_unpack(coder, raw->data, cap, &raw->len, packed.data, packed.len, error);
    pith_message_coder_destroy(coder);
    return status;
}

static void check_primed(const struct primed *golden, struct bytes packed, const pith_prior *prior)
{
    struct bytes content = golden_data(golden->kind, golden->len), raw = {NULL, 0};
    pith_options options = {.struct_size = sizeof options, .prior = prior};
    pith_error error = {.status = PITH_OK};
    pith_status status;

    if (golden->form == PRIMED_MESSAGE) {
        status = decode_message(&raw, content.len, packed, prior, &error);
    } else {
        raw.data = get_memory(content.len);
        status = pith_decompress(raw.data, content.len, &raw.len, packed.data, packed.len, &options,
                                 &error);
    }
    CHECK(status == golden->expected && (status != PITH_OK || is_same(raw, content)), "%s: %d %s",
          golden->name, status, error.text);
    free(raw.data);
    if (golden->form != PRIMED_MESSAGE) {
        status = stream_decompress(&raw, packed, &options, (struct steps){1, 999}, &error);
        CHECK(status == (golden->expected == PITH_OK ? PITH_END : golden->expected) &&
                  (status != PITH_END || is_same(raw, content)),
              "%s: %d %s", golden->name, status, error.text);
        free(raw.data);
        status = decompress(&raw, content.len, packed, &error);
        CHECK(status == PITH_E_PRIOR, "%s without its prior: %d %s", golden->name, status,
              error.text);
        free(raw.data);
    }
    free(content.data);
}

static void primed_ones_need_their_prior(void **state)
{
    struct bytes prior_bytes = read_golden(PRIMED_PRIOR);
    pith_prior *prior = open_primed_prior(prior_bytes);

    (void)state;
    assert_true(prior_bytes.len <= PRIMED_PRIOR_CAP);
    for (size_t i = 0; i < COUNT(primed_goldens); i++) {
        const struct primed *golden = &primed_goldens[i];
        struct bytes packed = read_golden(golden->name), again;

        again = make_primed(golden, prior_bytes, prior);
        CHECK(is_same(packed, again), "%s: now %zu bytes, %zu in the file", golden->name, again.len,
              packed.len);
        if (golden->form == PRIMED_DAMAGED_PRIOR) {
            pith_prior *damaged;
            pith_error error = {.status = PITH_OK};
            pith_status status = pith_prior_open(&damaged, packed.data, packed.len, NULL, &error);

            CHECK(status == golden->expected && !damaged, "%s: %d %s", golden->name, status,
                  error.text);
        } else {
            check_primed(golden, packed, prior);
        }
        free(again.data);
        free(packed.data);
    }
    pith_prior_close(prior);
    free(prior_bytes.data);
}

static void check_based(const struct based *golden)
{
    struct bytes packed = read_golden(golden->name), again = make_based(golden), raw;
    struct bytes files[2] = {golden_data(TENSORS, golden->len),
                             golden_data(TENSORS_LATER, golden->len)};
    pith_base *bases[3] = {open_based(&files[0]), open_based(&files[1]), NULL};

    CHECK(is_same(packed, again), "%s: now %zu bytes, %zu in the file", golden->name, again.len,
          packed.len);
    for (size_t k = 0; k < COUNT(bases); k++) {
        pith_options options = {.struct_size = sizeof options, .base = bases[k]};
        pith_error error = {.status = PITH_OK};
        pith_status status =
            stream_decompress(&raw, packed, &options, (struct steps){99, 99}, &error);

        CHECK(status == (k == 0 ? PITH_END : PITH_E_BASE) && (k > 0 || is_same(raw, files[1])),
              "%s: %d %s", golden->name, status, error.text);
        free(raw.data);
        pith_base_close(bases[k]);
    }
    free(files[0].data);
    free(files[1].data);
    free(again.data);
    free(packed.data);
}

static void based_ones_need_their_base(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(based_goldens); i++)
        check_based(&based_goldens[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones_decode),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(encoding_again_gives_the_same),
        cmocka_unit_test(every_kind_of_segment_occurs),
        cmocka_unit_test(primed_ones_need_their_prior),
        cmocka_unit_test(based_ones_need_their_base),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
