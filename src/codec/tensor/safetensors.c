/* safetensors: 8 bytes with the length of a JSON object, that object, then the tensors.  Its members are named after
 * tensors and have dtype, shape and the place behind the head; `__metadata__` may be anything. */
#include "codec/tensor/contents.h"

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

static int find(const uint8_t *data, size_t len, uint64_t *need)
{
    uint64_t n;

    *need = LENGTH_LEN + 2;
    if (len < *need)
        return 1;
    n = pith_load_le64(data);
    *need = LENGTH_LEN + n;
    return n >= 2 && n <= HEAD_LEN_MAX && data[LENGTH_LEN] == '{' &&
           (data[LENGTH_LEN + 1] == '"' || data[LENGTH_LEN + 1] <= ' ');
}

static int read_dtype(struct pith_json *json, struct pith_tensor_entry *entry)
{
    struct pith_json_string name;

    if (!pith_json_string(json, &name))
        return 0;
    entry->type = PITH_TENSOR_U8;
    entry->dtype = "?";
    for (size_t i = 0; i < sizeof dtypes / sizeof dtypes[0]; i++)
        if (pith_json_is(&name, dtypes[i].name)) {
            entry->type = dtypes[i].type;
            entry->dtype = dtypes[i].name;
        }
    return 1;
}

/* Numbers of an array; more than PITH_TENSOR_RUN_DIMS are taken together in the last. */
static int read_shape(struct pith_json *json, struct pith_tensor_entry *entry)
{
    uint64_t number;
    uint32_t n = 0;
    int next = 1;

    if (!pith_json_take(json, '['))
        return 0;
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        entry->dims[k] = 1;
    entry->n_shape = 0;
    if (pith_json_take(json, ']'))
        return 1;
    for (; next > 0; n++) {
        if (!pith_json_number(json, &number))
            return 0;
        if (n < PITH_TENSOR_SHAPE_MAX)
            entry->shape[n] = number;
        if (n < PITH_TENSOR_RUN_DIMS)
            entry->dims[n] = number;
        else if (number > 0 && entry->dims[PITH_TENSOR_RUN_DIMS - 1] <= UINT64_MAX / number)
            entry->dims[PITH_TENSOR_RUN_DIMS - 1] *= number;
        else
            entry->dims[PITH_TENSOR_RUN_DIMS - 1] = 0;
        next = pith_json_next(json, ']');
    }
    entry->n_shape = n;
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

static int list(struct pith_tensor_entries *entries, const uint8_t *head, size_t head_len)
{
    struct pith_json json = {head + LENGTH_LEN, head_len - LENGTH_LEN, 0};
    int next = 1;

    if (!pith_json_take(&json, '{') || pith_json_take(&json, '}'))
        return 0;
    while (next > 0) {
        struct pith_tensor_entry entry = {.dims = {1, 1, 1, 1}, .dtype = "?"};
        struct pith_json_string name;

        if (!pith_json_string(&json, &name) || !pith_json_take(&json, ':'))
            return 0;
        entry.name = name.text;
        entry.name_len = name.len;
        if (pith_json_is(&name, "__metadata__")) {
            if (!pith_json_skip(&json))
                return 0;
        } else {
            if (!read_tensor(&json, &entry))
                return 0;
            entry.start += head_len;
            pith_tensor_add(entries, &entry);
        }
        next = pith_json_next(&json, '}');
    }
    return next == 0;
}

const struct pith_tensor_reader pith_tensor_safetensors = {find, list};
