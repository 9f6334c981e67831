/* Indirect contexts: what followed the last times this byte, or byte pair, was seen. */
#ifndef PITH_MODEL_INDIRECT_H
#define PITH_MODEL_INDIRECT_H

#include "base/arena.h"
#include "model/history.h"

#define PITH_INDIRECT_CONTEXTS 4

struct pith_indirect {
    uint32_t *after1; /* [byte]: the last four bytes that followed it, latest lowest */
    uint32_t *after2; /* [byte pair]: the same */
};

void pith_indirect_layout(struct pith_indirect *indirect, struct pith_arena *arena);
void pith_indirect_init(struct pith_indirect *indirect);
void pith_indirect_update(struct pith_indirect *indirect, const struct pith_history *history);
void pith_indirect_contexts(const struct pith_indirect *indirect,
                            const struct pith_history *history, uint32_t n, uint32_t *hashes);

#endif
