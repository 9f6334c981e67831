/* Layout of points: the fields that each record of a point cloud has, one after the other. */
#ifndef PITH_CODEC_POINTS_FIELDS_H
#define PITH_CODEC_POINTS_FIELDS_H

#include "base/status.h"
#include "coder/coder.h"

#define PITH_POINT_FIELDS_MAX 128

/* Little-endian.  Numbers on the wire.  Never reused. */
enum pith_point_type {
    PITH_POINT_U8,
    PITH_POINT_I8,
    PITH_POINT_U16,
    PITH_POINT_I16,
    PITH_POINT_U32,
    PITH_POINT_I32,
    PITH_POINT_I64, /* signed or not */
    PITH_POINT_F32,
    PITH_POINT_F64,
    PITH_POINT_DECIMAL, /* decimal floating point: of text alone */
    PITH_POINT_WIDENED, /* float64 of which all are float32: of records alone, found by encoders */
    PITH_POINT_TYPES
};

/* Whether a field's values are float32. */
static inline int pith_point_is_narrow(uint32_t type)
{
    return type == PITH_POINT_F32 || type == PITH_POINT_WIDENED;
}

/* What a field tells of its point: which contexts it has.  Numbers on the wire. */
enum pith_point_role {
    PITH_POINT_OTHER,
    PITH_POINT_X,
    PITH_POINT_Y,
    PITH_POINT_Z,
    PITH_POINT_INTENSITY,
    PITH_POINT_RING,
    PITH_POINT_TIME,
    PITH_POINT_RETURN, /* which return of how many, and more bits */
    PITH_POINT_SOURCE, /* which flight, or scanner, of several */
    PITH_POINT_ROLES
};

struct pith_point_field {
    uint8_t type, role;
};

struct pith_points_layout {
    uint32_t n_fields;
    struct pith_point_field fields[PITH_POINT_FIELDS_MAX];
    double
        scales[3]; /* metres that x, y and z count, if they are integers; 0 = 1.  Not on the wire */
    uint32_t is_text; /* records are lines, and types what their numbers come from */
};

extern const uint8_t pith_point_widths[PITH_POINT_TYPES]; /* bytes */

/* Bytes of a record that is not text. */
uint32_t pith_points_stride(const struct pith_points_layout *layout);

/* Encoding: fields of float64 whose values in n records are all float32 become such. */
void pith_points_narrow(struct pith_points_layout *layout, const uint8_t *raw, size_t n);

/* The field with a role; n_fields: none. */
uint32_t pith_points_find(const struct pith_points_layout *layout, enum pith_point_role role);

/* Codes a layout, in either direction.  Returns 0 if what was decoded is none. */
int pith_points_layout_code(struct pith_points_layout *layout, struct pith_coder *coder);

#endif
