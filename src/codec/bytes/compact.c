/* See compact.h. */
#include "codec/bytes/compact.h"

#define TAG_BITS 4

_Static_assert(1 << TAG_BITS == PITH_MESSAGE_TAGS, "a tag has so many bits");

void pith_message_head_init(struct pith_message_head *head)
{
    pith_bitcode_init(head->tag, PITH_MESSAGE_TAGS);
    for (uint32_t kind = 0; kind < PITH_KINDS; kind++)
        pith_bitcode_number_init(&head->len[kind]);
    pith_bitcode_number_init(&head->record_len);
}

/* Tags in four bits: the kind, and whether the segment is transformed. */
static uint32_t tag_number(uint32_t tag)
{
    return (tag & 3) << 1 | (tag & PITH_SEGMENT_TRANSFORMED ? 1 : 0);
}

int pith_message_head_code(struct pith_message_head *head, struct pith_stream *stream,
                           size_t len_max, struct pith_coder *coder)
{
    struct pith_segment *segment = &stream->segments[0];
    uint32_t number = pith_bitcode_tree(coder, head->tag, TAG_BITS, tag_number(segment->tag));
    uint32_t kind = number >> 1;

    if (kind >= PITH_KINDS)
        return 0;
    segment->model_len = 1 + pith_bitcode_number(coder, &head->len[kind], segment->model_len - 1);
    if (kind == PITH_KIND_RECORDS)
        segment->record_len = pith_bitcode_number(coder, &head->record_len, segment->record_len);
    else
        segment->record_len = 0;
    segment->tag = (uint8_t)(kind | (number & 1 ? PITH_SEGMENT_TRANSFORMED : 0));
    stream->n_segments = 1;
    stream->len = segment->model_len;
    return segment->model_len - 1 < len_max && segment->record_len <= PITH_RECORD_LEN_MAX &&
           !(number & 1 && kind == PITH_KIND_RECORDS);
}

void pith_message_layout(struct pith_message *message, struct pith_arena *arena, int level,
                         size_t len_max, const struct pith_start *start)
{
    pith_stream_layout(&message->stream, arena, len_max, 1);
    pith_engine_layout_primed(&message->engine, arena, level, len_max, start);
}

void pith_message_init(struct pith_message *message, const struct pith_message_head *head)
{
    pith_stream_init(&message->stream);
    message->head = head;
}

/* Whether the raw bytes are one segment of a kind that is predicted. */
static int suits(const struct pith_stream *stream)
{
    return stream->n_segments == 1 && pith_segment_type(&stream->segments[0]) < PITH_KINDS;
}

/* Raw bytes that the stream gives, or SIZE_MAX if it is not whole elements. */
static size_t measure(struct pith_stream *stream)
{
    const struct pith_segment *segment = &stream->segments[0];
    size_t at = 0, raw_len = 0;

    if (!(segment->tag & PITH_SEGMENT_TRANSFORMED) || pith_segment_type(segment) == PITH_KIND_X86)
        return stream->len;
    while (at < stream->len) {
        size_t gives,
            taken = pith_text_measure(stream->bytes + at, stream->len - at, &gives, stream->words);

        if (taken == 0)
            return SIZE_MAX;
        at += taken;
        raw_len += gives;
    }
    return raw_len;
}

/* Decoding a payload that ended too early: what is left would be zeros, and take long. */
static int is_over(const struct pith_coder *coder)
{
    return coder->overrun > PITH_CODER_OVERRUN_MAX;
}

static void code_stream(struct pith_message *message, struct pith_coder *coder)
{
    const struct pith_segment *segment = &message->stream.segments[0];
    uint8_t *bytes = message->stream.bytes;

    pith_engine_begin(&message->engine, bytes, segment->model_len);
    pith_engine_begin_segment(&message->engine, (enum pith_kind)pith_segment_type(segment),
                              segment->record_len);
    for (uint32_t i = 0; i < segment->model_len && !is_over(coder); i++)
        pith_engine_byte(&message->engine, coder, bytes[i]);
}

size_t pith_message_encode(struct pith_message *message, uint8_t *payload, size_t cap,
                           const uint8_t *raw, size_t raw_len)
{
    struct pith_stream *stream = &message->stream;
    struct pith_message_head head = *message->head;
    struct pith_pace pace = {.hooks = NULL};
    struct pith_coder coder;

    pith_stream_make(stream, raw, raw_len, NULL, &pace);
    if (!suits(stream) || measure(stream) != raw_len)
        return SIZE_MAX;
    pith_coder_begin_encode(&coder, payload, cap);
    pith_message_head_code(&head, stream, raw_len, &coder);
    code_stream(message, &coder);
    pith_coder_finish_encode(&coder);
    return coder.is_full ? SIZE_MAX : coder.pos;
}

size_t pith_message_decode(struct pith_message *message, uint8_t *raw, size_t cap, size_t len_max,
                           const uint8_t *payload, size_t len)
{
    struct pith_stream *stream = &message->stream;
    struct pith_message_head head = *message->head;
    struct pith_pace pace = {.hooks = NULL};
    struct pith_coder coder;
    size_t raw_len;

    pith_coder_begin_decode(&coder, payload, len, NULL, NULL);
    if (!pith_message_head_code(&head, stream, len_max, &coder))
        return SIZE_MAX;
    code_stream(message, &coder);
    if (coder.pos != coder.cap || is_over(&coder) || !pith_coder_ends_well(&coder))
        return SIZE_MAX;
    raw_len = measure(stream);
    if (raw_len == 0 || raw_len > len_max)
        return SIZE_MAX;
    if (raw_len > cap)
        return raw_len;
    stream->segments[0].raw_len = (uint32_t)raw_len;
    if (pith_stream_restore(stream, raw, raw_len, NULL, &pace, NULL) != PITH_OK)
        return SIZE_MAX;
    return raw_len;
}
