/* Store code: stores of rounded states come back exactly, group by group; whatever bytes are decoded, the
 * result is a store within its bounds, or refused. */
#include "prior/priming.h"

#define CAP ((size_t)1 << 20)

static uint8_t rounded[256]; /* rounded states other than 0 */
static uint32_t n_rounded;

static int list_rounded(void **state)
{
    (void)state;
    assert_int_equal(pith_state_rounded[0], 0);
    for (uint32_t s = 0; s < 256; s++) {
        assert_int_equal(pith_state_rounded[pith_state_rounded[s]], pith_state_rounded[s]);
        if (s > 0 && pith_state_rounded[s] == s)
            rounded[n_rounded++] = (uint8_t)s;
    }
    assert_true(n_rounded > 8 && n_rounded < 32);
    return 0;
}

static uint8_t any_state(uint64_t *random)
{
    return rounded[random_below(random, n_rounded)];
}

/* A tree of states as groups have it: nothing below what was not passed, the root passed. */
static void make_group(uint8_t *states, uint64_t *random)
{
    uint32_t shape = random_below(random, 4), nibble = random_below(random, 16);

    memset(states, 0, PITH_STORE_NODES);
    for (uint32_t node = 1; node <= PITH_STORE_NODES; node++) {
        int is_below = node == 1 || states[node / 2 - 1] != 0;

        if (is_below && (node == 1 || shape == 0 || random_below(random, 3) == 0))
            states[node - 1] = any_state(random);
    }
    if (shape < 2)
        return;
    memset(states, 0, PITH_STORE_NODES); /* one nibble some times, or others each time */
    for (uint32_t times = 1 + random_below(random, shape == 2 ? 60 : 6); times > 0; times--) {
        for (uint32_t b = 4, node = 1; b-- > 0; node = node * 2 + (nibble >> b & 1))
            states[node - 1] = pith_state_next[states[node - 1]][nibble >> b & 1];
        if (shape == 3)
            nibble = random_below(random, 16);
    }
    for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
        states[k] = pith_state_rounded[states[k]];
}

/* Fills a table of at most n entries; leaves its true counts. */
static void fill_table(struct test_store *s, uint32_t t, uint64_t *random)
{
    struct pith_store_table *table = &s->store.tables[t];
    struct pith_store_counts *counts = &s->counts[t];
    uint32_t n = counts->n_entries, n_keys = table->n_buckets << PITH_STORE_KEY_BITS, key = 0;

    memset(table->buckets, 0, table->n_buckets * sizeof *table->buckets);
    counts->n_entries = counts->n_seconds = 0;
    while (counts->n_entries < n && key < n_keys) {
        struct pith_store_entry entry = {.seconds = counts->n_seconds};

        make_group(entry.states, random);
        for (uint32_t nibble = 0; nibble < 16; nibble++)
            if (entry.states[7 + nibble / 2] && random_below(random, 2)) {
                entry.nibbles = (uint16_t)(entry.nibbles | 1u << nibble);
                make_group(table->seconds[counts->n_seconds++], random);
            }
        if (!pith_store_put(table, &counts->n_entries, key, &entry))
            counts->n_seconds = entry.seconds;
        key += 1 + random_below(random, 2 * n_keys / n);
    }
}

static void make_store(struct test_store *s, uint64_t *random)
{
    memset(s, 0, sizeof *s);
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t += 1 + random_below(random, 30)) {
        uint32_t n = 1 + random_below(random, random_below(random, 4) ? 30 : 2000);

        s->counts[t] = (struct pith_store_counts){n, 16 * n, pith_store_buckets(n)};
    }
    lay_out_store(s);
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        if (s->counts[t].n_entries > 0)
            fill_table(s, t, random);
}

static size_t encode(struct test_store *s, uint8_t *bytes)
{
    struct pith_coder coder;

    pith_coder_begin_encode(&coder, bytes, CAP);
    assert_true(pith_store_code(&s->store, s->counts, &coder));
    pith_coder_finish_encode(&coder);
    assert_false(coder.is_full);
    return coder.pos;
}

static int decode(struct test_store *s, const uint8_t *bytes, size_t len, struct pith_coder *coder)
{
    lay_out_store(s);
    pith_coder_begin_decode(coder, bytes, len, NULL, NULL);
    return pith_store_code(&s->store, s->counts, coder);
}

static void check_same(const struct test_store *a, const struct test_store *b)
{
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
        const struct pith_store_table *x = &a->store.tables[t], *y = &b->store.tables[t];

        if (a->counts[t].n_entries == 0)
            continue;
        for (uint32_t i = 0; i < x->n_buckets; i++) {
            assert_int_equal(x->buckets[i].n, y->buckets[i].n);
            assert_memory_equal(x->buckets[i].checks, y->buckets[i].checks, x->buckets[i].n);
            assert_true(x->buckets[i].n == 0 || x->buckets[i].first == y->buckets[i].first);
        }
        for (uint32_t i = 0; i < a->counts[t].n_entries; i++) {
            assert_int_equal(x->entries[i].seconds, y->entries[i].seconds);
            assert_int_equal(x->entries[i].nibbles, y->entries[i].nibbles);
            assert_memory_equal(x->entries[i].states, y->entries[i].states, PITH_STORE_NODES);
        }
        if (a->counts[t].n_seconds > 0)
            assert_memory_equal(x->seconds, y->seconds,
                                (size_t)a->counts[t].n_seconds * PITH_STORE_NODES);
    }
}

/* Whatever is found leads to memory of the store. */
static void check_valid(const struct test_store *s)
{
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
        const struct pith_store_table *table = &s->store.tables[t];
        uint32_t n_entries = 0, n_seconds = 0;

        assert_true((table->buckets != NULL) == (s->counts[t].n_entries > 0));
        for (uint32_t b = 0; table->buckets && b < table->n_buckets; b++) {
            const struct pith_store_bucket *bucket = &table->buckets[b];

            assert_true(bucket->n <= PITH_STORE_BUCKET_MAX);
            assert_true(bucket->n == 0 || bucket->first == n_entries);
            n_entries += bucket->n;
            for (uint32_t i = 1; i < bucket->n; i++)
                assert_true(bucket->checks[i] > bucket->checks[i - 1]);
        }
        assert_int_equal(n_entries, s->counts[t].n_entries);
        for (uint32_t i = 0; i < n_entries; i++) {
            assert_int_equal(table->entries[i].seconds, n_seconds);
            for (uint32_t nibbles = table->entries[i].nibbles; nibbles; nibbles &= nibbles - 1)
                n_seconds++;
            for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
                assert_int_equal(pith_state_rounded[table->entries[i].states[k]],
                                 table->entries[i].states[k]);
        }
        assert_int_equal(n_seconds, s->counts[t].n_seconds);
        for (uint32_t i = 0; i < n_seconds; i++)
            for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
                assert_int_equal(pith_state_rounded[table->seconds[i][k]], table->seconds[i][k]);
    }
}

static void stores_come_back(void **state)
{
    uint64_t random = test_seed();
    uint8_t *bytes = get_memory(CAP);
    struct test_store *s = get_memory(sizeof *s), *again = get_memory(sizeof *again);

    (void)state;
    for (int round = 0; round < 40; round++) {
        struct pith_coder coder;
        size_t len;

        make_store(s, &random);
        check_valid(s);
        len = encode(s, bytes);
        memcpy(again->counts, s->counts, sizeof s->counts);
        CHECK(decode(again, bytes, len, &coder), "round %d", round);
        assert_true(coder.pos == coder.cap && pith_coder_ends_well(&coder));
        check_same(s, again);
        free(again->memory);
        free(s->memory);
    }
    free(again);
    free(s);
    free(bytes);
}

/* A store without entries takes the coder's own bytes. */
static void an_empty_store_is_empty(void **state)
{
    struct test_store *s = get_memory(sizeof *s);
    struct pith_coder coder;
    uint8_t bytes[8];

    (void)state;
    memset(s, 0, sizeof *s);
    lay_out_store(s);
    pith_coder_begin_encode(&coder, bytes, sizeof bytes);
    assert_true(pith_store_code(&s->store, s->counts, &coder));
    pith_coder_finish_encode(&coder);
    CHECK(!coder.is_full && coder.pos <= 4, "%zu", coder.pos);
    free(s->memory);
    assert_true(decode(s, bytes, coder.pos, &coder));
    assert_true(coder.pos == coder.cap && pith_coder_ends_well(&coder));
    assert_null(pith_store_find(&s->store.tables[1], 5));
    free(s->memory);
    free(s);
}

/* Headers may tell any counts; bytes may be any, or some that were right once. */
static void any_bytes_give_a_store_or_none(void **state)
{
    uint64_t random = test_seed();
    uint8_t *bytes = get_memory(CAP);
    struct test_store *s = get_memory(sizeof *s), *forged = get_memory(sizeof *forged);
    uint32_t n_stores = 0, n_refused = 0;

    (void)state;
    for (int round = 0; round < 600; round++) {
        struct pith_coder coder;
        size_t len = random_below(&random, 3000);
        uint32_t t = random_below(&random, PITH_STORE_TABLES);

        memset(forged, 0, sizeof *forged);
        if (round % 3 == 0) {
            make_store(s, &random);
            len = encode(s, bytes);
            memcpy(forged->counts, s->counts, sizeof s->counts);
            for (uint32_t n = random_below(&random, 3); n > 0 && len > 0; n--)
                bytes[random_below(&random, (uint32_t)len)] ^=
                    (uint8_t)(1u << random_below(&random, 8));
            free(s->memory);
        } else {
            uint32_t n = 1 + random_below(&random, round % 3 == 1 ? 3 : 1000);

            for (size_t i = 0; i < len; i++)
                bytes[i] = round % 4 ? (uint8_t)next_random(&random) : round % 8 ? 0xff : 0;
            forged->counts[t] = (struct pith_store_counts){n, random_below(&random, 16 * n + 1),
                                                           1 + random_below(&random, n)};
        }
        if (decode(forged, bytes, len, &coder)) {
            check_valid(forged);
            n_stores++;
        } else {
            n_refused++;
        }
        free(forged->memory);
    }
    CHECK(n_stores > 20 && n_refused > 20, "%u, %u refused", n_stores, n_refused);
    free(forged);
    free(s);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_come_back),
        cmocka_unit_test(an_empty_store_is_empty),
        cmocka_unit_test(any_bytes_give_a_store_or_none),
    };

    return cmocka_run_group_tests_name("store code", tests, list_rounded, NULL);
}
