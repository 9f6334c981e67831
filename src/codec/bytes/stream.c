/* See stream.h. */
#include "codec/bytes/stream.h"

#include <string.h>

#include "codec/bytes/branch.h"

void pith_stream_layout(struct pith_stream *stream, struct pith_arena *arena, uint64_t raw_len,
                        int is_encoding)
{
    stream->words = pith_arena_take(arena, 1, sizeof *stream->words);
    stream->index = is_encoding ? pith_arena_take(arena, 1, sizeof *stream->index) : NULL;
    stream->detect = is_encoding ? pith_arena_take(arena, 1, sizeof *stream->detect) : NULL;
    stream->segments = pith_arena_take(arena, pith_segments_max(raw_len), sizeof *stream->segments);
    stream->bytes = pith_arena_take(arena, raw_len, 1);
}

void pith_stream_init(struct pith_stream *stream)
{
    pith_text_words_init(stream->words);
    stream->indexed_len = 0;
    stream->n_segments = stream->len = 0;
}

/* Puts a segment's bytes into the stream, with its words coded if that saves an eighth. */
static void transform(struct pith_stream *stream, struct pith_segment *segment, const uint8_t *raw,
                      size_t chunk_len, const struct pith_study *study, struct pith_pace *pace)
{
    uint8_t *to = stream->bytes + stream->len;
    size_t len = segment->raw_len;

    if ((segment->tag == PITH_KIND_TEXT || segment->tag == PITH_KIND_MARKUP) &&
        !pith_study_lacks(study, PITH_COMPONENT_WORD_CODES)) {
        size_t coded;

        if (!stream->indexed_len || !pith_text_index_suits(stream->indexed_len, chunk_len))
            pith_text_index_init(stream->index, stream->words, chunk_len);
        stream->indexed_len = chunk_len;
        coded = pith_text_encode(to, len - len / 8, raw, len, stream->words, stream->index, pace);
        if (coded != SIZE_MAX) {
            segment->tag |= PITH_SEGMENT_TRANSFORMED;
            segment->model_len = (uint32_t)coded;
            stream->len += coded;
            return;
        }
    }
    memcpy(to, raw, len);
    if (segment->tag == PITH_KIND_X86 && !pith_study_lacks(study, PITH_COMPONENT_BRANCHES)) {
        pith_branch_encode(to, len);
        segment->tag |= PITH_SEGMENT_TRANSFORMED;
    }
    segment->model_len = (uint32_t)len;
    stream->len += len;
}

void pith_stream_make(struct pith_stream *stream, const uint8_t *raw, size_t raw_len,
                      const struct pith_study *study, struct pith_pace *pace)
{
    size_t at = 0;

    stream->n_segments = pith_detect_segments(stream->detect, stream->segments, raw, raw_len, pace);
    stream->len = 0;
    for (size_t i = 0; i < stream->n_segments && !pace->is_cancelled; i++) {
        if (stream->segments[i].tag < PITH_KINDS)
            transform(stream, &stream->segments[i], raw + at, raw_len, study, pace);
        at += stream->segments[i].raw_len;
    }
}

/* Writes one segment's raw bytes from the stream, the stored bytes or its fill byte. */
static int restore(struct pith_stream *stream, const struct pith_segment *segment, uint8_t *raw,
                   const uint8_t *bytes, const uint8_t *stored, struct pith_pace *pace)
{
    if (segment->tag == PITH_SEGMENT_FILL) {
        memset(raw, segment->fill, segment->raw_len);
        return 1;
    }
    if (segment->tag == PITH_SEGMENT_STORED) {
        memcpy(raw, stored, segment->raw_len);
        return 1;
    }
    if (pith_segment_type(segment) != PITH_KIND_X86 && segment->tag & PITH_SEGMENT_TRANSFORMED)
        return pith_text_decode(raw, segment->raw_len, bytes, segment->model_len, stream->words,
                                pace);
    memcpy(raw, bytes, segment->raw_len);
    if (segment->tag & PITH_SEGMENT_TRANSFORMED)
        pith_branch_decode(raw, segment->raw_len);
    return 1;
}

pith_status pith_stream_restore(struct pith_stream *stream, uint8_t *raw, size_t raw_len,
                                const uint8_t *stored, struct pith_pace *pace, pith_error *error)
{
    const uint8_t *bytes = stream->bytes;

    pace->raw_done = raw_len;
    for (size_t i = 0; i < stream->n_segments; i++) {
        const struct pith_segment *segment = &stream->segments[i];

        if (!restore(stream, segment, raw, bytes, stored, pace))
            return pace->is_cancelled
                       ? pith_fail(error, PITH_E_CANCELLED, 0, "cancelled")
                       : pith_fail(error, PITH_E_CORRUPT, 0,
                                   "segment %zu: coded words do not give its %u bytes", i,
                                   segment->raw_len);
        raw += segment->raw_len;
        bytes += segment->model_len;
        if (segment->tag == PITH_SEGMENT_STORED)
            stored += segment->raw_len;
    }
    return PITH_OK;
}
