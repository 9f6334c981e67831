/* Random access: see pith_reader in pith.h.
 *
 * A table of all chunks is made once, from the indexes.  A read takes a row of chunks that it
 * touches, as many as there are slots, has them decoded side by side and copies what is wanted.
 * Each chunk is held to its own header, to its frame and to the table, so whatever an index says, no
 * byte comes from anywhere but the place that was asked for. */
#include "api/reader.h"

#include "api/fetch.h"
#include "api/settings.h"
#include "base/checked.h"

#include <inttypes.h>
#include <string.h>

#define NO_CHUNK UINT64_MAX

struct row {
    uint64_t raw_offset; /* ascending; no row is of an empty chunk */
    uint64_t packed_offset, packed_len;
    uint64_t frame_offset;
    uint64_t frame_raw_offset;
};

struct pith_reader {
    struct pith_fetcher fetcher;
    struct pith_block table; /* n_rows of struct row */
    uint64_t n_rows;
    uint64_t raw_len;
    struct pith_window window;
    struct pith_frame_header frame; /* the one read last */
    uint64_t frame_offset;          /* NO_CHUNK = none */
    struct pith_block held;         /* n_slots of uint64_t: the row in each slot */
    unsigned next_slot;             /* for the next chunk that is not held */
};

static const struct row *rows(const struct pith_reader *r)
{
    return (const struct row *)(const void *)r->table.data;
}

static uint64_t row_raw_len(const struct pith_reader *r, uint64_t n)
{
    uint64_t end = n + 1 < r->n_rows ? rows(r)[n + 1].raw_offset : r->raw_len;

    return end - rows(r)[n].raw_offset;
}

/* What the table's making keeps between chunks. */
struct gathering {
    struct pith_reader *reader;
    uint64_t frame_offset, frame_raw_offset; /* of the chunk before */
    pith_error error;
};

static int add_row(void *opaque, const pith_chunk_info *chunk)
{
    struct gathering *gathering = opaque;
    struct pith_reader *r = gathering->reader;
    size_t used = (size_t)r->n_rows * sizeof(struct row);
    struct row row = {
        .raw_offset = chunk->raw_offset,
        .packed_offset = chunk->packed_offset,
        .packed_len = chunk->packed_len,
        .frame_offset = chunk->frame_offset,
    };

    if (gathering->frame_offset != chunk->frame_offset || chunk->raw_offset == 0) {
        gathering->frame_offset = chunk->frame_offset;
        gathering->frame_raw_offset = chunk->raw_offset;
    }
    row.frame_raw_offset = gathering->frame_raw_offset;
    if (chunk->raw_len == 0)
        return 0;
    if (used + sizeof row > r->table.cap &&
        pith_block_grow(&r->table, &r->fetcher.memory, 2 * r->table.cap + 16 * sizeof row, used,
                        "the table of chunks", chunk->packed_offset, &gathering->error) != PITH_OK)
        return 1;
    memcpy(r->table.data + used, &row, sizeof row);
    r->n_rows++;
    return 0;
}

static pith_status make_table(struct pith_reader *r, pith_error *error)
{
    const struct pith_archive *archive = &r->fetcher.archive;
    struct gathering gathering = {.reader = r, .frame_offset = NO_CHUNK};
    pith_archive_info info;
    pith_status status = pith_list(&info, archive->read_at, archive->opaque, archive->packed_len,
                                   add_row, &gathering, error);

    if (gathering.error.status != PITH_OK)
        return pith_error_copy(error, &gathering.error);
    r->raw_len = info.raw_len;
    if (status == PITH_OK && info.raw_len > PITH_CONTENT_LEN_MAX) /* sums may have been cut off */
        return pith_fail(error, PITH_E_CORRUPT, 0, "archive says that it has over 2^62 raw bytes");
    return status;
}

static pith_status complete(struct pith_reader *r, pith_error *error)
{
    size_t len = r->fetcher.n_slots * sizeof(uint64_t);

    r->window.archive = &r->fetcher.archive;
    r->frame_offset = NO_CHUNK;
    TRY(pith_block_reserve(&r->held, &r->fetcher.memory, len, "the reader", 0, error));
    memset(r->held.data, 0xff, len);
    return make_table(r, error);
}

pith_status pith_reader_create(pith_reader **reader, pith_read_at_fn read_at, void *opaque,
                               uint64_t packed_len, const pith_options *options, pith_error *error)
{
    struct pith_archive archive = {.read_at = read_at, .opaque = opaque, .packed_len = packed_len};
    struct pith_memory memory;
    struct pith_reader *made;
    pith_options settings;
    pith_status status;
    void *block;

    if (reader)
        *reader = NULL;
    if (!reader || !read_at)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", reader ? "read_at" : "reader");
    TRY(pith_settings_take(&settings, options, error));
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    TRY(pith_memory_take(&memory, &block, sizeof *made, "the reader", 0, error));
    made = block;
    memset(made, 0, sizeof *made);
    status = pith_fetcher_init(&made->fetcher, &archive, &settings, &memory, error);
    if (status != PITH_OK) {
        memory = made->fetcher.memory;
        pith_memory_give(&memory, made);
        return status;
    }
    status = complete(made, error);
    if (status != PITH_OK) {
        pith_reader_destroy(made);
        return status;
    }
    *reader = made;
    return PITH_OK;
}

void pith_reader_destroy(pith_reader *reader)
{
    struct pith_memory memory;

    if (!reader)
        return;
    pith_fetcher_free(&reader->fetcher);
    pith_block_free(&reader->table, &reader->fetcher.memory);
    pith_block_free(&reader->held, &reader->fetcher.memory);
    memory = reader->fetcher.memory;
    pith_memory_give(&memory, reader);
}

uint64_t pith_reader_raw_len(const pith_reader *reader)
{
    return reader ? reader->raw_len : 0;
}

pith_status pith_reader_set_memory_limit(pith_reader *reader, uint64_t memory_limit)
{
    if (!reader)
        return PITH_E_ARGUMENT;
    reader->fetcher.memory.limit = memory_limit ? memory_limit : PITH_MEMORY_LIMIT_DEFAULT;
    return PITH_OK;
}

static uint64_t held_row(const struct pith_reader *r, unsigned at)
{
    uint64_t n;

    memcpy(&n, r->held.data + at * sizeof n, sizeof n);
    return r->fetcher.slots[at].has_content ? n : NO_CHUNK;
}

/* The chunk that has the byte at offset, which is less than raw_len. */
static uint64_t find_row(const struct pith_reader *r, uint64_t offset)
{
    uint64_t low = 0, high = r->n_rows; /* rows[low] begins at or before it, rows[high] after it */

    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;

        if (rows(r)[middle].raw_offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static pith_status get_frame(struct pith_reader *r, uint64_t offset, pith_error *error)
{
    size_t len;

    if (r->frame_offset == offset)
        return PITH_OK;
    r->frame_offset = NO_CHUNK;
    TRY(pith_window_read(&r->window, &len, offset, error));
    TRY(pith_frame_read(&r->frame, r->window.data, len, offset, offset == 0, error));
    r->frame_offset = offset;
    return PITH_OK;
}

static pith_status get_header(struct pith_reader *r, struct pith_chunk_header *header, uint64_t n,
                              pith_error *error)
{
    const struct row *row = &rows(r)[n];
    size_t len;

    TRY(get_frame(r, row->frame_offset, error));
    if (r->frame.flags & PITH_FLAG_SINGLE) {
        *header = r->frame.single;
    } else {
        TRY(pith_window_read(&r->window, &len, row->packed_offset, error));
        TRY(pith_chunk_read(header, &r->frame, row->raw_offset - row->frame_raw_offset,
                            r->window.data, len, row->packed_offset, error));
    }
    if (header->raw_len != row_raw_len(r, n) || header->len + header->packed_len != row->packed_len)
        return pith_fail(error, PITH_E_CORRUPT, row->packed_offset,
                         "chunk at byte %" PRIu64 " is not as the index describes it",
                         row->packed_offset);
    return PITH_OK;
}

static pith_status start(struct pith_reader *r, unsigned at, uint64_t n, pith_error *error)
{
    struct pith_chunk_header header;

    TRY(get_header(r, &header, n, error));
    TRY(pith_fetcher_start(&r->fetcher, at, &header, rows(r)[n].packed_offset + header.len, error));
    memcpy(r->held.data + at * sizeof n, &n, sizeof n);
    return PITH_OK;
}

/* Copies what a slot has of the wanted range to where it belongs in dst, which begins at offset. */
static void copy_out(const struct pith_reader *r, unsigned at, uint8_t *dst, size_t len,
                     uint64_t offset)
{
    const struct pith_decode_slot *slot = &r->fetcher.slots[at].decode;
    uint64_t chunk_start = rows(r)[held_row(r, at)].raw_offset;
    uint64_t from = chunk_start > offset ? chunk_start : offset;
    uint64_t to = chunk_start + slot->header.raw_len;
    size_t n;

    if (to > offset + len)
        to = offset + len;
    n = (size_t)(to - from);
    if (slot->header.codec.id == PITH_CODEC_FILL)
        memset(dst + (from - offset), slot->header.codec.params[0], n);
    else
        memcpy(dst + (from - offset), slot->raw + (from - chunk_start), n);
}

/* Decodes chunk `first` and those after it that the range touches, as many as there are slots, and
 * copies them.  *n_done: chunks copied before the error, if any.  A chunk that does not start, for
 * want of memory or because it is broken, is left for the next batch, where it is the first. */
static pith_status read_batch(struct pith_reader *r, uint64_t first, uint64_t *n_done, uint8_t *dst,
                              size_t len, uint64_t offset, pith_error *error)
{
    unsigned n_started = 0, n_slots = r->fetcher.n_slots;
    pith_status status = PITH_OK;

    *n_done = 0;
    while (n_started < n_slots && first + n_started < r->n_rows &&
           rows(r)[first + n_started].raw_offset < offset + len && status == PITH_OK) {
        status = start(r, (r->next_slot + n_started) % n_slots, first + n_started,
                       n_started ? NULL : error);
        n_started += status == PITH_OK;
    }
    if (n_started == 0)
        return status;
    status = PITH_OK;
    for (unsigned i = 0; i < n_started; i++) {
        unsigned at = (r->next_slot + i) % n_slots;
        pith_status found = pith_fetcher_wait(&r->fetcher, at, status == PITH_OK ? error : NULL);

        if (status == PITH_OK)
            status = found;
        if (status == PITH_OK) {
            copy_out(r, at, dst, len, offset);
            ++*n_done;
        }
        pith_fetcher_release(&r->fetcher, at);
    }
    r->next_slot = (r->next_slot + n_started) % n_slots;
    return status;
}

/* From the slot that holds the chunk, if one does. */
static int read_held(struct pith_reader *r, uint64_t n, uint8_t *dst, size_t len, uint64_t offset)
{
    for (unsigned at = 0; at < r->fetcher.n_slots; at++)
        if (held_row(r, at) == n) {
            copy_out(r, at, dst, len, offset);
            return 1;
        }
    return 0;
}

pith_status pith_reader_read(pith_reader *reader, void *dst, size_t len, size_t *read_len,
                             uint64_t offset, pith_error *error)
{
    pith_status status = PITH_OK;
    uint64_t n, n_done, end;

    if (read_len)
        *read_len = 0;
    if (!reader || !read_len || (!dst && len > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL",
                         !reader     ? "reader"
                         : !read_len ? "read_len"
                                     : "dst");
    if (pith_watch_tell(&reader->fetcher.watch, 0))
        return pith_fail(error, PITH_E_CANCELLED, 0, "cancelled");
    if (offset >= reader->raw_len)
        return PITH_OK;
    if (len > reader->raw_len - offset)
        len = (size_t)(reader->raw_len - offset);
    end = offset;
    for (n = len > 0 ? find_row(reader, offset) : 0; end < offset + len && status == PITH_OK;
         n += n_done) {
        n_done = 1;
        if (!read_held(reader, n, dst, len, offset))
            status = read_batch(reader, n, &n_done, dst, len, offset, error);
        if (n_done > 0)
            end = rows(reader)[n + n_done - 1].raw_offset + row_raw_len(reader, n + n_done - 1);
    }
    *read_len = end < offset + len ? (size_t)(end - offset) : len;
    return status;
}

struct pith_memory *pith_reader_memory(pith_reader *reader)
{
    return &reader->fetcher.memory;
}

uint64_t pith_reader_packed_len(const pith_reader *reader, uint64_t offset, uint64_t len)
{
    uint64_t end = offset < reader->raw_len ? reader->raw_len - offset : 0, sum = 0;

    end = offset + (len < end ? len : end);
    for (uint64_t n = end > offset ? find_row(reader, offset) : 0; offset < end; n++) {
        const struct row *row = &rows(reader)[n];
        uint64_t raw_len = row_raw_len(reader, n), left = row->raw_offset + raw_len - offset;
        uint64_t part = left < end - offset ? left : end - offset;

        uint32_t shift = 0;

        while (raw_len >> shift >> 32) /* of a fill chunk; no product overflows then */
            shift++;
        sum += row->packed_len * (part >> shift) / (raw_len >> shift);
        offset += part;
    }
    return sum;
}

uint64_t pith_reader_n_chunks(const pith_reader *reader)
{
    return reader->n_rows;
}

pith_status pith_reader_peek(pith_reader *reader, uint64_t n, struct pith_chunk_header *header,
                             uint64_t *raw_offset, const uint8_t **payload, size_t *len,
                             pith_error *error)
{
    const struct row *row = &rows(reader)[n];

    TRY(get_header(reader, header, n, error));
    TRY(pith_window_read(&reader->window, len, row->packed_offset + header->len, error));
    if (*len > header->packed_len)
        *len = (size_t)header->packed_len;
    *raw_offset = row->raw_offset;
    *payload = reader->window.data;
    return PITH_OK;
}
