/* An archive in memory behind read_at, which can be made to fail. */
#ifndef TESTS_API_ARCHIVE_H
#define TESTS_API_ARCHIVE_H

#include "api/cases.h"

struct archive {
    struct bytes bytes;
    size_t n_reads, fails_at; /* the nth read fails, 0 = none */
    size_t asked_len;         /* of all reads together */
};

static inline int read_archive(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    struct archive *archive = opaque;

    assert_true(offset <= archive->bytes.len && len <= archive->bytes.len - offset);
    archive->asked_len += len;
    if (++archive->n_reads == archive->fails_at)
        return 1;
    memcpy(buffer, archive->bytes.data + offset, len);
    return 0;
}

/* An allocator that counts what is out, and fails the nth call. */
struct allocations {
    size_t n_calls, fails_at, n_blocks;
};

static inline void *allocate_counted(void *opaque, size_t len)
{
    struct allocations *allocations = opaque;

    if (++allocations->n_calls == allocations->fails_at)
        return NULL;
    allocations->n_blocks++;
    return malloc(len);
}

static inline void release_counted(void *opaque, void *memory)
{
    ((struct allocations *)opaque)->n_blocks--;
    free(memory);
}

#endif
