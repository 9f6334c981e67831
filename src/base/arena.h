/* Arena: hands out parts of one block of memory, or only counts them.
 *
 * The same layout function runs twice: with base NULL it learns how many bytes it needs, with a
 * block of that many bytes it gets them.  So need() and init() cannot disagree. */
#ifndef PITH_BASE_ARENA_H
#define PITH_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define PITH_ARENA_ALIGN 64

struct pith_arena {
    uint8_t *base; /* NULL: count only; else aligned to PITH_ARENA_ALIGN */
    uint64_t used; /* bytes handed out, with padding */
};

/* n elements of size bytes each, aligned to PITH_ARENA_ALIGN; NULL when counting.  The caller keeps
 * n * size far below 2^63: sizes come from checked parameters. */
static inline void *pith_arena_take(struct pith_arena *arena, uint64_t n, uint64_t size)
{
    uint64_t at = arena->used;

    arena->used += (n * size + PITH_ARENA_ALIGN - 1) & ~(uint64_t)(PITH_ARENA_ALIGN - 1);
    return arena->base ? arena->base + at : NULL;
}

#endif
