/* Memory: the only way to an allocator, with a budget in front of it.
 *
 * Every block is 64-byte aligned (one cache line, one AVX-512 register).  `used` is what the living
 * blocks hold; a request that would take it over `limit` is refused before the allocator is asked.
 * One thread at a time: all allocation happens in the thread that called the library. */
#ifndef PITH_BASE_MEMORY_H
#define PITH_BASE_MEMORY_H

#include "base/status.h"

#define PITH_MEMORY_ALIGN 64

struct pith_memory {
    pith_allocator allocator; /* the caller's, used if allocator.allocate is not NULL */
    uint64_t limit;
    uint64_t used; /* <= limit, unless the limit was lowered later */
};

/* allocator may be NULL: malloc and free.  limit 0 = PITH_MEMORY_LIMIT_DEFAULT. */
void pith_memory_init(struct pith_memory *memory, const pith_allocator *allocator, uint64_t limit);

/* Bytes that still may be taken. */
uint64_t pith_memory_left(const struct pith_memory *memory);

/* A block of len bytes, contents undefined.  PITH_E_MEMORY_LIMIT or PITH_E_MEMORY, with `purpose` in
 * the text and `position` as given.  len 0 gives a valid block. */
pith_status pith_memory_take(struct pith_memory *memory, void **block, uint64_t len,
                             const char *purpose, uint64_t position, pith_error *error);

/* Gives back a block.  NULL is fine. */
void pith_memory_give(struct pith_memory *memory, void *block);

/* A block that is kept and grown when more is asked of it; contents are lost when it grows. */
struct pith_block {
    uint8_t *data; /* NULL while cap is 0 */
    uint64_t cap;
};

pith_status pith_block_reserve(struct pith_block *block, struct pith_memory *memory, uint64_t len,
                               const char *purpose, uint64_t position, pith_error *error);

/* Bytes that reserving len would take beyond what the block has. */
static inline uint64_t pith_block_missing(const struct pith_block *block, uint64_t len)
{
    return len > block->cap ? len - block->cap : 0;
}

/* As pith_block_reserve(), but the first keep bytes stay. */
pith_status pith_block_grow(struct pith_block *block, struct pith_memory *memory, uint64_t len,
                            size_t keep, const char *purpose, uint64_t position, pith_error *error);

void pith_block_free(struct pith_block *block, struct pith_memory *memory);

#endif
