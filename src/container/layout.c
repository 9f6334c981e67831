/* See layout.h. */
#include "container/layout.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/cursor.h"
#include "container/format.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

/* The codec field is a varint: id * 8 + min(params_len, 7); a 7 is followed by a varint of the rest
 * of params_len.  So ids under 16 with fewer than 7 bytes of parameters take one byte. */
#define PARAMS_LEN_BITS   3
#define PARAMS_LEN_ESCAPE 7u

static uint64_t value_get(const void *header, const struct pith_field *field)
{
    uint64_t value;

    memcpy(&value, (const uint8_t *)header + field->offset, sizeof value);
    return value;
}

static pith_status codec_read(struct pith_reader *reader, struct pith_codec_choice *codec)
{
    uint64_t head, rest = 0;

    TRY(pith_reader_varint(reader, &head));
    codec->id = head >> PARAMS_LEN_BITS;
    codec->params_len = head & PARAMS_LEN_ESCAPE;
    if (codec->params_len == PARAMS_LEN_ESCAPE)
        TRY(pith_reader_varint(reader, &rest));
    if (rest > PITH_CODEC_PARAMS_MAX - PARAMS_LEN_ESCAPE)
        return PITH_E_CORRUPT;
    codec->params_len += (size_t)rest;
    return pith_reader_bytes(reader, codec->params, codec->params_len);
}

static pith_status codec_write(struct pith_writer *writer, const struct pith_codec_choice *codec)
{
    size_t short_len = codec->params_len;

    if (short_len > PARAMS_LEN_ESCAPE)
        short_len = PARAMS_LEN_ESCAPE;
    TRY(pith_writer_varint(writer, codec->id << PARAMS_LEN_BITS | short_len));
    if (short_len == PARAMS_LEN_ESCAPE)
        TRY(pith_writer_varint(writer, codec->params_len - PARAMS_LEN_ESCAPE));
    return pith_writer_bytes(writer, codec->params, codec->params_len);
}

static size_t check_len(const struct pith_field *field)
{
    return field->form == PITH_FORM_CHECK_2 ? 2 : field->form == PITH_FORM_CHECK_4 ? 4 : 0;
}

/* Low len bytes of the XXH3-64 of the header's first at bytes. */
static uint64_t header_check(const uint8_t *data, size_t at, size_t len)
{
    return XXH3_64bits(data, at) & (((uint64_t)1 << (8 * len)) - 1);
}

static pith_status field_read(void *header, struct pith_reader *reader, unsigned *present,
                              const struct pith_field *field)
{
    uint8_t *place = (uint8_t *)header + field->offset;
    uint64_t value = 0;

    if (field->form == PITH_FORM_CODEC) {
        struct pith_codec_choice codec = {0};

        TRY(codec_read(reader, &codec));
        if (pith_codec_is_modelled(codec.id))
            *present |= PITH_IF_MODELLED;
        memcpy(place, &codec, sizeof codec);
        return PITH_OK;
    }
    if (field->form == PITH_FORM_VARINT)
        TRY(pith_reader_varint(reader, &value));
    else
        TRY(pith_reader_fixed(reader, &value,
                              check_len(field) ? check_len(field) : (size_t)field->form));
    memcpy(place, &value, sizeof value);
    return PITH_OK;
}

static int is_present(const struct pith_field *field, unsigned present)
{
    return field->when == PITH_ALWAYS || (present & (unsigned)field->when) != 0;
}

/* Bounds of every field, after the check has shown that the bytes are those that were written. */
static pith_status bounds_check(const void *header, const struct pith_layout *layout,
                                unsigned present, uint64_t position, pith_error *error)
{
    for (size_t i = 0; i < layout->n_fields; i++) {
        const struct pith_field *field = &layout->fields[i];
        uint64_t value;

        if (!is_present(field, present) || field->form == PITH_FORM_CODEC || check_len(field))
            continue;
        value = value_get(header, field);
        if (value >= field->min && value <= field->max)
            continue;
        if (field->min == field->max)
            return pith_fail(error, PITH_E_CORRUPT, position,
                             "%s at byte %" PRIu64 ": %s is 0x%08" PRIx64 ", expected 0x%08" PRIx64,
                             layout->name, position, field->name, value, field->min);
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "%s at byte %" PRIu64 ": %s is %" PRIu64 ", allowed are %" PRIu64
                         " to %" PRIu64,
                         layout->name, position, field->name, value, field->min, field->max);
    }
    return PITH_OK;
}

pith_status pith_layout_read(void *header, size_t *len, const struct pith_layout *layout,
                             unsigned present, const uint8_t *data, size_t data_len,
                             uint64_t position, pith_error *error)
{
    struct pith_reader reader = {.data = data, .len = data_len};

    for (size_t i = 0; i < layout->n_fields; i++) {
        const struct pith_field *field = &layout->fields[i];
        size_t at = reader.at;
        pith_status status;
        uint64_t found, expected;

        if (!is_present(field, present))
            continue;
        status = field_read(header, &reader, &present, field);
        if (status == PITH_E_TRUNCATED)
            return pith_fail(error, status, position + data_len,
                             "the archive ends at byte %" PRIu64 ", within the %s that begins at "
                             "byte %" PRIu64,
                             position + data_len, layout->name, position);
        if (status != PITH_OK)
            return pith_fail(error, status, position + at,
                             "%s at byte %" PRIu64 ": %s at byte %" PRIu64 " is not a valid number",
                             layout->name, position, field->name, position + at);
        if (!check_len(field))
            continue;
        found = value_get(header, field);
        expected = header_check(data, at, check_len(field));
        if (!pith_check_matches(found, expected))
            return pith_fail(error, PITH_E_CORRUPT, position,
                             "%s at byte %" PRIu64 " is damaged: its check is %08" PRIx64
                             ", its bytes give %08" PRIx64,
                             layout->name, position, found, expected);
    }
    *len = reader.at;
    return bounds_check(header, layout, present, position, error);
}

size_t pith_layout_write(uint8_t *out, const struct pith_layout *layout, unsigned present,
                         const void *header)
{
    struct pith_writer writer = {.data = out, .cap = PITH_HEADER_MAX};

    /* No write fails: the longest layout is far under PITH_HEADER_MAX (tests/container). */
    for (size_t i = 0; i < layout->n_fields; i++) {
        const struct pith_field *field = &layout->fields[i];

        if (!is_present(field, present))
            continue;
        if (field->form == PITH_FORM_CODEC) {
            struct pith_codec_choice codec;

            memcpy(&codec, (const uint8_t *)header + field->offset, sizeof codec);
            (void)codec_write(&writer, &codec);
            if (pith_codec_is_modelled(codec.id))
                present |= PITH_IF_MODELLED;
        } else if (field->form == PITH_FORM_VARINT) {
            (void)pith_writer_varint(&writer, value_get(header, field));
        } else if (check_len(field)) {
            (void)pith_writer_fixed(&writer, header_check(out, writer.at, check_len(field)),
                                    check_len(field));
        } else {
            (void)pith_writer_fixed(&writer, value_get(header, field), (size_t)field->form);
        }
    }
    return writer.at;
}
