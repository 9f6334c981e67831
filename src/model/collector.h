/* Collector: what every context has seen, gathered while samples are read, to make a prior of.
 *
 * An open hash table of groups, found by the number of the context, its hash, and the first nibble or
 * PITH_STORE_FIRST.  Used by trainers alone: nothing on the wire depends on it but the priors that it
 * helps to make. */
#ifndef PITH_MODEL_COLLECTOR_H
#define PITH_MODEL_COLLECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "model/store.h"

struct pith_collected {
    uint32_t hash;
    uint32_t visits;    /* bytes that passed through */
    uint32_t last;      /* sample that did so last */
    uint16_t n_samples; /* that did so, limited */
    uint8_t table;      /* number of the context + 1; 0 = an empty place */
    uint8_t nibble;
    uint8_t states[PITH_STORE_NODES];
};

/* Classes of visits: one for each number up to 4, then two for each doubling. */
#define PITH_COLLECTOR_CLASSES 40

struct pith_collector {
    struct pith_collected *groups;
    uint32_t capacity_log2;
    size_t n_groups;
    uint32_t sample; /* number of the current one, 1 first */
    int is_frozen;   /* nothing is put in */
    /* When frozen, groups that fewer samples have passed through do not count: what one sample alone
     * has is its own business. */
    uint32_t least_samples;
};

/* 0 for none. */
uint32_t pith_collector_class(uint32_t visits);

/* Of the group whose states pith_collector_find() gave. */
static inline uint32_t pith_collector_visits(const uint8_t *states)
{
    const struct pith_collected *group =
        (const void *)(states - offsetof(struct pith_collected, states));

    return group->visits;
}

/* Takes memory for 2^capacity_log2 groups from the caller. */
void pith_collector_init(struct pith_collector *collector, struct pith_collected *groups,
                         uint32_t capacity_log2);

/* Whether a place holds a group that counts. */
static inline int pith_collector_counts(const struct pith_collector *collector,
                                        const struct pith_collected *group)
{
    return group->table && (!collector->is_frozen || group->n_samples >= collector->least_samples);
}

/* NULL: never seen, or not to count. */
const uint8_t *pith_collector_find(const struct pith_collector *collector, uint32_t table,
                                   uint32_t hash, uint32_t nibble);

/* The group's states are now these; a byte has passed.  When the table is full, new groups are forgotten. */
void pith_collector_put(struct pith_collector *collector, uint32_t table, uint32_t hash,
                        uint32_t nibble, const uint8_t states[PITH_STORE_NODES]);

/* Forgets what was seen in one sample only, and not lately: before the table gets too full. */
void pith_collector_thin(struct pith_collector *collector);

#endif
