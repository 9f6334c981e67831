/* See record.h. */
#include "model/record.h"

#include <string.h>

#include "model/hash.h"

void pith_record_begin(struct pith_record *record, uint32_t record_len)
{
    record->len = record_len ? record_len : PITH_RECORD_LEN_DEFAULT;
    record->column = 0;
}

void pith_record_update(struct pith_record *record)
{
    if (++record->column == record->len)
        record->column = 0;
}

void pith_record_contexts(const struct pith_record *record, const struct pith_history *history,
                          uint32_t n, uint32_t *hashes)
{
    if (n == 0)
        return;

    uint32_t len = record->len;
    uint64_t above = pith_history_back(history, len);
    uint64_t above2 = pith_history_back(history, 2 * len);
    uint64_t left_above = pith_history_back(history, len + 1);
    uint64_t column = record->column, last = history->last8;
    const uint32_t all[PITH_RECORD_CONTEXTS] = {
        pith_hash2(80, above | above2 << 8, column),
        pith_hash2(81, above, (last & 255) << 16 | column),
        pith_hash2(82, above | left_above << 8, last & 255),
        pith_hash2(83, column, last & 0xffff),
        pith_hash2(84, (above + last - left_above) & 255, column),
        pith_hash2(85, column, 0),
    };

    memcpy(hashes, all, n * sizeof *all);
}
