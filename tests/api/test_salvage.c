/* Salvage: damage stays in its chunk, all else comes back in its place, and what is missing is told. */
#define TESTS_NO_BUILTIN

#include "api/archive.h"
#include "api/small_frame.h"

/* What salvage gave, laid out as the whole. */
struct result {
    struct bytes truth;
    uint8_t *is_found; /* one a byte of the truth */
    uint8_t *is_lost;
    uint64_t next;    /* parts come in order */
    size_t n_unknown; /* losses of unknown length */
    size_t beyond;    /* bytes found or lost behind the truth's end */
    pith_salvage_info info;
    pith_status status;
    pith_error error;
};

static int on_part(void *opaque, const pith_salvage_part *part, const void *data)
{
    struct result *result = opaque;
    uint64_t len = part->raw_len;

    assert_true(part->is_lost == (data == NULL) && (part->text[0] != 0) == part->is_lost);
    if (part->is_lost && part->raw_len == UINT64_MAX) {
        result->n_unknown++;
        return 0;
    }
    if (result->n_unknown > 0)
        return 0; /* where it belongs is not known either */
    CHECK(part->raw_offset >= result->next, "%llu comes after %llu",
          (unsigned long long)part->raw_offset, (unsigned long long)result->next);
    result->next = part->raw_offset + len;
    if (result->next > result->truth.len) {
        result->beyond += (size_t)len;
        return 0;
    }
    if (!part->is_lost)
        CHECK(memcmp(data, result->truth.data + part->raw_offset, (size_t)len) == 0,
              "wrong bytes at %llu", (unsigned long long)part->raw_offset);
    memset((part->is_lost ? result->is_lost : result->is_found) + part->raw_offset, 1, (size_t)len);
    return 0;
}

static struct result salvage(struct bytes packed, struct bytes truth, unsigned threads)
{
    struct result result = {.truth = truth};
    struct archive archive = {.bytes = packed};
    pith_options options = make_options(0, 0, threads);

    result.is_found = get_memory(truth.len);
    result.is_lost = get_memory(truth.len);
    memset(result.is_found, 0, truth.len);
    memset(result.is_lost, 0, truth.len);
    result.status = pith_salvage(&result.info, read_archive, &archive, packed.len, &options,
                                 on_part, &result, &result.error);
    return result;
}

static void done(struct result *result)
{
    free(result->is_found);
    free(result->is_lost);
}

static size_t count(const uint8_t *marks, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += marks[i];
    return n;
}

/* Every byte of the truth is found or told as lost, none is both; n_lost bytes at most are lost. */
static void check_complete(const struct result *result, size_t n_lost, const char *what,
                           size_t where)
{
    size_t found = count(result->is_found, result->truth.len);
    size_t lost = count(result->is_lost, result->truth.len);

    CHECK(result->status == PITH_OK || result->status == PITH_E_CORRUPT, "%s %zu: %s", what, where,
          result->error.text);
    CHECK(found + lost == result->truth.len && lost <= n_lost, "%s %zu: %zu found, %zu lost", what,
          where, found, lost);
    CHECK(result->beyond == 0, "%s %zu: %zu bytes behind the end", what, where, result->beyond);
    CHECK(result->info.raw_found == found && result->info.raw_lost == lost, "%s %zu", what, where);
}

enum { PART_LEN = 60, N_PARTS = 6 };

static void any_flip_costs_one_chunk(void **state)
{
    struct bytes raw = make_data(MIXED, N_PARTS * PART_LEN, 90), packed;
    struct result result;

    (void)state;
    packed = small_frame(raw, PART_LEN);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        result = salvage(packed, raw, threads);
        assert_int_equal(result.status, PITH_OK);
        assert_true(result.info.damages == 0 && result.info.lost_parts == 0);
        check_complete(&result, 0, "sound", 0);
        done(&result);
        for (size_t bit = 0; bit < packed.len * 8; bit += threads) {
            packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            result = salvage(packed, raw, threads);
            CHECK(result.status == PITH_E_CORRUPT && result.error.text[0], "bit %zu", bit);
            CHECK(result.info.damages > 0, "bit %zu", bit);
            check_complete(&result, PART_LEN, "bit", bit);
            CHECK(result.n_unknown == 0, "bit %zu", bit);
            done(&result);
            packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    free(packed.data);
    free(raw.data);
}

static int collect(void *opaque, const pith_chunk_info *chunk)
{
    ((pith_chunk_info *)opaque)[chunk->raw_offset / PART_LEN] = *chunk;
    return 0;
}

static void each_truncation_and_each_lost_head(void **state)
{
    struct bytes raw = make_data(MIXED, N_PARTS * PART_LEN, 91),
                 packed = small_frame(raw, PART_LEN);
    struct archive archive = {.bytes = packed};
    pith_chunk_info chunks[N_PARTS];
    pith_archive_info info;

    (void)state;
    assert_int_equal(pith_list(&info, read_archive, &archive, packed.len, collect, chunks, NULL),
                     PITH_OK);
    for (size_t len = 1; len < packed.len; len++) {
        struct bytes head = {packed.data, len};
        struct bytes tail = {packed.data + len, packed.len - len};
        struct result result = salvage(head, raw, 1);

        if (result.status != PITH_E_FORMAT) { /* not even the frame's header */
            check_complete(&result, raw.len, "head", len);
            assert_int_equal(result.status, PITH_E_CORRUPT);
            for (size_t i = 0; i < N_PARTS; i++)
                CHECK(result.is_found[i * PART_LEN] ==
                          (chunks[i].packed_offset + chunks[i].packed_len <= len),
                      "head of %zu, chunk %zu", len, i);
        }
        done(&result);
        result = salvage(tail, raw, 1);
        if (result.status != PITH_E_FORMAT) {
            check_complete(&result, raw.len, "tail", len);
            assert_int_equal(result.status, PITH_E_CORRUPT);
            for (size_t i = 0; i < N_PARTS; i++)
                CHECK(result.is_found[i * PART_LEN] == (chunks[i].packed_offset >= len),
                      "tail from %zu, chunk %zu", len, i);
        }
        done(&result);
    }
    free(packed.data);
    free(raw.data);
}

/* Bytes that are gone, doubled or overwritten anywhere touch the chunks there alone. */
static void pieces_cut_out_or_put_in(void **state)
{
    struct bytes raw = make_data(MIXED, 20 * PART_LEN, 92), packed = small_frame(raw, PART_LEN);
    uint64_t random = test_seed();

    (void)state;
    for (int i = 0; i < 1200; i++) {
        struct bytes bad = {NULL, 0};
        size_t start = (size_t)(next_random(&random) % packed.len);
        size_t len = (size_t)(next_random(&random) % 100) + 1;
        size_t in_chunks, chunks;
        struct result result;

        if (len > packed.len - start)
            len = packed.len - start;
        append(&bad, packed.data, start);
        if (i % 3 == 1) { /* put in */
            append(&bad, packed.data + start / 2, len);
            append(&bad, packed.data + start, packed.len - start);
        } else {
            append(&bad, packed.data + start + len, packed.len - start - len);
        }
        if (i % 3 == 2) { /* zeros in their place */
            append(&bad, packed.data, len);
            memmove(bad.data + start + len, bad.data + start, bad.len - start - len);
            memset(bad.data + start, 0, len);
        }
        result = salvage(bad, raw, 1 + (unsigned)i % 3);
        in_chunks = len / 60 + 2; /* text chunks are the shortest: 65 bytes */
        chunks = in_chunks * PART_LEN;
        if (result.status != PITH_E_UNSUPPORTED && result.status != PITH_E_FORMAT)
            check_complete(&result, start < 60 && len > 60 ? raw.len : chunks, "piece", (size_t)i);
        done(&result);
        free(bad.data);
    }
    free(packed.data);
    free(raw.data);
}

static struct bytes joined(struct bytes *raw, size_t starts[], size_t n)
{
    struct bytes packed = {NULL, 0};

    *raw = (struct bytes){NULL, 0};
    for (size_t i = 0; i < n; i++) {
        struct bytes part = make_data(i % 2 ? TEXT : MIXED, 300 + 10 * i, 93 + i);
        struct bytes frame = i % 2 ? compress(part, NULL) : small_frame(part, PART_LEN);

        starts[i] = packed.len;
        append(&packed, frame.data, frame.len);
        append(raw, part.data, part.len);
        free(frame.data);
        free(part.data);
    }
    starts[n] = packed.len;
    return packed;
}

/* Archives of several frames: what is around a broken frame comes back; the place of what follows is
 * right if the broken frame's length is known. */
static void frames_stand_for_themselves(void **state)
{
    enum { N = 4 };
    size_t starts[N + 1];
    struct bytes raw, packed = joined(&raw, starts, N);

    (void)state;
    for (size_t at = 0; at < packed.len; at++) {
        struct result result;

        packed.data[at] ^= 0x10;
        result = salvage(packed, raw, 1);
        if (result.n_unknown == 0) {
            check_complete(&result, 330, "byte", at);
        } else { /* the header of a single frame */
            assert_true((at >= starts[1] && at < starts[1] + 30) ||
                        (at >= starts[3] && at < starts[3] + 30));
            assert_true(result.status == PITH_E_CORRUPT && result.n_unknown == 1);
        }
        done(&result);
        packed.data[at] ^= 0x10;
    }
    free(packed.data);
    free(raw.data);
}

/* What is said within a payload is as much in doubt as the payload, also that it is of a newer version. */
static void segments_of_newer_versions(void **state)
{
    struct bytes raw = make_data(TEXT, 3000, 103), packed = {NULL, 0}, frame, all = {NULL, 0};
    size_t n_newer = 0;

    (void)state;
    frame = compress(raw, NULL);
    for (int i = 0; i < 2; i++) {
        append(&packed, frame.data, frame.len);
        append(&all, raw.data, raw.len);
    }
    for (size_t bit = 6 * 8; bit < 60 * 8; bit++) {
        pith_error error = {.status = PITH_OK};
        struct bytes wrong;
        struct result result;

        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        n_newer += decompress(&wrong, all.len, packed, &error) == PITH_E_UNSUPPORTED;
        result = salvage(packed, all, 1);
        CHECK(result.status == PITH_E_CORRUPT, "bit %zu: %s", bit, result.error.text);
        CHECK(result.info.raw_found >= raw.len, "bit %zu", bit);
        done(&result);
        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        free(wrong.data);
    }
    print_message("%zu flips look like a newer version\n", n_newer);
    assert_true(n_newer > 0);
    free(all.data);
    free(frame.data);
    free(packed.data);
    free(raw.data);
}

/* A stored chunk may hold a whole archive: with the chunk's header gone, that is not mistaken for a
 * part of the archive itself. */
static void archives_in_archives(void **state)
{
    struct bytes inner_raw = make_data(RANDOM, 600, 96), inner, raw = {NULL, 0}, packed;
    struct result result;
    size_t at = 0;

    (void)state;
    inner = compress(inner_raw, NULL);
    for (int i = 0; i < 3; i++)
        append(&raw, inner.data, inner.len);
    packed = small_frame(raw, inner.len); /* random: stored */
    while (memcmp(packed.data + at,
                  "\xc1"
                  "chk",
                  4) != 0)
        at++;
    for (at += 8; memcmp(packed.data + at, inner.data, inner.len) != 0; at++)
        ;
    packed.data[at - 6] ^= 1; /* in the header of that chunk */
    result = salvage(packed, raw, 1);
    check_complete(&result, inner.len, "inner", at);
    assert_true(result.is_lost[0] == 1);
    done(&result);
    free(packed.data);
    free(raw.data);
    free(inner.data);
    free(inner_raw.data);
}

static void fills_and_real_chunks(void **state)
{
    struct bytes raw = make_data(HOLES, 16 * CHUNK_LEN, 97);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct bytes packed = stream_compress(raw, &options, (struct steps){SIZE_MAX, SIZE_MAX});
    struct result result = salvage(packed, raw, 2);

    (void)state;
    assert_int_equal(result.status, PITH_OK);
    check_complete(&result, 0, "sound", 0);
    done(&result);
    for (size_t at = 30; at < packed.len; at += packed.len / 7) {
        packed.data[at] ^= 1;
        result = salvage(packed, raw, 2);
        assert_int_equal(result.status, PITH_E_CORRUPT);
        check_complete(&result, 8 * CHUNK_LEN, "byte", at); /* the fill is one chunk */
        done(&result);
        packed.data[at] ^= 1;
    }
    free(packed.data);
    free(raw.data);
}

/* An archive full of what looks like records takes no long time, and is not one. */
static void hostile_archives_end_soon(void **state)
{
    enum { LEN = 400000 };
    static const char *const patterns[] = {"\xc1"
                                           "pth",
                                           "\xc1"
                                           "chk",
                                           "\xc1"
                                           "idx",
                                           "\xc1"};
    struct bytes packed = {get_memory(LEN), LEN}, raw = make_data(TEXT, 200, 98);
    struct bytes frame = small_frame(raw, PART_LEN), cut = {frame.data, 60};

    (void)state;
    for (size_t i = 0; i < COUNT(patterns); i++) {
        struct result result;

        for (size_t at = 0; at < LEN; at++)
            packed.data[at] = (uint8_t)patterns[i][at % strlen(patterns[i])];
        result = salvage(packed, raw, 1);
        assert_true(result.status == PITH_E_FORMAT ||
                    (i == 0 && result.status == PITH_E_UNSUPPORTED)); /* version 0xc1 */
        done(&result);
    }
    /* Thousands of frames, each without its end: each one looks ahead for it. */
    for (size_t at = 0; at + cut.len <= LEN; at += cut.len)
        memcpy(packed.data + at, cut.data, cut.len);
    {
        struct archive archive = {.bytes = packed};
        pith_salvage_info info;

        assert_int_equal(pith_salvage(&info, read_archive, &archive, LEN, NULL, NULL, NULL, NULL),
                         PITH_E_CORRUPT);
        CHECK(archive.asked_len < (size_t)LEN * 5000, "%zu bytes read", archive.asked_len);
        assert_true(info.lost_parts > 0);
    }
    free(frame.data);
    free(packed.data);
    free(raw.data);
}

static void what_fails_ends_it(void **state)
{
    struct bytes raw = make_data(MIXED, N_PARTS * PART_LEN, 99),
                 packed = small_frame(raw, PART_LEN);
    struct archive archive = {.bytes = packed};
    pith_options options = make_options(0, 0, 2);
    pith_salvage_info info;
    pith_error error;
    pith_status status = PITH_E_IO;

    (void)state;
    packed.data[packed.len / 2] ^= 1;
    for (size_t n = 1; status != PITH_E_CORRUPT; n++) {
        archive.n_reads = 0;
        archive.fails_at = n;
        status =
            pith_salvage(&info, read_archive, &archive, packed.len, &options, NULL, NULL, &error);
        CHECK(status == PITH_E_IO || status == PITH_E_CORRUPT, "read %zu: %s", n, error.text);
        assert_int_equal(error.status, status);
    }
    archive.fails_at = 0;
    status = PITH_E_MEMORY;
    for (size_t n = 1; status != PITH_E_CORRUPT; n++) {
        struct allocations allocations = {.fails_at = n};
        pith_allocator allocator = {allocate_counted, release_counted, &allocations};

        options.allocator = &allocator;
        status =
            pith_salvage(&info, read_archive, &archive, packed.len, &options, NULL, NULL, &error);
        CHECK(status == PITH_E_MEMORY || status == PITH_E_CORRUPT, "call %zu: %s", n, error.text);
        assert_true(allocations.n_blocks == 0);
    }
    options.allocator = NULL;
    options.memory_limit = 100000;
    assert_int_equal(
        pith_salvage(&info, read_archive, &archive, packed.len, &options, NULL, NULL, &error),
        PITH_E_MEMORY_LIMIT);
    options.memory_limit = 0;
    options.output_limit = 2 * PART_LEN;
    assert_int_equal(
        pith_salvage(&info, read_archive, &archive, packed.len, &options, NULL, NULL, &error),
        PITH_E_OUTPUT_LIMIT);
    archive.bytes.len = 0;
    assert_int_equal(pith_salvage(&info, read_archive, &archive, 0, NULL, NULL, NULL, &error),
                     PITH_E_TRUNCATED);
    assert_int_equal(pith_salvage(NULL, read_archive, &archive, 0, NULL, NULL, NULL, &error),
                     PITH_E_ARGUMENT);
    assert_int_equal(pith_salvage(&info, NULL, &archive, 0, NULL, NULL, NULL, &error),
                     PITH_E_ARGUMENT);
    options.struct_size = 1;
    assert_int_equal(pith_salvage(&info, read_archive, &archive, 0, &options, NULL, NULL, NULL),
                     PITH_E_ARGUMENT);
    free(packed.data);
    free(raw.data);
}

/* What was found before something fails is told, however many threads have it in hand. */
static void what_comes_before_a_failure_is_told(void **state)
{
    struct bytes raw = make_data(MIXED, N_PARTS * PART_LEN, 104),
                 packed = small_frame(raw, PART_LEN);

    (void)state;
    for (unsigned threads = 1; threads <= N_PARTS; threads++) {
        for (uint64_t n = 1; n < N_PARTS; n++) {
            struct archive archive = {.bytes = packed};
            pith_options options = make_options(0, 0, threads);
            pith_salvage_info info;

            options.output_limit = n * PART_LEN + PART_LEN / 2;
            assert_int_equal(
                pith_salvage(&info, read_archive, &archive, packed.len, &options, NULL, NULL, NULL),
                PITH_E_OUTPUT_LIMIT);
            CHECK(info.raw_found == n * PART_LEN, "%u threads, %llu chunks: %llu bytes", threads,
                  (unsigned long long)n, (unsigned long long)info.raw_found);
            options.output_limit = 0;
            archive.fails_at = archive.n_reads;
            archive.n_reads = 0;
            assert_int_equal(
                pith_salvage(&info, read_archive, &archive, packed.len, &options, NULL, NULL, NULL),
                PITH_E_IO);
            CHECK(info.raw_found == n * PART_LEN, "%u threads, %llu chunks: %llu bytes", threads,
                  (unsigned long long)n, (unsigned long long)info.raw_found);
        }
    }
    free(packed.data);
    free(raw.data);
}

/* Two archives that begin alike have the same ids, so their chunks and indexes can be mixed. */
static void mixed_archives_are_not_sound(void **state)
{
    struct bytes raw = make_data(RANDOM, 3 * PART_LEN, 105), first, second;

    (void)state;
    first = small_frame(raw, PART_LEN);
    raw.data[2 * PART_LEN - 1] ^= 1;
    second = small_frame(raw, PART_LEN);
    assert_int_equal(first.len, second.len);
    for (size_t at = 0; at < first.len; at++) {
        struct archive archive = {.bytes = {get_memory(first.len), first.len}};
        struct bytes wrong;
        pith_error error;
        pith_salvage_info info;
        pith_status status, decoded;

        memcpy(archive.bytes.data, first.data, at);
        memcpy(archive.bytes.data + at, second.data + at, first.len - at);
        decoded = decompress(&wrong, raw.len, archive.bytes, &error);
        status = pith_salvage(&info, read_archive, &archive, first.len, NULL, NULL, NULL, NULL);
        CHECK((decoded == PITH_OK) == (status == PITH_OK), "byte %zu: %s", at, error.text);
        free(wrong.data);
        free(archive.bytes.data);
    }
    free(second.data);
    free(first.data);
    free(raw.data);
}

static int stop_at_third(void *opaque, const pith_salvage_part *part, const void *data)
{
    (void)part;
    (void)data;
    return ++*(int *)opaque == 3;
}

static void the_caller_can_stop_it(void **state)
{
    struct bytes raw = make_data(MIXED, N_PARTS * PART_LEN, 100);
    struct archive archive = {.bytes = small_frame(raw, PART_LEN)};
    pith_salvage_info info;
    int n = 0;

    (void)state;
    assert_int_equal(pith_salvage(&info, read_archive, &archive, archive.bytes.len, NULL,
                                  stop_at_third, &n, NULL),
                     PITH_E_CANCELLED);
    assert_int_equal(n, 3);
    free(archive.bytes.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_flip_costs_one_chunk),
        cmocka_unit_test(each_truncation_and_each_lost_head),
        cmocka_unit_test(pieces_cut_out_or_put_in),
        cmocka_unit_test(frames_stand_for_themselves),
        cmocka_unit_test(segments_of_newer_versions),
        cmocka_unit_test(archives_in_archives),
        cmocka_unit_test(fills_and_real_chunks),
        cmocka_unit_test(hostile_archives_end_soon),
        cmocka_unit_test(what_fails_ends_it),
        cmocka_unit_test(what_comes_before_a_failure_is_told),
        cmocka_unit_test(mixed_archives_are_not_sound),
        cmocka_unit_test(the_caller_can_stop_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
