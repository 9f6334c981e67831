/* Selection: which of the contexts that samples have shown go into a prior. */
#ifndef PITH_PRIOR_SELECT_H
#define PITH_PRIOR_SELECT_H

#include "base/memory.h"
#include "model/collector.h"
#include "prior/store_code.h"

struct pith_selection {
    struct pith_store_counts counts[PITH_STORE_TABLES];
    struct pith_store store;
    void *memory; /* of the store; given back by its owner */
};

/* Least class of visits with which a table's groups are taken: of first nibbles, and of second ones, which
 * is no less. */
struct pith_thresholds {
    uint8_t classes[PITH_STORE_TABLES][2];
};

/* States are rounded. */
pith_status pith_select(struct pith_selection *selection, const struct pith_collector *collector,
                        const struct pith_thresholds *thresholds, struct pith_memory *memory,
                        pith_error *error);

#endif
