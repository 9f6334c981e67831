/* See collector.h. */
#include "model/collector.h"

#include <string.h>

void pith_collector_init(struct pith_collector *collector, struct pith_collected *groups,
                         uint32_t capacity_log2)
{
    collector->groups = groups;
    collector->capacity_log2 = capacity_log2;
    collector->n_groups = 0;
    collector->sample = 0;
    collector->is_frozen = 0;
    memset(groups, 0, sizeof *groups << capacity_log2);
}

uint32_t pith_collector_class(uint32_t visits)
{
    uint32_t log2 = 0, class;

    if (visits <= 4)
        return visits;
    while (visits >> log2 > 1)
        log2++;
    class = 2 * log2 + (visits >> (log2 - 1) & 1);
    return class < PITH_COLLECTOR_CLASSES ? class : PITH_COLLECTOR_CLASSES - 1;
}

/* The place of a group, or the empty one where it belongs. */
static struct pith_collected *place(const struct pith_collector *collector, uint32_t table,
                                    uint32_t hash, uint32_t nibble)
{
    uint32_t mask = (uint32_t)(((uint64_t)1 << collector->capacity_log2) - 1);
    uint64_t mixed = (hash ^ (uint64_t)(table << 5 | nibble) << 40) * 0x9e3779b97f4a7c15u;
    uint32_t at = (uint32_t)(mixed >> 32) & mask;

    for (;; at = (at + 1) & mask) {
        struct pith_collected *group = &collector->groups[at];

        if (!group->table ||
            (group->hash == hash && group->table == table + 1 && group->nibble == nibble))
            return group;
    }
}

const uint8_t *pith_collector_find(const struct pith_collector *collector, uint32_t table,
                                   uint32_t hash, uint32_t nibble)
{
    const struct pith_collected *group = place(collector, table, hash, nibble);

    return pith_collector_counts(collector, group) ? group->states : NULL;
}

void pith_collector_put(struct pith_collector *collector, uint32_t table, uint32_t hash,
                        uint32_t nibble, const uint8_t states[PITH_STORE_NODES])
{
    struct pith_collected *group = place(collector, table, hash, nibble);

    if (!group->table) {
        if (collector->n_groups >= (size_t)7 << collector->capacity_log2 >> 3)
            return;
        collector->n_groups++;
        group->hash = hash;
        group->table = (uint8_t)(table + 1);
        group->nibble = (uint8_t)nibble;
    }
    if (group->last != collector->sample) {
        group->last = collector->sample;
        group->n_samples = (uint16_t)(group->n_samples + (group->n_samples < UINT16_MAX));
    }
    group->visits++;
    memcpy(group->states, states, PITH_STORE_NODES);
}

/* Open addressing has no holes: whatever stays is put in again. */
void pith_collector_thin(struct pith_collector *collector)
{
    size_t n = (size_t)1 << collector->capacity_log2, from = 0;

    while (from < n && collector->groups[from].table)
        from++;
    for (size_t i = 1; i <= n; i++) {
        struct pith_collected *group = &collector->groups[(from + i) & (n - 1)], kept = *group;

        if (!kept.table)
            continue;
        group->table = 0;
        if (kept.n_samples < 2 && collector->sample - kept.last > collector->sample / 4)
            collector->n_groups--;
        else
            *place(collector, kept.table - 1u, kept.hash, kept.nibble) = kept;
    }
}
