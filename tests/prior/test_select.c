/* Selection: contexts passed often enough are taken, with rounded states and the groups behind them, in
 * an order that does not depend on where they stood; what is chosen can be written and read. */
#include "prior/priming.h"

#include "prior/file.h"
#include "prior/select.h"

#define LOG2 15

static struct pith_collected *groups;
static struct pith_collector collector;
static struct pith_memory memory;

static int begin(void **state)
{
    (void)state;
    groups = get_memory(sizeof *groups << LOG2);
    pith_collector_init(&collector, groups, LOG2);
    collector.sample = 1;
    pith_memory_init(&memory, NULL, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(memory.used, 0);
    free(groups);
    return 0;
}

/* A byte after a context, as slots tell it. */
static void see(uint32_t table, uint32_t hash, uint8_t byte)
{
    const uint32_t nibbles[2] = {byte >> 4, byte & 15}, keys[2] = {PITH_STORE_FIRST, byte >> 4};

    for (int half = 0; half < 2; half++) {
        uint8_t states[PITH_STORE_NODES] = {0};
        const uint8_t *before = pith_collector_find(&collector, table, hash, keys[half]);

        if (before)
            memcpy(states, before, sizeof states);
        for (uint32_t b = 4, node = 1; b-- > 0; node = node * 2 + (nibbles[half] >> b & 1))
            states[node - 1] = pith_state_next[states[node - 1]][nibbles[half] >> b & 1];
        pith_collector_put(&collector, table, hash, keys[half], states);
    }
}

/* What was passed so often is worth it in every table: up to 4 visits, each number is a class. */
static struct pith_thresholds visited(uint32_t visits)
{
    struct pith_thresholds thresholds;

    memset(&thresholds, (int)pith_collector_class(visits), sizeof thresholds);
    return thresholds;
}

static void choose(struct pith_selection *selection, uint32_t visits)
{
    struct pith_thresholds thresholds = visited(visits);
    pith_error error = {.status = PITH_OK};

    CHECK(pith_select(selection, &collector, &thresholds, &memory, &error) == PITH_OK, "%s",
          error.text);
}

static uint64_t count_entries(const struct pith_selection *selection)
{
    uint64_t n = 0;

    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        n += selection->counts[t].n_entries;
    return n;
}

static void check_group(const uint8_t *found, uint32_t table, uint32_t hash, uint32_t nibble)
{
    const uint8_t *seen = pith_collector_find(&collector, table, hash, nibble);

    assert_true(found && seen);
    for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
        assert_int_equal(found[k], pith_state_rounded[seen[k]]);
}

static void nothing_seen_gives_an_empty_store(void **state)
{
    struct pith_selection selection;

    (void)state;
    choose(&selection, 1);
    assert_int_equal(count_entries(&selection), 0);
    assert_null(pith_store_find(&selection.store.tables[5], 77));
    pith_memory_give(&memory, selection.memory);
}

/* Contexts 0..999 are seen 1..6 times, behind the first byte of each another. */
static void what_is_worth_it_is_taken(void **state)
{
    uint32_t hashes[1000], missing = 0;
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t i = 0; i < COUNT(hashes); i++) {
        hashes[i] = (uint32_t)next_random(&random);
        for (uint32_t n = 0; n <= i % 6; n++)
            see(i % 3, hashes[i], n < 3 ? 0x41 : 0x7a);
    }
    for (uint32_t visits = 1; visits <= 8; visits += visits < 4 ? 1 : 2) { /* where classes begin */
        struct pith_selection selection;

        choose(&selection, visits);
        for (uint32_t i = 0; i < COUNT(hashes); i++) {
            const struct pith_store_table *table = &selection.store.tables[i % 3];
            const struct pith_store_entry *entry = pith_store_find(table, hashes[i]);
            uint32_t n = i % 6 + 1, n_a = n < 3 ? n : 3, n_z = n - n_a;

            if (n >= visits && !entry) /* another context has its key */
                missing++;
            if (n < visits || !entry)
                continue;
            if (memcmp(entry->states, pith_collector_find(&collector, i % 3, hashes[i], 16), 1) &&
                pith_state_rounded[*pith_collector_find(&collector, i % 3, hashes[i], 16)] !=
                    entry->states[0])
                continue; /* a key shared with another context */
            assert_int_equal(entry->nibbles,
                             (n_a >= visits ? 1u << 4 : 0) | (n_z >= visits ? 1u << 7 : 0));
            check_group(pith_store_group(table, entry, PITH_STORE_FIRST), i % 3, hashes[i], 16);
            if (n_a >= visits)
                check_group(pith_store_group(table, entry, 4), i % 3, hashes[i], 4);
            if (n_z >= visits)
                check_group(pith_store_group(table, entry, 7), i % 3, hashes[i], 7);
        }
        assert_true(visits < 7 || count_entries(&selection) == 0);
        pith_memory_give(&memory, selection.memory);
    }
    CHECK(missing < 20, "%u", missing);
}

/* The same groups at other places of a larger table. */
static void places_do_not_matter(void **state)
{
    struct pith_selection a, b;
    uint64_t random = test_seed(), same = random;
    struct pith_collector first = collector;
    struct pith_collected *larger = get_memory(sizeof *larger << (LOG2 + 1));

    (void)state;
    for (int i = 0; i < 5000; i++) {
        uint32_t hash = (uint32_t)next_random(&random);

        see(hash % 5, hash, (uint8_t)i);
    }
    choose(&a, 1);
    first = collector;
    pith_collector_init(&collector, larger, LOG2 + 1);
    for (int i = 0; i < 5000; i++) {
        uint32_t hash = (uint32_t)next_random(&same);

        see(hash % 5, hash, (uint8_t)i);
    }
    choose(&b, 1);
    assert_int_equal(first.n_groups, collector.n_groups);
    assert_memory_equal(a.counts, b.counts, sizeof a.counts);
    for (uint32_t t = 0; t < 5; t++)
        assert_memory_equal(a.store.tables[t].entries, b.store.tables[t].entries,
                            a.counts[t].n_entries * sizeof *a.store.tables[t].entries);
    pith_memory_give(&memory, a.memory);
    pith_memory_give(&memory, b.memory);
    free(larger);
}

/* A header of what is chosen, as a reader takes it. */
static void check_header(const struct pith_selection *selection)
{
    struct pith_prior_head head = {.info = {.level = 1}}, again;
    uint8_t *bytes = get_memory(PITH_PRIOR_HEAD_MAX + PITH_PRIOR_TAIL_LEN);
    pith_error error = {.status = PITH_OK};
    size_t len;

    memcpy(head.counts, selection->counts, sizeof head.counts);
    len = pith_prior_head_write(bytes, &head);
    pith_prior_finish(bytes, len);
    CHECK(pith_prior_head_read(&again, bytes, len + PITH_PRIOR_TAIL_LEN, &error) == PITH_OK, "%s",
          error.text);
    assert_memory_equal(again.counts, selection->counts, sizeof again.counts);
    free(bytes);
}

/* Hashes that crowd in one bucket, or at one key: few can be taken, and what is taken can be written. */
static void crowds_can_be_written(void **state)
{
    static const uint32_t steps[] = {0, 1, 1u << 10, 1u << 20};

    (void)state;
    for (size_t s = 0; s < COUNT(steps); s++) {
        struct pith_selection selection;

        pith_collector_init(&collector, groups, LOG2);
        for (uint32_t i = 0; i < 2000; i++)
            see(20, steps[s] ? 0x40000000 + i * steps[s] : i / 1000 << 31, 0x20);
        choose(&selection, 1);
        assert_true(selection.counts[20].n_entries >= 1);
        check_header(&selection);
        pith_memory_give(&memory, selection.memory);
    }
}

static void memory_may_be_short(void **state)
{
    struct pith_thresholds thresholds = visited(1);
    struct pith_selection selection;
    pith_error error = {.status = PITH_OK};
    uint64_t limit = 0;

    (void)state;
    for (uint32_t i = 0; i < 300; i++)
        see(3, i * 0x9e3779b1u, (uint8_t)i);
    for (pith_status status = PITH_E_MEMORY_LIMIT; status != PITH_OK; limit += 500) {
        memory.limit = limit;
        status = pith_select(&selection, &collector, &thresholds, &memory, &error);
        assert_true(status == PITH_OK || (status == PITH_E_MEMORY_LIMIT && memory.used == 0));
        assert_true(status == PITH_OK || !selection.memory);
    }
    assert_true(limit > 2000);
    pith_memory_give(&memory, selection.memory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_seen_gives_an_empty_store),
        TEST(what_is_worth_it_is_taken),
        TEST(places_do_not_matter),
        TEST(crowds_can_be_written),
        TEST(memory_may_be_short),
    };

    return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}
