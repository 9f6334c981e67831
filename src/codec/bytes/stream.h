/* Model stream: a chunk's segments, and those of its bytes that are predicted, transformed where that
 * helps.  Made here from raw bytes, and turned back into them. */
#ifndef PITH_CODEC_BYTES_STREAM_H
#define PITH_CODEC_BYTES_STREAM_H

#include "base/arena.h"
#include "codec/bytes/detect.h"
#include "codec/bytes/segment.h"
#include "codec/bytes/text.h"
#include "codec/codec.h"

struct pith_stream {
    struct pith_text_words *words;
    struct pith_text_index *index; /* making only, as is the next */
    struct pith_detect *detect;
    size_t indexed_len; /* the index suits chunks of this length; 0 = there is none yet */
    struct pith_segment *segments;
    size_t n_segments;
    uint8_t *bytes; /* at most raw_len */
    size_t len;
};

/* Lays memory out for chunks of raw_len bytes. */
void pith_stream_layout(struct pith_stream *stream, struct pith_arena *arena, uint64_t raw_len,
                        int is_encoding);

/* Before the first chunk.  The index of words is made when a chunk needs it, and kept. */
void pith_stream_init(struct pith_stream *stream);

/* Detects segments in raw and makes the stream of them.  study: what to leave out; may be NULL.  Of no
 * use if pace says cancelled. */
void pith_stream_make(struct pith_stream *stream, const uint8_t *raw, size_t raw_len,
                      const struct pith_study *study, struct pith_pace *pace);

/* Writes the raw bytes of the segments, raw_len in all, from the stream and the bytes of stored segments.
 * PITH_E_CORRUPT: coded words do not fit; PITH_E_CANCELLED. */
pith_status pith_stream_restore(struct pith_stream *stream, uint8_t *raw, size_t raw_len,
                                const uint8_t *stored, struct pith_pace *pace, pith_error *error);

#endif
