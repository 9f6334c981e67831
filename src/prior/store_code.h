/* How a store is written: each table's entries in the order of their keys. */
#ifndef PITH_PRIOR_STORE_CODE_H
#define PITH_PRIOR_STORE_CODE_H

#include "base/arena.h"
#include "coder/coder.h"
#include "model/store.h"

/* What there is in a table: buckets only if there are entries, at most 2^24. */
struct pith_store_counts {
    uint32_t n_entries, n_seconds, n_buckets;
};

/* Lays out the tables of a store. */
void pith_store_layout(struct pith_store *store, struct pith_arena *arena,
                       const struct pith_store_counts counts[PITH_STORE_TABLES]);

/* Codes a store that is laid out, of rounded states, in either direction.  Whatever is decoded is a valid store; returns 0
 * if it does not have these counts.  When encoding each bucket is as pith_store_put() makes it. */
int pith_store_code(struct pith_store *store,
                    const struct pith_store_counts counts[PITH_STORE_TABLES],
                    struct pith_coder *coder);

/* Appends an entry with this key, which is above those before; its second groups are the next in
 * `seconds`.  Returns 0, and does nothing, if its bucket is full. */
int pith_store_put(struct pith_store_table *table, uint32_t *n_entries, uint32_t key,
                   const struct pith_store_entry *entry);

#endif
