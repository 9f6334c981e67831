/* Peeking and listing: what archives say of themselves, held to the same rules as in decoding. */
#include "api/small_frame.h"

#define N_SEEN_MAX 64

struct seen {
    pith_chunk_info chunks[N_SEEN_MAX];
    size_t n;
};

static int see(void *opaque, const pith_chunk_info *chunk)
{
    struct seen *seen = opaque;

    assert_true(seen->n < N_SEEN_MAX);
    seen->chunks[seen->n++] = *chunk;
    return 0;
}

struct source {
    struct bytes bytes;
    size_t n_reads, fails_at, n_read;
};

static int read_source(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    struct source *source = opaque;

    assert_true(offset <= source->bytes.len && len <= source->bytes.len - offset);
    if (++source->n_reads == source->fails_at)
        return 1;
    source->n_read += len;
    memcpy(buffer, source->bytes.data + offset, len);
    return 0;
}

static pith_status list(pith_archive_info *info, struct seen *seen, struct bytes packed,
                        pith_error *error)
{
    struct source source = {.bytes = packed};

    seen->n = 0;
    return pith_list(info, read_source, &source, packed.len, see, seen, error);
}

static void peek_tells_or_asks_for_more(void **state)
{
    struct bytes raw = make_data(TEXT, 1000, 40), packed, longer = make_data(PERIOD, 70000, 40);
    pith_options options = make_options(3, CHUNK_LEN, 1);
    pith_frame_info info;
    size_t header_len;
    pith_error error;

    (void)state;
    packed = compress(raw, &options);
    assert_int_equal(pith_peek(&info, packed.data, packed.len, &error), PITH_OK);
    assert_true(info.format_version == 0 && info.level == 3 && info.has_content_size &&
                info.content_size == 1000 && info.decode_memory >= 1000);
    header_len = info.header_len;
    for (size_t len = 0; len < packed.len; len++)
        assert_int_equal(pith_peek(&info, packed.data, len, &error),
                         len < header_len ? PITH_E_TRUNCATED : PITH_OK);
    free(packed.data);
    packed = compress(longer, &options);
    assert_int_equal(pith_peek(&info, packed.data, packed.len, &error), PITH_OK);
    assert_true(info.has_content_size && info.content_size == longer.len);
    free(packed.data);
    packed = stream_compress(longer, &options, (struct steps){SIZE_MAX, SIZE_MAX});
    assert_int_equal(pith_peek(&info, packed.data, packed.len, &error), PITH_OK);
    assert_true(!info.has_content_size && info.content_size == 0);
    assert_int_equal(pith_peek(&info, "hello, world", 12, &error), PITH_E_FORMAT);
    packed.data[4] = 1;
    assert_int_equal(pith_peek(&info, packed.data, packed.len, &error), PITH_E_UNSUPPORTED);
    assert_non_null(strstr(error.text, "newer version"));
    free(packed.data);
    free(raw.data);
    free(longer.data);
}

static void chunks_of_several_frames(void **state)
{
    static const size_t lengths[] = {500, 2 * CHUNK_LEN + 1, 0, 2 * CHUNK_LEN, 3 * CHUNK_LEN + 9};
    struct bytes packed = {NULL, 0};
    pith_options options = make_options(1, CHUNK_LEN, 2);
    struct seen seen;
    pith_archive_info info;
    uint64_t raw_at = 0;
    size_t n_chunks = 0;
    pith_error error = {.status = PITH_OK};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct bytes raw = make_data(i % 2 ? RANDOM : TEXT, lengths[i], 41);
        struct bytes frame = compress(raw, &options);
        pith_status status;

        append(&packed, frame.data, frame.len);
        raw_at += raw.len;
        n_chunks += raw.len == 0 ? 1 : (raw.len + CHUNK_LEN - 1) / CHUNK_LEN;
        status = list(&info, &seen, packed, &error);
        CHECK(status == PITH_OK, "%zu frames: %d %s", i + 1, status, error.text);
        assert_true(info.frames == i + 1 && info.chunks == n_chunks && seen.n == n_chunks);
        assert_true(info.raw_len == raw_at && info.packed_len == packed.len && info.level == 1);
        free(frame.data);
        free(raw.data);
    }
    raw_at = 0;
    for (size_t i = 0; i < seen.n; i++) {
        const pith_chunk_info *chunk = &seen.chunks[i];

        assert_true(chunk->raw_offset == raw_at && chunk->decode_memory <= info.decode_memory);
        assert_true(chunk->packed_offset + chunk->packed_len <= packed.len);
        assert_string_equal(chunk->codec, chunk->raw_len == 1                       ? "fill"
                                          : chunk->frame % 2 || chunk->raw_len < 30 ? "stored"
                                                                                    : "bytes");
        assert_true(packed.data[chunk->packed_offset] == 0xc1);
        raw_at += chunk->raw_len;
    }
    free(packed.data);
}

/* The index spares reading: of one frame only its header, its footer and its index are read. */
static void one_frame_is_listed_from_its_index(void **state)
{
    struct bytes raw = make_data(RANDOM, 2000, 42);
    struct source source = {.n_reads = 0};
    struct seen seen = {.n = 0};
    pith_archive_info info;

    (void)state;
    source.bytes = small_frame(raw, 100);
    assert_int_equal(pith_list(&info, read_source, &source, source.bytes.len, see, &seen, NULL),
                     PITH_OK);
    assert_true(seen.n == 20 && info.chunks == 20);
    assert_true(source.n_reads < 10);
    assert_int_equal(pith_list(&info, read_source, &source, source.bytes.len, NULL, NULL, NULL),
                     PITH_OK);
    free(source.bytes.data);
    free(raw.data);
}

static int stop(void *opaque, const pith_chunk_info *chunk)
{
    (void)opaque;
    (void)chunk;
    return 1;
}

static void readers_and_callbacks_that_fail(void **state)
{
    struct bytes raw = make_data(MIXED, 300, 43), packed = small_frame(raw, 100);
    pith_archive_info info;
    pith_error error;
    pith_status status = PITH_E_IO;

    (void)state;
    for (size_t n = 1; status != PITH_OK; n++) {
        struct source source = {.bytes = packed, .fails_at = n};

        status = pith_list(&info, read_source, &source, packed.len, NULL, NULL, &error);
        assert_true(status == PITH_OK || (status == PITH_E_IO && error.status == PITH_E_IO));
        assert_true(n < 100);
    }
    for (int pass = 0; pass < 2; pass++) {
        struct source source = {.bytes = packed};

        assert_int_equal(pith_list(&info, read_source, &source, packed.len, stop, NULL, &error),
                         PITH_E_CANCELLED);
    }
    free(packed.data);
    free(raw.data);
}

/* Each bit of header, index and footer, and each truncation, is noticed without decoding. */
static void damage_is_noticed(void **state)
{
    struct bytes raw = make_data(MIXED, 120, 44), packed = small_frame(raw, 40), cut;
    struct seen seen;
    pith_archive_info info;
    pith_error error;
    size_t end;

    (void)state;
    assert_int_equal(list(&info, &seen, packed, &error), PITH_OK);
    end = (size_t)(seen.chunks[2].packed_offset + seen.chunks[2].packed_len);
    for (size_t bit = 0; bit < packed.len * 8; bit++) {
        pith_status status;

        if (bit == seen.chunks[0].packed_offset * 8)
            bit = end * 8;
        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        status = list(&info, &seen, packed, &error);
        CHECK(status != PITH_OK && error.status == status && error.position <= packed.len,
              "flip of bit %zu", bit);
        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len < packed.len; len++) {
        cut = (struct bytes){packed.data, len};
        CHECK(list(&info, &seen, cut, &error) == PITH_E_TRUNCATED && error.position <= len,
              "length %zu: %s", len, error.text);
    }
    free(packed.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peek_tells_or_asks_for_more),
        cmocka_unit_test(chunks_of_several_frames),
        cmocka_unit_test(one_frame_is_listed_from_its_index),
        cmocka_unit_test(readers_and_callbacks_that_fail),
        cmocka_unit_test(damage_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
