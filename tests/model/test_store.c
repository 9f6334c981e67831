/* Store: a context is found by its bucket and eight bits more, its groups by the first nibble; keys keep
 * the order of hashes. */
#include "support/testing.h"

#include "prior/store_code.h"

#define N_MAX 2000

static struct pith_store_bucket buckets[N_MAX];
static struct pith_store_entry entries[N_MAX];
static uint8_t seconds[N_MAX][PITH_STORE_NODES];

static struct pith_store_table make_table(uint32_t n_buckets)
{
    struct pith_store_table table = {buckets, n_buckets, entries, seconds};

    memset(buckets, 0, sizeof buckets);
    return table;
}

static void empty_tables_know_nothing(void **state)
{
    struct pith_store_table table = {.buckets = NULL};

    (void)state;
    pith_store_prefetch(&table, 0x12345678);
    assert_null(pith_store_find(&table, 0));
    assert_null(pith_store_find(&table, UINT32_MAX));
    table = make_table(7);
    pith_store_prefetch(&table, UINT32_MAX);
    for (uint64_t hash = 0; hash <= UINT32_MAX; hash += 0x1234567)
        assert_null(pith_store_find(&table, (uint32_t)hash));
}

/* Whatever the number of buckets: keys rise with hashes, and none is beyond the last bucket. */
static void keys_keep_the_order(void **state)
{
    static const uint32_t numbers[] = {1,       2, 3, 5, 255, 256, 257, 1000003, (1u << 24) - 1,
                                       1u << 24};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uint32_t before = 0, last = pith_store_key(UINT32_MAX, numbers[i]);

        assert_int_equal(pith_store_key(0, numbers[i]), 0);
        assert_int_equal(last >> PITH_STORE_KEY_BITS, numbers[i] - 1);
        assert_int_equal(last & 255, 255);
        for (uint64_t hash = 0; hash <= UINT32_MAX; hash += 0x10fedcb) {
            uint32_t key = pith_store_key((uint32_t)hash, numbers[i]);

            assert_true(key >= before);
            before = key;
        }
    }
}

static void buckets_are_enough(void **state)
{
    (void)state;
    assert_int_equal(pith_store_buckets(0), 1);
    for (uint32_t n = 1; n < 5000; n++) {
        assert_true(pith_store_buckets(n) <= n); /* what a reader holds headers to */
        assert_true(pith_store_buckets(n) * PITH_STORE_BUCKET_LOAD >= n);
    }
    assert_int_equal(pith_store_buckets(UINT32_MAX), 1u << 24);
}

/* Every entry that was put is found by any hash of its key, and no other hash finds one. */
static void what_was_put_is_found(void **state)
{
    struct pith_store_table table = make_table(200);
    static uint8_t is_in[200 << PITH_STORE_KEY_BITS];
    uint64_t random = test_seed();
    uint32_t n_entries = 0, n_refused = 0;

    (void)state;
    memset(is_in, 0, sizeof is_in);
    for (uint32_t key = 0; key < 200 << PITH_STORE_KEY_BITS; key++) {
        struct pith_store_entry entry = {.seconds = key};

        if (random_below(&random, 40) != 0)
            continue;
        is_in[key] = (uint8_t)pith_store_put(&table, &n_entries, key, &entry);
        n_refused += !is_in[key];
    }
    assert_true(n_entries > 800 && n_refused > 0);
    for (uint32_t b = 0; b < 200; b++)
        assert_true(buckets[b].n <= PITH_STORE_BUCKET_MAX);
    for (int i = 0; i < 100000; i++) {
        uint32_t hash = (uint32_t)next_random(&random), key = pith_store_key(hash, 200);
        const struct pith_store_entry *entry = pith_store_find(&table, hash);

        CHECK((entry != NULL) == is_in[key], "key %u", key);
        assert_true(!entry || entry->seconds == key);
    }
}

static void a_full_bucket_refuses(void **state)
{
    struct pith_store_table table = make_table(2);
    struct pith_store_entry entry = {.seconds = 0};
    uint32_t n_entries = 0;

    (void)state;
    for (uint32_t i = 0; i < PITH_STORE_BUCKET_MAX; i++)
        assert_true(pith_store_put(&table, &n_entries, 3 * i, &entry));
    assert_false(pith_store_put(&table, &n_entries, 200, &entry));
    assert_int_equal(n_entries, PITH_STORE_BUCKET_MAX);
    assert_true(pith_store_put(&table, &n_entries, 256, &entry));
    assert_int_equal(buckets[1].first, PITH_STORE_BUCKET_MAX);
    assert_int_equal(buckets[0].n, PITH_STORE_BUCKET_MAX);
}

static void groups_are_counted_by_nibble(void **state)
{
    struct pith_store_table table = make_table(1);

    (void)state;
    for (uint32_t nibbles = 0; nibbles < 65536; nibbles++) {
        struct pith_store_entry entry = {.seconds = 100, .nibbles = (uint16_t)nibbles};
        uint32_t n = 0;

        assert_ptr_equal(pith_store_group(&table, &entry, PITH_STORE_FIRST), entry.states);
        for (uint32_t nibble = 0; nibble < 16; nibble++) {
            const uint8_t *group = pith_store_group(&table, &entry, nibble);

            if (nibbles >> nibble & 1)
                assert_ptr_equal(group, seconds[100 + n++]);
            else
                assert_null(group);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_tables_know_nothing), cmocka_unit_test(keys_keep_the_order),
        cmocka_unit_test(buckets_are_enough),        cmocka_unit_test(what_was_put_is_found),
        cmocka_unit_test(a_full_bucket_refuses),     cmocka_unit_test(groups_are_counted_by_nibble),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
