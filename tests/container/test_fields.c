/* Numbers, bounds and tables: the smallest parts of the format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "container/parser.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void varints_have_one_form(void **state)
{
    static const struct {
        size_t len;
        pith_status status;
        uint64_t value;
        uint8_t bytes[12];
    } cases[] = {
        {1, PITH_OK, 0, {0}},
        {1, PITH_OK, 127, {0x7f}},
        {2, PITH_OK, 128, {0x80, 1}},
        {3, PITH_OK, 16384, {0x80, 0x80, 1}},
        {10, PITH_OK, UINT64_MAX, {255, 255, 255, 255, 255, 255, 255, 255, 255, 1}},
        {9, PITH_OK, UINT64_MAX >> 1, {255, 255, 255, 255, 255, 255, 255, 255, 127}},
        {2, PITH_E_CORRUPT, 0, {0x80, 0}},
        {3, PITH_E_CORRUPT, 0, {0xff, 0x80, 0}},
        {10, PITH_E_CORRUPT, 0, {255, 255, 255, 255, 255, 255, 255, 255, 255, 2}},
        {11, PITH_E_CORRUPT, 0, {128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1}},
        {0, PITH_E_TRUNCATED, 0, {0}},
        {2, PITH_E_TRUNCATED, 0, {0x80, 0x80}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pith_reader reader = {cases[i].bytes, cases[i].len, 0};
        struct pith_writer writer = {.cap = PITH_VARINT_MAX};
        uint8_t written[PITH_VARINT_MAX];
        uint64_t value = 0;

        assert_int_equal(pith_reader_varint(&reader, &value), cases[i].status);
        assert_true(value == cases[i].value);
        assert_true(reader.at == (cases[i].status == PITH_OK ? cases[i].len : 0));
        if (cases[i].status != PITH_OK)
            continue;
        writer.data = written;
        assert_true(pith_varint_len(value) == cases[i].len);
        assert_int_equal(pith_writer_varint(&writer, value), PITH_OK);
        assert_true(writer.at == cases[i].len);
        assert_memory_equal(written, cases[i].bytes, writer.at);
        writer = (struct pith_writer){written, cases[i].len - 1, 0};
        assert_int_equal(pith_writer_varint(&writer, value), PITH_E_OUTPUT_FULL);
        assert_true(writer.at == 0);
    }
}

static void cursors_keep_to_their_bounds(void **state)
{
    uint8_t bytes[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, copy[9];
    struct pith_reader reader = {bytes, 9, 0};
    struct pith_writer writer = {copy, 9, 0};
    uint64_t value;

    (void)state;
    assert_int_equal(pith_reader_fixed(&reader, &value, 8), PITH_OK);
    assert_true(value == 0x0807060504030201);
    assert_int_equal(pith_reader_fixed(&reader, &value, 2), PITH_E_TRUNCATED);
    assert_int_equal(pith_reader_bytes(&reader, copy, 2), PITH_E_TRUNCATED);
    assert_int_equal(pith_reader_bytes(&reader, copy, 1), PITH_OK);
    assert_true(reader.at == 9 && copy[0] == 9);
    assert_int_equal(pith_writer_fixed(&writer, 0x0807060504030201, 8), PITH_OK);
    assert_int_equal(pith_writer_fixed(&writer, value, 2), PITH_E_OUTPUT_FULL);
    assert_int_equal(pith_writer_bytes(&writer, bytes, 2), PITH_E_OUTPUT_FULL);
    assert_memory_equal(copy, bytes, 8);
    assert_true(pith_load_le32(bytes) == 0x04030201);
    assert_true(pith_load_le64(bytes + 1) == 0x0908070605040302);
}

static void sums_that_do_not_fit(void **state)
{
    uint64_t wide = 7;
    size_t size = 7;

    (void)state;
    assert_true(pith_checked_add(&wide, UINT64_MAX, 0) && wide == UINT64_MAX);
    assert_false(pith_checked_add(&wide, UINT64_MAX, 1));
    assert_true(pith_checked_mul(&wide, UINT64_MAX / 3, 3) && wide == UINT64_MAX / 3 * 3);
    assert_false(pith_checked_mul(&wide, UINT64_MAX / 3 + 1, 3));
    assert_true(pith_checked_mul(&wide, 5, 0) && wide == 0);
    assert_false(pith_checked_add_size(&size, SIZE_MAX, 1));
    assert_false(pith_checked_mul_size(&size, SIZE_MAX / 2 + 1, 2));
    assert_true(size == 7);
    assert_true(pith_checked_add_size(&size, 1, 2) && size == 3);
    assert_true(pith_checked_mul_size(&size, 4, 2) && size == 8);
    assert_true(pith_saturated_add(UINT64_MAX - 1, 5) == UINT64_MAX);
}

static void memory_is_aligned_and_counted(void **state)
{
    static const uint64_t lengths[] = {0, 1, 63, 64, 65, 1000000, (uint64_t)9 << 20};
    struct pith_memory memory;
    struct pith_block block = {NULL, 0};
    void *taken;
    pith_error error;

    (void)state;
    pith_memory_init(&memory, NULL, (uint64_t)10 << 20);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        assert_int_equal(pith_memory_take(&memory, &taken, lengths[i], "a test", 0, &error),
                         PITH_OK);
        assert_true((uintptr_t)taken % PITH_MEMORY_ALIGN == 0);
        assert_true(memory.used == lengths[i]);
        memset(taken, 0xab, (size_t)lengths[i]);
        pith_memory_give(&memory, taken);
        assert_true(memory.used == 0);
    }
    assert_int_equal(pith_block_grow(&block, &memory, 100, 0, "a test", 0, &error), PITH_OK);
    memset(block.data, 7, 100);
    assert_int_equal(pith_block_grow(&block, &memory, 5000, 100, "a test", 0, &error), PITH_OK);
    assert_true(block.data[99] == 7 && block.cap == 5000 && memory.used == 5000);
    assert_int_equal(pith_block_reserve(&block, &memory, (uint64_t)11 << 20, "a test", 3, &error),
                     PITH_E_MEMORY_LIMIT);
    assert_true(error.position == 3 && memory.used == 0 && !block.data);
    memory.limit = UINT64_MAX;
    assert_int_equal(pith_memory_take(&memory, &taken, UINT64_MAX - 1, "a test", 0, &error),
                     PITH_E_MEMORY);
}

/* At most an eighth too much, never too little, and codes in order. */
static void memory_codes(void **state)
{
    (void)state;
    assert_true(pith_memory_code(0) == 0 && pith_memory_code(1) == 1);
    for (uint64_t code = 1; code < 255; code++) {
        uint64_t len = pith_memory_decode(code);

        assert_true(len < pith_memory_decode(code + 1));
        assert_true(pith_memory_code(len) == code && pith_memory_code(len + 1) == code + 1);
        assert_true(code < 16 || pith_memory_decode(code + 1) - len <= len / 8);
    }
    assert_true(pith_memory_decode(255) == (uint64_t)15 << 46);
}

static struct pith_chunk_header widest_chunk(int is_single)
{
    struct pith_chunk_header header = {.is_single = is_single, .id = UINT32_MAX};

    header.raw_offset = PITH_CONTENT_LEN_MAX;
    header.codec.id = UINT64_MAX >> 3;
    header.codec.params_len = PITH_CODEC_PARAMS_MAX;
    header.raw_len = header.packed_len = PITH_CHUNK_LEN_MAX;
    header.final_state = UINT32_MAX;
    header.packed_check = UINT64_MAX;
    pith_chunk_write(&header, UINT64_MAX);
    return header;
}

static void the_longest_headers_fit(void **state)
{
    struct pith_frame_header frame = {.chunk_len = PITH_CHUNK_LEN_MAX, .level = PITH_LEVEL_MAX};
    struct pith_index_sum sum = {.n_chunks = PITH_CONTENT_LEN_MAX, .entries_len = UINT32_MAX};
    uint8_t bytes[2 * PITH_HEADER_MAX];
    struct pith_chunk_header chunk = widest_chunk(0);
    size_t len;

    (void)state;
    assert_true(chunk.len < PITH_HEADER_MAX && chunk.len > 60);
    assert_true(widest_chunk(1).len < PITH_HEADER_MAX);
    frame.flags = pith_frame_flags(PITH_LEVEL_MAX, PITH_FLAG_SIZED);
    frame.content_size = PITH_CONTENT_LEN_MAX;
    assert_true(pith_frame_write(bytes, &frame, UINT64_MAX, 1) < PITH_HEADER_MAX);
    assert_true(pith_index_head_write(bytes, &frame, &sum) < PITH_HEADER_MAX);
    assert_true(pith_index_end_write(bytes, &frame, &sum) == PITH_INDEX_TAIL_LEN + PITH_FOOTER_LEN);
    pith_index_sum_init(&sum);
    assert_int_equal(pith_index_sum_chunk(&sum, bytes, &len, &chunk, 0, NULL), PITH_OK);
    assert_true(len < PITH_HEADER_MAX);
}

static void frames_read_as_written(void **state)
{
    struct pith_frame_header frame = {.chunk_len = 1 << 20, .content_size = 12345}, again;
    uint8_t bytes[PITH_HEADER_MAX];
    size_t len;
    pith_error error;

    (void)state;
    frame.flags = pith_frame_flags(4, PITH_FLAG_SIZED);
    len = pith_frame_write(bytes, &frame, 3 << 20, 99);
    assert_int_equal(pith_frame_read(&again, bytes, len, 0, 1, &error), PITH_OK);
    assert_true(again.level == 4 && again.chunk_len == 1 << 20 && again.content_size == 12345);
    assert_true(again.id == frame.id && again.len == len);
    assert_true(pith_memory_decode(again.memory) == 3 << 20);
    for (size_t n = 0; n < len; n++) {
        assert_int_equal(pith_frame_read(&again, bytes, n, 70, 1, &error), PITH_E_TRUNCATED);
        assert_true(error.position == 70 + n);
    }
    bytes[len - 1] ^= 1;
    assert_int_equal(pith_frame_read(&again, bytes, len, 70, 1, &error), PITH_E_CORRUPT);
    assert_non_null(strstr(error.text, "byte 70"));
    bytes[5] |= 0x40;
    assert_int_equal(pith_frame_read(&again, bytes, len, 70, 1, &error), PITH_E_UNSUPPORTED);
    bytes[4] = 9;
    assert_int_equal(pith_frame_read(&again, bytes, len, 70, 1, &error), PITH_E_UNSUPPORTED);
    assert_non_null(strstr(error.text, "made by a newer version of pith"));
    bytes[0] = 0;
    assert_int_equal(pith_frame_read(&again, bytes, len, 70, 1, &error), PITH_E_FORMAT);
    assert_int_equal(pith_frame_read(&again, bytes, len, 70, 0, &error), PITH_E_CORRUPT);
}

/* The four bits of the level.  Decoders that know 1 to 7 take the fourth for a flag of a later version. */
static void levels_stand_in_the_flags(void **state)
{
    (void)state;
    for (int level = 0; level <= 15; level++) {
        struct pith_frame_header frame = {.chunk_len = 1 << 20, .level = 0}, again;
        uint8_t bytes[PITH_HEADER_MAX];
        size_t len;
        pith_error error;
        pith_status status;

        frame.flags = pith_frame_flags(level, 0);
        assert_true(frame.flags ==
                    (level < 8 ? 2 * (uint64_t)level : 0x20 + 2 * (uint64_t)(level - 8)));
        len = pith_frame_write(bytes, &frame, 3 << 20, 99);
        status = pith_frame_read(&again, bytes, len, 0, 1, &error);
        assert_int_equal(status, level < PITH_LEVEL_MIN   ? PITH_E_CORRUPT
                                 : level > PITH_LEVEL_MAX ? PITH_E_UNSUPPORTED
                                                          : PITH_OK);
        assert_true(again.level == level);
        if (level > PITH_LEVEL_MAX) { /* said before what follows is read */
            bytes[len - 1] ^= 1;
            assert_int_equal(pith_frame_read(&again, bytes, 6, 0, 1, &error), PITH_E_UNSUPPORTED);
            assert_true(error.position == 5);
        }
    }
}

static void index_entries_have_bounds(void **state)
{
    struct pith_index_sum sum;
    struct pith_index_entry entry = {.codec = {PITH_CODEC_FILL, 1, {0}}, .raw_len = 2}, again;
    struct pith_chunk_header chunk = {.raw_len = PITH_FILL_LEN_MAX};
    uint8_t bytes[PITH_HEADER_MAX];
    size_t len, entry_len;

    (void)state;
    pith_index_sum_init(&sum);
    sum.raw_len = PITH_CONTENT_LEN_MAX - 2;
    entry.record_len = 1;
    assert_int_equal(pith_index_sum_entry(&sum, &entry, bytes, 0, 0, NULL), PITH_OK);
    assert_true(sum.raw_len == PITH_CONTENT_LEN_MAX);
    assert_int_equal(pith_index_sum_entry(&sum, &entry, bytes, 0, 0, NULL), PITH_E_CORRUPT);
    sum.raw_len = 0;
    sum.records_len = PITH_CONTENT_LEN_MAX;
    assert_int_equal(pith_index_sum_entry(&sum, &entry, bytes, 0, 0, NULL), PITH_E_CORRUPT);
    assert_true(sum.n_chunks == 1);

    /* only a fill chunk may be longer than memory holds */
    pith_index_sum_init(&sum);
    chunk.codec = entry.codec;
    chunk.len = 20;
    assert_int_equal(pith_index_sum_chunk(&sum, bytes, &len, &chunk, 0, NULL), PITH_OK);
    assert_int_equal(pith_index_entry_read(&again, &entry_len, bytes, len, 0, NULL), PITH_OK);
    assert_true(entry_len == len && again.raw_len == PITH_FILL_LEN_MAX && again.record_len == 20);
    chunk.codec = (struct pith_codec_choice){PITH_CODEC_BYTES, 1, {1}};
    assert_int_equal(pith_index_sum_chunk(&sum, bytes, &len, &chunk, 0, NULL), PITH_OK);
    assert_int_equal(pith_index_entry_read(&again, &entry_len, bytes, len, 0, NULL),
                     PITH_E_CORRUPT);
}

static void a_payload_is_no_record(void **state)
{
    struct pith_parser parser;
    enum pith_parsed parsed;
    uint8_t byte = 0;
    pith_in in = {&byte, 1, 0};

    (void)state;
    pith_parser_init(&parser);
    parser.stage = PITH_STAGE_PAYLOAD;
    assert_int_equal(pith_parser_step(&parser, &parsed, &in, NULL), PITH_E_ARGUMENT);
    assert_true(in.pos == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(varints_have_one_form),
        cmocka_unit_test(cursors_keep_to_their_bounds),
        cmocka_unit_test(sums_that_do_not_fit),
        cmocka_unit_test(memory_is_aligned_and_counted),
        cmocka_unit_test(memory_codes),
        cmocka_unit_test(the_longest_headers_fit),
        cmocka_unit_test(frames_read_as_written),
        cmocka_unit_test(levels_stand_in_the_flags),
        cmocka_unit_test(index_entries_have_bounds),
        cmocka_unit_test(a_payload_is_no_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
