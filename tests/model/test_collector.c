/* Collector: what was put is found with its latest states and its counts; thinning forgets what one old
 * sample alone has shown and loses nothing else; a full table forgets what is new. */
#include "support/testing.h"

#include "model/collector.h"

#define LOG2     10
#define CAPACITY (1u << LOG2)
#define FULL     (CAPACITY / 8 * 7)

static struct pith_collected groups[CAPACITY];
static struct pith_collector collector;

static int begin(void **state)
{
    (void)state;
    memset(groups, 0xa5, sizeof groups);
    pith_collector_init(&collector, groups, LOG2);
    collector.sample = 1;
    return 0;
}

/* States that tell the group. */
static void put(uint32_t table, uint32_t hash, uint32_t nibble)
{
    uint8_t states[PITH_STORE_NODES];

    for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
        states[k] = (uint8_t)(table + 3 * hash + 5 * nibble + k);
    pith_collector_put(&collector, table, hash, nibble, states);
}

static const struct pith_collected *find(uint32_t table, uint32_t hash, uint32_t nibble)
{
    const uint8_t *states = pith_collector_find(&collector, table, hash, nibble);
    const struct pith_collected *group;

    if (!states)
        return NULL;
    group = (const void *)(states - offsetof(struct pith_collected, states));
    assert_true(group >= groups && group < groups + CAPACITY);
    for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
        assert_int_equal(states[k], (uint8_t)(table + 3 * hash + 5 * nibble + k));
    return group;
}

static void what_was_put_is_found(void **state)
{
    (void)state;
    assert_null(find(0, 0, 0));
    for (uint32_t i = 0; i < 100; i++) {
        put(i % 5, i / 5, PITH_STORE_FIRST);
        put(i % 5, i / 5, i % 16);
    }
    assert_int_equal(collector.n_groups, 200);
    for (uint32_t i = 0; i < 100; i++) {
        assert_non_null(find(i % 5, i / 5, PITH_STORE_FIRST));
        assert_non_null(find(i % 5, i / 5, i % 16));
        assert_null(find(i % 5, i / 5, (i + 1) % 16));
        assert_null(find(i % 5 + 5, i / 5, i % 16));
        assert_null(find(i % 5, i / 5 + 20, i % 16));
    }
    put(PITH_STORE_TABLES - 1, UINT32_MAX, 15);
    assert_non_null(find(PITH_STORE_TABLES - 1, UINT32_MAX, 15));
}

static void visits_and_samples_are_counted(void **state)
{
    const struct pith_collected *group;
    uint8_t states[PITH_STORE_NODES] = {9};

    (void)state;
    for (uint32_t sample = 1; sample <= 7; sample += 3)
        for (uint32_t i = 0; i < sample; i++) {
            collector.sample = sample;
            put(3, 77, 4);
        }
    group = find(3, 77, 4);
    assert_non_null(group);
    assert_int_equal(group->visits, 1 + 4 + 7);
    assert_int_equal(group->n_samples, 3);
    assert_int_equal(group->last, 7);
    pith_collector_put(&collector, 3, 77, 4, states);
    assert_memory_equal(pith_collector_find(&collector, 3, 77, 4), states, sizeof states);
    assert_int_equal(collector.n_groups, 1);
}

static void samples_are_limited(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 70000; i++) {
        collector.sample = i + 1;
        put(1, 2, 3);
    }
    assert_int_equal(find(1, 2, 3)->n_samples, UINT16_MAX);
    assert_int_equal(find(1, 2, 3)->visits, 70000);
}

static void a_full_table_forgets_what_is_new(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2 * CAPACITY; i++)
        put(2, i * 0x10001, 1);
    assert_int_equal(collector.n_groups, FULL);
    for (uint32_t i = 0; i < 2 * CAPACITY; i++)
        assert_true((find(2, i * 0x10001, 1) != NULL) == (i < FULL));
    put(2, 0, 1); /* what is known still learns */
    assert_int_equal(find(2, 0, 1)->visits, 2);
}

/* In which sample group i was seen first and last: every third in two samples. */
static void put_samples(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        collector.sample = 1 + i * 100 / n;
        put(i % 7, i * 0x9e3779b1u, i % 17);
        if (i % 3 == 0) {
            collector.sample++;
            put(i % 7, i * 0x9e3779b1u, i % 17);
        }
    }
    collector.sample = 100;
}

static void thinning_forgets_old_single_sightings(void **state)
{
    uint32_t n_left = 0;

    (void)state;
    put_samples(FULL);
    assert_int_equal(collector.n_groups, FULL);
    pith_collector_thin(&collector);
    for (uint32_t i = 0; i < FULL; i++) {
        const struct pith_collected *group = find(i % 7, i * 0x9e3779b1u, i % 17);
        uint32_t last = 1 + i * 100 / FULL + (i % 3 == 0);
        int is_worth = i % 3 == 0 || 100 - last <= 100 / 4;

        CHECK((group != NULL) == is_worth, "group %u of sample %u", i, last);
        assert_true(!group || (group->visits == 1 + (i % 3 == 0) && group->last == last));
        n_left += group != NULL;
    }
    assert_int_equal(collector.n_groups, n_left);
    pith_collector_thin(&collector); /* again: nothing more to forget */
    assert_int_equal(collector.n_groups, n_left);
    put(100, 1, 1);
    assert_non_null(find(100, 1, 1));
}

/* Groups that lie around the table's end, and those that make way for them. */
static void thinning_loses_nothing_at_any_place(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (int round = 0; round < 30; round++) {
        uint32_t hashes[FULL], n = FULL - random_below(&random, FULL / 2);

        begin(NULL);
        for (uint32_t i = 0; i < n; i++) {
            hashes[i] = (uint32_t)next_random(&random);
            collector.sample = 1;
            put(i % 9, hashes[i], 16);
            collector.sample = i % 2 ? 2 : 1;
            put(i % 9, hashes[i], 16);
        }
        collector.sample = 10;
        pith_collector_thin(&collector);
        assert_int_equal(collector.n_groups, n / 2);
        for (uint32_t i = 0; i < n; i++)
            assert_true((find(i % 9, hashes[i], 16) != NULL) == i % 2);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_put_is_found),
        TEST(visits_and_samples_are_counted),
        TEST(samples_are_limited),
        TEST(a_full_table_forgets_what_is_new),
        TEST(thinning_forgets_old_single_sightings),
        TEST(thinning_loses_nothing_at_any_place),
    };

    return cmocka_run_group_tests_name("collector", tests, NULL, NULL);
}
