/* Detection: what kind of data each part of a chunk is.  Encoder's advice only: the decoder is told
 * the result, so that this may change without changing the format. */
#ifndef PITH_CODEC_BYTES_DETECT_H
#define PITH_CODEC_BYTES_DETECT_H

#include "codec/bytes/segment.h"
#include "codec/codec.h"

#define PITH_DETECT_REPEATS 65536

struct pith_detect {
    uint32_t repeats[PITH_DETECT_REPEATS]; /* sampled 8-byte strings seen: hash -> check */
};

/* Cuts raw (raw_len > 0) into segments[pith_segments_max(raw_len)]; returns how many.  Sets tag
 * without PITH_SEGMENT_TRANSFORMED, raw_len, record_len and fill.
 * Of no use if pace says cancelled. */
size_t pith_detect_segments(struct pith_detect *detect, struct pith_segment *segments,
                            const uint8_t *raw, size_t raw_len, struct pith_pace *pace);

#endif
