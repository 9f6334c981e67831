/* See segment.h. */
#include "codec/bytes/segment.h"

#define SINGLE_LIMIT 64u

static int has_model_len(uint8_t tag)
{
    return tag == (PITH_KIND_TEXT | PITH_SEGMENT_TRANSFORMED) ||
           tag == (PITH_KIND_MARKUP | PITH_SEGMENT_TRANSFORMED);
}

static pith_status write_details(struct pith_writer *writer, const struct pith_segment *segment)
{
    if (segment->tag == PITH_SEGMENT_FILL)
        return pith_writer_fixed(writer, segment->fill, 1);
    if (segment->tag == PITH_KIND_RECORDS)
        return pith_writer_varint(
            writer, segment->record_len == PITH_RECORD_LEN_DEFAULT ? 0 : segment->record_len);
    if (has_model_len(segment->tag))
        return pith_writer_varint(writer, segment->model_len);
    return PITH_OK;
}

pith_status pith_segments_write(struct pith_writer *writer, const struct pith_segment *segments,
                                size_t n)
{
    if (n == 1) {
        TRY(pith_writer_varint(writer, segments[0].tag));
        return write_details(writer, &segments[0]);
    }
    TRY(pith_writer_varint(writer, n - 2 + SINGLE_LIMIT));
    for (size_t i = 0; i < n; i++) {
        TRY(pith_writer_fixed(writer, segments[i].tag, 1));
        if (i + 1 < n)
            TRY(pith_writer_varint(writer, segments[i].raw_len));
        TRY(write_details(writer, &segments[i]));
    }
    return PITH_OK;
}

static pith_status fail(const struct pith_reader *reader, pith_error *error, const char *what)
{
    return pith_fail(error, PITH_E_CORRUPT, reader->at, "segment table: %s", what);
}

static pith_status check_tag(const struct pith_reader *reader, uint8_t tag, pith_error *error)
{
    uint32_t type = tag & ~(uint32_t)PITH_SEGMENT_TRANSFORMED;

    /* x86 is always transformed: where there is no branch to transform, both would decode alike */
    if (type >= PITH_SEGMENT_TYPES || tag == PITH_KIND_X86 ||
        ((tag & PITH_SEGMENT_TRANSFORMED) && (type == PITH_KIND_RECORDS || type >= PITH_KINDS)))
        return pith_fail(error, PITH_E_UNSUPPORTED, reader->at,
                         "made by a newer version of pith (segment tag %u)", tag);
    return PITH_OK;
}

/* tag and raw_len are set.  room: what is left of raw_len bytes in the model stream. */
static pith_status read_details(struct pith_reader *reader, struct pith_segment *segment,
                                size_t room, pith_error *error)
{
    uint64_t value = 0;
    uint32_t type = pith_segment_type(segment);

    segment->fill = 0;
    segment->record_len = 0;
    segment->model_len = type < PITH_KINDS ? segment->raw_len : 0;
    if (type == PITH_SEGMENT_FILL) {
        if (pith_reader_fixed(reader, &value, 1) != PITH_OK)
            return fail(reader, error, "ends inside a fill segment");
        segment->fill = (uint8_t)value;
    } else if (type == PITH_KIND_RECORDS) {
        /* 0 says the same as the default: only that may, or a changed table would go unseen */
        if (pith_reader_varint(reader, &value) != PITH_OK || value > PITH_RECORD_LEN_MAX ||
            value == PITH_RECORD_LEN_DEFAULT)
            return fail(reader, error, "bad record length");
        segment->record_len = (uint32_t)value;
    } else if (has_model_len(segment->tag)) {
        if (pith_reader_varint(reader, &value) != PITH_OK || value > room)
            return fail(reader, error, "bad length of coded words");
        segment->model_len = (uint32_t)value;
    }
    if (segment->model_len > room)
        return fail(reader, error, "the model stream is longer than the chunk");
    return PITH_OK;
}

/* What the first varint says: the number of segments; *single receives the tag of a lone one. */
static pith_status read_count(struct pith_reader *reader, size_t max, size_t *n, uint8_t *single,
                              pith_error *error)
{
    uint64_t first;

    if (pith_reader_varint(reader, &first) != PITH_OK)
        return fail(reader, error, "unreadable count");
    if (first >= SINGLE_LIMIT && first - SINGLE_LIMIT + 2 > max)
        return fail(reader, error, "more segments than the chunk has room for");
    *n = first < SINGLE_LIMIT ? 1 : (size_t)(first - SINGLE_LIMIT + 2);
    *single = (uint8_t)(first < SINGLE_LIMIT ? first : 0);
    return PITH_OK;
}

pith_status pith_segments_read(struct pith_reader *reader, struct pith_segment *segments,
                               size_t max, size_t *n, size_t raw_len, pith_error *error)
{
    size_t raw_left = raw_len, room = raw_len;
    uint8_t single = 0;

    TRY(read_count(reader, max, n, &single, error));
    for (size_t i = 0; i < *n; i++) {
        uint64_t tag = single, len = raw_left;

        if (*n > 1 && pith_reader_fixed(reader, &tag, 1) != PITH_OK)
            return fail(reader, error, "ends too early");
        if (i + 1 < *n && pith_reader_varint(reader, &len) != PITH_OK)
            return fail(reader, error, "unreadable length");
        if (len == 0 || len > raw_left || (i + 1 < *n && len == raw_left))
            return fail(reader, error, "lengths do not fit the chunk");
        TRY(check_tag(reader, (uint8_t)tag, error));
        segments[i].tag = (uint8_t)tag;
        segments[i].raw_len = (uint32_t)len;
        TRY(read_details(reader, &segments[i], room, error));
        raw_left -= (size_t)len;
        room -= segments[i].model_len;
    }
    return PITH_OK;
}
