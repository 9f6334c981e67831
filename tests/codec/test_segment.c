/* The segment table: what is written is read again, and of two tables that would decode alike only
 * the encoder's is accepted. */
#include "support/testing.h"

#include "codec/bytes/segment.h"

#define RAW_LEN 10000

static uint8_t table[64];

static pith_status read_table(const uint8_t *data, size_t len, struct pith_segment *segments,
                              size_t *n)
{
    struct pith_reader reader = {data, len, 0};
    pith_error error;

    return pith_segments_read(&reader, segments, pith_segments_max(RAW_LEN), n, RAW_LEN, &error);
}

static void tables_come_back(void **state)
{
    static const struct pith_segment written[] = {
        {.raw_len = 2000, .tag = PITH_KIND_TEXT | PITH_SEGMENT_TRANSFORMED, .model_len = 1500},
        {.raw_len = 3000, .tag = PITH_SEGMENT_FILL, .fill = 0xee},
        {.raw_len = 1000, .tag = PITH_KIND_RECORDS, .model_len = 1000, .record_len = 28},
        {.raw_len = 1000, .tag = PITH_KIND_RECORDS, .model_len = 1000, .record_len = 4},
        {.raw_len = 3000, .tag = PITH_KIND_X86 | PITH_SEGMENT_TRANSFORMED, .model_len = 3000},
    };
    struct pith_writer writer = {table, sizeof table, 0};
    struct pith_segment read[COUNT(written) + 8];
    size_t n;

    (void)state;
    assert_true(pith_segments_write(&writer, written, COUNT(written)) == PITH_OK);
    assert_true(read_table(table, writer.at, read, &n) == PITH_OK && n == COUNT(written));
    for (size_t i = 0; i < n; i++) {
        assert_true(read[i].raw_len == written[i].raw_len && read[i].tag == written[i].tag);
        assert_true(read[i].model_len == written[i].model_len && read[i].fill == written[i].fill);
        assert_true(read[i].record_len == (i == 3 ? 0 : written[i].record_len));
    }
    for (size_t len = 0; len < writer.at; len++)
        assert_true(read_table(table, len, read, &n) != PITH_OK);
}

static void twins_are_refused(void **state)
{
    static const uint8_t no_length[] = {PITH_KIND_RECORDS, 0}, four[] = {PITH_KIND_RECORDS, 4};
    static const uint8_t five[] = {PITH_KIND_RECORDS, 5}, plain_x86[] = {PITH_KIND_X86};
    static const uint8_t x86[] = {PITH_KIND_X86 | PITH_SEGMENT_TRANSFORMED};
    struct pith_segment read[RAW_LEN / 2048 + 2];
    size_t n;

    (void)state;
    assert_true(read_table(no_length, sizeof no_length, read, &n) == PITH_OK);
    assert_true(read_table(five, sizeof five, read, &n) == PITH_OK);
    assert_true(read_table(four, sizeof four, read, &n) == PITH_E_CORRUPT);
    assert_true(read_table(x86, sizeof x86, read, &n) == PITH_OK);
    assert_true(read_table(plain_x86, sizeof plain_x86, read, &n) == PITH_E_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_come_back),
        cmocka_unit_test(twins_are_refused),
    };

    return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
