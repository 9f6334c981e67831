/* Slots that know contexts from before: new groups begin with the states that a store or a collector
 * has, what the data itself has shown goes first, and a collector is told every byte. */
#include "support/testing.h"

#include "model/hash.h"
#include "model/slots.h"
#include "prior/store_code.h"

#define N         3
#define N_LINES   256
#define N_BUCKETS 50
#define LOG2      12

static const uint8_t ids[N] = {4, 17, PITH_STORE_TABLES - 1};

static struct pith_arena arena;
static struct pith_slots slots;
static struct pith_slots_maps maps;
static struct pith_store store;
static struct pith_store_bucket buckets[N_BUCKETS];
static struct pith_store_entry entries[N_BUCKETS];
static uint8_t seconds[N_BUCKETS][PITH_STORE_NODES];
static struct pith_collected groups[1 << LOG2];
static struct pith_collector collector;
static int has_estimates; /* every test runs with and without */

static void lay_out(void)
{
    pith_slots_layout(&slots, &arena, N_LINES, has_estimates, has_estimates);
    pith_slots_maps_layout(&maps, &arena, N);
}

static void begin_data(void)
{
    pith_slots_init(&slots, N_LINES);
    pith_slots_use(&slots, &maps, ids);
}

static int begin(void **state)
{
    (void)state;
    arena = (struct pith_arena){NULL, 0};
    memset(&slots, 0, sizeof slots);
    lay_out();
    back_arena(&arena);
    lay_out();
    pith_slots_maps_init(&maps);
    begin_data();
    memset(&store, 0, sizeof store);
    memset(buckets, 0, sizeof buckets);
    pith_collector_init(&collector, groups, LOG2);
    collector.sample = 1;
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(arena.base);
    return 0;
}

static uint32_t hash_of(uint32_t i, uint32_t context)
{
    return pith_hash(100 + i, context);
}

/* A whole byte.  known[h]: contexts that knew of its nibble h; leaning: of all inputs, to the right side. */
static int32_t code(uint32_t context, uint8_t byte, uint32_t known[2])
{
    int32_t leaning = 0;

    for (uint32_t i = 0; i < N; i++)
        slots.hash[i] = hash_of(i, context);
    pith_slots_prepare(&slots, 0, N);
    known[0] = pith_slots_find(&slots, PITH_STORE_FIRST);
    for (uint32_t n_seen = 0; n_seen < 8; n_seen++) {
        int16_t inputs[2 * N];
        int bit = byte >> (7 - n_seen) & 1;

        if (n_seen == 3)
            pith_slots_prepare_second(&slots, 8u | byte >> 5);
        if (n_seen == 4)
            known[1] = pith_slots_find(&slots, byte >> 4);
        pith_slots_predict(&slots, inputs, has_estimates ? NULL : inputs + N);
        if (has_estimates)
            pith_slots_estimate(&slots, inputs + N);
        for (uint32_t i = 0; i < 2 * N; i++)
            leaning += bit ? inputs[i] : -inputs[i];
        if (has_estimates)
            pith_slots_update_estimates(&slots, bit);
        pith_slots_update(&slots, bit);
    }
    pith_slots_end_byte(&slots, byte >> 4);
    return leaning;
}

/* The states of a nibble that came a few times. */
static void see(uint8_t states[PITH_STORE_NODES], uint32_t nibble, int times)
{
    memset(states, 0, PITH_STORE_NODES);
    while (times-- > 0)
        for (uint32_t b = 4, node = 1; b-- > 0; node = node * 2 + (nibble >> b & 1))
            states[node - 1] = pith_state_next[states[node - 1]][nibble >> b & 1];
}

/* Context i of `context` has seen 0x5a; its second group is known or not. */
static void put(uint32_t i, uint32_t context, int has_second)
{
    struct pith_store_table *table = &store.tables[ids[i]];
    struct pith_store_entry entry = {.nibbles = (uint16_t)(has_second ? 1 << 5 : 0)};
    uint32_t n_entries = 0;

    *table = (struct pith_store_table){buckets, N_BUCKETS, entries, seconds};
    see(entry.states, 5, 3);
    see(seconds[0], 10, 3);
    pith_store_put(table, &n_entries, pith_store_key(hash_of(i, context), N_BUCKETS), &entry);
}

static void an_empty_store_changes_nothing(void **state)
{
    uint32_t known[2];

    (void)state;
    slots.store = &store;
    assert_int_equal(code(1, 0x5a, known), 0);
    assert_int_equal(known[0] | known[1], 0);
    assert_true(code(1, 0x5a, known) > 0);
    assert_true(known[0] == N && known[1] == N);
}

static void a_store_seeds_its_context(void **state)
{
    uint32_t known[2];

    (void)state;
    for (uint32_t i = 0; i < N; i++)
        for (int has_second = 0; has_second < 2; has_second++) {
            memset(&store, 0, sizeof store);
            memset(buckets, 0, sizeof buckets);
            begin_data();
            put(i, 7, has_second);
            slots.store = &store;
            assert_true(code(7, 0x5a, known) > 200);
            assert_int_equal(known[0], 1);
            assert_int_equal(known[1], has_second);
            begin_data();
            code(8, 0x5a, known); /* another context of the same table */
            assert_int_equal(known[0] + known[1], 0);
            begin_data();
            code(7, 0x6a, known); /* its first nibble, and behind that what nobody has seen */
            assert_true(known[0] == 1 && known[1] == 0);
        }
}

/* States that the data has given to a group are not overwritten by the store's. */
static void what_is_new_goes_first(void **state)
{
    uint32_t known[2];
    uint8_t expected[PITH_STORE_NODES], before[sizeof entries];

    (void)state;
    put(1, 7, 1);
    slots.store = &store;
    see(expected, 5, 3);
    for (uint32_t b = 4, node = 1; b-- > 0; node = node * 2 + 1)
        expected[node - 1] = pith_state_next[expected[node - 1]][1];
    memcpy(before, entries, sizeof before);
    code(7, 0xfa, known);
    code(7, 0x5a, known);
    assert_int_equal(known[0], N);
    for (uint32_t b = 4, node = 1; b-- > 0; node = node * 2 + (5u >> b & 1))
        expected[node - 1] = pith_state_next[expected[node - 1]][5u >> b & 1];
    pith_slots_prepare(&slots, 0, N);
    assert_int_equal(pith_slots_find(&slots, PITH_STORE_FIRST), N);
    assert_memory_equal(slots.lines + slots.group[1] + 1, expected, sizeof expected);
    assert_memory_equal(before, entries, sizeof before); /* shared: never written */
}

static void a_collector_is_told_every_byte(void **state)
{
    uint32_t known[2];
    uint8_t expected[PITH_STORE_NODES];

    (void)state;
    slots.collector = &collector;
    for (int i = 0; i < 3; i++)
        code(7, 0x5a, known);
    assert_int_equal(collector.n_groups, 2 * N);
    for (uint32_t i = 0; i < N; i++) {
        const uint8_t *first =
            pith_collector_find(&collector, ids[i], hash_of(i, 7), PITH_STORE_FIRST);
        const uint8_t *second = pith_collector_find(&collector, ids[i], hash_of(i, 7), 5);

        assert_true(first && second);
        see(expected, 5, 3);
        assert_memory_equal(first, expected, sizeof expected);
        see(expected, 10, 3);
        assert_memory_equal(second, expected, sizeof expected);
        assert_null(pith_collector_find(&collector, ids[i], hash_of(i, 7), 10));
    }
}

/* The next data begin where the last ones ended, as they will with a store made of the collector. */
static void a_collector_seeds_the_next_sample(void **state)
{
    uint32_t known[2];
    int32_t first, later;

    (void)state;
    slots.collector = &collector;
    first = code(7, 0x5a, known);
    code(7, 0x5a, known);
    collector.sample++;
    begin_data();
    assert_true(slots.collector == &collector);
    later = code(7, 0x5a, known);
    assert_true(known[0] == N && known[1] == N);
    CHECK(first == 0 && later > 200, "%ld, then %ld", (long)first, (long)later);
    assert_int_equal(collector.n_groups, 2 * N);
    slots.collector = NULL;
    begin_data();
    assert_int_equal(code(7, 0x5a, known), 0);
}

/* Estimates are not kept: they begin with what the map says of the state. */
static void estimates_begin_with_the_map(void **state)
{
    uint32_t known[2];
    const int8_t *estimates;

    (void)state;
    if (!has_estimates)
        return;
    put(0, 7, 0);
    slots.store = &store;
    for (uint32_t s = 1; s < 256; s++)
        maps.cells[s] = s % 2 ? INT32_MAX : 0; /* beyond what a byte of estimate holds */
    for (uint32_t i = 0; i < N; i++)
        slots.hash[i] = hash_of(i, 7);
    pith_slots_prepare(&slots, 0, N);
    known[0] = pith_slots_find(&slots, PITH_STORE_FIRST);
    assert_int_equal(known[0], 1);
    estimates = (const int8_t *)slots.lines + slots.group[0] + 1 + PITH_SLOTS_NODES;
    for (uint32_t k = 0; k < PITH_SLOTS_NODES; k++) {
        uint32_t s = slots.lines[slots.group[0] + 1 + k];

        CHECK(s == 0  ? estimates[k] == 0
              : s % 2 ? estimates[k] > 90
                      : estimates[k] < -90,
              "state %u: %d", s, estimates[k]);
        assert_true(estimates[k] >= -127);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_store_changes_nothing),
        TEST(a_store_seeds_its_context),
        TEST(what_is_new_goes_first),
        TEST(a_collector_is_told_every_byte),
        TEST(a_collector_seeds_the_next_sample),
        TEST(estimates_begin_with_the_map),
    };
    int n_failed = cmocka_run_group_tests_name("seeding", tests, NULL, NULL);

    has_estimates = 1;
    return n_failed + cmocka_run_group_tests_name("seeding with estimates", tests, NULL, NULL);
}
