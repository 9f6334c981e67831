/* pith_reader_tensors(): see pith.h. */
#include "api/reader.h"

#include <string.h>

#include "codec/tensor/contents.h"
#include "container/format.h"

/* Enough to tell most heads' lengths. */
#define FIRST_LEN ((uint64_t)4096)

_Static_assert(PITH_TENSOR_DIMS_MAX == PITH_TENSOR_SHAPE_MAX, "listings have what files have");

struct contents {
    struct pith_block head, entries;
    uint64_t head_len;
    enum pith_tensor_format format;
};

static pith_status no_tensors(pith_error *error)
{
    return pith_fail(error, PITH_E_FORMAT, 0, "the content is no file of tensors");
}

/* Reads as much of the content as its head takes. */
static pith_status read_head(struct contents *contents, pith_reader *reader, pith_error *error)
{
    uint64_t raw_len = pith_reader_raw_len(reader), have = 0, need = FIRST_LEN;

    for (;;) {
        size_t got;

        if (need > PITH_CHUNK_LEN_MAX)
            return no_tensors(error);
        need = need < raw_len ? need : raw_len;
        TRY(pith_block_grow(&contents->head, pith_reader_memory(reader), need, (size_t)have,
                            "the list of tensors", 0, error));
        TRY(pith_reader_read(reader, contents->head.data + have, (size_t)(need - have), &got, have,
                             error));
        have += got;
        contents->format =
            pith_tensor_find_head(contents->head.data, (size_t)have, &contents->head_len);
        if (contents->format == PITH_TENSOR_NO_FORMAT ||
            (contents->head_len > have && have == raw_len))
            return no_tensors(error);
        if (contents->head_len <= have)
            return PITH_OK;
        need = contents->head_len;
    }
}

static pith_status list(struct contents *contents, size_t *n, pith_reader *reader,
                        pith_error *error)
{
    const uint8_t *head = contents->head.data;
    size_t len = (size_t)contents->head_len;

    *n = pith_tensor_list(NULL, 0, contents->format, head, len, 1);
    if (*n == 0)
        return no_tensors(error);
    TRY(pith_block_reserve(&contents->entries, pith_reader_memory(reader),
                           *n * sizeof(struct pith_tensor_entry), "the list of tensors", 0, error));
    *n = pith_tensor_list((void *)contents->entries.data, *n, contents->format, head, len, 1);
    return PITH_OK;
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

static pith_status list_each(struct contents *contents, pith_reader *reader, pith_tensor_fn each,
                             void *opaque, pith_error *error)
{
    const struct pith_tensor_entry *entries;
    pith_tensor_info info;
    size_t n;

    TRY(read_head(contents, reader, error));
    TRY(list(contents, &n, reader, error));
    entries = (const void *)contents->entries.data;
    for (size_t i = 0; i < n; i++) {
        describe(&info, &entries[i], reader);
        if (each(opaque, &info) != 0)
            return pith_fail(error, PITH_E_CANCELLED, entries[i].start, "cancelled");
    }
    return PITH_OK;
}

pith_status pith_reader_tensors(pith_reader *reader, pith_tensor_fn each, void *opaque,
                                pith_error *error)
{
    struct contents contents = {{NULL, 0}, {NULL, 0}, 0, PITH_TENSOR_NO_FORMAT};
    pith_status status;

    if (!reader || !each)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", reader ? "each" : "reader");
    status = list_each(&contents, reader, each, opaque, error);
    pith_block_free(&contents.head, pith_reader_memory(reader));
    pith_block_free(&contents.entries, pith_reader_memory(reader));
    return status;
}
