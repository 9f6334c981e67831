/* See select.h. */
#include "prior/select.h"

#include <string.h>

#include "base/sort.h"
#include "model/state.h"

static int is_worth(const struct pith_collected *group, const struct pith_thresholds *thresholds)
{
    return pith_collector_class(group->visits) >=
           thresholds->classes[group->table - 1u][group->nibble != PITH_STORE_FIRST];
}

static int is_chosen_first(const struct pith_collector *collector, size_t i,
                           const struct pith_thresholds *thresholds)
{
    const struct pith_collected *group = &collector->groups[i];

    return pith_collector_counts(collector, group) && group->nibble == PITH_STORE_FIRST &&
           is_worth(group, thresholds);
}

/* By table, then hash: no two first groups agree in both. */
static int compare(const void *a, const void *b)
{
    const struct pith_collected *x = a, *y = b;

    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static const struct pith_collected *second_of(const struct pith_collector *collector,
                                              const struct pith_collected *first, uint32_t nibble,
                                              const struct pith_thresholds *thresholds)
{
    const uint8_t *states;
    const struct pith_collected *group;

    if (!first->states[7 + nibble / 2])
        return NULL;
    states = pith_collector_find(collector, first->table - 1u, first->hash, nibble);
    if (!states)
        return NULL;
    group = (const void *)(states - offsetof(struct pith_collected, states));
    return is_worth(group, thresholds) ? group : NULL;
}

static uint32_t count_seconds(const struct pith_collector *collector,
                              const struct pith_collected *first,
                              const struct pith_thresholds *thresholds)
{
    uint32_t n = 0;

    for (uint32_t nibble = 0; nibble < 16; nibble++)
        n += second_of(collector, first, nibble, thresholds) != NULL;
    return n;
}

static void round_states(uint8_t *to, const uint8_t *states)
{
    for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
        to[k] = pith_state_rounded[states[k]];
}

/* Of contexts with the same key only the first is taken, and of each bucket only so many. */
static size_t drop_crowded(const struct pith_collected **firsts, size_t n, uint32_t n_buckets)
{
    uint32_t bucket = UINT32_MAX, in_bucket = 0;
    uint64_t before = UINT64_MAX;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t key = pith_store_key(firsts[i]->hash, n_buckets);

        if (key >> PITH_STORE_KEY_BITS != bucket)
            in_bucket = 0;
        bucket = key >> PITH_STORE_KEY_BITS;
        if (key == before || in_bucket == PITH_STORE_BUCKET_MAX)
            continue;
        before = key;
        in_bucket++;
        firsts[kept++] = firsts[i];
    }
    return kept;
}

/* Leaves those of a table that have room, in buckets that suit them: hashes may crowd in a few buckets,
 * and a reader takes no table of more buckets than entries. */
static size_t settle(const struct pith_collected **firsts, size_t n, uint32_t *n_buckets)
{
    for (;;) {
        *n_buckets = pith_store_buckets((uint32_t)n);
        n = drop_crowded(firsts, n, *n_buckets);
        if (*n_buckets <= n)
            return n;
    }
}

static void fill_table(struct pith_store_table *table, const struct pith_collector *collector,
                       const struct pith_collected *const *firsts, size_t n,
                       const struct pith_thresholds *thresholds)
{
    uint32_t n_entries = 0, n_seconds = 0;

    memset(table->buckets, 0, table->n_buckets * sizeof *table->buckets);
    for (size_t i = 0; i < n; i++) {
        struct pith_store_entry entry = {.seconds = n_seconds};

        round_states(entry.states, firsts[i]->states);
        for (uint32_t nibble = 0; nibble < 16; nibble++) {
            const struct pith_collected *group =
                second_of(collector, firsts[i], nibble, thresholds);

            if (!group)
                continue;
            entry.nibbles = (uint16_t)(entry.nibbles | 1u << nibble);
            round_states(table->seconds[n_seconds++], group->states);
        }
        pith_store_put(table, &n_entries, pith_store_key(firsts[i]->hash, table->n_buckets),
                       &entry);
    }
}

/* Counts the tables of sorted first groups; those that are not taken leave no gap. */
static void count_tables(struct pith_selection *selection, const struct pith_collector *collector,
                         const struct pith_collected **firsts, size_t *n_firsts,
                         const struct pith_thresholds *thresholds)
{
    size_t kept = 0;

    memset(selection->counts, 0, sizeof selection->counts);
    for (size_t i = 0, end; i < *n_firsts; i = end) {
        struct pith_store_counts *counts = &selection->counts[firsts[i]->table - 1u];
        size_t n;

        for (end = i; end < *n_firsts && firsts[end]->table == firsts[i]->table; end++)
            ;
        n = settle(firsts + i, end - i, &counts->n_buckets);
        counts->n_entries = (uint32_t)n;
        for (size_t k = 0; k < n; k++) {
            firsts[kept] = firsts[i + k];
            counts->n_seconds += count_seconds(collector, firsts[kept++], thresholds);
        }
    }
    *n_firsts = kept;
}

pith_status pith_select(struct pith_selection *selection, const struct pith_collector *collector,
                        const struct pith_thresholds *thresholds, struct pith_memory *memory,
                        pith_error *error)
{
    struct pith_arena arena = {NULL, 0};
    const struct pith_collected **firsts;
    size_t n = 0, n_firsts = 0;
    void *list;
    pith_status status;

    selection->memory = NULL;
    for (size_t i = 0; i < (size_t)1 << collector->capacity_log2; i++)
        n += is_chosen_first(collector, i, thresholds) ? 1 : 0;
    TRY(pith_memory_take(memory, &list, n * sizeof *firsts, "choosing contexts", 0, error));
    firsts = list;
    for (size_t i = 0; i < (size_t)1 << collector->capacity_log2; i++)
        if (is_chosen_first(collector, i, thresholds))
            firsts[n_firsts++] = &collector->groups[i];
    pith_sort(list, n_firsts, compare);
    count_tables(selection, collector, firsts, &n_firsts, thresholds);
    pith_store_layout(&selection->store, &arena, selection->counts);
    status =
        pith_memory_take(memory, &selection->memory, arena.used, "the contexts chosen", 0, error);
    if (status == PITH_OK) {
        size_t at = 0;

        arena = (struct pith_arena){selection->memory, 0};
        pith_store_layout(&selection->store, &arena, selection->counts);
        for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
            if (selection->counts[t].n_entries > 0)
                fill_table(&selection->store.tables[t], collector, firsts + at,
                           selection->counts[t].n_entries, thresholds);
            at += selection->counts[t].n_entries;
        }
    }
    pith_memory_give(memory, list);
    return status;
}
