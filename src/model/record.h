/* Record contexts for tables of fixed-length records: the column and the bytes above.
 *
 * The record length comes from the encoder's plan (it is stored with the segment), so that finding
 * it may take any effort. 0 = no records: the contexts then fall back to the last four bytes'
 * alignment. */
#ifndef PITH_MODEL_RECORD_H
#define PITH_MODEL_RECORD_H

#include "model/history.h"

#define PITH_RECORD_CONTEXTS    6
#define PITH_RECORD_LEN_MAX     4096
#define PITH_RECORD_LEN_DEFAULT 4 /* what a length of 0 stands for */

struct pith_record {
    uint32_t len; /* of a record; 4 when there are none */
    uint32_t column;
};

void pith_record_begin(struct pith_record *record, uint32_t record_len);
void pith_record_update(struct pith_record *record);
void pith_record_contexts(const struct pith_record *record, const struct pith_history *history,
                          uint32_t n, uint32_t *hashes);

#endif
