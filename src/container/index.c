/* See index.h and docs/format.md: the tables here are the tables there. */
#include "container/index.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/checked.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#define ANY              UINT64_MAX
#define COUNT(table)     (sizeof(table) / sizeof(table)[0])
#define AT(type, member) offsetof(struct type, member)

static const struct pith_field index_head_fields[] = {
    {"magic", AT(pith_index_head, magic), 0, ANY, PITH_FORM_4, PITH_ALWAYS},
    {"frame id", AT(pith_index_head, id), 0, ANY, PITH_FORM_4, PITH_ALWAYS},
    {"frame header length", AT(pith_index_head, header_len), 1, PITH_HEADER_MAX, PITH_FORM_VARINT,
     PITH_ALWAYS},
    {"number of chunks", AT(pith_index_head, n_chunks), 1, PITH_CONTENT_LEN_MAX, PITH_FORM_VARINT,
     PITH_ALWAYS},
};

static const struct pith_field index_entry_fields[] = {
    {"codec", AT(pith_index_entry, codec), 0, ANY, PITH_FORM_CODEC, PITH_ALWAYS},
    {"raw length", AT(pith_index_entry, raw_len), 1, PITH_FILL_LEN_MAX, PITH_FORM_VARINT,
     PITH_ALWAYS},
    {"record length", AT(pith_index_entry, record_len), 1, PITH_CHUNK_LEN_MAX + PITH_HEADER_MAX,
     PITH_FORM_VARINT, PITH_ALWAYS},
};

static const struct pith_field index_tail_fields[] = {
    {"digest", AT(pith_index_tail, digest), 0, ANY, PITH_FORM_8, PITH_ALWAYS},
    {"check", AT(pith_index_tail, check), 0, ANY, PITH_FORM_8, PITH_ALWAYS},
};

static const struct pith_field footer_fields[] = {
    {"index length", AT(pith_footer, index_len), 1, PITH_CONTENT_LEN_MAX, PITH_FORM_8, PITH_ALWAYS},
    {"check", AT(pith_footer, header_check), 0, ANY, PITH_FORM_CHECK_4, PITH_ALWAYS},
    {"magic", AT(pith_footer, magic), PITH_MAGIC_FOOTER, PITH_MAGIC_FOOTER, PITH_FORM_4,
     PITH_ALWAYS},
};

static const struct pith_layout head_layout = {"index", index_head_fields,
                                               COUNT(index_head_fields)};
static const struct pith_layout entry_layout = {"index entry", index_entry_fields,
                                                COUNT(index_entry_fields)};
static const struct pith_layout tail_layout = {"index", index_tail_fields,
                                               COUNT(index_tail_fields)};
static const struct pith_layout footer_layout = {"footer", footer_fields, COUNT(footer_fields)};

void pith_index_sum_init(struct pith_index_sum *sum)
{
    memset(sum, 0, sizeof *sum);
}

pith_status pith_index_sum_entry(struct pith_index_sum *sum, const struct pith_index_entry *entry,
                                 const uint8_t *bytes, size_t len, uint64_t position,
                                 pith_error *error)
{
    /* Both lengths are at most 2^40 and both sums at most 2^62, so nothing wraps before the test. */
    if (sum->raw_len + entry->raw_len > PITH_CONTENT_LEN_MAX ||
        sum->records_len + entry->record_len > PITH_CONTENT_LEN_MAX)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "frame is over %" PRIu64 " bytes at byte %" PRIu64, PITH_CONTENT_LEN_MAX,
                         position);
    sum->n_chunks++;
    sum->raw_len += entry->raw_len;
    sum->records_len += entry->record_len;
    sum->entries_len += len;
    sum->entries = XXH3_64bits_withSeed(bytes, len, sum->entries);
    return PITH_OK;
}

pith_status pith_index_sum_chunk(struct pith_index_sum *sum, uint8_t *bytes, size_t *len,
                                 const struct pith_chunk_header *header, uint64_t position,
                                 pith_error *error)
{
    struct pith_index_entry entry = {
        .codec = header->codec,
        .raw_len = header->raw_len,
        .record_len = header->len + header->packed_len,
    };
    uint8_t check[8];

    *len = pith_layout_write(bytes, &entry_layout, 0, &entry);
    TRY(pith_index_sum_entry(sum, &entry, bytes, *len, position, error));
    pith_store_le64(check, header->check);
    sum->digest = XXH3_64bits_withSeed(check, sizeof check, sum->digest);
    return PITH_OK;
}

int pith_index_is_next(const uint8_t *data)
{
    return pith_load_le32(data) == PITH_MAGIC_INDEX;
}

pith_status pith_index_head_read(struct pith_index_head *head, size_t *head_len,
                                 const struct pith_frame_header *frame, const uint8_t *data,
                                 size_t len, uint64_t position, pith_error *error)
{
    TRY(pith_layout_read(head, head_len, &head_layout, 0, data, len, position, error));
    if (!frame)
        return PITH_OK;
    if (head->id != frame->id)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "index at byte %" PRIu64 " belongs to another frame: id %08" PRIx64
                         ", this frame's is %08" PRIx64,
                         position, head->id, frame->id);
    if (head->header_len != frame->len)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "index at byte %" PRIu64 " says that the frame header has %" PRIu64
                         " bytes, it has %zu",
                         position, head->header_len, frame->len);
    return PITH_OK;
}

pith_status pith_index_entry_read(struct pith_index_entry *entry, size_t *entry_len,
                                  const uint8_t *data, size_t len, uint64_t position,
                                  pith_error *error)
{
    TRY(pith_layout_read(entry, entry_len, &entry_layout, 0, data, len, position, error));
    if (entry->raw_len > PITH_CHUNK_LEN_MAX && entry->codec.id != PITH_CODEC_FILL)
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "index entry at byte %" PRIu64 ": raw length is %" PRIu64
                         ", allowed are 1 to %" PRIu64,
                         position, entry->raw_len, PITH_CHUNK_LEN_MAX);
    return PITH_OK;
}

/* Covers all of the index: head and digest as they are, the entries by their chained hash. */
static uint64_t index_check(const struct pith_index_head *head, uint64_t entries, uint64_t digest)
{
    uint8_t bytes[PITH_HEADER_MAX + 16];
    size_t len = pith_layout_write(bytes, &head_layout, 0, head);

    pith_store_le64(bytes + len, entries);
    pith_store_le64(bytes + len + 8, digest);
    return XXH3_64bits(bytes, len + 16);
}

pith_status pith_index_tail_read(struct pith_index_tail *tail, const struct pith_index_head *head,
                                 const struct pith_index_sum *sum, const uint8_t *data, size_t len,
                                 uint64_t position, pith_error *error)
{
    size_t tail_len;
    uint64_t expected;

    TRY(pith_layout_read(tail, &tail_len, &tail_layout, 0, data, len, position, error));
    expected = index_check(head, sum->entries, tail->digest);
    if (!pith_check_matches(tail->check, expected))
        return pith_fail(error, PITH_E_CORRUPT, position,
                         "index that ends at byte %" PRIu64 " is damaged: its check is %016" PRIx64
                         ", its bytes give %016" PRIx64,
                         position + tail_len, tail->check, expected);
    return PITH_OK;
}

pith_status pith_footer_read(struct pith_footer *footer, const uint8_t *data, size_t len,
                             uint64_t position, pith_error *error)
{
    size_t footer_len;

    return pith_layout_read(footer, &footer_len, &footer_layout, 0, data, len, position, error);
}

static struct pith_index_head head_of(const struct pith_frame_header *frame,
                                      const struct pith_index_sum *sum)
{
    return (struct pith_index_head){
        .magic = PITH_MAGIC_INDEX,
        .id = frame->id,
        .header_len = frame->len,
        .n_chunks = sum->n_chunks,
    };
}

size_t pith_index_head_write(uint8_t *out, const struct pith_frame_header *frame,
                             const struct pith_index_sum *sum)
{
    struct pith_index_head head = head_of(frame, sum);

    return pith_layout_write(out, &head_layout, 0, &head);
}

size_t pith_index_end_write(uint8_t *out, const struct pith_frame_header *frame,
                            const struct pith_index_sum *sum)
{
    uint8_t head_bytes[PITH_HEADER_MAX];
    struct pith_index_head head = head_of(frame, sum);
    struct pith_index_tail tail = {
        .digest = sum->digest,
        .check = index_check(&head, sum->entries, sum->digest),
    };
    struct pith_footer footer = {.magic = PITH_MAGIC_FOOTER};
    size_t len;

    footer.index_len = pith_layout_write(head_bytes, &head_layout, 0, &head) + sum->entries_len +
                       PITH_INDEX_TAIL_LEN;
    len = pith_layout_write(out, &tail_layout, 0, &tail);
    return len + pith_layout_write(out + len, &footer_layout, 0, &footer);
}
