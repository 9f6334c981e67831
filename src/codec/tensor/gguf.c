/* GGUF (versions 2 and 3, little-endian): a magic, a version, numbers of tensors and of key-value pairs, those pairs, then
 * for each tensor its name, dimensions, type and place; the tensors begin at the next multiple of the alignment. */
#include "codec/tensor/contents.h"

#include <string.h>

#include "base/cursor.h"

#define MAGIC       "GGUF"
#define MAGIC_LEN   4
#define FIXED_LEN   24 /* up to the pairs */
#define ALIGN_START 32
#define DEPTH_MAX   4 /* of arrays in arrays */
#define COUNT_MAX   ((uint64_t)1 << 32)

enum value_type { VALUE_STRING = 8, VALUE_ARRAY = 9, VALUE_U32 = 4, VALUE_TYPES = 13 };

/* Bytes of values of each type; 0: it is not fixed. */
static const uint8_t value_lens[VALUE_TYPES] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

enum {
    U8 = PITH_TENSOR_U8,
    I8 = PITH_TENSOR_I8,
    F16 = PITH_TENSOR_F16,
    F32 = PITH_TENSOR_F32,
    I16 = PITH_TENSOR_I16
};

/* Types of elements, and blocks that stand for n of them: their bytes and fields, which are scales, minima, small
 * integers and parts of those (ggml's block structures). */
static const struct {
    uint8_t number, type;
    uint16_t n;
    const char *name;
    struct pith_tensor_record record;
} types[] = {
    {0, PITH_TENSOR_F32, 1, "F32", {.len = 4}},
    {1, PITH_TENSOR_F16, 1, "F16", {.len = 2}},
    {2, U8, 32, "Q4_0", {18, 2, {{F16, 1}, {U8, 16}}}},
    {3, U8, 32, "Q4_1", {20, 3, {{F16, 1}, {F16, 1}, {U8, 16}}}},
    {6, U8, 32, "Q5_0", {22, 3, {{F16, 1}, {U8, 4}, {U8, 16}}}},
    {7, U8, 32, "Q5_1", {24, 4, {{F16, 1}, {F16, 1}, {U8, 4}, {U8, 16}}}},
    {8, U8, 32, "Q8_0", {34, 2, {{F16, 1}, {I8, 32}}}},
    {9, U8, 32, "Q8_1", {36, 3, {{F16, 1}, {F16, 1}, {I8, 32}}}},
    {10, U8, 256, "Q2_K", {84, 4, {{U8, 16}, {U8, 64}, {F16, 1}, {F16, 1}}}},
    {11, U8, 256, "Q3_K", {110, 4, {{U8, 32}, {U8, 64}, {U8, 12}, {F16, 1}}}},
    {12, U8, 256, "Q4_K", {144, 4, {{F16, 1}, {F16, 1}, {U8, 12}, {U8, 128}}}},
    {13, U8, 256, "Q5_K", {176, 5, {{F16, 1}, {F16, 1}, {U8, 12}, {U8, 32}, {U8, 128}}}},
    {14, U8, 256, "Q6_K", {210, 4, {{U8, 128}, {U8, 64}, {I8, 16}, {F16, 1}}}},
    {15, U8, 256, "Q8_K", {292, 3, {{F32, 1}, {I8, 256}, {I16, 16}}}},
    {16, U8, 256, "IQ2_XXS", {66, 2, {{F16, 1}, {U8, 64}}}},
    {17, U8, 256, "IQ2_XS", {74, 3, {{F16, 1}, {U8, 64}, {U8, 8}}}},
    {18, U8, 256, "IQ3_XXS", {98, 2, {{F16, 1}, {U8, 96}}}},
    {19, U8, 256, "IQ1_S", {50, 3, {{F16, 1}, {U8, 32}, {U8, 16}}}},
    {20, U8, 32, "IQ4_NL", {18, 2, {{F16, 1}, {U8, 16}}}},
    {21, U8, 256, "IQ3_S", {110, 5, {{F16, 1}, {U8, 64}, {U8, 8}, {U8, 32}, {U8, 4}}}},
    {22, U8, 256, "IQ2_S", {82, 4, {{F16, 1}, {U8, 64}, {U8, 8}, {U8, 8}}}},
    {23, U8, 256, "IQ4_XS", {136, 4, {{F16, 1}, {U8, 2}, {U8, 4}, {U8, 128}}}},
    {24, PITH_TENSOR_I8, 1, "I8", {.len = 1}},
    {25, PITH_TENSOR_I16, 1, "I16", {.len = 2}},
    {26, PITH_TENSOR_I32, 1, "I32", {.len = 4}},
    {27, PITH_TENSOR_I64, 1, "I64", {.len = 8}},
    {28, PITH_TENSOR_F64, 1, "F64", {.len = 8}},
    {29, U8, 256, "IQ1_M", {56, 3, {{U8, 32}, {U8, 16}, {U8, 8}}}},
    {30, PITH_TENSOR_BF16, 1, "BF16", {.len = 2}},
    {34, U8, 256, "TQ1_0", {54, 3, {{U8, 48}, {U8, 4}, {F16, 1}}}},
    {35, U8, 256, "TQ2_0", {66, 2, {{U8, 64}, {F16, 1}}}},
    {39, U8, 32, "MXFP4", {17, 2, {{U8, 1}, {U8, 16}}}},
};

struct scan {
    struct pith_reader reader;
    int is_broken; /* no more bytes would mend it */
    uint64_t alignment;
};

static int take(struct scan *scan, uint64_t *value, size_t len)
{
    return pith_reader_fixed(&scan->reader, value, len) == PITH_OK;
}

static int skip(struct scan *scan, uint64_t len)
{
    if (len > scan->reader.len - scan->reader.at)
        return 0;
    scan->reader.at += (size_t)len;
    return 1;
}

static int take_string(struct scan *scan, const uint8_t **text, uint64_t *len)
{
    if (!take(scan, len, 8))
        return 0;
    *text = scan->reader.data + scan->reader.at;
    return skip(scan, *len);
}

static int skip_value(struct scan *scan, uint64_t type, uint32_t depth)
{
    const uint8_t *text;
    uint64_t len, element, n;

    if (type >= VALUE_TYPES || depth > DEPTH_MAX) {
        scan->is_broken = 1;
        return 0;
    }
    if (type == VALUE_STRING)
        return take_string(scan, &text, &len);
    if (type != VALUE_ARRAY)
        return skip(scan, value_lens[type]);
    if (!take(scan, &element, 4) || !take(scan, &n, 8))
        return 0;
    if (element < VALUE_TYPES && value_lens[element])
        return n <= UINT64_MAX / 8 && skip(scan, n * value_lens[element]);
    for (uint64_t i = 0; i < n; i++)
        if (!skip_value(scan, element, depth + 1))
            return 0;
    return 1;
}

static int take_pair(struct scan *scan)
{
    static const char alignment[] = "general.alignment";
    const uint8_t *key;
    uint64_t len, type;

    if (!take_string(scan, &key, &len) || !take(scan, &type, 4))
        return 0;
    if (type != VALUE_U32 || len != sizeof alignment - 1 ||
        memcmp(key, alignment, (size_t)len) != 0)
        return skip_value(scan, type, 0);
    if (!take(scan, &scan->alignment, 4))
        return 0;
    scan->is_broken = scan->alignment == 0 || (scan->alignment & (scan->alignment - 1)) != 0;
    return !scan->is_broken;
}

/* Rows of blocks: the fastest dimension, which is the first in the file, holds whole ones. */
static void shape_blocks(struct pith_tensor_entry *entry, const uint64_t *dims, uint32_t n_dims,
                         uint64_t number)
{
    uint64_t n = 1;
    size_t t = 0;

    for (uint32_t k = 0; k < n_dims; k++)
        n = dims[k] > 0 && n <= PITH_TENSOR_FILE_MAX / dims[k] ? n * dims[k] : 0;
    while (t < sizeof types / sizeof types[0] && types[t].number != number)
        t++;
    if (t == sizeof types / sizeof types[0])
        return; /* not known: between the others */
    entry->dtype = types[t].name;
    if (n == 0 || (n_dims > 0 ? dims[0] : 1) % types[t].n != 0 ||
        n / types[t].n > PITH_TENSOR_FILE_MAX / types[t].record.len)
        return;
    entry->type = types[t].type;
    entry->len = n / types[t].n * types[t].record.len;
    for (uint32_t k = 0; k < n_dims; k++)
        entry->dims[PITH_TENSOR_RUN_DIMS - 1 - k] = dims[k];
    if (types[t].n == 1)
        return;
    entry->dims[0] = n / dims[0];
    entry->dims[1] = dims[0] / types[t].n;
    entry->dims[2] = 1;
    entry->dims[3] = types[t].record.len;
    entry->record = &types[t].record;
}

static int take_tensor(struct scan *scan, struct pith_tensor_entry *entry)
{
    uint64_t n_dims, type, dims[PITH_TENSOR_RUN_DIMS], len;

    if (!take_string(scan, &entry->name, &len) || !take(scan, &n_dims, 4))
        return 0;
    entry->name_len = (size_t)len;
    if (n_dims > PITH_TENSOR_RUN_DIMS) {
        scan->is_broken = 1;
        return 0;
    }
    for (uint32_t k = 0; k < n_dims; k++)
        if (!take(scan, &dims[k], 8))
            return 0;
    if (!take(scan, &type, 4) || !take(scan, &entry->start, 8))
        return 0;
    scan->is_broken = entry->start > PITH_TENSOR_FILE_MAX / 2;
    entry->n_shape = (uint32_t)n_dims;
    for (uint32_t k = 0; k < n_dims; k++)
        entry->shape[k] = dims[n_dims - 1 - k];
    shape_blocks(entry, dims, (uint32_t)n_dims, type);
    return !scan->is_broken;
}

/* Goes through the head, as far as there are bytes of it; entries may be NULL.  Returns 1 at its end. */
static int go_through(struct scan *scan, struct pith_tensor_entries *entries)
{
    uint64_t magic, version, n_tensors, n_pairs;

    if (!take(scan, &magic, MAGIC_LEN) || !take(scan, &version, 4) || !take(scan, &n_tensors, 8) ||
        !take(scan, &n_pairs, 8))
        return 0;
    scan->is_broken =
        (version != 2 && version != 3) || n_tensors > COUNT_MAX || n_pairs > COUNT_MAX;
    for (uint64_t i = 0; i < n_pairs && !scan->is_broken; i++)
        if (!take_pair(scan))
            return 0;
    for (uint64_t i = 0; i < n_tensors && !scan->is_broken; i++) {
        struct pith_tensor_entry entry = {.dims = {1, 1, 1, 1}, .dtype = "?"};

        if (!take_tensor(scan, &entry))
            return 0;
        if (entries)
            pith_tensor_add(entries, &entry);
    }
    return !scan->is_broken;
}

static uint64_t data_start(const struct scan *scan)
{
    return (scan->reader.at + scan->alignment - 1) & ~(scan->alignment - 1);
}

static int find(const uint8_t *data, size_t len, uint64_t *need)
{
    struct scan scan = {{data, len, 0}, 0, ALIGN_START};

    *need = FIXED_LEN;
    if (memcmp(data, MAGIC, len < MAGIC_LEN ? len : MAGIC_LEN) != 0)
        return 0;
    if (len < FIXED_LEN)
        return 1;
    *need = go_through(&scan, NULL) ? data_start(&scan) : PITH_TENSOR_MORE((uint64_t)len);
    return !scan.is_broken;
}

static int list(struct pith_tensor_entries *entries, const uint8_t *head, size_t head_len)
{
    struct scan scan = {{head, head_len, 0}, 0, ALIGN_START};
    uint64_t start;

    if (!go_through(&scan, entries))
        return 0;
    start = data_start(&scan);
    for (size_t i = 0; i < entries->n && i < entries->room; i++)
        entries->list[i].start += start;
    return 1;
}

const struct pith_tensor_reader pith_tensor_gguf = {find, list};
