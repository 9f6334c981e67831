/* Cursors: bounds-checked reading and writing of header fields.
 *
 * Numbers of unknown size are varints: seven bits a byte, least significant first, the top bit set
 * on all bytes but the last.  Only the shortest form is valid, so that a header has one encoding and
 * a changed byte is a changed meaning. */
#ifndef PITH_BASE_CURSOR_H
#define PITH_BASE_CURSOR_H

#include "base/status.h"

/* Longest varint: 64 bits, seven a byte. */
#define PITH_VARINT_MAX 10

struct pith_reader {
    const uint8_t *data;
    size_t len;
    size_t at; /* <= len */
};

struct pith_writer {
    uint8_t *data;
    size_t cap;
    size_t at; /* <= cap */
};

/* PITH_E_TRUNCATED when the data ends too early; `at` then is where it was. */
pith_status pith_reader_fixed(struct pith_reader *reader, uint64_t *value, size_t len);

/* PITH_E_TRUNCATED, or PITH_E_CORRUPT for a number that is overlong or over 64 bits. */
pith_status pith_reader_varint(struct pith_reader *reader, uint64_t *value);

pith_status pith_reader_bytes(struct pith_reader *reader, uint8_t *bytes, size_t len);

/* The writers return PITH_E_OUTPUT_FULL, having written nothing, when there is no room. */
pith_status pith_writer_fixed(struct pith_writer *writer, uint64_t value, size_t len);
pith_status pith_writer_varint(struct pith_writer *writer, uint64_t value);
pith_status pith_writer_bytes(struct pith_writer *writer, const uint8_t *bytes, size_t len);

/* Bytes that value takes as a varint: 1..PITH_VARINT_MAX. */
size_t pith_varint_len(uint64_t value);

#endif
