/* Worth: what is chosen never costs more than is allowed, gains no less when there is more room, and is
 * what a search of all thresholds finds where that can be made. */
#include "support/testing.h"

#include "prior/worth.h"

#define CLASSES PITH_COLLECTOR_CLASSES
#define LOG2    12

static struct pith_worth worth;

static int64_t sum_of(const int64_t sums[PITH_STORE_TABLES][2][CLASSES],
                      const struct pith_thresholds *thresholds)
{
    int64_t sum = 0;

    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        for (uint32_t second = 0; second < 2; second++)
            for (uint32_t c = thresholds->classes[t][second]; c < CLASSES; c++)
                sum += sums[t][second][c];
    return sum;
}

static int64_t cost_of(const struct pith_thresholds *thresholds)
{
    return sum_of((const int64_t(*)[2][CLASSES])worth.costs, thresholds);
}

static int64_t gain_of(const struct pith_thresholds *thresholds)
{
    return sum_of((const int64_t(*)[2][CLASSES])worth.gains.sums, thresholds);
}

/* Chooses, and checks what holds for any choice. */
static struct pith_thresholds choose(int64_t bits)
{
    struct pith_thresholds thresholds;
    int64_t cost;

    memset(&thresholds, 0xa5, sizeof thresholds);
    pith_worth_choose(&thresholds, &worth, bits);
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
        uint32_t first = thresholds.classes[t][0], second = thresholds.classes[t][1];

        CHECK(first >= 1 && first <= second && second <= CLASSES, "table %u: %u, %u", t, first,
              second);
    }
    cost = cost_of(&thresholds);
    CHECK(cost <= bits, "%lld of %lld bits", (long long)cost, (long long)bits);
    return thresholds;
}

/* Costs and gains of chance: most gain something, and the more the more often they were passed. */
static void make_worth(uint64_t *random, uint32_t n_tables, uint32_t gain_log2)
{
    memset(&worth, 0, sizeof worth);
    for (uint32_t t = 0; t < n_tables; t++)
        for (uint32_t second = 0; second < 2; second++)
            for (uint32_t c = 1; c < CLASSES; c++) {
                if (random_below(random, 4) == 0)
                    continue; /* no context is of this class */
                worth.costs[t][second][c] = 1 + random_below(random, 100000);
                worth.gains.sums[t][second][c] =
                    (int64_t)(next_random(random) >> (64 - gain_log2)) * (c + 1) -
                    ((int64_t)5 << gain_log2);
            }
}

/* Room from none to more than all. */
static void check_rooms(void)
{
    int64_t all = pith_worth_cost(&worth), before = INT64_MIN;

    for (int64_t bits = 0; bits <= all + all / 3 + 1; bits += bits / 3 + 1) {
        struct pith_thresholds thresholds = choose(bits);
        int64_t gain = gain_of(&thresholds);

        CHECK(gain >= before && gain >= 0, "%lld bits: gain %lld after %lld", (long long)bits,
              (long long)gain, (long long)before);
        before = gain;
    }
}

static void more_room_gains_no_less(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (int round = 0; round < 60; round++) {
        make_worth(&random, 1 + (uint32_t)round % 9 * 8, 20 + (uint32_t)round % 20);
        check_rooms();
    }
}

/* Gains beyond any price: a few bits that every message profits from. */
static void great_gains_fit(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t log2 = 30; log2 <= 44; log2++) {
        make_worth(&random, 5, log2);
        for (uint32_t t = 0; t < 5; t++)
            for (uint32_t c = 1; c < CLASSES; c++)
                worth.costs[t][0][c] = 1 + random_below(&random, 20);
        check_rooms();
    }
}

/* Nothing, or nothing that is worth a bit. */
static void nothing_is_chosen_of_no_worth(void **state)
{
    struct pith_thresholds thresholds;

    (void)state;
    for (int64_t gain = -1000; gain <= 0; gain += 1000) {
        memset(&worth, 0, sizeof worth);
        for (uint32_t c = 1; c < CLASSES && gain; c++) {
            worth.costs[3][0][c] = worth.costs[3][1][c] = 10;
            worth.gains.sums[3][0][c] = worth.gains.sums[3][1][c] = gain;
        }
        thresholds = choose(1 << 20);
        assert_int_equal(cost_of(&thresholds), 0);
    }
}

/* A second group needs its first, and pays for it. */
static void seconds_pay_for_firsts(void **state)
{
    struct pith_thresholds thresholds;

    (void)state;
    memset(&worth, 0, sizeof worth);
    worth.costs[0][0][7] = worth.costs[0][1][7] = 100;
    worth.gains.sums[0][0][7] = -50;
    worth.gains.sums[0][1][7] = 60;
    thresholds = choose(1000);
    assert_true(thresholds.classes[0][0] <= 7 && thresholds.classes[0][1] <= 7);
    worth.gains.sums[0][1][7] = 40;
    thresholds = choose(1000);
    assert_int_equal(cost_of(&thresholds), 0);
    worth.gains.sums[0][1][7] = 60;
    thresholds = choose(199);
    assert_int_equal(cost_of(&thresholds), 0);
}

/* With room for all, what every pair of thresholds of each table can gain at most. */
static void with_room_the_best_is_chosen(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (int round = 0; round < 40; round++) {
        int64_t best_of_all = 0;
        struct pith_thresholds thresholds;

        make_worth(&random, 6, 30);
        for (uint32_t t = 0; t < 6; t++) {
            int64_t best = 0;

            for (uint8_t first = 1; first <= CLASSES; first++)
                for (uint8_t second = first; second <= CLASSES; second++) {
                    int64_t gain;

                    memset(&thresholds, CLASSES, sizeof thresholds);
                    thresholds.classes[t][0] = first;
                    thresholds.classes[t][1] = second;
                    gain = gain_of(&thresholds);
                    best = gain > best ? gain : best;
                }
            best_of_all += best;
        }
        thresholds = choose(pith_worth_cost(&worth));
        assert_true(gain_of(&thresholds) == best_of_all);
    }
}

/* --- of a collector --- */

static struct pith_collector collector;

static int begin(void **state)
{
    struct pith_collected *groups = get_memory(sizeof *groups << LOG2);
    uint64_t random = test_seed();

    (void)state;
    pith_collector_init(&collector, groups, LOG2);
    collector.sample = 1;
    for (uint32_t i = 0; i < 1000; i++) { /* table 2: passed twice as often as table 1 */
        uint8_t states[PITH_STORE_NODES] = {1, 2, 0, 3};
        uint32_t table = 1 + i % 2, n = (1 + i % 50) * table, hash = (uint32_t)next_random(&random);

        for (uint32_t visit = 0; visit < n; visit++) {
            pith_collector_put(&collector, table, hash, PITH_STORE_FIRST, states);
            if (visit % 2)
                pith_collector_put(&collector, table, hash, 5, states);
        }
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(collector.groups);
    return 0;
}

/* Without gains, one number of visits decides in all tables, for first and second nibbles alike. */
static void without_gains_visits_decide(void **state)
{
    int64_t all;

    (void)state;
    pith_worth_init(&worth, &collector, NULL);
    all = pith_worth_cost(&worth);
    assert_true(all > 1000 * 8);
    for (int64_t bits = 0; bits <= all; bits += all / 50) {
        struct pith_thresholds thresholds = choose(bits);
        uint32_t least = CLASSES, least_in[PITH_STORE_TABLES][2];

        for (uint32_t t = 1; t <= 2; t++)
            for (uint32_t second = 0; second < 2; second++) {
                uint32_t *c = &least_in[t][second];

                for (*c = thresholds.classes[t][second];
                     *c < CLASSES && worth.costs[t][second][*c] == 0;)
                    ++*c;
                least = *c < least ? *c : least;
            }
        for (uint32_t t = 1; t <= 2;
             t++) /* a class that is there is taken if it is visited as much */
            for (uint32_t second = 0; second < 2; second++)
                for (uint32_t c = least; c < least_in[t][second] && least < CLASSES; c++)
                    CHECK(worth.costs[t][second][c] == 0, "%lld bits: table %u, nibble %u: %u, %u",
                          (long long)bits, t, second, c, least);
    }
    {
        struct pith_thresholds everything = choose(all);

        assert_true(cost_of(&everything) == all);
    }
}

static void costs_are_of_what_there_is(void **state)
{
    struct pith_gains gains;
    int64_t firsts = 0, seconds = 0;

    (void)state;
    memset(&gains, 0, sizeof gains);
    gains.sums[1][0][9] = 12345;
    pith_worth_init(&worth, &collector, &gains);
    assert_memory_equal(&worth.gains, &gains, sizeof gains);
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        for (uint32_t c = 0; c < CLASSES; c++) {
            assert_true(t == 1 || t == 2 || (!worth.costs[t][0][c] && !worth.costs[t][1][c]));
            firsts += worth.costs[t][0][c];
            seconds += worth.costs[t][1][c];
        }
    assert_true(firsts > seconds && seconds > 0);
    assert_true(firsts + seconds == pith_worth_cost(&worth));
    assert_int_equal(firsts % 1000, 0); /* all groups are alike */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_room_gains_no_less),
        cmocka_unit_test(great_gains_fit),
        cmocka_unit_test(nothing_is_chosen_of_no_worth),
        cmocka_unit_test(seconds_pay_for_firsts),
        cmocka_unit_test(with_room_the_best_is_chosen),
        cmocka_unit_test_setup_teardown(without_gains_visits_decide, begin, end),
        cmocka_unit_test_setup_teardown(costs_are_of_what_there_is, begin, end),
    };

    return cmocka_run_group_tests_name("worth", tests, NULL, NULL);
}
