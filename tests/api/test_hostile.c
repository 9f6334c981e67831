/* Archives made to cost much: forged records whose checks are right.  Whatever is in an archive, what
 * is read of it stays in proportion to its length. */
#include "api/archive.h"

#include "container/index.h"

#include <xxhash.h>

enum { ENTRY_PARAMS = 32 };

static void append_frame(struct bytes *all, struct pith_frame_header *frame)
{
    uint8_t bytes[2 * PITH_HEADER_MAX];

    *frame = (struct pith_frame_header){.chunk_len = PITH_CHUNK_LEN_MAX,
                                        .flags = pith_frame_flags(1, 0)};
    append(all, bytes, pith_frame_write(bytes, frame, (uint64_t)1 << 32, 0));
}

static struct pith_chunk_header stored(uint64_t id, uint64_t raw_offset, uint64_t len,
                                       uint64_t raw_hash)
{
    struct pith_chunk_header chunk;

    memset(&chunk, 0, sizeof chunk);
    chunk.id = id;
    chunk.raw_offset = raw_offset;
    chunk.raw_len = len;
    pith_chunk_make_stored(&chunk);
    pith_chunk_write(&chunk, raw_hash);
    return chunk;
}

static pith_status salvage(size_t *asked_len, pith_salvage_info *info, struct bytes packed)
{
    struct archive archive = {.bytes = packed};
    pith_status status =
        pith_salvage(info, read_archive, &archive, packed.len, NULL, NULL, NULL, NULL);

    *asked_len = archive.asked_len;
    return status;
}

/* Each chunk says that it reaches to the end, has a wrong content, and holds all the others. */
static void chunks_in_broken_chunks(void **state)
{
    enum { LEN = 200000 };
    struct bytes packed = {NULL, 0};
    struct pith_frame_header frame;
    pith_salvage_info info;
    uint64_t raw_offset = 0;
    size_t asked_len;

    (void)state;
    append_frame(&packed, &frame);
    while (packed.len + PITH_HEADER_MAX < LEN) {
        struct pith_chunk_header chunk = stored(frame.id, raw_offset, 1, 0);
        uint64_t raw_len = LEN - packed.len - chunk.len - 8;

        chunk = stored(frame.id, raw_offset, raw_len, 0);
        append(&packed, chunk.bytes, chunk.len);
        raw_offset += raw_len;
    }
    while (packed.len < LEN)
        append(&packed, (const uint8_t *)"", 1);
    assert_int_equal(salvage(&asked_len, &info, packed), PITH_E_CORRUPT);
    print_message("nested chunks: %zu bytes read of %d\n", asked_len, LEN);
    CHECK(asked_len < (size_t)LEN * 200, "%zu bytes read", asked_len);
    free(packed.data);
}

/* Two index entries in whose parameters a chunk and, right behind it, the head of a long index stand.
 * Entries that begin behind that head fall into step with the others. */
static void append_trap(struct bytes *all, uint64_t id, uint64_t n)
{
    enum { PAD = 18, PAYLOAD = 4 + PAD, HEAD = ENTRY_PARAMS - PAD };
    uint8_t first[2 + ENTRY_PARAMS + 2] = {8 * 5 + 7, ENTRY_PARAMS - 7, 8 * 5 + 7, 30 - 7};
    uint8_t second[2 + ENTRY_PARAMS + 2] = {8 * 5 + 7, ENTRY_PARAMS - 7};
    uint8_t payload[PAYLOAD] = {1, 1, 8 * 5 + 7, ENTRY_PARAMS - 7};
    uint8_t head[2 * PITH_HEADER_MAX];
    struct pith_frame_header frame = {.id = id, .len = 1};
    struct pith_index_sum sum = {.n_chunks = (uint64_t)1 << 28}; /* a varint of 5 bytes */
    struct pith_chunk_header chunk;

    chunk = stored(id, n * PAYLOAD, PAYLOAD, XXH3_64bits(payload, PAYLOAD));
    assert_true(chunk.len <= 30);
    memcpy(first + 2 + ENTRY_PARAMS - chunk.len, chunk.bytes, chunk.len);
    first[sizeof first - 2] = first[sizeof first - 1] = 1;
    assert_int_equal(pith_index_head_write(head, &frame, &sum), HEAD);
    memcpy(second + 2 + PAD, head, HEAD);
    second[sizeof second - 2] = second[sizeof second - 1] = 1;
    append(all, first, sizeof first);
    append(all, second, sizeof second);
}

static void indexes_in_indexes(void **state)
{
    enum { LEN = 200000 };
    struct bytes packed = {NULL, 0};
    struct pith_frame_header frame;
    pith_salvage_info info;
    size_t asked_len;

    (void)state;
    append_frame(&packed, &frame);
    for (uint64_t n = 0; packed.len + PITH_HEADER_MAX < LEN; n++)
        append_trap(&packed, frame.id, n);
    assert_int_equal(salvage(&asked_len, &info, packed), PITH_E_CORRUPT);
    print_message("nested indexes: %zu bytes read of %zu, %llu raw bytes found\n", asked_len,
                  packed.len, (unsigned long long)info.raw_found);
    assert_true(info.raw_found > LEN / 4);
    CHECK(asked_len < (size_t)LEN * 200, "%zu bytes read", asked_len);
    free(packed.data);
}

static void append_index(struct bytes *all, const struct pith_frame_header *frame,
                         const struct pith_chunk_header *chunk, int n_entries)
{
    uint8_t bytes[2 * PITH_HEADER_MAX], entry[PITH_HEADER_MAX];
    struct pith_index_sum sum;
    size_t len = 0;

    pith_index_sum_init(&sum);
    for (int i = 0; i < n_entries; i++)
        assert_int_equal(pith_index_sum_chunk(&sum, entry, &len, chunk, 0, NULL), PITH_OK);
    append(all, bytes, pith_index_head_write(bytes, frame, &sum));
    for (int i = 0; i < n_entries; i++)
        append(all, entry, len);
    append(all, bytes, pith_index_end_write(bytes, frame, &sum));
}

/* Many frames of one id, and a long index at the end that is none of theirs. */
static void frames_before_a_long_index(void **state)
{
    enum { N_FRAMES = 1500, N_ENTRIES = 60000 };
    struct pith_frame_header frame;
    struct pith_chunk_header chunk;
    struct archive archive = {.n_reads = 0};
    struct bytes *packed = &archive.bytes;
    pith_archive_info info;

    (void)state;
    for (int i = 0; i < N_FRAMES; i++) {
        append_frame(packed, &frame);
        chunk = stored(frame.id, 0, 1, XXH3_64bits("x", 1));
        append(packed, chunk.bytes, chunk.len);
        append(packed, (const uint8_t *)"x", 1);
        append_index(packed, &frame, &chunk, 1);
    }
    append_index(packed, &frame, &chunk, N_ENTRIES);
    assert_int_equal(pith_list(&info, read_archive, &archive, packed->len, NULL, NULL, NULL),
                     PITH_E_CORRUPT);
    print_message("frames and an index: %zu bytes read of %zu, %llu frames\n", archive.asked_len,
                  packed->len, (unsigned long long)info.frames);
    assert_true(info.frames >= N_FRAMES);
    CHECK(archive.asked_len < packed->len * 100, "%zu bytes read of %zu", archive.asked_len,
          packed->len);
    free(packed->data);
}

/* A fill chunk of 40 bytes says 2^40: only who wants the bytes has to wait for them. */
static void long_fills_cost_nothing_to_check(void **state)
{
    enum { N = 1000 };
    struct bytes packed = {NULL, 0};
    struct pith_frame_header frame;
    pith_salvage_info info;
    size_t asked_len;

    (void)state;
    append_frame(&packed, &frame);
    for (uint64_t i = 0; i < N; i++) {
        struct pith_chunk_header chunk;

        pith_chunk_plan_fill(&chunk, 'x', PITH_FILL_LEN_MAX);
        chunk.id = frame.id;
        chunk.raw_offset = i * PITH_FILL_LEN_MAX;
        pith_chunk_write(&chunk, 0);
        append(&packed, chunk.bytes, chunk.len);
    }
    assert_int_equal(salvage(&asked_len, &info, packed), PITH_E_CORRUPT); /* no index */
    assert_true(info.raw_found == N * PITH_FILL_LEN_MAX);
    free(packed.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_in_broken_chunks),
        cmocka_unit_test(indexes_in_indexes),
        cmocka_unit_test(frames_before_a_long_index),
        cmocka_unit_test(long_fills_cost_nothing_to_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
