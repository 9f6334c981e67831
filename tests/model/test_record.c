/* Record contexts: columns go round, the bytes above are those of the records before, and nothing
 * is read before the start. */
#include "support/testing.h"

#include "model/record.h"

static void columns_go_round(void **state)
{
    static const uint32_t lengths[] = {0, 1, 2, 3, 17, PITH_RECORD_LEN_MAX};
    struct pith_record record;

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        uint32_t len = lengths[i] ? lengths[i] : 4;

        memset(&record, 0x5a, sizeof record);
        pith_record_begin(&record, lengths[i]);
        assert_true(record.len == len);
        for (uint32_t at = 0; at < 3 * len; at++) {
            assert_true(record.column == at % len);
            pith_record_update(&record);
        }
    }
}

static uint8_t data[3 * PITH_RECORD_LEN_MAX];

/* The contexts after n bytes of data. */
static void contexts(uint32_t len, size_t n, uint32_t *hashes)
{
    struct pith_history history = {.data = data};
    struct pith_record record;

    pith_record_begin(&record, len);
    for (size_t i = 0; i < n; i++) {
        pith_history_push(&history, data[i]);
        pith_record_update(&record);
    }
    pith_record_contexts(&record, &history, PITH_RECORD_CONTEXTS, hashes);
}

static void contexts_see_what_they_should(void **state)
{
    enum { LEN = 10, N = 35 };
    uint32_t a[PITH_RECORD_CONTEXTS], b[PITH_RECORD_CONTEXTS];

    (void)state;
    for (size_t i = 0; i < N; i++)
        data[i] = (uint8_t)(i * 37);
    contexts(LEN, N, a);
    for (int i = 0; i < PITH_RECORD_CONTEXTS; i++)
        for (int k = 0; k < i; k++)
            assert_true(a[i] != a[k]);
    data[N - LEN] ^= 1; /* above */
    contexts(LEN, N, b);
    assert_true(a[0] != b[0] && a[1] != b[1] && a[2] != b[2] && a[4] != b[4]);
    assert_true(a[3] == b[3] && a[5] == b[5]);
    data[N - LEN] ^= 1;
    data[N - 2 * LEN] ^= 1; /* above that */
    contexts(LEN, N, b);
    assert_true(a[0] != b[0]);
    for (int i = 1; i < PITH_RECORD_CONTEXTS; i++)
        assert_true(a[i] == b[i]);
    data[N - 2 * LEN] ^= 1;
    data[N - 1] ^= 1; /* the latest */
    contexts(LEN, N, b);
    assert_true(a[0] == b[0] && a[1] != b[1] && a[2] != b[2] && a[3] != b[3] && a[5] == b[5]);
}

static void nothing_before_the_start(void **state)
{
    uint32_t hashes[PITH_RECORD_CONTEXTS + 1];

    (void)state;
    hashes[PITH_RECORD_CONTEXTS] = 0x5a5a5a5a;
    for (size_t n = 0; n < sizeof data; n += n < 40 ? 1 : 1023)
        for (uint32_t len = 0; len <= PITH_RECORD_LEN_MAX; len = len * 3 + 1)
            contexts(len, n, hashes);
    assert_true(hashes[PITH_RECORD_CONTEXTS] == 0x5a5a5a5a);
}

/* In a table of equal records the bytes above repeat, so the contexts do. */
static void equal_records_repeat(void **state)
{
    enum { LEN = 13 };
    uint32_t a[PITH_RECORD_CONTEXTS], b[PITH_RECORD_CONTEXTS], c[PITH_RECORD_CONTEXTS];

    (void)state;
    for (size_t i = 0; i < 20 * LEN; i++)
        data[i] = (uint8_t)(i % LEN * i % LEN);
    contexts(LEN, 5 * LEN + 4, a);
    contexts(LEN, 9 * LEN + 4, b);
    contexts(LEN - 1, 9 * LEN + 4, c);
    assert_int_equal(a[5], b[5]);
    assert_true(c[5] != b[5]);
    for (size_t i = 0; i < 20 * LEN; i++)
        data[i] = (uint8_t)(i % LEN * 29);
    contexts(LEN, 5 * LEN + 4, a);
    contexts(LEN, 9 * LEN + 4, b);
    assert_memory_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_go_round),
        cmocka_unit_test(contexts_see_what_they_should),
        cmocka_unit_test(nothing_before_the_start),
        cmocka_unit_test(equal_records_repeat),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
