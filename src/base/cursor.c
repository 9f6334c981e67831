/* See cursor.h.  These fill no pith_error: the caller knows which field of what it was reading. */
#include "base/cursor.h"

#include "base/bytes.h"

#include <string.h>

pith_status pith_reader_fixed(struct pith_reader *reader, uint64_t *value, size_t len)
{
    if (reader->len - reader->at < len)
        return PITH_E_TRUNCATED;
    *value = pith_load_le(reader->data + reader->at, len);
    reader->at += len;
    return PITH_OK;
}

pith_status pith_reader_varint(struct pith_reader *reader, uint64_t *value)
{
    uint64_t sum = 0;
    size_t left = reader->len - reader->at;

    for (size_t i = 0; i < PITH_VARINT_MAX; i++) {
        uint8_t byte;

        if (i == left)
            return PITH_E_TRUNCATED;
        byte = reader->data[reader->at + i];
        if (i == PITH_VARINT_MAX - 1 && byte > 1)
            return PITH_E_CORRUPT; /* nine bytes gave 63 bits: one is left */
        sum |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            if (byte == 0 && i > 0)
                return PITH_E_CORRUPT;
            reader->at += i + 1;
            *value = sum;
            return PITH_OK;
        }
    }
    return PITH_E_CORRUPT;
}

pith_status pith_reader_bytes(struct pith_reader *reader, uint8_t *bytes, size_t len)
{
    if (reader->len - reader->at < len)
        return PITH_E_TRUNCATED;
    if (len > 0)
        memcpy(bytes, reader->data + reader->at, len);
    reader->at += len;
    return PITH_OK;
}

pith_status pith_writer_fixed(struct pith_writer *writer, uint64_t value, size_t len)
{
    if (writer->cap - writer->at < len)
        return PITH_E_OUTPUT_FULL;
    pith_store_le(writer->data + writer->at, value, len);
    writer->at += len;
    return PITH_OK;
}

pith_status pith_writer_varint(struct pith_writer *writer, uint64_t value)
{
    if (writer->cap - writer->at < pith_varint_len(value))
        return PITH_E_OUTPUT_FULL;
    while (value >= 0x80) {
        writer->data[writer->at++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    writer->data[writer->at++] = (uint8_t)value;
    return PITH_OK;
}

pith_status pith_writer_bytes(struct pith_writer *writer, const uint8_t *bytes, size_t len)
{
    if (writer->cap - writer->at < len)
        return PITH_E_OUTPUT_FULL;
    if (len > 0)
        memcpy(writer->data + writer->at, bytes, len);
    writer->at += len;
    return PITH_OK;
}

size_t pith_varint_len(uint64_t value)
{
    size_t len = 1;

    while (value >= 0x80) {
        value >>= 7;
        len++;
    }
    return len;
}
