/* Frame headers and chunk headers.
 *
 *   frame := single                      one chunk of known size: header, payload
 *          | header chunk+ index footer  chunk := header, payload
 *
 * A chunk's check covers its raw bytes, its own header and (through frame id and raw offset, which
 * stand in that header) its place, so a chunk that is damaged, moved, doubled or taken from another
 * archive never passes.  The functions here know bytes and rules, not buffers or threads.  Index and
 * footer: index.h. */
#ifndef PITH_CONTAINER_FRAME_H
#define PITH_CONTAINER_FRAME_H

#include "container/format.h"
#include "container/layout.h"

/* Header of a chunk in either form; after the frame's header in the full form, merged with it in the
 * single form.  The uint64_t fields are those of the tables in frame.c. */
struct pith_chunk_header {
    uint64_t magic, version, flags; /* version and flags: single form */
    uint64_t id;                    /* full form: of the frame */
    uint64_t raw_offset;            /* full form: in the frame's content */
    struct pith_codec_choice codec;
    uint64_t raw_len;
    uint64_t packed_len;   /* of the payload; on the wire only if modelled; stored: raw_len */
    uint64_t final_state;  /* of the coder; full form, modelled */
    uint64_t packed_check; /* XXH3-64 of the payload; full form, modelled */
    uint64_t check;        /* of raw bytes, header and final state: pith_chunk_check() */
    uint64_t header_check;
    /* Not on the wire. */
    uint64_t need;                  /* memory for decoding: codec_need, raw bytes and payload */
    uint64_t codec_need;            /* working memory of the codec's decoder */
    uint8_t bytes[PITH_HEADER_MAX]; /* the header as it is on the wire */
    size_t len;                     /* of bytes */
    int is_single;
};

struct pith_frame_header {
    uint64_t magic, version, flags;
    uint64_t memory; /* coded, see pith_memory_code() */
    uint64_t id;
    uint64_t chunk_len;    /* most raw bytes in a chunk */
    uint64_t content_size; /* if PITH_FLAG_SIZED */
    uint64_t header_check;
    size_t len; /* bytes of the header */
    int level;
    /* The single form has no frame header of its own: only the fields up to flags are set above, and
     * this one describes everything. */
    struct pith_chunk_header single;
};

/* The decode memory of a frame in one byte, in units of 64 KiB, rounded up by at most 1/8. */
uint64_t pith_memory_code(uint64_t len);
uint64_t pith_memory_decode(uint64_t code);

/* NULL for a codec that this version does not know. */
const struct pith_codec *pith_codec_find(uint64_t id);

/* Working memory of the codec's decoder for raw_len bytes.  Fails for an unknown codec and for bad
 * parameters.  position: of the chunk. */
pith_status pith_chunk_codec_need(uint64_t *need, const struct pith_codec_choice *codec,
                                  uint64_t raw_len, uint64_t position, pith_error *error);

/* The id of the prior that the codec needs, or NULL. */
const uint8_t *pith_chunk_prior_id(const struct pith_codec_choice *codec);

/* The number of the built-in prior that the codec needs, or 0. */
uint32_t pith_chunk_prior_number(const struct pith_codec_choice *codec);

/* The id of the base that the codec needs, or NULL. */
const uint8_t *pith_chunk_base_id(const struct pith_codec_choice *codec);

/* Memory for decoding one chunk in a stream: the codec's and that of the chunk's buffers.  A stored
 * chunk needs no second buffer, a fill chunk none at all. */
uint64_t pith_chunk_need(const struct pith_codec_choice *codec, uint64_t codec_need,
                         uint64_t raw_len, uint64_t packed_len);

/* XXH3-64 of header->bytes up to the check and of the coder's final state, seeded with the XXH3-64
 * of the raw bytes; with 0 for a fill chunk, whose header says all about them. */
uint64_t pith_chunk_check(const struct pith_chunk_header *header, uint64_t raw_hash,
                          uint32_t final_state);

/* --- reading.  position: of data[0] in the archive; PITH_E_TRUNCATED asks for more data. --- */

/* is_first: nothing precedes, so a wrong magic is PITH_E_FORMAT. */
pith_status pith_frame_read(struct pith_frame_header *frame, const uint8_t *data, size_t len,
                            uint64_t position, int is_first, pith_error *error);

/* The chunk whose bytes begin at raw_offset of the frame's content, held to its frame. */
pith_status pith_chunk_read(struct pith_chunk_header *header, const struct pith_frame_header *frame,
                            uint64_t raw_offset, const uint8_t *data, size_t len, uint64_t position,
                            pith_error *error);

/* A chunk header by itself, for salvage: nothing is known of its frame.  PITH_E_UNSUPPORTED: all but
 * the needs is filled in. */
pith_status pith_chunk_read_alone(struct pith_chunk_header *header, const uint8_t *data, size_t len,
                                  uint64_t position, pith_error *error);

/* --- writing --- */

/* Flags of a frame at a level. */
uint64_t pith_frame_flags(int level, unsigned more);

/* Plans a chunk of raw_len bytes at a level, with a prior and a base or NULL: codec, parameters, lengths and needs of *header.  id and
 * flags are the caller's to set. */
void pith_chunk_plan(struct pith_chunk_header *header, const struct pith_codec *codec, int level,
                     uint64_t raw_len, const struct pith_codec_prior *prior,
                     const struct pith_codec_base *base);

/* Plans a fill chunk. */
void pith_chunk_plan_fill(struct pith_chunk_header *header, uint8_t byte, uint64_t raw_len);

/* Makes a planned chunk a stored one. */
void pith_chunk_make_stored(struct pith_chunk_header *header);

/* Most bytes of payload with which a modelled chunk takes no more room than a stored one. */
uint64_t pith_chunk_payload_max(const struct pith_chunk_header *header);

/* Fills in check, bytes and len from the other fields. */
void pith_chunk_write(struct pith_chunk_header *header, uint64_t raw_hash);

/* Header of a frame whose first chunk's raw bytes hash to first_raw_hash: that makes its id. memory:
 * most that one of its chunks needs.  Returns the bytes written, at most PITH_HEADER_MAX. */
size_t pith_frame_write(uint8_t *out, struct pith_frame_header *frame, uint64_t memory,
                        uint64_t first_raw_hash);

#endif
