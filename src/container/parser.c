/* See parser.h. */
#include "container/parser.h"

#include "base/check.h"

#include <inttypes.h>
#include <string.h>

void pith_parser_init(struct pith_parser *parser)
{
    memset(parser, 0, sizeof *parser);
}

int pith_parser_is_between(const struct pith_parser *parser)
{
    return parser->stage == PITH_STAGE_FRAME && parser->n_gathered == 0;
}

/* The readers below parse one record from data and change the parser only when it was whole. */

static pith_status read_frame(struct pith_parser *parser, size_t *used, const uint8_t *data,
                              size_t len, pith_error *error)
{
    struct pith_frame_header frame;

    TRY(pith_frame_read(&frame, data, len, parser->position, parser->n_frames == 0, error));
    *used = frame.len;
    parser->frame = frame;
    parser->frame_start = parser->position;
    parser->n_frames++;
    pith_index_sum_init(&parser->sum);
    if (!(frame.flags & PITH_FLAG_SINGLE)) {
        parser->stage = PITH_STAGE_CHUNK;
        return PITH_OK;
    }
    parser->chunk = frame.single;
    parser->sum.raw_len = frame.single.raw_len;
    parser->stage = PITH_STAGE_PAYLOAD;
    return PITH_OK;
}

static pith_status read_chunk(struct pith_parser *parser, size_t *used, const uint8_t *data,
                              size_t len, pith_error *error)
{
    uint8_t entry[PITH_HEADER_MAX];
    size_t entry_len;
    struct pith_chunk_header chunk;

    TRY(pith_chunk_read(&chunk, &parser->frame, parser->sum.raw_len, data, len, parser->position,
                        error));
    TRY(pith_index_sum_chunk(&parser->sum, entry, &entry_len, &chunk, parser->position, error));
    *used = chunk.len;
    parser->chunk = chunk;
    parser->stage = PITH_STAGE_PAYLOAD;
    return PITH_OK;
}

static pith_status read_index_head(struct pith_parser *parser, size_t *used, const uint8_t *data,
                                   size_t len, pith_error *error)
{
    struct pith_index_head head;
    const struct pith_frame_header *frame = &parser->frame;

    TRY(pith_index_head_read(&head, used, frame, data, len, parser->position, error));
    if (head.n_chunks != parser->sum.n_chunks)
        return pith_fail(error, PITH_E_CORRUPT, parser->position,
                         "index at byte %" PRIu64 " says that the frame has %" PRIu64
                         " chunks, %" PRIu64 " came",
                         parser->position, head.n_chunks, parser->sum.n_chunks);
    if (frame->flags & PITH_FLAG_SIZED && frame->content_size != parser->sum.raw_len)
        return pith_fail(error, PITH_E_CORRUPT, parser->position,
                         "frame at byte %" PRIu64 " says that it has %" PRIu64
                         " raw bytes, its chunks have %" PRIu64,
                         parser->frame_start, frame->content_size, parser->sum.raw_len);
    parser->head = head;
    parser->index_start = parser->position;
    pith_index_sum_init(&parser->seen);
    parser->stage = PITH_STAGE_ENTRY;
    return PITH_OK;
}

static pith_status read_entry(struct pith_parser *parser, size_t *used, const uint8_t *data,
                              size_t len, pith_error *error)
{
    struct pith_index_entry entry;
    struct pith_index_sum *seen = &parser->seen;

    TRY(pith_index_entry_read(&entry, used, data, len, parser->position, error));
    TRY(pith_index_sum_entry(seen, &entry, data, *used, parser->position, error));
    if (seen->n_chunks < parser->head.n_chunks)
        return PITH_OK;
    if (seen->entries != parser->sum.entries || seen->entries_len != parser->sum.entries_len)
        return pith_fail(error, PITH_E_CORRUPT, parser->index_start,
                         "index at byte %" PRIu64 " does not describe the chunks of its frame",
                         parser->index_start);
    parser->stage = PITH_STAGE_TAIL;
    return PITH_OK;
}

static pith_status read_tail(struct pith_parser *parser, size_t *used, const uint8_t *data,
                             size_t len, pith_error *error)
{
    struct pith_index_tail tail;

    TRY(pith_index_tail_read(&tail, &parser->head, &parser->seen, data, len, parser->position,
                             error));
    if (!pith_check_matches(tail.digest, parser->sum.digest))
        return pith_fail(error, PITH_E_CORRUPT, parser->index_start,
                         "index at byte %" PRIu64 " was made for other chunks: its digest is "
                         "%016" PRIx64 ", the chunks give %016" PRIx64,
                         parser->index_start, tail.digest, parser->sum.digest);
    *used = PITH_INDEX_TAIL_LEN;
    parser->stage = PITH_STAGE_FOOTER;
    return PITH_OK;
}

static pith_status read_footer(struct pith_parser *parser, size_t *used, const uint8_t *data,
                               size_t len, pith_error *error)
{
    struct pith_footer footer;
    uint64_t index_len = parser->position - parser->index_start;

    TRY(pith_footer_read(&footer, data, len, parser->position, error));
    if (footer.index_len != index_len)
        return pith_fail(error, PITH_E_CORRUPT, parser->position,
                         "footer at byte %" PRIu64 " says that the index has %" PRIu64
                         " bytes, it has %" PRIu64,
                         parser->position, footer.index_len, index_len);
    *used = PITH_FOOTER_LEN;
    parser->stage = PITH_STAGE_FRAME;
    return PITH_OK;
}

static pith_status read_record(struct pith_parser *parser, size_t *used, const uint8_t *data,
                               size_t len, pith_error *error)
{
    switch (parser->stage) {
    case PITH_STAGE_FRAME:
        return read_frame(parser, used, data, len, error);
    case PITH_STAGE_CHUNK:
        if (len >= 4 && pith_index_is_next(data))
            return read_index_head(parser, used, data, len, error);
        return read_chunk(parser, used, data, len, error);
    case PITH_STAGE_ENTRY:
        return read_entry(parser, used, data, len, error);
    case PITH_STAGE_TAIL:
        return read_tail(parser, used, data, len, error);
    case PITH_STAGE_FOOTER:
        return read_footer(parser, used, data, len, error);
    case PITH_STAGE_PAYLOAD:
        break;
    }
    return pith_fail(error, PITH_E_ARGUMENT, parser->position, "a payload is not a record");
}

pith_status pith_parser_step(struct pith_parser *parser, enum pith_parsed *parsed, pith_in *in,
                             pith_error *error)
{
    size_t before = parser->n_gathered, used = 0;
    size_t n = in->size - in->pos;
    pith_status status;

    *parsed = PITH_PARSED_NEED_INPUT;
    if (n == 0)
        return PITH_OK;
    if (n > sizeof parser->gathered - before)
        n = sizeof parser->gathered - before;
    memcpy(parser->gathered + before, (const uint8_t *)in->data + in->pos, n);
    status = read_record(parser, &used, parser->gathered, before + n, error);
    if (status == PITH_E_TRUNCATED && before + n < sizeof parser->gathered) {
        parser->n_gathered += n;
        in->pos += n;
        return PITH_OK;
    }
    if (status != PITH_OK)
        return status;
    /* The bytes gathered before were too few for this record, so it ends among the new ones. */
    in->pos += used - before;
    parser->position += used;
    parser->n_gathered = 0;
    *parsed = parser->stage == PITH_STAGE_PAYLOAD ? PITH_PARSED_CHUNK : PITH_PARSED_RECORD;
    return PITH_OK;
}

void pith_parser_pass_payload(struct pith_parser *parser)
{
    parser->position += parser->chunk.packed_len;
    parser->stage = parser->chunk.is_single ? PITH_STAGE_FRAME : PITH_STAGE_CHUNK;
}

pith_status pith_parser_end(const struct pith_parser *parser, uint64_t n_payload, pith_error *error)
{
    struct pith_parser copy = *parser;
    size_t used;

    if (parser->stage == PITH_STAGE_PAYLOAD)
        return pith_fail(error, PITH_E_TRUNCATED, parser->position + n_payload,
                         "the archive ends at byte %" PRIu64 ", within the payload of %" PRIu64
                         " bytes that begins at byte %" PRIu64,
                         parser->position + n_payload, parser->chunk.packed_len, parser->position);
    if (pith_parser_is_between(parser)) {
        if (parser->n_frames > 0)
            return PITH_END;
        return pith_fail(error, PITH_E_TRUNCATED, 0, "the archive is empty, expected a frame");
    }
    /* Too few bytes for the record, so this fails, with the right words. */
    return read_record(&copy, &used, copy.gathered, copy.n_gathered, error);
}
