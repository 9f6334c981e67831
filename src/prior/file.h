/* Prior files: header and sections.  docs/format.md has the layout. */
#ifndef PITH_PRIOR_FILE_H
#define PITH_PRIOR_FILE_H

#include "prior/learnt_code.h"
#include "prior/store_code.h"

#define PITH_MAGIC_PRIOR    0x697270c1u /* C1 'p' 'r' 'i'; as those of container/format.h */
#define PITH_PRIOR_VERSION  0u
#define PITH_PRIOR_HEAD_MAX 4096
#define PITH_PRIOR_TAIL_LEN 8 /* check of all before */

struct pith_prior_head {
    pith_prior_info info; /* of a head that is written: level, samples and what was held out */
    uint32_t parts;       /* of what was learnt, PITH_LEARNT_... */
    struct pith_store_counts counts[PITH_STORE_TABLES];
    uint64_t learnt_len, store_len; /* of the sections, which follow in this order */
    size_t len;                     /* of the head */
};

/* PITH_E_FORMAT, PITH_E_UNSUPPORTED, PITH_E_TRUNCATED, PITH_E_CORRUPT.  Fills in all of info. */
pith_status pith_prior_head_read(struct pith_prior_head *head, const uint8_t *data, size_t len,
                                 pith_error *error);

/* Writes at most PITH_PRIOR_HEAD_MAX bytes; returns how many. */
size_t pith_prior_head_write(uint8_t *to, const struct pith_prior_head *head);

/* Writes the tail behind len bytes. */
void pith_prior_finish(uint8_t *data, size_t len);

/* Lays out what an opened prior holds. */
void pith_prior_layout(struct pith_start *start, struct pith_arena *arena,
                       const struct pith_prior_head *head);

#endif
