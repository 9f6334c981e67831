/* See array.h. */
#include "api/array.h"

#include <string.h>

/* Of an array whose length is not known: as many bytes, of whole rows. */
#define LEN_MAX ((uint64_t)1 << 59)

static const struct {
    const char *name;
    enum pith_tensor_type type;
} types[] = {
    {"u8", PITH_TENSOR_U8},   {"i8", PITH_TENSOR_I8},     {"f8", PITH_TENSOR_F8},
    {"fp8", PITH_TENSOR_F8},  {"bf16", PITH_TENSOR_BF16}, {"f16", PITH_TENSOR_F16},
    {"f32", PITH_TENSOR_F32}, {"f64", PITH_TENSOR_F64},   {"u16", PITH_TENSOR_I16},
    {"i16", PITH_TENSOR_I16}, {"u32", PITH_TENSOR_I32},   {"i32", PITH_TENSOR_I32},
    {"u64", PITH_TENSOR_I64}, {"i64", PITH_TENSOR_I64},
};

static pith_status take_type(struct pith_tensor_entry *entry, const char *name, pith_error *error)
{
    for (size_t i = 0; name && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, name) == 0) {
            entry->type = (uint8_t)types[i].type;
            entry->dtype = types[i].name;
            return PITH_OK;
        }
    return pith_fail(error, PITH_E_ARGUMENT, 0,
                     "no type of elements: '%.20s' (there are u8, i8, f8, bf16, f16, f32, f64, "
                     "u16, i16, u32, i32, u64, i64)",
                     name ? name : "");
}

/* Dimensions of which there are more than a run has go together with the last. */
pith_status pith_array_take(struct pith_tensor_entry *entry, const pith_array *array,
                            pith_error *error)
{
    uint64_t row;

    memset(entry, 0, sizeof *entry);
    entry->base_at = PITH_TENSOR_NO_BASE;
    TRY(take_type(entry, array->type, error));
    if (array->n_dims > sizeof array->dims / sizeof array->dims[0])
        return pith_fail(error, PITH_E_ARGUMENT, 0, "array.n_dims is %u, at most 8", array->n_dims);
    row = pith_tensor_forms[entry->type].width;
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        entry->dims[k] = 1;
    for (uint32_t k = 1; k < array->n_dims; k++) {
        uint32_t to = k < PITH_TENSOR_RUN_DIMS ? k : PITH_TENSOR_RUN_DIMS - 1;

        if (array->dims[k] == 0 || array->dims[k] > LEN_MAX / row)
            return pith_fail(error, PITH_E_ARGUMENT, 0, "the shape of the array is 0 or too large");
        row *= array->dims[k];
        entry->dims[to] *= array->dims[k];
    }
    entry->dims[0] = array->n_dims > 0 ? array->dims[0] : 0;
    if (entry->dims[0] == 0 || entry->dims[0] > LEN_MAX / row)
        entry->dims[0] = LEN_MAX / row;
    entry->len = entry->dims[0] * row;
    return PITH_OK;
}
