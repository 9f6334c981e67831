/* Damage and forgery: an error or the right bytes, never wrong bytes, never unchecked bytes.
 *
 * Right bytes: the last bits of a coder's payload may not matter to it, and the single form has no
 * check of the payload itself.  The archives of several chunks are made of zeros, or stored, so that going through all their bits
 * stays quick; what is tested here is the container. */
#include "api/small_frame.h"

#include "base/bytes.h"
#include "container/index.h"

static struct bytes copy_of(struct bytes from)
{
    struct bytes copy = {get_memory(from.len), from.len};

    memcpy(copy.data, from.data, from.len);
    return copy;
}

static void flip_all(struct bytes packed, struct bytes truth, const char *what)
{
    for (size_t bit = 0; bit < packed.len * 8; bit++) {
        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        check_never_wrong(packed, truth, what, bit);
        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void each_bit_flipped(void **state)
{
    static const struct {
        enum kind kind;
        size_t len;
        const char *name;
    } cases[] = {
        {TEXT, 0, "empty"},
        {TEXT, 150, "text"},
        {RANDOM, 60, "stored"},
        {MIXED, 150, "three chunks"},
    };
    pith_options options = make_options(1, CHUNK_LEN, 1);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bytes raw = make_data(cases[i].kind, cases[i].len, 20);
        struct bytes packed =
            cases[i].kind == MIXED ? small_frame(raw, 60) : compress(raw, &options);

        flip_all(packed, raw, cases[i].name);
        free(packed.data);
        free(raw.data);
    }
}

static void sampled_flips_of_stored_chunks(void **state)
{
    struct bytes raw = make_data(RANDOM, CHUNK_LEN + 300, 21);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct bytes packed = stream_compress(raw, &options, (struct steps){SIZE_MAX, SIZE_MAX});
    uint64_t seed = test_seed();

    (void)state;
    for (int i = 0; i < 300; i++) {
        size_t bit = (size_t)(next_random(&seed) % (packed.len * 8));
        pith_status status;

        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        status = check_never_wrong(packed, raw, "stored", bit);
        CHECK(status != PITH_END, "flip of bit %zu is not noticed", bit);
        packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(packed.data);
    free(raw.data);
}

static void each_truncation(void **state)
{
    struct bytes parts[3], packed = {NULL, 0}, raw = {NULL, 0};
    size_t ends[3];
    pith_options options = make_options(1, CHUNK_LEN, 1);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct bytes frame;

        parts[i] = make_data(i == 1 ? MIXED : TEXT, 90 * i, 22);
        frame = i == 1 ? small_frame(parts[i], 40) : compress(parts[i], &options);
        append(&packed, frame.data, frame.len);
        append(&raw, parts[i].data, parts[i].len);
        ends[i] = packed.len;
        free(frame.data);
        free(parts[i].data);
    }
    for (size_t len = 0; len < packed.len; len++) {
        struct bytes cut = {packed.data, len}, again;
        int is_whole = len == ends[0] || len == ends[1];
        pith_error error = {.status = PITH_OK};
        pith_status status =
            stream_decompress(&again, cut, NULL, (struct steps){SIZE_MAX, SIZE_MAX}, &error);

        CHECK(is_whole ? status == PITH_END : status == PITH_E_TRUNCATED, "length %zu: %d %s", len,
              status, error.text);
        CHECK(is_whole || error.position == len, "length %zu: position %llu, %s", len,
              (unsigned long long)error.position, error.text);
        CHECK(is_prefix(again, raw), "length %zu", len);
        free(again.data);
    }
    free(packed.data);
    free(raw.data);
}

static void garbage_after_the_end(void **state)
{
    struct bytes raw = make_data(TEXT, 100, 23), packed = compress(raw, NULL), longer = {NULL, 0};
    struct bytes again;
    pith_error error;

    (void)state;
    append(&longer, packed.data, packed.len);
    append(&longer, (const uint8_t *)"garbage", 7);
    assert_int_equal(decompress(&again, raw.len, longer, &error), PITH_E_CORRUPT);
    assert_true(error.position == packed.len);
    free(again.data);
    longer.data[packed.len] = 0xc1; /* a frame's first byte, and then the end */
    longer.len = packed.len + 1;
    assert_int_equal(decompress(&again, raw.len, longer, &error), PITH_E_TRUNCATED);
    assert_true(error.position == longer.len);
    free(again.data);
    longer.data[0] = 'x';
    assert_int_equal(decompress(&again, raw.len, longer, &error), PITH_E_FORMAT);
    free(again.data);
    free(longer.data);
    free(packed.data);
    free(raw.data);
}

/* Where the parts of an archive of one frame lie: records[0] is the frame header, then come the
 * chunks, then index and footer. */
struct record {
    size_t start, len;
};

struct collector {
    struct record *records;
    size_t n;
};

static int collect(void *opaque, const pith_chunk_info *chunk)
{
    struct collector *collector = opaque;

    collector->records[collector->n].start = (size_t)chunk->packed_offset;
    collector->records[collector->n++].len = (size_t)chunk->packed_len;
    return 0;
}

static int read_bytes(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct bytes *bytes = opaque;

    assert_true(offset <= bytes->len && len <= bytes->len - offset);
    memcpy(buffer, bytes->data + offset, len);
    return 0;
}

static size_t find_records(struct record *records, struct bytes packed)
{
    pith_archive_info info;
    struct collector collector = {records + 1, 0};
    size_t end;

    assert_int_equal(pith_list(&info, read_bytes, &packed, packed.len, collect, &collector, NULL),
                     PITH_OK);
    records[0].start = 0;
    records[0].len = records[1].start;
    end = records[collector.n].start + records[collector.n].len;
    records[collector.n + 1].start = end;
    records[collector.n + 1].len = packed.len - end;
    return collector.n + 2;
}

/* The same length of data in the same number of chunks, or with the same first chunk. */
static void other_chunks_do_not_fit(void **state)
{
    enum { N = 4, PART_LEN = 100 };
    static const char order[][8] = {
        "021345", "011345", "0122345", "01345",  "012355", "012344",
        "0b2345", "01b345", "012b45",  "01234b", "b12345", "01c345",
    };
    struct bytes raw = make_data(RANDOM, N * PART_LEN, 24);
    struct bytes other = make_data(RANDOM, N * PART_LEN, 25), sibling = copy_of(raw);
    struct bytes packed[3];
    struct record records[N + 2];

    (void)state;
    sibling.data[PART_LEN + 1] ^= 1;
    packed[0] = small_frame(raw, PART_LEN);
    packed[1] = small_frame(other, PART_LEN);
    packed[2] = small_frame(sibling, PART_LEN);
    assert_int_equal(find_records(records, packed[0]), N + 2);
    for (size_t i = 0; i < COUNT(order); i++) {
        struct bytes spliced = {NULL, 0}, again;
        pith_error error;
        pith_status status;
        int from = 0;

        /* A digit: that record of the archive; b, c: of the second and third, in this place. */
        for (const char *at = order[i]; *at; at++) {
            size_t n = (size_t)(at - order[i]);

            from = *at >= 'b' ? *at - 'a' : 0;
            n = from ? n : (size_t)(*at - '0');
            append(&spliced, packed[from].data + records[n].start, records[n].len);
        }
        status = stream_decompress(&again, spliced, NULL, (struct steps){9999, 9999}, &error);
        CHECK(status == PITH_E_CORRUPT, "order %s: %d %s", order[i], status, error.text);
        free(again.data);
        again.data = get_memory(raw.len);
        status = pith_decompress(again.data, raw.len, &again.len, spliced.data, spliced.len, NULL,
                                 &error);
        CHECK(status == PITH_E_CORRUPT, "order %s: %d %s", order[i], status, error.text);
        free(again.data);
        free(spliced.data);
    }
    for (size_t i = 0; i < 3; i++)
        free(packed[i].data);
    free(raw.data);
    free(other.data);
    free(sibling.data);
}

/* A header as a forger would write it: every check in it is right. */
static struct bytes forged_single(uint64_t codec, uint64_t raw_len, uint64_t packed_len)
{
    struct pith_chunk_header header = {.is_single = 1};
    struct bytes packed = {NULL, 0};
    static const uint8_t nothing[64] = {0};

    header.flags = pith_frame_flags(1, PITH_FLAG_SINGLE);
    header.codec.id = codec;
    header.codec.params_len = codec == PITH_CODEC_BYTES;
    header.codec.params[0] = 1;
    header.raw_len = raw_len;
    header.packed_len = packed_len;
    pith_chunk_write(&header, 0);
    append(&packed, header.bytes, header.len);
    append(&packed, nothing, sizeof nothing);
    return packed;
}

/* An allocator that notes the most it was asked for. */
static size_t asked_most;

static void *note_allocate(void *opaque, size_t len)
{
    (void)opaque;
    if (len > asked_most)
        asked_most = len;
    return malloc(len);
}

static void note_release(void *opaque, void *memory)
{
    (void)opaque;
    free(memory);
}

static const pith_allocator noting = {note_allocate, note_release, NULL};

static void check_refused(struct bytes packed, pith_status expected, const char *what)
{
    uint8_t dst[100];
    size_t len;
    pith_options options = make_options(0, 0, 1);
    struct bytes again;
    pith_error error = {.status = PITH_OK};
    pith_status status;

    options.allocator = &noting;
    asked_most = 0;
    status = pith_decompress(dst, sizeof dst, &len, packed.data, packed.len, &options, &error);
    CHECK(status == expected, "%s: %d %s", what, status, error.text);
    status =
        stream_decompress(&again, packed, &options, (struct steps){SIZE_MAX, SIZE_MAX}, &error);
    CHECK(status == expected || status == PITH_E_TRUNCATED, "%s: %d %s", what, status, error.text);
    CHECK(asked_most < 1 << 17, "%s: %zu bytes were asked for", what, asked_most);
    free(again.data);
    free(packed.data);
}

static void forged_lengths_allocate_nothing(void **state)
{
    static const uint64_t huge[] = {PITH_CHUNK_LEN_MAX + 1, (uint64_t)1 << 60, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT(huge); i++) {
        check_refused(forged_single(PITH_CODEC_STORED, huge[i], 0), PITH_E_CORRUPT, "stored");
        check_refused(forged_single(PITH_CODEC_BYTES, huge[i], 20), PITH_E_CORRUPT, "modelled");
        check_refused(forged_single(PITH_CODEC_BYTES, 100, huge[i]), PITH_E_CORRUPT, "payload");
    }
    check_refused(forged_single(PITH_CODEC_STORED, PITH_CHUNK_LEN_MAX, 0), PITH_E_TRUNCATED,
                  "longest stored");
    check_refused(forged_single(PITH_CODEC_BYTES, PITH_CHUNK_LEN_MAX, PITH_CHUNK_LEN_MAX),
                  PITH_E_TRUNCATED, "longest modelled");
    check_refused(forged_single(PITH_CODEC_BYTES, 20, 21), PITH_E_CORRUPT, "payload over raw");
    check_refused(forged_single(9, 20, 10), PITH_E_UNSUPPORTED, "unknown codec");
}

static void forged_frames(void **state)
{
    struct pith_frame_header frame = {.flags = pith_frame_flags(1, PITH_FLAG_SIZED)};
    struct pith_chunk_header chunk = {.raw_len = 1 << 16};
    uint8_t bytes[PITH_HEADER_MAX];
    struct bytes packed = {NULL, 0};

    (void)state;
    frame.chunk_len = CHUNK_LEN;
    frame.content_size = (uint64_t)1 << 60;
    append(&packed, bytes, pith_frame_write(bytes, &frame, 1 << 20, 1));
    check_refused(packed, PITH_E_OUTPUT_FULL, "content of 2^60");

    packed = (struct bytes){NULL, 0};
    frame.chunk_len = (uint64_t)1 << 60;
    append(&packed, bytes, pith_frame_write(bytes, &frame, 1 << 20, 1));
    check_refused(packed, PITH_E_CORRUPT, "chunks of 2^60");

    /* A chunk that needs more than its frame has declared. */
    packed = (struct bytes){NULL, 0};
    frame.flags = pith_frame_flags(1, 0);
    frame.chunk_len = PITH_CHUNK_LEN_MAX;
    append(&packed, bytes, pith_frame_write(bytes, &frame, 1 << 16, 1));
    chunk.id = frame.id;
    chunk.raw_len = 1 << 20;
    pith_chunk_write(&chunk, 0);
    append(&packed, chunk.bytes, chunk.len);
    check_refused(packed, PITH_E_CORRUPT, "undeclared memory");
}

/* Random bytes behind a good begin, and random changes with all header checks left wrong or right. */
static void bursts(void **state)
{
    struct bytes raw = make_data(TEXT, 500, 26);
    struct bytes packed = compress(raw, &(pith_options){.struct_size = sizeof(pith_options)});
    uint64_t seed = test_seed();

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        struct bytes bad = copy_of(packed);
        size_t start = (size_t)(next_random(&seed) % bad.len);
        size_t len = (size_t)(next_random(&seed) % 40) + 1;

        if (len > bad.len - start)
            len = bad.len - start;
        switch (next_random(&seed) % 3) {
        case 0:
            fill_random(bad.data + start, len, &seed);
            break;
        case 1: /* bytes lost */
            memmove(bad.data + start, bad.data + start + len, bad.len - start - len);
            bad.len -= len;
            break;
        default: /* zeroed */
            memset(bad.data + start, 0, len);
        }
        if (!is_same(bad, packed))
            check_never_wrong(bad, raw, "burst", i);
        free(bad.data);
    }
    free(packed.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bit_flipped),
        cmocka_unit_test(sampled_flips_of_stored_chunks),
        cmocka_unit_test(each_truncation),
        cmocka_unit_test(garbage_after_the_end),
        cmocka_unit_test(other_chunks_do_not_fit),
        cmocka_unit_test(forged_lengths_allocate_nothing),
        cmocka_unit_test(forged_frames),
        cmocka_unit_test(bursts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
