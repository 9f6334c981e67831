/* See head.h. */
#include "api/head.h"

#include "container/format.h"

/* Enough to tell how long the heads are that say so, and no more: what follows may be in another chunk, which can
 * take long to decode, or need a base. */
#define FIRST_LEN ((uint64_t)16)

static pith_status no_tensors(pith_error *error)
{
    return pith_fail(error, PITH_E_FORMAT, 0, "no file of tensors");
}

/* Reads as much of the file as its head takes. */
static pith_status read_bytes(struct pith_head *head, enum pith_tensor_format *format,
                              uint64_t *head_len, uint64_t file_len, pith_head_read_fn read,
                              void *opaque, struct pith_memory *memory, pith_error *error)
{
    uint64_t have = 0, need = FIRST_LEN;

    for (;;) {
        if (need > PITH_CHUNK_LEN_MAX)
            return no_tensors(error);
        need = need < file_len ? need : file_len;
        TRY(pith_block_grow(&head->bytes, memory, need, (size_t)have, "the list of tensors", 0,
                            error));
        TRY(read(opaque, head->bytes.data + have, (size_t)(need - have), have, error));
        have = need;
        *format = pith_tensor_find_head(head->bytes.data, (size_t)have, head_len);
        if (*format == PITH_TENSOR_NO_FORMAT || (*head_len > have && have == file_len))
            return no_tensors(error);
        if (*head_len <= have)
            return PITH_OK;
        need = *head_len;
    }
}

pith_status pith_head_read(struct pith_head *head, uint64_t file_len, pith_head_read_fn read,
                           void *opaque, int with_empty, struct pith_memory *memory,
                           pith_error *error)
{
    enum pith_tensor_format format;
    uint64_t len;

    *head = (struct pith_head){{NULL, 0}, {NULL, 0}, 0};
    TRY(read_bytes(head, &format, &len, file_len, read, opaque, memory, error));
    head->n_entries = pith_tensor_list(NULL, 0, format, head->bytes.data, (size_t)len, with_empty);
    if (head->n_entries == 0)
        return no_tensors(error);
    TRY(pith_block_reserve(&head->entries, memory,
                           head->n_entries * sizeof(struct pith_tensor_entry),
                           "the list of tensors", 0, error));
    head->n_entries = pith_tensor_list(pith_head_entries(head), head->n_entries, format,
                                       head->bytes.data, (size_t)len, with_empty);
    return PITH_OK;
}

void pith_head_free(struct pith_head *head, struct pith_memory *memory)
{
    pith_block_free(&head->bytes, memory);
    pith_block_free(&head->entries, memory);
}
