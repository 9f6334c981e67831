/* Layout: one table of fields for each kind of header, used by reader, writer and lister alike.
 *
 * A table states name, place in the struct, form on the wire, bounds and presence of each field, in
 * wire order.  Reading goes in three steps: take the fields apart, compare the header's own check,
 * then hold each field to its bounds.  So random damage is called damage, and only a header whose
 * bytes are as they were written can be said to claim too much. */
#ifndef PITH_CONTAINER_LAYOUT_H
#define PITH_CONTAINER_LAYOUT_H

#include "codec/codec.h"

enum pith_field_form {
    PITH_FORM_1 = 1, /* little-endian, this many bytes */
    PITH_FORM_2 = 2,
    PITH_FORM_4 = 4,
    PITH_FORM_8 = 8,
    PITH_FORM_VARINT,
    PITH_FORM_CODEC,   /* a struct pith_codec_choice, see docs/format.md */
    PITH_FORM_CHECK_2, /* low bytes of XXH3-64 of all bytes of the header before this field */
    PITH_FORM_CHECK_4
};

/* When a field is there.  Bits are joined while a header is read. */
enum pith_field_when {
    PITH_ALWAYS = 0,
    PITH_IF_MODELLED = 1, /* the codec says so: pith_codec_is_modelled() */
    PITH_IF_SIZED = 2     /* the frame has PITH_FLAG_SIZED */
};

struct pith_field {
    const char *name;
    size_t offset; /* in the struct, of a uint64_t (or of the struct pith_codec_choice) */
    uint64_t min, max;
    enum pith_field_form form;
    enum pith_field_when when;
};

struct pith_layout {
    const char *name; /* of the header, for messages */
    const struct pith_field *fields;
    size_t n_fields;
};

/* What turns a chunk's payload into bytes. */
struct pith_codec_choice {
    uint64_t id;
    size_t params_len; /* <= PITH_CODEC_PARAMS_MAX */
    uint8_t params[PITH_CODEC_PARAMS_MAX];
};

/* Reads a header from data.  *len receives its bytes.  present: bits known beforehand.  position: of
 * data[0] in the archive.  PITH_E_TRUNCATED: data ends within the header. */
pith_status pith_layout_read(void *header, size_t *len, const struct pith_layout *layout,
                             unsigned present, const uint8_t *data, size_t data_len,
                             uint64_t position, pith_error *error);

/* Writes a header of at most PITH_HEADER_MAX bytes; returns its bytes. */
size_t pith_layout_write(uint8_t *out, const struct pith_layout *layout, unsigned present,
                         const void *header);

#endif
