/* Random access: any range equals the same range of the whole, whatever the chunks and threads. */
#include "api/archive.h"
#include "api/small_frame.h"

/* Frames of every form: chunks with an index, an empty one, a single one, fill chunks, tiny chunks. */
static void make_archive(struct archive *archive, struct bytes *raw)
{
    static const struct {
        enum kind kind;
        size_t len;
    } parts[] = {
        {RANDOM, 3 * CHUNK_LEN + 10}, {TEXT, 0},   {MIXED, 5000}, {HOLES, 5 * CHUNK_LEN}, {TEXT, 0},
        {RANDOM, CHUNK_LEN + 1},      {TEXT, 700}, {PERIOD, 1000}};
    pith_options options = make_options(1, CHUNK_LEN, 2);

    *archive = (struct archive){.bytes = {NULL, 0}};
    *raw = (struct bytes){NULL, 0};
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct bytes part = make_data(parts[i].kind, parts[i].len, 70 + i);
        struct bytes packed = i == 6 ? small_frame(part, 90) : compress(part, &options);

        append(&archive->bytes, packed.data, packed.len);
        append(raw, part.data, part.len);
        free(packed.data);
        free(part.data);
    }
}

static pith_reader *open_reader(struct archive *archive, const pith_options *options)
{
    pith_reader *reader;
    pith_error error = {.status = PITH_OK};

    CHECK(pith_reader_create(&reader, read_archive, archive, archive->bytes.len, options, &error) ==
              PITH_OK,
          "%s", error.text);
    return reader;
}

static void check_range(pith_reader *reader, struct bytes raw, uint64_t offset, size_t len)
{
    uint8_t *dst = get_memory(len);
    size_t got = 7;
    size_t expected = offset >= raw.len        ? 0
                      : raw.len - offset < len ? raw.len - (size_t)offset
                                               : len;
    pith_error error = {.status = PITH_OK};

    CHECK(pith_reader_read(reader, dst, len, &got, offset, &error) == PITH_OK, "%s", error.text);
    CHECK(got == expected && memcmp(dst, raw.data + (expected ? offset : 0), got) == 0,
          "%zu bytes at %llu", len, (unsigned long long)offset);
    free(dst);
}

static void any_range_is_as_in_the_whole(void **state)
{
    struct archive archive;
    struct bytes raw;
    uint64_t random = test_seed();

    (void)state;
    make_archive(&archive, &raw);
    for (unsigned threads = 1; threads <= 5; threads += 2) {
        pith_options options = make_options(0, 0, threads);
        pith_reader *reader = open_reader(&archive, &options);

        assert_true(pith_reader_raw_len(reader) == raw.len);
        check_range(reader, raw, 0, raw.len);
        check_range(reader, raw, 0, raw.len + 100);
        check_range(reader, raw, raw.len, 10);
        check_range(reader, raw, UINT64_MAX, 10);
        check_range(reader, raw, 5, 0);
        check_range(reader, raw, raw.len - 1, 1);
        for (int i = 0; i < 30; i++) {
            uint64_t offset = next_random(&random) % (raw.len + 10);
            size_t len = (size_t)(next_random(&random) % (i % 3 ? 300 : 4 * CHUNK_LEN));

            check_range(reader, raw, offset, len);
        }
        pith_reader_destroy(reader);
    }
    free(archive.bytes.data);
    free(raw.data);
}

/* A short range of a long archive reads a chunk, not the archive; once more it reads nothing. */
static void little_is_read_for_little(void **state)
{
    struct bytes raw = make_data(RANDOM, 40 * CHUNK_LEN, 80);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct archive archive = {.bytes = compress(raw, &options)};
    pith_reader *reader = open_reader(&archive, NULL);
    size_t len;
    uint8_t byte[2];

    (void)state;
    assert_true(archive.asked_len < 8192);
    archive.asked_len = 0;
    assert_int_equal(pith_reader_read(reader, byte, 2, &len, 9 * CHUNK_LEN + 3, NULL), PITH_OK);
    assert_true(archive.asked_len < CHUNK_LEN + 8192);
    archive.asked_len = 0;
    assert_int_equal(pith_reader_read(reader, byte, 2, &len, 9 * CHUNK_LEN + 300, NULL), PITH_OK);
    assert_memory_equal(byte, raw.data + 9 * CHUNK_LEN + 300, 2);
    assert_true(archive.asked_len == 0);
    pith_reader_destroy(reader);
    free(archive.bytes.data);
    free(raw.data);
}

/* Damage is told where it is read, and the rest can be read. */
static void a_broken_chunk_breaks_its_range_alone(void **state)
{
    struct bytes raw = make_data(MIXED, 8 * CHUNK_LEN, 81);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct archive archive = {.bytes = compress(raw, &options)};
    uint8_t *dst = get_memory(raw.len);

    (void)state;
    for (unsigned threads = 1; threads <= 4; threads += 3)
        for (size_t i = 0; i < 5; i++) {
            size_t at = archive.bytes.len / 8 + i * 9000, got;
            pith_error error = {.status = PITH_OK};
            pith_reader *reader;
            pith_status status;

            options.threads = threads;
            archive.bytes.data[at] ^= 4;
            reader = open_reader(&archive, &options);
            status = pith_reader_read(reader, dst, raw.len, &got, 0, &error);
            assert_int_equal(status, PITH_E_CORRUPT);
            assert_true(got % CHUNK_LEN == 0 && got < raw.len);
            assert_memory_equal(dst, raw.data, got);
            assert_true(error.position <= at && error.position + CHUNK_LEN > at);
            check_range(reader, raw, got + CHUNK_LEN, raw.len);
            check_range(reader, raw, got - 10, 10);
            pith_reader_destroy(reader);
            archive.bytes.data[at] ^= 4;
        }
    free(dst);
    free(archive.bytes.data);
    free(raw.data);
}

/* Whatever bit is wrong: the right bytes or an error. */
static void never_wrong(void **state)
{
    struct bytes raw = make_data(MIXED, 150, 82), packed = small_frame(raw, 60);
    uint8_t dst[150];

    (void)state;
    for (size_t bit = 0; bit < packed.len * 8; bit++) {
        struct archive archive = {.bytes = packed};
        pith_reader *reader;

        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (pith_reader_create(&reader, read_archive, &archive, packed.len, NULL, NULL) ==
            PITH_OK) {
            for (size_t offset = 0; offset < raw.len; offset += 30) {
                size_t got;
                pith_status status = pith_reader_read(reader, dst, 150, &got, offset, NULL);

                CHECK(memcmp(dst, raw.data + offset, got) == 0, "bit %zu", bit);
                CHECK(status != PITH_OK || got == raw.len - offset, "bit %zu: short", bit);
            }
            pith_reader_destroy(reader);
        }
        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(packed.data);
    free(raw.data);
}

static void memory_can_be_short(void **state)
{
    struct archive archive;
    struct bytes raw;
    pith_status status = PITH_E_MEMORY;
    uint8_t *dst;
    size_t got;

    (void)state;
    make_archive(&archive, &raw);
    dst = get_memory(raw.len);
    for (size_t n = 1; status != PITH_OK; n++) {
        struct allocations allocations = {.fails_at = n};
        pith_allocator allocator = {allocate_counted, release_counted, &allocations};
        pith_options options = make_options(0, 0, 2);
        pith_error error = {.status = PITH_OK};
        pith_reader *reader;

        options.allocator = &allocator;
        status = pith_reader_create(&reader, read_archive, &archive, archive.bytes.len, &options,
                                    &error);
        if (status == PITH_OK) {
            status = pith_reader_read(reader, dst, raw.len, &got, 0, &error);
            if (status == PITH_E_MEMORY) /* and it goes on */
                check_range(reader, raw, got, raw.len);
        }
        CHECK(status == PITH_OK || (status == PITH_E_MEMORY && error.status == status), "%s",
              error.text);
        pith_reader_destroy(reader);
        assert_true(allocations.n_blocks == 0);
    }
    free(dst);
    free(archive.bytes.data);
    free(raw.data);
}

static void a_limit_can_be_raised(void **state)
{
    struct bytes raw = make_data(TEXT, 6 * CHUNK_LEN, 83);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct archive archive = {.bytes = compress(raw, &options)};
    pith_reader *reader;
    pith_error error;
    uint8_t byte;
    size_t got;

    (void)state;
    options = make_options(0, 0, 4);
    options.memory_limit = 100000;
    reader = open_reader(&archive, &options);
    assert_int_equal(pith_reader_read(reader, &byte, 1, &got, 0, &error), PITH_E_MEMORY_LIMIT);
    assert_non_null(strstr(error.text, "limit is 100000"));
    /* Room for one chunk, not for four. */
    pith_reader_set_memory_limit(reader, pith_decode_need(1, CHUNK_LEN, CHUNK_LEN));
    check_range(reader, raw, 0, raw.len);
    check_range(reader, raw, 100, raw.len - 300);
    pith_reader_set_memory_limit(reader, 0);
    check_range(reader, raw, 0, raw.len);
    pith_reader_destroy(reader);
    free(archive.bytes.data);
    free(raw.data);
}

static void reading_fails(void **state)
{
    struct archive archive;
    struct bytes raw;
    pith_status status = PITH_E_IO;
    uint8_t *dst;

    (void)state;
    make_archive(&archive, &raw);
    dst = get_memory(raw.len);
    for (size_t n = 1; status != PITH_OK; n++) {
        pith_error error = {.status = PITH_OK};
        pith_reader *reader;
        size_t got;

        archive.n_reads = 0;
        archive.fails_at = n;
        status =
            pith_reader_create(&reader, read_archive, &archive, archive.bytes.len, NULL, &error);
        if (status == PITH_OK)
            status = pith_reader_read(reader, dst, raw.len, &got, 0, &error);
        CHECK(status == PITH_OK || (status == PITH_E_IO && error.status == status), "%d %s", status,
              error.text);
        pith_reader_destroy(reader);
    }
    assert_memory_equal(dst, raw.data, raw.len);
    free(dst);
    free(archive.bytes.data);
    free(raw.data);
}

static int stop(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    (void)opaque;
    (void)packed_done;
    return raw_done > 100000;
}

static void mistakes_and_cancelling(void **state)
{
    struct bytes raw = make_data(TEXT, 4 * CHUNK_LEN, 84);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct archive archive = {.bytes = compress(raw, &options)};
    size_t packed_len = archive.bytes.len, got;
    pith_reader *reader;
    uint8_t *dst = get_memory(raw.len);

    (void)state;
    assert_int_equal(pith_reader_create(NULL, read_archive, &archive, 1, NULL, NULL),
                     PITH_E_ARGUMENT);
    assert_int_equal(pith_reader_create(&reader, NULL, NULL, 1, NULL, NULL), PITH_E_ARGUMENT);
    options.struct_size = 3;
    assert_int_equal(
        pith_reader_create(&reader, read_archive, &archive, packed_len, &options, NULL),
        PITH_E_ARGUMENT);
    assert_null(reader);
    archive.bytes.len = 0;
    assert_int_equal(pith_reader_create(&reader, read_archive, &archive, 0, NULL, NULL),
                     PITH_E_TRUNCATED);
    archive.bytes.len = packed_len;
    pith_reader_destroy(NULL);
    assert_true(pith_reader_raw_len(NULL) == 0);
    assert_int_equal(pith_reader_set_memory_limit(NULL, 1), PITH_E_ARGUMENT);
    assert_int_equal(pith_reader_read(NULL, dst, 1, &got, 0, NULL), PITH_E_ARGUMENT);
    options = make_options(0, 0, 1);
    options.progress = stop;
    reader = open_reader(&archive, &options);
    assert_int_equal(pith_reader_read(reader, NULL, 1, &got, 0, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_reader_read(reader, dst, 1, NULL, 0, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_reader_read(reader, dst, raw.len, &got, 0, NULL), PITH_E_CANCELLED);
    pith_reader_destroy(reader);
    free(dst);
    free(archive.bytes.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_range_is_as_in_the_whole),
        cmocka_unit_test(little_is_read_for_little),
        cmocka_unit_test(a_broken_chunk_breaks_its_range_alone),
        cmocka_unit_test(never_wrong),
        cmocka_unit_test(memory_can_be_short),
        cmocka_unit_test(a_limit_can_be_raised),
        cmocka_unit_test(reading_fails),
        cmocka_unit_test(mistakes_and_cancelling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
