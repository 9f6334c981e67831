/* Parser: takes an archive apart record by record, from input in pieces of any size.
 *
 * It reads headers and indexes and holds each to what came before; payloads are its caller's: after
 * PITH_PARSED_CHUNK the caller takes or skips chunk.packed_len bytes.  The decoder feeds it a stream,
 * the lister only the headers.  Constant memory. */
#ifndef PITH_CONTAINER_PARSER_H
#define PITH_CONTAINER_PARSER_H

#include "container/index.h"

enum pith_parser_stage {
    PITH_STAGE_FRAME, /* a frame, or the end of the archive */
    PITH_STAGE_CHUNK, /* a chunk header or the index */
    PITH_STAGE_PAYLOAD,
    PITH_STAGE_ENTRY,
    PITH_STAGE_TAIL,
    PITH_STAGE_FOOTER
};

enum pith_parsed {
    PITH_PARSED_NEED_INPUT, /* all input is used up */
    PITH_PARSED_RECORD,     /* some header or part of an index was read */
    PITH_PARSED_CHUNK       /* parser->chunk was read; its payload is next */
};

struct pith_parser {
    enum pith_parser_stage stage;
    uint64_t position; /* in the archive, of the record that is being gathered */
    uint64_t n_frames; /* frames begun */

    struct pith_frame_header frame;
    uint64_t frame_start;
    struct pith_chunk_header chunk;
    struct pith_index_sum sum; /* of the chunks read */

    struct pith_index_head head;
    struct pith_index_sum seen; /* of the index entries read */
    uint64_t index_start;

    uint8_t gathered[PITH_HEADER_MAX]; /* begin of a record whose end has not come yet */
    size_t n_gathered;
};

void pith_parser_init(struct pith_parser *parser);

/* One step.  Not in PITH_STAGE_PAYLOAD.  Errors are final. */
pith_status pith_parser_step(struct pith_parser *parser, enum pith_parsed *parsed, pith_in *in,
                             pith_error *error);

/* The payload of parser->chunk is behind us. */
void pith_parser_pass_payload(struct pith_parser *parser);

/* No input will follow: PITH_END after a whole frame, else PITH_E_TRUNCATED.  n_payload: bytes of a
 * payload that have come, in PITH_STAGE_PAYLOAD. */
pith_status pith_parser_end(const struct pith_parser *parser, uint64_t n_payload,
                            pith_error *error);

/* Nonzero: between frames, or before the first. */
int pith_parser_is_between(const struct pith_parser *parser);

#endif
