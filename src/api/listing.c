/* Listing: what is in an archive, from its headers and indexes; payloads are not read.
 *
 * The parser is fed with headers alone, hopping over the payloads, so everything that a decoder would
 * hold a header or an index to is checked here too.  The last frame is usually the only one: if the
 * footer at the end leads back to it, its chunks are told from the index at once. */
#include "api/settings.h"
#include "api/window.h"
#include "base/bytes.h"
#include "base/checked.h"
#include "container/parser.h"

#include <inttypes.h>
#include <string.h>

struct listing {
    pith_archive_info *info;
    struct pith_archive archive;
    struct pith_window window;
    pith_chunk_fn each;
    void *each_opaque;
    int is_last_summed; /* the two below are known */
    pith_status last_status;
    struct pith_index_sum last_sum;
};

static pith_status tell(struct listing *listing, const pith_chunk_info *chunk, pith_error *error)
{
    listing->info->chunks++;
    listing->info->raw_len = pith_saturated_add(listing->info->raw_len, chunk->raw_len);
    if (chunk->decode_memory > listing->info->decode_memory)
        listing->info->decode_memory = chunk->decode_memory;
    if (!listing->each || listing->each(listing->each_opaque, chunk) == 0)
        return PITH_OK;
    return pith_fail(error, PITH_E_CANCELLED, chunk->packed_offset, "cancelled");
}

static const char *codec_name(uint64_t id)
{
    const struct pith_codec *codec = pith_codec_find(id);

    return codec ? codec->name : id == PITH_CODEC_FILL ? "fill" : "stored";
}

static void name_aids(pith_chunk_info *chunk, const struct pith_codec_choice *codec)
{
    const uint8_t *id = pith_chunk_prior_id(codec), *base_id = pith_chunk_base_id(codec);

    if (base_id) {
        chunk->has_base = 1;
        memcpy(chunk->base_id, base_id, sizeof chunk->base_id);
    }

    chunk->builtin_prior = pith_chunk_prior_number(codec);
    if (!id)
        return;
    chunk->has_prior = 1;
    memcpy(chunk->prior_id, id, sizeof chunk->prior_id);
}

static pith_status tell_header(struct listing *listing, const struct pith_parser *parser,
                               pith_error *error)
{
    const struct pith_chunk_header *header = &parser->chunk;
    pith_chunk_info chunk = {
        .raw_offset = listing->info->raw_len,
        .raw_len = header->raw_len,
        .packed_offset = parser->position - header->len,
        .packed_len = header->len + header->packed_len,
        .decode_memory = pith_saturated_add(header->need, PITH_OBJECT_NEED),
        .codec = codec_name(header->codec.id),
        .frame = parser->n_frames - 1,
        .frame_offset = parser->frame_start,
    };

    name_aids(&chunk, &header->codec);
    return tell(listing, &chunk, error);
}

/* An index entry says the record's length; the payload is shorter by the header, which can only make
 * the stated need larger than it is by less than PITH_HEADER_MAX. */
static pith_status tell_entry(struct listing *listing, const struct pith_parser *parser,
                              const struct pith_index_entry *entry, uint64_t packed_offset,
                              pith_error *error)
{
    uint64_t need;
    pith_chunk_info chunk = {
        .raw_offset = listing->info->raw_len,
        .raw_len = entry->raw_len,
        .packed_offset = packed_offset,
        .packed_len = entry->record_len,
        .codec = codec_name(entry->codec.id),
        .frame = parser->n_frames - 1,
        .frame_offset = parser->frame_start,
    };

    name_aids(&chunk, &entry->codec);
    TRY(pith_chunk_codec_need(&need, &entry->codec, entry->raw_len, packed_offset, error));
    need = pith_chunk_need(&entry->codec, need, entry->raw_len, entry->record_len);
    chunk.decode_memory = pith_saturated_add(need, PITH_OBJECT_NEED);
    return tell(listing, &chunk, error);
}

/* Runs the index's entries, which begin at start, through *sum; tells them if tells. */
static pith_status walk_entries(struct listing *listing, const struct pith_parser *parser,
                                const struct pith_index_head *head, struct pith_index_sum *sum,
                                uint64_t start, int tells, pith_error *error)
{
    uint64_t chunk_start = parser->position;
    size_t at = 0, window_len = 0;

    pith_index_sum_init(sum);
    while (sum->n_chunks < head->n_chunks) {
        struct pith_index_entry entry;
        uint64_t position = start + sum->entries_len;
        size_t len;

        if (window_len - at < PITH_HEADER_MAX &&
            position + (window_len - at) < listing->archive.packed_len) {
            TRY(pith_window_read(&listing->window, &window_len, position, error));
            at = 0;
        }
        TRY(pith_index_entry_read(&entry, &len, listing->window.data + at, window_len - at,
                                  position, error));
        TRY(pith_index_sum_entry(sum, &entry, listing->window.data + at, len, position, error));
        if (tells)
            TRY(tell_entry(listing, parser, &entry, chunk_start, error));
        chunk_start += entry.record_len;
        at += len;
    }
    return PITH_OK;
}

/* Runs through the entries of the index at the archive's end.  Many frames may have its id, and each asks
 * whether it is theirs: the answer is the same. */
static pith_status sum_last_index(struct listing *listing, const struct pith_parser *parser,
                                  const struct pith_index_head *head, uint64_t start,
                                  pith_error *error)
{
    if (!listing->is_last_summed) {
        listing->is_last_summed = 1;
        listing->last_status =
            walk_entries(listing, parser, head, &listing->last_sum, start, 0, error);
    }
    return listing->last_status;
}

/* Looks whether the archive ends with this frame's index.  PITH_OK: *head and *entries_start are of
 * an index that is sound and spans all from here to the end.  Else: look at the chunks themselves. */
static pith_status find_index(struct listing *listing, const struct pith_parser *parser,
                              struct pith_index_head *head, uint64_t *entries_start,
                              pith_error *error)
{
    struct pith_footer footer;
    const struct pith_index_sum *sum = &listing->last_sum;
    struct pith_index_tail tail;
    uint64_t room, index_start;
    size_t len;

    if (listing->archive.packed_len - parser->position < PITH_FOOTER_LEN)
        return PITH_E_CORRUPT;
    room = listing->archive.packed_len - parser->position - PITH_FOOTER_LEN;
    TRY(pith_window_read(&listing->window, &len, listing->archive.packed_len - PITH_FOOTER_LEN,
                         error));
    TRY(pith_footer_read(&footer, listing->window.data, len, 0, error));
    if (footer.index_len > room)
        return PITH_E_CORRUPT;
    index_start = parser->position + room - footer.index_len;
    TRY(pith_window_read(&listing->window, &len, index_start, error));
    if (len < 4 || !pith_index_is_next(listing->window.data))
        return PITH_E_CORRUPT;
    TRY(pith_index_head_read(head, &len, &parser->frame, listing->window.data, len, index_start,
                             error));
    *entries_start = index_start + len;
    TRY(sum_last_index(listing, parser, head, *entries_start, error));
    if ((parser->frame.flags & PITH_FLAG_SIZED && sum->raw_len != parser->frame.content_size) ||
        sum->records_len != index_start - parser->position ||
        len + sum->entries_len + PITH_INDEX_TAIL_LEN != footer.index_len)
        return PITH_E_CORRUPT;
    TRY(pith_window_read(&listing->window, &len, *entries_start + sum->entries_len, error));
    return pith_index_tail_read(&tail, head, sum, listing->window.data, len, 0, error);
}

/* After a frame header: tells all chunks from the index, if that can be.  *is_told says so. */
static pith_status list_by_index(struct listing *listing, const struct pith_parser *parser,
                                 int *is_told, pith_error *error)
{
    struct pith_index_head head;
    struct pith_index_sum sum;
    uint64_t entries_start;
    pith_status status = find_index(listing, parser, &head, &entries_start, error);

    if (status == PITH_E_IO)
        return status;
    if (status != PITH_OK)
        return PITH_OK;
    *is_told = 1;
    return walk_entries(listing, parser, &head, &sum, entries_start, 1, error);
}

/* One window's worth of records, from the parser's place on. */
static pith_status list_window(struct listing *listing, struct pith_parser *parser,
                               uint64_t *position, int *is_told, pith_error *error)
{
    pith_in in = {.data = listing->window.data};

    TRY(pith_window_read(&listing->window, &in.size, *position, error));
    while (in.pos < in.size) {
        enum pith_parsed parsed;
        int is_frame = parser->stage == PITH_STAGE_FRAME;
        uint64_t left;

        TRY(pith_parser_step(parser, &parsed, &in, error));
        if (parsed == PITH_PARSED_RECORD && is_frame) {
            TRY(list_by_index(listing, parser, is_told, error));
            *position = parser->position; /* the window was used for the index */
            return PITH_OK;
        }
        if (parsed != PITH_PARSED_CHUNK)
            continue;
        left = listing->archive.packed_len - parser->position;
        if (parser->chunk.packed_len > left)
            return pith_parser_end(parser, left, error);
        TRY(tell_header(listing, parser, error));
        pith_parser_pass_payload(parser);
        *position = parser->position;
        return PITH_OK;
    }
    *position += in.size;
    return PITH_OK;
}

static pith_status list(struct listing *listing, pith_error *error)
{
    struct pith_parser parser;
    uint64_t position = 0;
    int is_told = 0;
    pith_status status;

    pith_parser_init(&parser);
    while (position < listing->archive.packed_len && !is_told) {
        TRY(list_window(listing, &parser, &position, &is_told, error));
        if (listing->info->level == 0)
            listing->info->level = parser.frame.level;
        listing->info->frames = parser.n_frames;
    }
    if (is_told)
        return PITH_OK;
    status = pith_parser_end(&parser, 0, error);
    return status == PITH_END ? PITH_OK : status;
}

pith_status pith_list(pith_archive_info *info, pith_read_at_fn read_at, void *opaque,
                      uint64_t packed_len, pith_chunk_fn each, void *each_opaque, pith_error *error)
{
    struct listing listing = {
        .info = info,
        .archive = {.read_at = read_at, .opaque = opaque, .packed_len = packed_len},
        .each = each,
        .each_opaque = each_opaque,
    };

    if (!info || !read_at)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", info ? "read_at" : "info");
    listing.window.archive = &listing.archive;
    memset(info, 0, sizeof *info);
    info->packed_len = packed_len;
    return list(&listing, error);
}
