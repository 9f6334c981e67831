/* Store: the contexts of a prior and what they have seen, read only; any number of engines share it.
 *
 * A table for each number of a context (pith_store_id in engine/profile.h).  A context is known by the
 * upper bits of its hash: the bucket, then eight bits more.  An entry holds the 15 states of the first
 * nibble and, for each first nibble that is worth it, those of the second. */
#ifndef PITH_MODEL_STORE_H
#define PITH_MODEL_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define PITH_STORE_TABLES      112
#define PITH_STORE_NODES       15
#define PITH_STORE_BUCKET_MAX  11 /* entries in a bucket */
#define PITH_STORE_BUCKET_LOAD 5  /* on average at most */
#define PITH_STORE_KEY_BITS    8  /* of a key below the bucket */
#define PITH_STORE_FIRST       16 /* in place of a first nibble: the group of the first */

struct pith_store_bucket {
    uint32_t first; /* entry */
    uint8_t n;
    uint8_t checks[PITH_STORE_BUCKET_MAX];
};

struct pith_store_entry {
    uint32_t seconds; /* index of its first second group */
    uint16_t nibbles; /* bit n: there is a group behind first nibble n */
    uint8_t states[PITH_STORE_NODES];
};

struct pith_store_table {
    struct pith_store_bucket *buckets; /* NULL: an empty table */
    uint32_t n_buckets;                /* at most 2^24 */
    struct pith_store_entry *entries;
    uint8_t (*seconds)[PITH_STORE_NODES];
};

struct pith_store {
    struct pith_store_table tables[PITH_STORE_TABLES];
};

/* Where entries stand, in order: bucket, then check. */
static inline uint32_t pith_store_key(uint32_t hash, uint32_t n_buckets)
{
    return (uint32_t)(((uint64_t)hash * n_buckets) >> (32 - PITH_STORE_KEY_BITS));
}

/* Buckets of a table of n entries. */
static inline uint32_t pith_store_buckets(uint32_t n)
{
    uint32_t n_buckets = n / PITH_STORE_BUCKET_LOAD + 1;

    return n_buckets < 1u << 24 ? n_buckets : 1u << 24;
}

static inline void pith_store_prefetch(const struct pith_store_table *table, uint32_t hash)
{
    if (table->buckets)
        PITH_PREFETCH(
            &table->buckets[pith_store_key(hash, table->n_buckets) >> PITH_STORE_KEY_BITS]);
}

/* The entry of a context, or NULL. */
static inline const struct pith_store_entry *pith_store_find(const struct pith_store_table *table,
                                                             uint32_t hash)
{
    const struct pith_store_bucket *bucket;
    uint32_t key;

    if (!table->buckets)
        return NULL;
    key = pith_store_key(hash, table->n_buckets);
    bucket = &table->buckets[key >> PITH_STORE_KEY_BITS];
    for (uint32_t i = 0; i < bucket->n; i++)
        if (bucket->checks[i] == (key & 255))
            return &table->entries[bucket->first + i];
    return NULL;
}

/* Where the second group behind first nibble n is, if there is one, or else the next. */
static inline const uint8_t *pith_store_second(const struct pith_store_table *table,
                                               const struct pith_store_entry *entry,
                                               uint32_t nibble)
{
    uint32_t below = entry->nibbles & ((1u << nibble) - 1);
    below = (below & 0x5555) + (below >> 1 & 0x5555);
    below = (below & 0x3333) + (below >> 2 & 0x3333);
    below = (below & 0x0f0f) + (below >> 4 & 0x0f0f);
    return table->seconds[entry->seconds + (below & 15) + (below >> 8)];
}

/* The states of an entry's group: nibble is the first one, or PITH_STORE_FIRST.  NULL: none. */
static inline const uint8_t *pith_store_group(const struct pith_store_table *table,
                                              const struct pith_store_entry *entry, uint32_t nibble)
{
    if (nibble == PITH_STORE_FIRST)
        return entry->states;
    return entry->nibbles >> nibble & 1 ? pith_store_second(table, entry, nibble) : NULL;
}

#endif
