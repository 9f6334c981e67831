/* See indirect.h. */
#include "model/indirect.h"

#include <string.h>

#include "model/hash.h"

void pith_indirect_layout(struct pith_indirect *indirect, struct pith_arena *arena)
{
    indirect->after1 = pith_arena_take(arena, 256, sizeof *indirect->after1);
    indirect->after2 = pith_arena_take(arena, 65536, sizeof *indirect->after2);
    indirect->n_touched = PITH_INDIRECT_TOUCHED_MAX + 1;
}

void pith_indirect_renew(struct pith_indirect *indirect)
{
    if (indirect->n_touched > PITH_INDIRECT_TOUCHED_MAX) {
        pith_indirect_init(indirect);
        return;
    }
    memset(indirect->after1, 0, 256 * sizeof *indirect->after1);
    for (uint32_t i = 0; i < indirect->n_touched; i++)
        indirect->after2[indirect->touched[i]] = 0;
    indirect->n_touched = 0;
}

void pith_indirect_init(struct pith_indirect *indirect)
{
    indirect->n_touched = 0;
    memset(indirect->after1, 0, 256 * sizeof *indirect->after1);
    memset(indirect->after2, 0, 65536 * sizeof *indirect->after2);
}

void pith_indirect_update(struct pith_indirect *indirect, const struct pith_history *history)
{
    uint32_t latest = history->last8 & 255;
    uint32_t *one = &indirect->after1[history->last8 >> 8 & 255];
    uint32_t *two = &indirect->after2[history->last8 >> 8 & 65535];

    *one = *one << 8 | latest;
    *two = *two << 8 | latest;
    if (indirect->n_touched < PITH_INDIRECT_TOUCHED_MAX)
        indirect->touched[indirect->n_touched] = (uint16_t)(history->last8 >> 8);
    indirect->n_touched += indirect->n_touched <= PITH_INDIRECT_TOUCHED_MAX;
}

void pith_indirect_contexts(const struct pith_indirect *indirect,
                            const struct pith_history *history, uint32_t n, uint32_t *hashes)
{
    if (n == 0)
        return;

    uint32_t c1 = history->last8 & 255, c2 = history->last8 & 65535;
    uint32_t one = indirect->after1[c1], two = indirect->after2[c2];
    const uint32_t all[PITH_INDIRECT_CONTEXTS] = {
        pith_hash(30, (uint64_t)(two & 0xffff) << 8 | c1),
        pith_hash(31, (uint64_t)(one & 0xffffff) << 8 | c1),
        pith_hash(32, (uint64_t)(two & 0xffffff) << 16 | c2),
        pith_hash(33, (uint64_t)(one & 0xffff) << 16 | (history->last8 & 65535)),
    };

    memcpy(hashes, all, n * sizeof *all);
}
