/* Attributes: the model of a column of which nothing better is known than what stands around it: the same field of points before, other
 * fields of this one, and the scan if there is one. */
#ifndef PITH_CODEC_POINTS_ATTRIBUTES_H
#define PITH_CODEC_POINTS_ATTRIBUTES_H

#include "codec/points/scan_model.h"

/* How a column is coded.  Numbers on the wire. */
enum pith_attribute_mode {
    PITH_ATTRIBUTE_CONSTANT, /* all values are the first */
    PITH_ATTRIBUTE_DIRECT,   /* values as they are */
    PITH_ATTRIBUTE_STEP,     /* as steps from the one before */
    PITH_ATTRIBUTE_BEND,     /* as steps from where the two before lead to */
    PITH_ATTRIBUTE_MODES
};

struct pith_attributes {
    struct pith_scan_model *scan; /* its scan is NULL if there is none */
    struct pith_columns *columns;
    struct pith_values *values;
};

/* Codes a column, in either direction.  before: two columns that are coded already, which tell most, or the field itself.
 * Returns nonzero if the watch says so, or what is decoded is none. */
int pith_attribute_code(struct pith_attributes *attributes, struct pith_coder *coder,
                        uint32_t field, const uint32_t before[2],
                        const struct pith_value_watch *watch);

#endif
