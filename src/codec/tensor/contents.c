/* See contents.h. */
#include "codec/tensor/contents.h"

#include <string.h>

#include "base/sort.h"

static const struct pith_tensor_reader *const readers[PITH_TENSOR_FORMATS] = {
    [PITH_TENSOR_SAFETENSORS] = &pith_tensor_safetensors,
    [PITH_TENSOR_GGUF] = &pith_tensor_gguf,
    [PITH_TENSOR_NPY] = &pith_tensor_npy,
};

enum pith_tensor_format pith_tensor_find_head(const uint8_t *data, size_t len, uint64_t *need)
{
    /* those with a magic first: it could be a length as well */
    static const uint8_t order[PITH_TENSOR_FORMATS] = {PITH_TENSOR_GGUF, PITH_TENSOR_NPY,
                                                       PITH_TENSOR_SAFETENSORS};

    for (uint32_t i = 0; i < PITH_TENSOR_FORMATS; i++)
        if (readers[order[i]]->find(data, len, need))
            return (enum pith_tensor_format)order[i];
    return PITH_TENSOR_NO_FORMAT;
}

/* Puts dimensions of 1 behind the others: the first is to be that of rows. */
static void move_ones(uint64_t *dims)
{
    uint32_t n = 0;

    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        if (dims[k] != 1)
            dims[n++] = dims[k];
    for (; n < PITH_TENSOR_RUN_DIMS; n++)
        dims[n] = 1;
}

/* Bytes in a line where type and shape do not give the length. */
static void check_shape(struct pith_tensor_entry *entry)
{
    uint64_t width = pith_tensor_forms[entry->type].width, n = entry->len / width;
    int agrees = entry->len % width == 0;

    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS && agrees; k++) {
        agrees = entry->dims[k] > 0 && n % entry->dims[k] == 0;
        n = agrees ? n / entry->dims[k] : 0;
    }
    if (agrees && n == 1) {
        move_ones(entry->dims);
        return;
    }
    entry->type = PITH_TENSOR_U8;
    entry->record = NULL;
    entry->dims[0] = entry->dims[1] = entry->dims[2] = 1;
    entry->dims[3] = entry->len;
}

void pith_tensor_add(struct pith_tensor_entries *entries, struct pith_tensor_entry *entry)
{
    if (entry->len == 0 && !entries->with_empty)
        return;
    entry->base_at = PITH_TENSOR_NO_BASE;
    if (entry->len > 0)
        check_shape(entry);
    if (entries->n < entries->room)
        entries->list[entries->n] = *entry;
    entries->n++;
}

_Static_assert(sizeof(struct pith_tensor_entry) <= PITH_SORT_SIZE_MAX, "entries can be sorted");

/* Empty ones come before what begins at the same place. */
static int compare_places(const void *first, const void *second)
{
    const struct pith_tensor_entry *a = first, *b = second;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->len < b->len ? -1 : a->len > b->len;
}

/* Leaves out what overlaps the one before, or the head. */
static size_t settle(struct pith_tensor_entry *entries, size_t n, uint64_t head_len)
{
    size_t kept = 0;
    uint64_t end = head_len;

    pith_sort_items(entries, n, sizeof *entries, compare_places);
    for (size_t i = 0; i < n; i++) {
        int is_before = entries[i].len > 0 && entries[i].start < end;

        if (is_before || entries[i].start > PITH_TENSOR_FILE_MAX ||
            entries[i].len > PITH_TENSOR_FILE_MAX - entries[i].start)
            continue;
        if (entries[i].len > 0)
            end = entries[i].start + entries[i].len;
        entries[kept++] = entries[i];
    }
    return kept;
}

size_t pith_tensor_list(struct pith_tensor_entry *entries, size_t room,
                        enum pith_tensor_format format, const uint8_t *head, size_t head_len,
                        int with_empty)
{
    struct pith_tensor_entries made = {entries, with_empty, room, 0};

    if (!readers[format]->list(&made, head, head_len))
        return 0;
    return made.n <= room ? settle(entries, made.n, head_len) : made.n;
}

static int compare_names(const struct pith_tensor_entry *a, const struct pith_tensor_entry *b)
{
    size_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
    int order = len > 0 ? memcmp(a->name, b->name, len) : 0;

    if (order != 0)
        return order;
    return a->name_len < b->name_len ? -1 : a->name_len > b->name_len;
}

/* Those of one name, in the order of the file. */
static int compare_entries(const void *first, const void *second)
{
    const struct pith_tensor_entry *a = first, *b = second;
    int order = compare_names(a, b);

    if (order != 0)
        return order;
    return a->start < b->start ? -1 : a->start > b->start;
}

void pith_tensor_sort_by_name(struct pith_tensor_entry *entries, size_t n)
{
    pith_sort_items(entries, n, sizeof *entries, compare_entries);
}

const struct pith_tensor_entry *pith_tensor_find(const struct pith_tensor_entry *entries, size_t n,
                                                 const struct pith_tensor_entry *alike)
{
    size_t low = 0, high = n; /* those before low come before, those from high on do not */

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_names(&entries[middle], alike) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == n || compare_names(&entries[low], alike) != 0 || entries[low].type != alike->type ||
        entries[low].len != alike->len ||
        memcmp(entries[low].dims, alike->dims, sizeof alike->dims) != 0)
        return NULL;
    return &entries[low];
}
