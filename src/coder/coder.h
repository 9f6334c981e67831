/* Binary arithmetic coder: turns (probability, bit) into bytes and back.
 *
 * A range coder with a 32-bit range and carry (G. N. N. Martin, "Range encoding", 1979): the range
 * never falls below 2^24, so a 16-bit probability costs at most 2^-8 of itself in rounding.  One
 * call, pith_coder_bit(), serves both directions and returns the true bit, so that a model cannot
 * tell which it drives.  Where speed counts more than what a model of bits gains, one of several is coded
 * at once, as an interval.
 *
 * Encoding stops writing at the end of its buffer and sets `is_full`.  Decoding past the end of its
 * payload reads zeros and counts them in `overrun`: a valid payload needs at most
 * PITH_CODER_OVERRUN_MAX of them, since zero bytes at the end are not stored. */
#ifndef PITH_CODER_CODER_H
#define PITH_CODER_CODER_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define PITH_CODER_OVERRUN_MAX 4
#define PITH_CODER_WHOLE_LOG2  15
#define PITH_CODER_WHOLE       (1u << PITH_CODER_WHOLE_LOG2) /* shares of intervals */

struct pith_coder {
    uint32_t range; /* width of the interval; 2^24..2^32-1 between calls; same in both directions */
    uint32_t code;  /* decoding: the payload's value minus the interval's low end */
    uint64_t low;   /* encoding: low end, 33 bits, of which bit 32 is a carry not yet written */
    uint8_t *out;   /* encoding: payload; NULL when decoding */
    const uint8_t *in;
    size_t pos;     /* bytes written or read */
    size_t settled; /* encoding: bytes moved out of `low` so far */
    size_t cap;     /* encoding: room; decoding: bytes that may be read now */
    uint64_t held;  /* encoding: bytes 0xff behind `last` that a carry may still turn over */
    uint8_t last;   /* encoding: last byte not yet certain */
    uint8_t is_first;
    uint8_t is_full;
    uint32_t overrun;  /* decoding: bytes asked for beyond the end */
    uint32_t window;   /* decoding: the last four bytes read */
    uint8_t is_beyond; /* decoding: the payload begins with a value outside of the interval */
    /* Decoding: see pith_codec_hooks; may be NULL. */
    size_t (*wait_more)(void *opaque, size_t have);
    void *wait_opaque;
};

void pith_coder_begin_encode(struct pith_coder *coder, uint8_t *payload, size_t cap);
void pith_coder_begin_decode(struct pith_coder *coder, const uint8_t *payload, size_t len,
                             size_t (*wait_more)(void *opaque, size_t have), void *wait_opaque);
/* Ends the payload; trailing bytes that the decoder would read as zeros anyway are dropped. */
void pith_coder_finish_encode(struct pith_coder *coder);

/* Decoding, after the last bit: do the last bytes read stand where pith_coder_finish_encode() would
 * have put them?  Other values may decode alike, but no encoder writes them: they are damage.  So is
 * a payload that begins with a value outside of the first interval: its top bits get lost. */
int pith_coder_ends_well(const struct pith_coder *coder);

/* Decoding, after the last bit: PITH_E_CORRUPT if the payload was too short or long, or does not end well. */
pith_status pith_coder_check_end(struct pith_coder *coder, pith_error *error);

/* Inner halves of pith_coder_bit(): settle one byte. */
void pith_coder_put_byte(struct pith_coder *coder);
void pith_coder_get_byte(struct pith_coder *coder);

static inline void pith_coder_renormalise(struct pith_coder *coder)
{
    while (coder->range < (1u << 24)) {
        coder->range <<= 8;
        if (coder->out)
            pith_coder_put_byte(coder);
        else
            pith_coder_get_byte(coder);
    }
}

/* Codes one bit.  p1_q16 in 1..65535.  `bit` is ignored when decoding.  Returns the true bit. */
static inline int pith_coder_bit(struct pith_coder *coder, uint32_t p1_q16, int bit)
{
    uint32_t split = (uint32_t)(((uint64_t)coder->range * p1_q16) >> 16), skipped;

    if (!coder->out)
        bit = coder->code < split;
    /* without a branch on what nobody can predict */
    skipped = bit ? 0 : split;
    coder->range = bit ? split : coder->range - split;
    coder->low += skipped;
    coder->code -= skipped;
    pith_coder_renormalise(coder);
    return bit;
}

/* Decoding: where in 0..2^PITH_CODER_WHOLE_LOG2 - 1 the payload points to. */
static inline uint32_t pith_coder_point(const struct pith_coder *coder)
{
    uint32_t point = coder->code / (coder->range >> PITH_CODER_WHOLE_LOG2);

    return point < PITH_CODER_WHOLE ? point : PITH_CODER_WHOLE - 1;
}

/* Codes one of several, to which [low, high) of 0..PITH_CODER_WHOLE belongs; decoding, point is in it.
 * The last one also has what rounding leaves of the range. */
static inline void pith_coder_interval(struct pith_coder *coder, uint32_t low, uint32_t high)
{
    uint32_t unit = coder->range >> PITH_CODER_WHOLE_LOG2, skipped = unit * low;

    coder->range = high < PITH_CODER_WHOLE ? unit * (high - low) : coder->range - skipped;
    coder->low += skipped;
    coder->code -= skipped;
    pith_coder_renormalise(coder);
}

#endif
