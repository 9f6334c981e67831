/* pith_reader_tensors(): see pith.h. */
#include "api/head.h"
#include "api/reader.h"

#include <string.h>

_Static_assert(PITH_TENSOR_DIMS_MAX == PITH_TENSOR_SHAPE_MAX, "listings have what files have");

static pith_status read_content(void *opaque, void *to, size_t len, uint64_t offset,
                                pith_error *error)
{
    size_t got;

    return pith_reader_read(opaque, to, len, &got, offset, error);
}

static void describe(pith_tensor_info *info, const struct pith_tensor_entry *entry,
                     const pith_reader *reader)
{
    *info = (pith_tensor_info){
        .name = entry->name ? (const char *)entry->name : "",
        .name_len = entry->name_len,
        .dtype = entry->dtype,
        .n_dims = entry->n_shape,
        .offset = entry->start,
        .len = entry->len,
        .packed_len = pith_reader_packed_len(reader, entry->start, entry->len),
    };
    memcpy(info->dims, entry->shape, sizeof info->dims);
}

static pith_status list_each(struct pith_head *head, pith_reader *reader, pith_tensor_fn each,
                             void *opaque, pith_error *error)
{
    const struct pith_tensor_entry *entries;
    pith_tensor_info info;

    TRY(pith_head_read(head, pith_reader_raw_len(reader), read_content, reader, 1,
                       pith_reader_memory(reader), error));
    entries = pith_head_entries(head);
    for (size_t i = 0; i < head->n_entries; i++) {
        describe(&info, &entries[i], reader);
        if (each(opaque, &info) != 0)
            return pith_fail(error, PITH_E_CANCELLED, entries[i].start, "cancelled");
    }
    return PITH_OK;
}

pith_status pith_reader_tensors(pith_reader *reader, pith_tensor_fn each, void *opaque,
                                pith_error *error)
{
    struct pith_head head;
    pith_status status;

    if (!reader || !each)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", reader ? "each" : "reader");
    status = list_each(&head, reader, each, opaque, error);
    pith_head_free(&head, pith_reader_memory(reader));
    return status;
}
