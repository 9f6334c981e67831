/* Contexts of structure: where in the line, under what, inside which brackets or tags. */
#ifndef PITH_MODEL_STRUCTURE_H
#define PITH_MODEL_STRUCTURE_H

#include "model/history.h"

#define PITH_STRUCTURE_CONTEXTS 6
#define PITH_STRUCTURE_DEPTH    64

struct pith_structure {
    uint32_t column; /* bytes since the line began */
    uint32_t line_start, last_line_start;
    uint32_t line_first; /* hash of the line's first bytes */
    uint32_t depth;      /* brackets open; those beyond PITH_STRUCTURE_DEPTH are not remembered */
    uint8_t open[PITH_STRUCTURE_DEPTH];
    uint32_t open_at[PITH_STRUCTURE_DEPTH]; /* hash of what stood before the bracket */
    uint32_t above;                         /* the byte above in the line before */
    uint32_t tag; /* hash of the last name after '<', or key before ':' or '=' */
    uint32_t in_tag;
};

void pith_structure_init(struct pith_structure *structure);
void pith_structure_update(struct pith_structure *structure, const struct pith_history *history);
void pith_structure_contexts(const struct pith_structure *structure,
                             const struct pith_history *history, uint32_t n, uint32_t *hashes);

#endif
