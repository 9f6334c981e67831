/* See memory.h.
 *
 * In front of every block lie the allocator's own pointer and the length asked for, in the 64 bytes
 * that alignment costs anyway.  Model tables are read at random, so with the default allocator on
 * Linux big blocks are asked to be made of huge pages: that saves most TLB misses. */
#if defined(__linux__)
#define _DEFAULT_SOURCE /* madvise */
#endif
#define _POSIX_C_SOURCE 200809L

#include "base/memory.h"

#include "base/checked.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

/* Huge pages on x86-64 and aarch64 are 2 MiB; below two of them alignment would waste too much. */
#define HUGE_PAGE    ((size_t)2 << 20)
#define HUGE_LEN_MIN ((size_t)4 << 20)

struct prefix {
    void *base; /* what the allocator gave */
    uint64_t len;
};

_Static_assert(sizeof(struct prefix) <= PITH_MEMORY_ALIGN, "the prefix fits in the alignment");

void pith_memory_init(struct pith_memory *memory, const pith_allocator *allocator, uint64_t limit)
{
    memset(memory, 0, sizeof *memory);
    if (allocator)
        memory->allocator = *allocator;
    memory->limit = limit ? limit : PITH_MEMORY_LIMIT_DEFAULT;
}

uint64_t pith_memory_left(const struct pith_memory *memory)
{
    return memory->limit > memory->used ? memory->limit - memory->used : 0;
}

static void *allocate(const struct pith_memory *memory, size_t len)
{
    if (memory->allocator.allocate)
        return memory->allocator.allocate(memory->allocator.opaque, len);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (len >= HUGE_LEN_MIN) {
        void *base = NULL;

        if (posix_memalign(&base, HUGE_PAGE, len) != 0)
            return NULL;
        (void)madvise(base, len, MADV_HUGEPAGE); /* advice: failure costs time alone */
        return base;
    }
#endif
    return malloc(len);
}

pith_status pith_memory_take(struct pith_memory *memory, void **block, uint64_t len,
                             const char *purpose, uint64_t position, pith_error *error)
{
    struct prefix prefix = {.len = len};
    uintptr_t address;
    uint8_t *at;

    *block = NULL;
    if (len > pith_memory_left(memory))
        return pith_fail(error, PITH_E_MEMORY_LIMIT, position,
                         "%s needs %" PRIu64 " bytes of memory, %" PRIu64 " with what is in use; "
                         "the limit is %" PRIu64,
                         purpose, len, pith_saturated_add(memory->used, len), memory->limit);
    if (len <= SIZE_MAX - 2 * PITH_MEMORY_ALIGN)
        prefix.base = allocate(memory, (size_t)len + 2 * PITH_MEMORY_ALIGN);
    if (!prefix.base)
        return pith_fail(error, PITH_E_MEMORY, position,
                         "no memory for %s: %" PRIu64 " bytes were asked for", purpose, len);
    at = prefix.base;
    address = (uintptr_t)at;
    at += 2 * PITH_MEMORY_ALIGN - address % PITH_MEMORY_ALIGN; /* 65..128 bytes from the base */
    memcpy(at - sizeof prefix, &prefix, sizeof prefix);
    memory->used += len;
    *block = at;
    return PITH_OK;
}

void pith_memory_give(struct pith_memory *memory, void *block)
{
    struct prefix prefix;

    if (!block)
        return;
    memcpy(&prefix, (uint8_t *)block - sizeof prefix, sizeof prefix);
    memory->used -= prefix.len;
    if (memory->allocator.allocate)
        memory->allocator.release(memory->allocator.opaque, prefix.base);
    else
        free(prefix.base);
}

pith_status pith_block_reserve(struct pith_block *block, struct pith_memory *memory, uint64_t len,
                               const char *purpose, uint64_t position, pith_error *error)
{
    void *data;

    if (block->data && block->cap >= len)
        return PITH_OK;
    pith_block_free(block, memory);
    TRY(pith_memory_take(memory, &data, len, purpose, position, error));
    block->data = data;
    block->cap = len;
    return PITH_OK;
}

pith_status pith_block_grow(struct pith_block *block, struct pith_memory *memory, uint64_t len,
                            size_t keep, const char *purpose, uint64_t position, pith_error *error)
{
    void *data;

    if (block->data && block->cap >= len)
        return PITH_OK;
    TRY(pith_memory_take(memory, &data, len, purpose, position, error));
    if (keep > 0)
        memcpy(data, block->data, keep);
    pith_memory_give(memory, block->data);
    block->data = data;
    block->cap = len;
    return PITH_OK;
}

void pith_block_free(struct pith_block *block, struct pith_memory *memory)
{
    pith_memory_give(memory, block->data);
    block->data = NULL;
    block->cap = 0;
}
