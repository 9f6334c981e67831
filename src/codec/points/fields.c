/* See fields.h. */
#include "codec/points/fields.h"

#include "base/bytes.h"
#include "codec/points/reals.h"
#include "coder/bitcode.h"

const uint8_t pith_point_widths[PITH_POINT_TYPES] = {1, 1, 2, 2, 4, 4, 8, 4, 8, 8, 8};

uint32_t pith_points_stride(const struct pith_points_layout *layout)
{
    uint32_t stride = 0;

    for (uint32_t k = 0; k < layout->n_fields; k++)
        stride += pith_point_widths[layout->fields[k].type];
    return stride;
}

static int are_narrow(const uint8_t *values, size_t n, uint32_t stride)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = pith_load_le(values + i * stride, 8);

        if (pith_wide_bits(pith_narrow_bits(bits)) != bits)
            return 0;
    }
    return 1;
}

void pith_points_narrow(struct pith_points_layout *layout, const uint8_t *raw, size_t n)
{
    uint32_t stride = pith_points_stride(layout), offset = 0;

    for (uint32_t k = 0; k < layout->n_fields; k++) {
        uint8_t *type = &layout->fields[k].type;

        if (*type == PITH_POINT_F64 && are_narrow(raw + offset, n, stride))
            *type = PITH_POINT_WIDENED;
        offset += pith_point_widths[*type];
    }
}

uint32_t pith_points_find(const struct pith_points_layout *layout, enum pith_point_role role)
{
    uint32_t k = 0;

    while (k < layout->n_fields && layout->fields[k].role != role)
        k++;
    return k;
}

static int is_type(uint32_t type, int is_text)
{
    return is_text ? type == PITH_POINT_I64 || type == PITH_POINT_F32 || type == PITH_POINT_F64 ||
                         type == PITH_POINT_DECIMAL
                   : type < PITH_POINT_TYPES && type != PITH_POINT_DECIMAL;
}

int pith_points_layout_code(struct pith_points_layout *layout, struct pith_coder *coder)
{
    struct pith_bitcode_number n_fields, types, roles;
    uint32_t n;

    pith_bitcode_number_init(&n_fields);
    pith_bitcode_number_init(&types);
    pith_bitcode_number_init(&roles);
    n = layout->n_fields + (layout->is_text ? PITH_POINT_FIELDS_MAX : 0);
    n = pith_bitcode_number(coder, &n_fields, n);
    layout->is_text = n > PITH_POINT_FIELDS_MAX;
    layout->n_fields = n - (layout->is_text ? PITH_POINT_FIELDS_MAX : 0);
    if (layout->n_fields == 0 || layout->n_fields > PITH_POINT_FIELDS_MAX)
        return 0;
    for (uint32_t k = 0; k < layout->n_fields; k++) {
        uint32_t type = pith_bitcode_number(coder, &types, layout->fields[k].type);
        uint32_t role = pith_bitcode_number(coder, &roles, layout->fields[k].role);

        if (!is_type(type, layout->is_text != 0) || role >= PITH_POINT_ROLES)
            return 0;
        layout->fields[k] = (struct pith_point_field){(uint8_t)type, (uint8_t)role};
    }
    return 1;
}
