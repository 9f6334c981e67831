/* See contents.h. */
#include "codec/tensor/contents.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/tensor/json_text.h"

#define LENGTH_LEN   8
#define HEAD_LEN_MAX ((uint64_t)100 << 20) /* as safetensors has it */

static const struct {
    const char *name;
    uint8_t type;
} dtypes[] = {
    {"F64", PITH_TENSOR_F64},   {"F32", PITH_TENSOR_F32},    {"F16", PITH_TENSOR_F16},
    {"BF16", PITH_TENSOR_BF16}, {"F8_E4M3", PITH_TENSOR_F8}, {"F8_E5M2", PITH_TENSOR_F8},
    {"I64", PITH_TENSOR_I64},   {"U64", PITH_TENSOR_I64},    {"I32", PITH_TENSOR_I32},
    {"U32", PITH_TENSOR_I32},   {"I16", PITH_TENSOR_I16},    {"U16", PITH_TENSOR_I16},
    {"I8", PITH_TENSOR_I8},     {"U8", PITH_TENSOR_U8},      {"BOOL", PITH_TENSOR_U8},
};

uint64_t pith_tensor_head_len(const uint8_t *peek)
{
    uint64_t len = pith_load_le64(peek);

    return len >= 2 && len <= HEAD_LEN_MAX && peek[LENGTH_LEN] == '{' &&
                   (peek[LENGTH_LEN + 1] == '"' || peek[LENGTH_LEN + 1] <= ' ')
               ? LENGTH_LEN + len
               : 0;
}

static int read_dtype(struct pith_json *json, struct pith_tensor_entry *entry)
{
    struct pith_json_string name;

    if (!pith_json_string(json, &name))
        return 0;
    entry->type = PITH_TENSOR_U8;
    for (size_t i = 0; i < sizeof dtypes / sizeof dtypes[0]; i++)
        if (pith_json_is(&name, dtypes[i].name))
            entry->type = dtypes[i].type;
    return 1;
}

/* Numbers of an array; more than PITH_TENSOR_DIMS_MAX are taken together in the last. */
static int read_shape(struct pith_json *json, struct pith_tensor_entry *entry)
{
    uint64_t number;
    uint32_t n = 0;
    int next = 1;

    if (!pith_json_take(json, '['))
        return 0;
    for (uint32_t k = 0; k < PITH_TENSOR_DIMS_MAX; k++)
        entry->dims[k] = 1;
    if (pith_json_take(json, ']'))
        return 1;
    for (; next > 0; n++) {
        if (!pith_json_number(json, &number))
            return 0;
        if (n < PITH_TENSOR_DIMS_MAX)
            entry->dims[n] = number;
        else if (number > 0 && entry->dims[PITH_TENSOR_DIMS_MAX - 1] <= UINT64_MAX / number)
            entry->dims[PITH_TENSOR_DIMS_MAX - 1] *= number;
        else
            entry->dims[PITH_TENSOR_DIMS_MAX - 1] = 0;
        next = pith_json_next(json, ']');
    }
    return next == 0;
}

static int read_offsets(struct pith_json *json, struct pith_tensor_entry *entry)
{
    uint64_t end;

    if (!pith_json_take(json, '[') || !pith_json_number(json, &entry->start) ||
        !pith_json_take(json, ',') || !pith_json_number(json, &end) || !pith_json_take(json, ']') ||
        end < entry->start)
        return 0;
    entry->len = end - entry->start;
    return 1;
}

/* The members of one tensor's object. */
static int read_tensor(struct pith_json *json, struct pith_tensor_entry *entry)
{
    struct pith_json_string key;
    int next = 1, is_right = 1;

    if (!pith_json_take(json, '{'))
        return 0;
    while (next > 0) {
        if (!pith_json_string(json, &key) || !pith_json_take(json, ':'))
            return 0;
        if (pith_json_is(&key, "dtype"))
            is_right = read_dtype(json, entry);
        else if (pith_json_is(&key, "shape"))
            is_right = read_shape(json, entry);
        else if (pith_json_is(&key, "data_offsets"))
            is_right = read_offsets(json, entry);
        else
            is_right = pith_json_skip(json);
        if (!is_right)
            return 0;
        next = pith_json_next(json, '}');
    }
    return next == 0;
}

/* Holds type and shape to the length: bytes in a line where they do not agree. */
static void check_shape(struct pith_tensor_entry *entry)
{
    uint64_t width = pith_tensor_forms[entry->type].width, n = entry->len / width;
    int agrees = entry->len % width == 0;

    for (uint32_t k = 0; k < PITH_TENSOR_DIMS_MAX && agrees; k++) {
        agrees = entry->dims[k] > 0 && n % entry->dims[k] == 0;
        n = agrees ? n / entry->dims[k] : 0;
    }
    if (agrees && n == 1)
        return;
    entry->type = PITH_TENSOR_U8;
    entry->dims[0] = entry->dims[1] = entry->dims[2] = 1;
    entry->dims[3] = entry->len;
}

static void sift(struct pith_tensor_entry *entries, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        struct pith_tensor_entry entry = entries[root];

        child += child + 1 < n && entries[child + 1].start > entries[child].start;
        if (entries[child].start <= entry.start)
            return;
        entries[root] = entries[child];
        entries[child] = entry;
    }
}

/* Heap sort by place. */
static void sort(struct pith_tensor_entry *entries, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sift(entries, i, n);
    for (size_t end = n; end > 1; end--) {
        struct pith_tensor_entry last = entries[end - 1];

        entries[end - 1] = entries[0];
        entries[0] = last;
        sift(entries, 0, end - 1);
    }
}

/* Leaves out what overlaps the one before. */
static size_t settle(struct pith_tensor_entry *entries, size_t n, uint64_t head_len)
{
    size_t kept = 0;
    uint64_t end = 0;

    sort(entries, n);
    for (size_t i = 0; i < n; i++) {
        if (entries[i].start < end)
            continue;
        end = entries[i].start + entries[i].len;
        entries[kept] = entries[i];
        entries[kept].start += head_len;
        check_shape(&entries[kept++]);
    }
    return kept;
}

size_t pith_tensor_list(struct pith_tensor_entry *entries, size_t room, const uint8_t *head,
                        size_t head_len)
{
    struct pith_json json = {head + LENGTH_LEN, head_len - LENGTH_LEN, 0};
    size_t n = 0;
    int next = 1;

    if (!pith_json_take(&json, '{') || pith_json_take(&json, '}'))
        return 0;
    while (next > 0) {
        struct pith_tensor_entry entry = {.dims = {1, 1, 1, 1}};
        struct pith_json_string name;

        if (!pith_json_string(&json, &name) || !pith_json_take(&json, ':'))
            return 0;
        entry.name = name.text;
        entry.name_len = name.len;
        if (pith_json_is(&name, "__metadata__") ? !pith_json_skip(&json)
                                                : !read_tensor(&json, &entry))
            return 0;
        if (entry.len > 0) {
            if (n < room)
                entries[n] = entry;
            n++;
        }
        next = pith_json_next(&json, '}');
    }
    if (next < 0)
        return 0;
    return n <= room ? settle(entries, n, head_len) : n;
}
