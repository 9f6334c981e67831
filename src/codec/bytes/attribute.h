/* Attribution: which raw bytes a chunk's bits went to.  For studies (engine/study.h) only.
 *
 * What was coded is the model stream.  An element of it, a code with its following bytes or an escaped
 * byte or a branch's target, gives some raw bytes, and its cost is shared out evenly among those.  A
 * flag for capitals gives none: its cost goes to what it makes a capital.  Costs are rounded to 1/256
 * bit and what that leaves goes on to the next byte, so that a chunk's sum is that of its bits. */
#ifndef PITH_CODEC_BYTES_ATTRIBUTE_H
#define PITH_CODEC_BYTES_ATTRIBUTE_H

#include "codec/bytes/segment.h"
#include "codec/bytes/text.h"
#include "codec/codec.h"

struct pith_attribution {
    struct pith_codec_study *study; /* NULL: nothing is to be done */
    struct pith_text_words *words;
    const struct pith_segment *segment;
    const uint8_t *at, *end; /* the element at hand, the segment's end, in the model stream */
    uint16_t *to;            /* costs of the raw bytes that come next */
    size_t n_left, n_raw;    /* bytes of the element that are not coded yet; raw bytes it gives */
    uint64_t element, flag;  /* cost of the element so far, of flags before it, in 1/65536 bits */
    uint64_t rest;           /* what rounding left over */
};

/* Before the first byte: says what the segments are, and what the bytes of those cost that are not
 * in the model stream. */
void pith_attribution_init(struct pith_attribution *attribution, struct pith_codec_study *study,
                           struct pith_text_words *words, const struct pith_segment *segments,
                           size_t n_segments);

/* The segment whose raw bytes begin at raw_at comes next, at stream in the model stream. */
void pith_attribution_begin(struct pith_attribution *attribution,
                            const struct pith_segment *segment, const uint8_t *stream,
                            size_t raw_at);

/* The next byte of the model stream has been coded; its cost is in the study, and is taken from it. */
void pith_attribution_byte(struct pith_attribution *attribution);

#endif
