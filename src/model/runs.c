/* See runs.h. */
#include "model/runs.h"

#include <string.h>

#define LENGTH_MAX 255u

void pith_runs_layout(struct pith_runs *runs, struct pith_arena *arena, uint32_t entries_log2)
{
    runs->entries_log2 = entries_log2;
    runs->entries = pith_arena_take(arena, (uint64_t)1 << entries_log2, sizeof *runs->entries);
}

void pith_runs_init(struct pith_runs *runs, uint32_t entries_log2)
{
    runs->entries_log2 = entries_log2;
    memset(runs->entries, 0, sizeof *runs->entries << runs->entries_log2);
    runs->n_contexts = 0;
}

void pith_runs_maps_layout(struct pith_runs_maps *maps, struct pith_arena *arena,
                           uint32_t n_contexts)
{
    maps->n_contexts = n_contexts;
    maps->cells =
        pith_arena_take(arena, (uint64_t)n_contexts * PITH_RUNS_MAPS, sizeof *maps->cells);
}

void pith_runs_maps_init(struct pith_runs_maps *maps)
{
    for (uint32_t i = 0; i < maps->n_contexts * PITH_RUNS_MAPS; i++)
        maps->cells[i] = PITH_RUNS_START_P1;
}

void pith_runs_use(struct pith_runs *runs, const struct pith_runs_maps *maps)
{
    runs->cells = maps->cells;
    runs->n_contexts = maps->n_contexts;
}

void pith_runs_prepare(struct pith_runs *runs, const uint32_t *hashes, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        uint32_t h = hashes[i] * 0x2c1b3c6du;

        runs->at[i] = h >> (32 - runs->entries_log2);
        runs->check[i] = (uint16_t)(hashes[i] ^ hashes[i] >> 16);
        PITH_PREFETCH(runs->entries + runs->at[i]);
    }
}

void pith_runs_find(struct pith_runs *runs)
{
    uint32_t n_open = 0;

    for (uint32_t i = 0; i < runs->n_contexts; i++) {
        uint32_t entry = runs->entries[runs->at[i]];

        runs->run[i] = entry >> 16 == runs->check[i] ? entry & 0xffff : 0;
        runs->open[n_open] = i;
        n_open += runs->run[i] >= 256;
    }
    runs->n_open = n_open;
}

/* A long run of another context gives way slowly. */
void pith_runs_end_byte(struct pith_runs *runs, uint8_t byte)
{
    for (uint32_t i = 0; i < runs->n_contexts; i++) {
        uint32_t *entry = &runs->entries[runs->at[i]];
        uint32_t length = *entry >> 8 & 255, is_own = *entry >> 16 == runs->check[i];

        if (is_own && (*entry & 255) == byte)
            *entry += length < LENGTH_MAX ? 256 : 0;
        else if (!is_own && length > 2)
            *entry -= (length + 1) / 2 << 8;
        else
            *entry = (uint32_t)runs->check[i] << 16 | 256 | byte;
    }
}
