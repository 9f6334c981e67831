/* Attributes: the model of a column of which nothing better is known than what stands around it: the same field of points before, other
 * fields of this one, and the scan if there is one. */
#ifndef PITH_CODEC_POINTS_ATTRIBUTES_H
#define PITH_CODEC_POINTS_ATTRIBUTES_H

#include "codec/points/scan_model.h"

/* How a column is coded.  Numbers on the wire. */
enum pith_attribute_mode {
    PITH_ATTRIBUTE_CONSTANT, /* all values are the first */
    PITH_ATTRIBUTE_DIRECT,   /* values as they are */
    PITH_ATTRIBUTE_STEP,     /* as steps from where those before and a neighbour lead to */
    PITH_ATTRIBUTE_ALIKE,    /* the same with the last point that is alike for the neighbour */
    PITH_ATTRIBUTE_FLIPS,    /* as bits that differ from those of the point before */
    PITH_ATTRIBUTE_MODES
};

#define PITH_ATTRIBUTE_KEYS 256

struct pith_attributes {
    struct pith_scan_model *scan; /* its scan is NULL if there is none */
    struct pith_columns *columns;
    struct pith_values *values;
    int has_neighbours; /* without a scan: the scan model's `ups` are points that are near */
    uint8_t *keys;      /* of points: those of one key are alike */
    uint8_t *residuals
        [2]; /* of points: how far the columns coded last were from what was expected, as classes */
    uint8_t *spare;                           /* room for one more of those */
    struct pith_attribute_history *histories; /* [key] */
};

void pith_attributes_layout(struct pith_attributes *attributes, struct pith_arena *arena, size_t n);
void pith_attributes_init(struct pith_attributes *attributes);

/* A column that is coded now tells keys: points that differ in it are not alike.  Of times, whether
 * it is that of the point before. */
void pith_attributes_add_key(struct pith_attributes *attributes, uint32_t field);

/* Codes a column, in either direction, as values of a kind.  before: two columns that are coded already, which tell most, or NULL.
 * Returns nonzero if the watch says so. */
int pith_attribute_code(struct pith_attributes *attributes, struct pith_coder *coder, uint32_t kind,
                        int64_t *values, const int64_t *const before[2],
                        const struct pith_value_watch *watch);

#endif
