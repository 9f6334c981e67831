/* Segments: a chunk cut into pieces of one kind each, and the table that says so.
 *
 * Wire form, at the start of a payload (docs/bytes.md): a varint v.  v < 64: one segment of that tag,
 * the whole chunk.  Else v - 62 segments follow.  A segment: tag (one byte), raw length (varint;
 * absent for the last, which takes the rest), then what its tag asks for: the fill byte; the record
 * length (varint); the length in the model stream (varint) when its words are coded. */
#ifndef PITH_CODEC_BYTES_SEGMENT_H
#define PITH_CODEC_BYTES_SEGMENT_H

#include "base/cursor.h"
#include "engine/profile.h"
#include "model/record.h"

/* Tags on the wire: an enum pith_kind or one of these, plus PITH_SEGMENT_TRANSFORMED.  Never reused. */
enum {
    PITH_SEGMENT_STORED = 4, /* incompressible: raw bytes behind the table */
    PITH_SEGMENT_FILL = 5,   /* one byte repeated */
    PITH_SEGMENT_TYPES = 6,
    PITH_SEGMENT_TRANSFORMED = 16 /* text, markup: words coded; x86: branch targets absolute */
};

struct pith_segment {
    uint32_t raw_len;    /* > 0 */
    uint32_t model_len;  /* bytes in the model stream; 0 for stored and fill */
    uint32_t record_len; /* PITH_KIND_RECORDS: 0 = none */
    uint8_t tag;
    uint8_t fill;
};

static inline uint32_t pith_segment_type(const struct pith_segment *segment)
{
    return segment->tag & ~(uint32_t)PITH_SEGMENT_TRANSFORMED;
}

/* The most segments that a chunk is cut into. */
static inline size_t pith_segments_max(uint64_t raw_len)
{
    return (size_t)(raw_len / 2048 + 2);
}

pith_status pith_segments_write(struct pith_writer *writer, const struct pith_segment *segments,
                                size_t n);

/* Reads and checks a table for raw_len bytes into segments[max].  The segments' raw lengths sum to
 * raw_len, their model lengths to at most raw_len. */
pith_status pith_segments_read(struct pith_reader *reader, struct pith_segment *segments,
                               size_t max, size_t *n, size_t raw_len, pith_error *error);

#endif
