/* Indirect contexts: what followed the last times this byte, or byte pair, was seen. */
#ifndef PITH_MODEL_INDIRECT_H
#define PITH_MODEL_INDIRECT_H

#include "base/arena.h"
#include "model/history.h"

#define PITH_INDIRECT_CONTEXTS 4

#define PITH_INDIRECT_TOUCHED_MAX 4096

struct pith_indirect {
    uint32_t *after1; /* [byte]: the last four bytes that followed it, latest lowest */
    uint32_t *after2; /* [byte pair]: the same */
    /* Pairs seen since the tables were empty, while they are few: emptying them again is then quick. */
    uint16_t touched[PITH_INDIRECT_TOUCHED_MAX];
    uint32_t n_touched; /* one more than fit: too many, as at first */
};

void pith_indirect_layout(struct pith_indirect *indirect, struct pith_arena *arena);
void pith_indirect_init(struct pith_indirect *indirect);
/* The same, of one that was begun before. */
void pith_indirect_renew(struct pith_indirect *indirect);
void pith_indirect_update(struct pith_indirect *indirect, const struct pith_history *history);
void pith_indirect_contexts(const struct pith_indirect *indirect,
                            const struct pith_history *history, uint32_t n, uint32_t *hashes);

#endif
