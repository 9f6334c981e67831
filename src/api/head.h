/* Head: what a file of tensors says of itself, read from wherever the file is. */
#ifndef PITH_API_HEAD_H
#define PITH_API_HEAD_H

#include "base/memory.h"
#include "codec/tensor/contents.h"

/* Exactly len bytes from offset. */
typedef pith_status (*pith_head_read_fn)(void *opaque, void *to, size_t len, uint64_t offset,
                                         pith_error *error);

struct pith_head {
    struct pith_block bytes,
        entries; /* n_entries of struct pith_tensor_entry, whose names are in bytes */
    size_t n_entries;
};

/* Reads the head of a file of file_len bytes.  PITH_E_FORMAT: it has none.  To be freed in any case. */
pith_status pith_head_read(struct pith_head *head, uint64_t file_len, pith_head_read_fn read,
                           void *opaque, int with_empty, struct pith_memory *memory,
                           pith_error *error);
void pith_head_free(struct pith_head *head, struct pith_memory *memory);

static inline struct pith_tensor_entry *pith_head_entries(const struct pith_head *head)
{
    return (struct pith_tensor_entry *)(void *)head->entries.data;
}

#endif
