/* See reading.h. */
#include "prior/reading.h"

void pith_reading_layout(struct pith_reading *reading, struct pith_arena *arena, size_t piece_len)
{
    pith_stream_layout(&reading->stream, arena, piece_len, 1);
    reading->scratch_len = piece_len + piece_len / 4 + 4096;
    reading->scratch = pith_arena_take(arena, reading->scratch_len, 1);
}

void pith_reading_init(struct pith_reading *reading)
{
    pith_stream_init(&reading->stream);
}

void pith_reading_begin(struct pith_reading *reading, const uint8_t *data, size_t len)
{
    struct pith_pace pace = {.hooks = NULL};

    pith_stream_make(&reading->stream, data, len, NULL, &pace);
}

size_t pith_reading_code(struct pith_reading *reading, struct pith_engine *engine)
{
    const struct pith_stream *stream = &reading->stream;
    struct pith_writer writer = {reading->scratch, reading->scratch_len, 0};
    struct pith_coder coder;
    size_t at = 0;

    (void)pith_segments_write(&writer, stream->segments, stream->n_segments);
    for (size_t i = 0; i < stream->n_segments; i++)
        if (stream->segments[i].tag == PITH_SEGMENT_STORED)
            writer.at += stream->segments[i].raw_len;
    pith_coder_begin_encode(&coder, reading->scratch, reading->scratch_len);
    for (size_t i = 0; i < stream->n_segments; i++) {
        const struct pith_segment *segment = &stream->segments[i];

        if (pith_segment_type(segment) >= PITH_KINDS)
            continue;
        pith_engine_begin_segment(engine, (enum pith_kind)pith_segment_type(segment),
                                  segment->record_len);
        for (size_t end = at + segment->model_len; at < end; at++)
            pith_engine_byte(engine, &coder, stream->bytes[at]);
    }
    pith_coder_finish_encode(&coder);
    return writer.at + coder.pos;
}

void pith_reading_head(struct pith_reading *reading, struct pith_message_head *head)
{
    struct pith_stream *stream = &reading->stream;
    struct pith_coder coder;

    if (stream->n_segments != 1 || pith_segment_type(&stream->segments[0]) >= PITH_KINDS)
        return;
    pith_coder_begin_encode(&coder, reading->scratch, reading->scratch_len);
    pith_message_head_code(head, stream, stream->len, &coder);
}
