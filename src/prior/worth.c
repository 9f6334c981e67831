/* See worth.h.
 *
 * Each table has thresholds of its own.  With a price for a bit, the best thresholds of a table follow
 * from its gains and costs alone; the price that spends what there is is found by bisection. */
#include "prior/worth.h"

#include <string.h>

#define PRICE_LOG2_MAX 30 /* costs are below 2^33 */
#define KEY_BITS       7  /* an entry's distance from the one before */
#define SINGLE_BITS    7  /* a group that has passed one nibble */
#define NODE_BITS      3

enum { CLASSES = PITH_COLLECTOR_CLASSES };

static int64_t cost_of(const struct pith_collected *group)
{
    int64_t n_nodes = 0;

    for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
        n_nodes += group->states[k] != 0;
    return (group->nibble == PITH_STORE_FIRST ? KEY_BITS : 1) +
           (n_nodes <= 4 ? SINGLE_BITS : NODE_BITS * n_nodes);
}

void pith_worth_init(struct pith_worth *worth, const struct pith_collector *collector,
                     const struct pith_gains *gains)
{
    memset(worth, 0, sizeof *worth);
    for (size_t i = 0; i < (size_t)1 << collector->capacity_log2; i++) {
        const struct pith_collected *group = &collector->groups[i];
        uint32_t class = pith_collector_class(group->visits);

        if (pith_collector_counts(collector, group))
            worth->costs[group->table - 1u][group->nibble != PITH_STORE_FIRST][class] +=
                cost_of(group);
    }
    if (gains) {
        worth->gains = *gains;
        return;
    }
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        for (uint32_t c = 0; c < CLASSES; c++)
            for (uint32_t second = 0; second < 2; second++)
                worth->gains.sums[t][second][c] = worth->costs[t][second][c] * c * 65536;
}

/* Gain of one class of groups at a price for a bit, in 1/65536 bits. */
static int64_t net(const struct pith_worth *worth, uint32_t t, uint32_t second, uint32_t class,
                   int64_t price)
{
    return worth->gains.sums[t][second][class] - worth->costs[t][second][class] * price;
}

/* The best pair of thresholds of a table; a second group needs its first. */
static void choose_table(const struct pith_worth *worth, uint32_t t, int64_t price,
                         uint8_t classes[2])
{
    int64_t best = 0, second = 0, best_second = 0, first = 0;
    uint8_t second_at = CLASSES;

    classes[0] = classes[1] = CLASSES;
    for (uint32_t c = CLASSES; c-- > 1;) {
        first += net(worth, t, 0, c, price);
        second += net(worth, t, 1, c, price);
        if (second > best_second) {
            best_second = second;
            second_at = (uint8_t)c;
        }
        if (first + best_second > best) {
            best = first + best_second;
            classes[0] = (uint8_t)c;
            classes[1] = second_at;
        }
    }
}

static int64_t choose_at(struct pith_thresholds *thresholds, const struct pith_worth *worth,
                         int64_t price)
{
    int64_t bits = 0;

    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
        choose_table(worth, t, price, thresholds->classes[t]);
        for (uint32_t second = 0; second < 2; second++)
            for (uint32_t c = thresholds->classes[t][second]; c < CLASSES; c++)
                bits += worth->costs[t][second][c];
    }
    return bits;
}

void pith_worth_choose(struct pith_thresholds *thresholds, const struct pith_worth *worth,
                       int64_t bits)
{
    int64_t low = 0, high = (int64_t)1 << PRICE_LOG2_MAX; /* low spends too much, if not all fits */

    if (choose_at(thresholds, worth, 0) <= bits)
        return;
    while (high - low > 1 + low / 1024) {
        int64_t middle = low + (high - low) / 2;

        if (choose_at(thresholds, worth, middle) <= bits)
            high = middle;
        else
            low = middle;
    }
    if (choose_at(thresholds, worth, high) > bits) /* beyond any price: there is hardly any room */
        memset(thresholds, CLASSES, sizeof *thresholds);
}

int64_t pith_worth_cost(const struct pith_worth *worth)
{
    int64_t bits = 0;

    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        for (uint32_t second = 0; second < 2; second++)
            for (uint32_t c = 0; c < CLASSES; c++)
                bits += worth->costs[t][second][c];
    return bits;
}
