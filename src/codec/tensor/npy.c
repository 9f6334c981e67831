/* NPY (NumPy enhancement proposal 1): a magic, a version, the length of a header, the header as a Python
 * dictionary with 'descr', 'fortran_order' and 'shape', then one array. */
#include "codec/tensor/contents.h"

#include <string.h>

#include "base/bytes.h"

#define MAGIC     "\x93NUMPY"
#define MAGIC_LEN 6
#define HEAD_MAX  ((uint64_t)1 << 20)

/* Where the header's text begins; 0: of no known version. */
static size_t text_at(const uint8_t *data)
{
    return data[MAGIC_LEN] == 1 ? 10 : data[MAGIC_LEN] == 2 || data[MAGIC_LEN] == 3 ? 12 : 0;
}

static int find(const uint8_t *data, size_t len, uint64_t *need)
{
    size_t at;

    *need = 12;
    if (memcmp(data, MAGIC, len < MAGIC_LEN ? len : MAGIC_LEN) != 0)
        return 0;
    if (len < *need)
        return 1;
    at = text_at(data);
    if (at == 0)
        return 0;
    *need = at + pith_load_le(data + at - (at - 8), at - 8);
    return *need <= HEAD_MAX;
}

/* What follows the key: its value.  NULL: there is none. */
static const char *value_of(const char *text, const char *key)
{
    const char *at = strstr(text, key);

    if (!at)
        return NULL;
    at += strlen(key);
    at += strspn(at, " \t");
    if (*at++ != ':')
        return NULL;
    return at + strspn(at, " \t");
}

/* '<f4' and the like.  Returns 0 for big-endian ones, structures and all else. */
static int read_descr(struct pith_tensor_entry *entry, const char *descr)
{
    static const struct {
        const char *name;
        uint8_t type;
        const char *dtype;
    } types[] = {
        {"<f2'", PITH_TENSOR_F16, "F16"}, {"<f4'", PITH_TENSOR_F32, "F32"},
        {"<f8'", PITH_TENSOR_F64, "F64"}, {"<i2'", PITH_TENSOR_I16, "I16"},
        {"<i4'", PITH_TENSOR_I32, "I32"}, {"<i8'", PITH_TENSOR_I64, "I64"},
        {"<u2'", PITH_TENSOR_I16, "U16"}, {"<u4'", PITH_TENSOR_I32, "U32"},
        {"<u8'", PITH_TENSOR_I64, "U64"}, {"|i1'", PITH_TENSOR_I8, "I8"},
        {"|u1'", PITH_TENSOR_U8, "U8"},   {"|b1'", PITH_TENSOR_U8, "BOOL"},
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strncmp(descr, types[i].name, 4) == 0) {
            entry->type = types[i].type;
            entry->dtype = types[i].dtype;
            return 1;
        }
    return 0;
}

/* "(3, 4)": more numbers than fit are taken together in the last.  Returns 0 if it is none, or not all of it can be
 * known. */
static int read_shape(struct pith_tensor_entry *entry, const char *at)
{
    uint64_t n = 1;
    uint32_t k = 0;

    if (*at++ != '(')
        return 0;
    for (; (at += strspn(at, " ,"), *at != ')'); k++) {
        uint64_t number = 0;

        if (*at < '0' || *at > '9')
            return 0;
        for (; *at >= '0' && *at <= '9'; at++) {
            number = number * 10 + (uint64_t)(*at - '0');
            if (number > PITH_TENSOR_FILE_MAX)
                return 0;
        }
        if (number > 0 && n > PITH_TENSOR_FILE_MAX / number)
            return 0;
        n *= number;
        if (k < PITH_TENSOR_SHAPE_MAX)
            entry->shape[k] = number;
        if (k < PITH_TENSOR_RUN_DIMS)
            entry->dims[k] = number;
        else
            entry->dims[PITH_TENSOR_RUN_DIMS - 1] *= number;
    }
    entry->len = n;
    entry->n_shape = k;
    return 1;
}

static void reverse(uint64_t *dims, uint32_t n)
{
    for (uint32_t k = 0; k < n / 2; k++) {
        uint64_t dim = dims[k];

        dims[k] = dims[n - 1 - k];
        dims[n - 1 - k] = dim;
    }
}

static int list(struct pith_tensor_entries *entries, const uint8_t *head, size_t head_len)
{
    struct pith_tensor_entry entry = {.start = head_len, .dims = {1, 1, 1, 1}};
    char text[1024];
    const char *descr, *order, *shape;
    size_t at = text_at(head), len = head_len - at < sizeof text ? head_len - at : sizeof text - 1;

    memcpy(text, head + at, len);
    text[len] = '\0';
    descr = value_of(text, "'descr'");
    order = value_of(text, "'fortran_order'");
    shape = value_of(text, "'shape'");
    if (!descr || !order || !shape || *descr != '\'' || !read_shape(&entry, shape))
        return 0;
    if (!read_descr(&entry, descr + 1) || entry.len > PITH_TENSOR_FILE_MAX / 8)
        return 0;
    entry.len *= pith_tensor_forms[entry.type].width;
    if (*order ==
        'T') { /* column by column: the same as the other way round with the dimensions reversed */
        reverse(entry.dims, PITH_TENSOR_RUN_DIMS);
        if (entry.n_shape <= PITH_TENSOR_SHAPE_MAX)
            reverse(entry.shape, entry.n_shape);
    }
    pith_tensor_add(entries, &entry);
    return 1;
}

const struct pith_tensor_reader pith_tensor_npy = {find, list};
