/* See frame.h and docs/format.md: the tables here are the tables there. */
#include "container/frame.h"

#include "codec/points/points.h"
#include "codec/tensor/tensor.h"

#include "base/bytes.h"
#include "base/checked.h"
#include "base/cursor.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#define ANY              UINT64_MAX
#define COUNT(table)     (sizeof(table) / sizeof(table)[0])
#define AT(type, member) offsetof(struct type, member)

static const struct pith_field prefix_fields[] = {
    {"magic", AT(pith_frame_header, magic), 0, ANY, PITH_FORM_4, PITH_ALWAYS},
    {"version", AT(pith_frame_header, version), 0, ANY, PITH_FORM_1, PITH_ALWAYS},
    {"flags", AT(pith_frame_header, flags), 0, ANY, PITH_FORM_1, PITH_ALWAYS},
};

static const struct pith_field frame_fields[] = {
    {"magic", AT(pith_frame_header, magic), 0, ANY, PITH_FORM_4, PITH_ALWAYS},
    {"version", AT(pith_frame_header, version), 0, ANY, PITH_FORM_1, PITH_ALWAYS},
    {"flags", AT(pith_frame_header, flags), 0, ANY, PITH_FORM_1, PITH_ALWAYS},
    {"decode memory", AT(pith_frame_header, memory), 0, ANY, PITH_FORM_1, PITH_ALWAYS},
    {"frame id", AT(pith_frame_header, id), 0, ANY, PITH_FORM_4, PITH_ALWAYS},
    {"chunk length", AT(pith_frame_header, chunk_len), PITH_CHUNK_LEN_MIN, PITH_CHUNK_LEN_MAX,
     PITH_FORM_VARINT, PITH_ALWAYS},
    {"content size", AT(pith_frame_header, content_size), 1, PITH_CONTENT_LEN_MAX, PITH_FORM_VARINT,
     PITH_IF_SIZED},
    {"check", AT(pith_frame_header, header_check), 0, ANY, PITH_FORM_CHECK_4, PITH_ALWAYS},
};

static const struct pith_field single_fields[] = {
    {"magic", AT(pith_chunk_header, magic), 0, ANY, PITH_FORM_4, PITH_ALWAYS},
    {"version", AT(pith_chunk_header, version), 0, ANY, PITH_FORM_1, PITH_ALWAYS},
    {"flags", AT(pith_chunk_header, flags), 0, ANY, PITH_FORM_1, PITH_ALWAYS},
    {"codec", AT(pith_chunk_header, codec), 0, ANY, PITH_FORM_CODEC, PITH_ALWAYS},
    {"raw length", AT(pith_chunk_header, raw_len), 0, PITH_CHUNK_LEN_MAX, PITH_FORM_VARINT,
     PITH_ALWAYS},
    {"packed length", AT(pith_chunk_header, packed_len), 0, PITH_CHUNK_LEN_MAX, PITH_FORM_VARINT,
     PITH_IF_MODELLED},
    {"content check", AT(pith_chunk_header, check), 0, ANY, PITH_FORM_8, PITH_ALWAYS},
    {"check", AT(pith_chunk_header, header_check), 0, ANY, PITH_FORM_CHECK_2, PITH_ALWAYS},
};

static const struct pith_field chunk_fields[] = {
    {"magic", AT(pith_chunk_header, magic), 0, ANY, PITH_FORM_4, PITH_ALWAYS},
    {"frame id", AT(pith_chunk_header, id), 0, ANY, PITH_FORM_4, PITH_ALWAYS},
    {"raw offset", AT(pith_chunk_header, raw_offset), 0, PITH_CONTENT_LEN_MAX, PITH_FORM_VARINT,
     PITH_ALWAYS},
    {"codec", AT(pith_chunk_header, codec), 0, ANY, PITH_FORM_CODEC, PITH_ALWAYS},
    {"raw length", AT(pith_chunk_header, raw_len), 1, PITH_FILL_LEN_MAX, PITH_FORM_VARINT,
     PITH_ALWAYS},
    {"packed length", AT(pith_chunk_header, packed_len), 0, PITH_CHUNK_LEN_MAX, PITH_FORM_VARINT,
     PITH_IF_MODELLED},
    {"final state", AT(pith_chunk_header, final_state), 0, ANY, PITH_FORM_4, PITH_IF_MODELLED},
    {"payload check", AT(pith_chunk_header, packed_check), 0, ANY, PITH_FORM_8, PITH_IF_MODELLED},
    {"content check", AT(pith_chunk_header, check), 0, ANY, PITH_FORM_8, PITH_ALWAYS},
    {"check", AT(pith_chunk_header, header_check), 0, ANY, PITH_FORM_CHECK_4, PITH_ALWAYS},
};

static const struct pith_layout prefix_layout = {"frame header", prefix_fields,
                                                 COUNT(prefix_fields)};
static const struct pith_layout frame_layout = {"frame header", frame_fields, COUNT(frame_fields)};
static const struct pith_layout single_layout = {"frame header", single_fields,
                                                 COUNT(single_fields)};
static const struct pith_layout chunk_layout = {"chunk header", chunk_fields, COUNT(chunk_fields)};

/* Bytes after the content check in each form: the header check. */
#define SINGLE_CHECK_LEN  2
#define CHUNK_CHECK_LEN   4
#define CONTENT_CHECK_LEN 8

#define MEMORY_UNIT ((uint64_t)1 << 16)

static const struct pith_codec *const codecs[] = {&pith_codec_bytes, &pith_codec_tensor,
                                                  &pith_codec_points};

const struct pith_codec *pith_codec_find(uint64_t id)
{
    for (size_t i = 0; i < COUNT(codecs); i++)
        if (codecs[i]->id == id)
            return codecs[i];
    return NULL;
}

/* Code = exponent * 8 + mantissa; exponent 0 means mantissa units, e > 0 means (8 + mantissa) *
 * 2^(e-1) units. */
uint64_t pith_memory_decode(uint64_t code)
{
    uint64_t exponent = code >> 3, mantissa = code & 7;

    return (exponent ? (8 + mantissa) << (exponent - 1) : mantissa) * MEMORY_UNIT;
}

uint64_t pith_memory_code(uint64_t len)
{
    uint64_t code = 0;

    while (code < 255 && pith_memory_decode(code) < len)
        code++;
    return code;
}

uint64_t pith_frame_flags(int level, unsigned more)
{
    unsigned high = level & 8 ? PITH_FLAG_LEVEL_HIGH : 0;

    return ((uint64_t)level << PITH_FLAG_LEVEL_SHIFT & PITH_FLAG_LEVEL) | high | more;
}

static int level_of_flags(uint64_t flags)
{
    int high = flags & PITH_FLAG_LEVEL_HIGH ? 8 : 0;

    return (int)((flags & PITH_FLAG_LEVEL) >> PITH_FLAG_LEVEL_SHIFT) | high;
}

pith_status pith_chunk_codec_need(uint64_t *need, const struct pith_codec_choice *choice,
                                  uint64_t raw_len, uint64_t position, pith_error *error)
{
    const struct pith_codec *codec = pith_codec_find(choice->id);
    pith_status status;

    *need = 0;
    if (!pith_codec_is_modelled(choice->id)) {
        size_t expected = choice->id == PITH_CODEC_FILL;

        if (choice->params_len != expected)
            return pith_fail(error, PITH_E_CORRUPT, position,
                             "%s chunk at byte %" PRIu64 " has %zu bytes of parameters, "
                             "expected %zu",
                             expected ? "fill" : "stored", position, choice->params_len, expected);
        return PITH_OK;
    }
    if (!codec)
        return pith_fail(error, PITH_E_UNSUPPORTED, position,
                         "made by a newer version of pith (codec %" PRIu64 " at byte %" PRIu64
                         " is not known to this one)",
                         choice->id, position);
    status = codec->decode_need(need, choice->params, choice->params_len, raw_len, error);
    if (status != PITH_OK && error)
        error->position = position;
    return status;
}

const uint8_t *pith_chunk_prior_id(const struct pith_codec_choice *choice)
{
    const struct pith_codec *codec = pith_codec_find(choice->id);

    return codec && codec->prior_id ? codec->prior_id(choice->params, choice->params_len) : NULL;
}

uint32_t pith_chunk_prior_number(const struct pith_codec_choice *choice)
{
    const struct pith_codec *codec = pith_codec_find(choice->id);

    return codec && codec->prior_number ? codec->prior_number(choice->params, choice->params_len)
                                        : 0;
}

const uint8_t *pith_chunk_base_id(const struct pith_codec_choice *choice)
{
    const struct pith_codec *codec = pith_codec_find(choice->id);

    return codec && codec->base_id ? codec->base_id(choice->params, choice->params_len) : NULL;
}

uint64_t pith_chunk_need(const struct pith_codec_choice *codec, uint64_t codec_need,
                         uint64_t raw_len, uint64_t packed_len)
{
    uint64_t buffers = codec->id == PITH_CODEC_STORED ? raw_len : raw_len + packed_len;

    if (codec->id == PITH_CODEC_FILL)
        return 0;
    return pith_saturated_add(codec_need, buffers);
}

uint64_t pith_chunk_check(const struct pith_chunk_header *header, uint64_t raw_hash,
                          uint32_t final_state)
{
    uint8_t covered[PITH_HEADER_MAX + 4];
    size_t len =
        header->len - CONTENT_CHECK_LEN - (header->is_single ? SINGLE_CHECK_LEN : CHUNK_CHECK_LEN);

    memcpy(covered, header->bytes, len);
    pith_store_le32(covered + len, final_state);
    return XXH3_64bits_withSeed(covered, len + 4, raw_hash);
}

/* What both forms share: lengths that agree, a codec that is known, a need that is stated. */
static pith_status chunk_complete(struct pith_chunk_header *header, const uint8_t *data,
                                  uint64_t position, pith_error *error)
{
    memcpy(header->bytes, data, header->len);
    if (header->codec.id == PITH_CODEC_STORED)
        header->packed_len = header->raw_len;
    if (header->codec.id == PITH_CODEC_FILL && header->is_single)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "frame header at byte %" PRIu64 ": a single chunk cannot be a fill chunk",
                         position);
    if (header->packed_len > header->raw_len)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "chunk at byte %" PRIu64 ": packed length %" PRIu64
                         " is over its raw length %" PRIu64,
                         position, header->packed_len, header->raw_len);
    TRY(pith_chunk_codec_need(&header->codec_need, &header->codec, header->raw_len, position,
                              error));
    header->need =
        pith_chunk_need(&header->codec, header->codec_need, header->raw_len, header->packed_len);
    return PITH_OK;
}

static pith_status single_read(struct pith_frame_header *frame, const uint8_t *data, size_t len,
                               uint64_t position, pith_error *error)
{
    struct pith_chunk_header *single = &frame->single;

    TRY(pith_layout_read(single, &single->len, &single_layout, 0, data, len, position, error));
    single->is_single = 1;
    frame->len = single->len;
    frame->content_size = single->raw_len;
    if (frame->flags & PITH_FLAG_SIZED)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "frame header at byte %" PRIu64 ": flags 0x%02x say both single and sized",
                         position, (unsigned)frame->flags);
    return chunk_complete(single, data, position, error);
}

static pith_status magic_check(const uint8_t *data, size_t len, uint64_t position, int is_first,
                               pith_error *error)
{
    uint8_t magic[4];
    size_t n = len < sizeof magic ? len : sizeof magic;

    pith_store_le32(magic, PITH_MAGIC_FRAME);
    if (memcmp(data, magic, n) == 0)
        return PITH_OK;
    if (is_first)
        return pith_fail(error, PITH_E_FORMAT, position, "not a pith archive");
    return pith_fail(error, PITH_E_CORRUPT, position,
                     "what follows the frame that ends at byte %" PRIu64 " is not a frame",
                     position);
}

pith_status pith_frame_read(struct pith_frame_header *frame, const uint8_t *data, size_t len,
                            uint64_t position, int is_first, pith_error *error)
{
    unsigned present = 0;

    if (len > 0)
        TRY(magic_check(data, len, position, is_first, error));
    memset(frame, 0, sizeof *frame);
    TRY(pith_layout_read(frame, &frame->len, &prefix_layout, 0, data, len, position, error));
    if (frame->version != PITH_FORMAT_VERSION)
        return pith_fail(error, PITH_E_UNSUPPORTED, position + 4,
                         "made by a newer version of pith (format version %u, this one reads %u)",
                         (unsigned)frame->version, PITH_FORMAT_VERSION);
    if (frame->flags & ~(uint64_t)PITH_FLAGS_KNOWN)
        return pith_fail(error, PITH_E_UNSUPPORTED, position + 5,
                         "made by a newer version of pith (flags 0x%02x, this one knows 0x%02x)",
                         (unsigned)frame->flags, PITH_FLAGS_KNOWN);
    frame->level = level_of_flags(frame->flags);
    if (frame->level > PITH_LEVEL_MAX)
        return pith_fail(error, PITH_E_UNSUPPORTED, position + 5,
                         "made by a newer version of pith (level %d, this one knows %d to %d)",
                         frame->level, PITH_LEVEL_MIN, PITH_LEVEL_MAX);
    if (frame->flags & PITH_FLAG_SINGLE)
        TRY(single_read(frame, data, len, position, error));
    else {
        if (frame->flags & PITH_FLAG_SIZED)
            present |= PITH_IF_SIZED;
        TRY(pith_layout_read(frame, &frame->len, &frame_layout, present, data, len, position,
                             error));
    }
    if (frame->level < PITH_LEVEL_MIN)
        return pith_fail(error, PITH_E_CORRUPT, position + 5,
                         "frame header at byte %" PRIu64 ": level is %d, allowed are %d to %d",
                         position, frame->level, PITH_LEVEL_MIN, PITH_LEVEL_MAX);
    return PITH_OK;
}

/* The chunk's place and size, against what its frame has said and shown so far. */
static pith_status chunk_place_check(const struct pith_chunk_header *header,
                                     const struct pith_frame_header *frame, uint64_t raw_offset,
                                     uint64_t position, pith_error *error)
{
    uint64_t id = header->codec.id;
    int is_unknown = pith_codec_is_modelled(id) && !pith_codec_find(id); /* told apart later */
    uint64_t room = id == PITH_CODEC_FILL || is_unknown ? PITH_FILL_LEN_MAX : frame->chunk_len;

    if (header->id != frame->id)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "chunk at byte %" PRIu64 " belongs to another frame: id %08" PRIx64
                         ", this frame's is %08" PRIx64,
                         position, header->id, frame->id);
    if (header->raw_offset != raw_offset)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "chunk at byte %" PRIu64 " is out of place: its raw offset is %" PRIu64
                         ", expected %" PRIu64,
                         position, header->raw_offset, raw_offset);
    if (frame->flags & PITH_FLAG_SIZED && frame->content_size - raw_offset < room)
        room = frame->content_size - raw_offset;
    if (header->raw_len > room)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "chunk at byte %" PRIu64 ": raw length is %" PRIu64
                         ", the frame allows %" PRIu64,
                         position, header->raw_len, room);
    return PITH_OK;
}

static pith_status chunk_fields_read(struct pith_chunk_header *header, const uint8_t *data,
                                     size_t len, uint64_t position, pith_error *error)
{
    memset(header, 0, sizeof *header);
    if (len >= 4 && pith_load_le32(data) != PITH_MAGIC_CHUNK)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "neither a chunk nor an index begins at byte %" PRIu64
                         ": found %02x %02x %02x %02x",
                         position, data[0], data[1], data[2], data[3]);
    return pith_layout_read(header, &header->len, &chunk_layout, 0, data, len, position, error);
}

pith_status pith_chunk_read_alone(struct pith_chunk_header *header, const uint8_t *data, size_t len,
                                  uint64_t position, pith_error *error)
{
    TRY(chunk_fields_read(header, data, len, position, error));
    if (header->raw_len > PITH_CHUNK_LEN_MAX && header->codec.id != PITH_CODEC_FILL)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "chunk at byte %" PRIu64 ": raw length is %" PRIu64
                         ", allowed are 1 to %" PRIu64,
                         position, header->raw_len, PITH_CHUNK_LEN_MAX);
    return chunk_complete(header, data, position, error);
}

pith_status pith_chunk_read(struct pith_chunk_header *header, const struct pith_frame_header *frame,
                            uint64_t raw_offset, const uint8_t *data, size_t len, uint64_t position,
                            pith_error *error)
{
    uint64_t declared = pith_memory_decode(frame->memory);

    TRY(chunk_fields_read(header, data, len, position, error));
    TRY(chunk_place_check(header, frame, raw_offset, position, error));
    TRY(chunk_complete(header, data, position, error));
    if (header->need > declared)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "chunk at byte %" PRIu64 " needs %" PRIu64
                         " bytes of memory, its frame declares %" PRIu64,
                         position, header->need, declared);
    return PITH_OK;
}

void pith_chunk_plan(struct pith_chunk_header *header, const struct pith_codec *codec, int level,
                     uint64_t raw_len, const struct pith_codec_prior *prior,
                     const struct pith_codec_base *base)
{
    struct pith_codec_packed packed = {.params_len = 0};

    memset(header, 0, sizeof *header);
    codec->plan(&packed, level, raw_len, prior, base);
    header->codec.id = codec->id;
    header->codec.params_len = packed.params_len;
    memcpy(header->codec.params, packed.params, packed.params_len);
    header->raw_len = raw_len;
    header->packed_len = raw_len;
    /* Parameters of our own making: cannot fail. */
    (void)pith_chunk_codec_need(&header->codec_need, &header->codec, raw_len, 0, NULL);
    header->need = pith_chunk_need(&header->codec, header->codec_need, raw_len, raw_len);
}

void pith_chunk_plan_fill(struct pith_chunk_header *header, uint8_t byte, uint64_t raw_len)
{
    memset(header, 0, sizeof *header);
    header->codec.id = PITH_CODEC_FILL;
    header->codec.params_len = 1;
    header->codec.params[0] = byte;
    header->raw_len = raw_len;
}

void pith_chunk_make_stored(struct pith_chunk_header *header)
{
    header->codec.id = PITH_CODEC_STORED;
    header->codec.params_len = 0;
    header->packed_len = header->raw_len;
    header->codec_need = 0;
    header->need = header->raw_len;
    header->final_state = 0;
    header->packed_check = 0;
}

uint64_t pith_chunk_payload_max(const struct pith_chunk_header *header)
{
    /* Parameters take one more byte of length from 7 on; in the full form the index repeats them,
     * and final state and payload check are there. */
    uint64_t extra = header->codec.params_len + (header->codec.params_len >= 7);

    if (!header->is_single)
        extra = 2 * extra + 4 + 8;
    extra += pith_varint_len(header->raw_len);
    return header->raw_len > extra ? header->raw_len - extra : 0;
}

void pith_chunk_write(struct pith_chunk_header *header, uint64_t raw_hash)
{
    const struct pith_layout *layout = header->is_single ? &single_layout : &chunk_layout;

    header->magic = header->is_single ? PITH_MAGIC_FRAME : PITH_MAGIC_CHUNK;
    header->version = PITH_FORMAT_VERSION;
    header->check = 0;
    header->len = pith_layout_write(header->bytes, layout, 0, header);
    header->check = pith_chunk_check(header, raw_hash, (uint32_t)header->final_state);
    header->len = pith_layout_write(header->bytes, layout, 0, header);
}

/* The id only has to differ between frames; made from the header and the first chunk, it does so
 * without making equal inputs give different bytes. */
size_t pith_frame_write(uint8_t *out, struct pith_frame_header *frame, uint64_t memory,
                        uint64_t first_raw_hash)
{
    unsigned present = frame->flags & PITH_FLAG_SIZED ? PITH_IF_SIZED : 0;

    frame->magic = PITH_MAGIC_FRAME;
    frame->version = PITH_FORMAT_VERSION;
    frame->memory = pith_memory_code(memory);
    frame->id = 0;
    frame->len = pith_layout_write(out, &frame_layout, present, frame);
    frame->id = XXH3_64bits_withSeed(out, frame->len, first_raw_hash) & UINT32_MAX;
    frame->len = pith_layout_write(out, &frame_layout, present, frame);
    return frame->len;
}
