/* See file.h. */
#include "prior/file.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/cursor.h"

#define ENTRIES_MAX ((uint64_t)1 << 24) /* of a table, as are its buckets */

/* The numbers of the head in their order. */
static void list_numbers(struct pith_prior_head *head, uint64_t *numbers[7])
{
    pith_prior_info *info = &head->info;

    numbers[0] = &info->samples;
    numbers[1] = &info->samples_len;
    numbers[2] = &info->held_out_len;
    numbers[3] = &info->held_out_plain;
    numbers[4] = &info->held_out_packed;
    numbers[5] = &head->learnt_len;
    numbers[6] = &head->store_len;
}

static pith_status read_counts(struct pith_prior_head *head, struct pith_reader *reader,
                               pith_error *error)
{
    uint64_t n_tables, next = 0;

    TRY(pith_reader_varint(reader, &n_tables));
    for (uint64_t i = 0; i < n_tables; i++) {
        uint64_t skipped, entries, seconds, buckets;

        TRY(pith_reader_varint(reader, &skipped));
        TRY(pith_reader_varint(reader, &entries));
        TRY(pith_reader_varint(reader, &seconds));
        TRY(pith_reader_varint(reader, &buckets));
        if (skipped >= PITH_STORE_TABLES - next || entries < 1 || entries > ENTRIES_MAX ||
            seconds > 16 * entries || buckets < 1 || buckets > entries ||
            entries > buckets * PITH_STORE_BUCKET_MAX)
            return pith_fail(error, PITH_E_CORRUPT, reader->at,
                             "prior: the header at byte %zu has a table of %" PRIu64
                             " contexts that cannot be",
                             reader->at, entries);
        next += skipped;
        head->counts[next++] =
            (struct pith_store_counts){(uint32_t)entries, (uint32_t)seconds, (uint32_t)buckets};
        head->info.contexts += entries;
    }
    return PITH_OK;
}

static pith_status read_fields(struct pith_prior_head *head, struct pith_reader *reader,
                               pith_error *error)
{
    uint64_t level, parts, check, *numbers[7];

    TRY(pith_reader_fixed(reader, &level, 1));
    TRY(pith_reader_fixed(reader, &parts, 1));
    list_numbers(head, numbers);
    for (size_t i = 0; i < 7; i++)
        TRY(pith_reader_varint(reader, numbers[i]));
    TRY(read_counts(head, reader, error));
    head->len = reader->at + 4;
    if (!pith_check_matches(XXH3_64bits(reader->data, reader->at) & UINT32_MAX,
                            reader->at + 4 <= reader->len
                                ? pith_load_le32(reader->data + reader->at)
                                : ~(uint64_t)0))
        return pith_fail(error, PITH_E_CORRUPT, reader->at,
                         "prior: the header's check at byte %zu is wrong", reader->at);
    TRY(pith_reader_fixed(reader, &check, 4));
    if (level < PITH_LEVEL_MIN || level > PITH_LEVEL_MAX || parts & ~(uint64_t)PITH_LEARNT_ALL)
        return pith_fail(error, PITH_E_UNSUPPORTED, 5,
                         "prior: made by a newer version of pith (level %" PRIu64 ", parts %" PRIu64
                         ")",
                         level, parts);
    head->info.level = (int)level;
    head->parts = (uint32_t)parts;
    return PITH_OK;
}

void pith_prior_layout(struct pith_start *start, struct pith_arena *arena,
                       const struct pith_prior_head *head)
{
    pith_engine_layout_learner(&start->engine, arena, head->info.level, 0);
    pith_store_layout(&start->store, arena, head->counts);
}

pith_status pith_prior_head_read(struct pith_prior_head *head, const uint8_t *data, size_t len,
                                 pith_error *error)
{
    struct pith_reader reader = {data, len, 0};
    struct pith_arena arena = {NULL, 0};
    struct pith_start start;
    XXH128_canonical_t id;
    uint64_t magic, version;
    pith_status status;

    memset(head, 0, sizeof *head);
    if (pith_reader_fixed(&reader, &magic, 4) != PITH_OK || magic != PITH_MAGIC_PRIOR)
        return pith_fail(error, PITH_E_FORMAT, 0, "not a prior of pith");
    if (pith_reader_fixed(&reader, &version, 1) != PITH_OK)
        return pith_fail(error, PITH_E_TRUNCATED, len, "prior: ends within its header");
    if (version != PITH_PRIOR_VERSION)
        return pith_fail(error, PITH_E_UNSUPPORTED, 4,
                         "prior: made by a newer version of pith (version %" PRIu64
                         ", this one reads %u)",
                         version, PITH_PRIOR_VERSION);
    if (error)
        error->status = PITH_OK; /* an earlier call may have left something there */
    status = read_fields(head, &reader, error);
    if (status == PITH_E_TRUNCATED)
        return pith_fail(error, status, len, "prior: ends within its header");
    if (status == PITH_E_CORRUPT && error && error->status != status)
        return pith_fail(error, status, reader.at, "prior: byte %zu is no part of a header",
                         reader.at);
    TRY(status);
    if (head->learnt_len > len || head->store_len > len ||
        head->len + head->learnt_len + head->store_len + PITH_PRIOR_TAIL_LEN != len)
        return pith_fail(error,
                         len < head->len + head->learnt_len + head->store_len ? PITH_E_TRUNCATED
                                                                              : PITH_E_CORRUPT,
                         len, "prior: its length is %zu, its header says %" PRIu64, len,
                         head->len + head->learnt_len + head->store_len + PITH_PRIOR_TAIL_LEN);
    XXH128_canonicalFromHash(&id, XXH3_128bits(data, len));
    memcpy(head->info.id, id.digest, sizeof head->info.id);
    head->info.packed_len = len;
    pith_prior_layout(&start, &arena, head);
    head->info.memory = arena.used;
    return PITH_OK;
}

/* Cannot fail: HEAD_MAX holds every table's counts. */
size_t pith_prior_head_write(uint8_t *to, const struct pith_prior_head *head)
{
    struct pith_prior_head copy = *head;
    struct pith_writer writer = {to, PITH_PRIOR_HEAD_MAX, 0};
    uint64_t *numbers[7], n_tables = 0, skipped = 0;

    _Static_assert(PITH_STORE_TABLES * 4 * 5 + 256 < PITH_PRIOR_HEAD_MAX, "the counts fit");
    (void)pith_writer_fixed(&writer, PITH_MAGIC_PRIOR, 4);
    (void)pith_writer_fixed(&writer, PITH_PRIOR_VERSION, 1);
    (void)pith_writer_fixed(&writer, (uint64_t)head->info.level, 1);
    (void)pith_writer_fixed(&writer, head->parts, 1);
    list_numbers(&copy, numbers);
    for (size_t i = 0; i < 7; i++)
        (void)pith_writer_varint(&writer, *numbers[i]);
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        n_tables += head->counts[t].n_entries > 0;
    (void)pith_writer_varint(&writer, n_tables);
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
        if (head->counts[t].n_entries == 0) {
            skipped++;
            continue;
        }
        (void)pith_writer_varint(&writer, skipped);
        (void)pith_writer_varint(&writer, head->counts[t].n_entries);
        (void)pith_writer_varint(&writer, head->counts[t].n_seconds);
        (void)pith_writer_varint(&writer, head->counts[t].n_buckets);
        skipped = 0;
    }
    (void)pith_writer_fixed(&writer, XXH3_64bits(to, writer.at) & UINT32_MAX, 4);
    return writer.at;
}

void pith_prior_finish(uint8_t *data, size_t len)
{
    pith_store_le64(data + len, XXH3_64bits(data, len));
}
