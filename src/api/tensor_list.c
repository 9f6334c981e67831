/* pith_reader_tensors(): see pith.h. */
#include "api/head.h"
#include "api/reader.h"
#include "api/settings.h"

#include <string.h>

_Static_assert(PITH_TENSOR_DIMS_MAX == PITH_TENSOR_SHAPE_MAX, "listings have what files have");

static pith_status read_content(void *opaque, void *to, size_t len, uint64_t offset,
                                pith_error *error)
{
    size_t got;

    return pith_reader_read(opaque, to, len, &got, offset, error);
}

/* reader: NULL of a file that is not packed. */
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
        .packed_len = reader ? pith_reader_packed_len(reader, entry->start, entry->len) : 0,
    };
    memcpy(info->dims, entry->shape, sizeof info->dims);
}

static pith_status tell_each(const struct pith_head *head, const pith_reader *reader,
                             pith_tensor_fn each, void *opaque, pith_error *error)
{
    const struct pith_tensor_entry *entries = pith_head_entries(head);
    pith_tensor_info info;

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
    status = pith_head_read(&head, pith_reader_raw_len(reader), read_content, reader, 1,
                            pith_reader_memory(reader), error);
    if (status == PITH_OK)
        status = tell_each(&head, reader, each, opaque, error);
    pith_head_free(&head, pith_reader_memory(reader));
    return status;
}

/* A file as the caller gives it. */
struct file {
    pith_read_at_fn read_at;
    void *opaque;
};

static pith_status read_file(void *opaque, void *to, size_t len, uint64_t offset, pith_error *error)
{
    const struct file *file = opaque;

    if (file->read_at(file->opaque, offset, to, len) != 0)
        return pith_fail(error, PITH_E_IO, offset, "cannot read the file");
    return PITH_OK;
}

pith_status pith_list_tensors(pith_read_at_fn read_at, void *opaque, uint64_t len,
                              const pith_options *options, pith_tensor_fn each, void *each_opaque,
                              pith_error *error)
{
    struct file file = {read_at, opaque};
    struct pith_memory memory;
    pith_options settings;
    struct pith_head head;
    pith_status status;

    if (!read_at || !each)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", read_at ? "each" : "read_at");
    TRY(pith_settings_take(&settings, options, error));
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    status = pith_head_read(&head, len, read_file, &file, 1, &memory, error);
    if (status == PITH_OK)
        status = tell_each(&head, NULL, each, each_opaque, error);
    pith_head_free(&head, &memory);
    return status;
}
