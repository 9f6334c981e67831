/* See survey.h. */
#include "api/survey.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/checked.h"

#include <inttypes.h>
#include <string.h>

#define UNKNOWN_LEN UINT64_MAX

/* Times that an archive may be looked through for records of broken frames, and for indexes; and a
 * start for short ones. */
#define BUDGET_TIMES 16
#define BUDGET_START ((uint64_t)1 << 20)

#define MAGIC_LEN   4
#define MAGIC_FIRST 0xc1
#define ID_OF_ANY   UINT64_MAX /* ids have 32 bits */

void pith_survey_init(struct pith_survey *survey, const struct pith_archive *archive)
{
    memset(survey, 0, sizeof *survey);
    survey->window.archive = archive;
    survey->budget = pith_saturated_add(BUDGET_START, archive->packed_len);
    for (int i = 1; i < BUDGET_TIMES; i++)
        survey->budget = pith_saturated_add(survey->budget, archive->packed_len);
    survey->index_budget = survey->budget;
}

static uint64_t packed_len(const struct pith_survey *survey)
{
    return survey->window.archive->packed_len;
}

static void spend(uint64_t *budget, uint64_t len)
{
    *budget -= len < *budget ? len : *budget;
}

/* Reads a whole index with its footer from `start` on, without holding it to chunks.  PITH_OK: its
 * checks are right, and *total_len bytes are index and footer.  False indexes can each reach to the
 * archive's end, so what is read has a budget; sound ones, which do not overlap, never use it up. */
static pith_status read_index(struct pith_survey *survey, struct pith_index_head *head,
                              struct pith_index_sum *sum, uint64_t *total_len, uint64_t start,
                              pith_error *error)
{
    struct pith_window *window = &survey->window;
    struct pith_index_tail tail;
    struct pith_footer footer;
    size_t head_len, at, len;

    TRY(pith_window_read(window, &len, start, error));
    TRY(pith_index_head_read(head, &head_len, NULL, window->data, len, start, error));
    pith_index_sum_init(sum);
    for (at = head_len; sum->n_chunks < head->n_chunks;) {
        uint64_t position = start + head_len + sum->entries_len;
        struct pith_index_entry entry;
        size_t entry_len;

        if (len - at < PITH_HEADER_MAX) {
            if (survey->index_budget == 0)
                return pith_fail(error, PITH_E_CORRUPT, start,
                                 "index at byte %" PRIu64 " comes after too many broken ones",
                                 start);
            TRY(pith_window_read(window, &len, position, error));
            spend(&survey->index_budget, len);
            at = 0;
        }
        TRY(pith_index_entry_read(&entry, &entry_len, window->data + at, len - at, position,
                                  error));
        TRY(pith_index_sum_entry(sum, &entry, window->data + at, entry_len, position, error));
        at += entry_len;
    }
    start += head_len + sum->entries_len;
    TRY(pith_window_read(window, &len, start, error));
    TRY(pith_index_tail_read(&tail, head, sum, window->data, len, start, error));
    start += PITH_INDEX_TAIL_LEN;
    TRY(pith_window_read(window, &len, start, error));
    TRY(pith_footer_read(&footer, window->data, len, start, error));
    *total_len = head_len + sum->entries_len + PITH_INDEX_TAIL_LEN;
    sum->digest = tail.digest;
    if (footer.index_len != *total_len)
        return pith_fail(error, PITH_E_CORRUPT, start,
                         "footer at byte %" PRIu64 " says that the index has %" PRIu64
                         " bytes, it has %" PRIu64,
                         start, footer.index_len, *total_len);
    *total_len += PITH_FOOTER_LEN;
    return PITH_OK;
}

/* --- looking for records --- */

/* Does a sound record of the frame `id`, or with ID_OF_ANY of any frame, or a frame itself, begin at
 * position, where a magic may stand?  *magic: which, else 0. */
static pith_status identify(struct pith_survey *survey, uint32_t *magic, uint64_t id,
                            uint64_t position)
{
    struct pith_frame_header frame;
    struct pith_chunk_header chunk;
    struct pith_index_head head = {.id = 0};
    struct pith_index_sum sum;
    uint64_t found_id = ID_OF_ANY, index_len;
    pith_status status = PITH_E_CORRUPT;
    size_t len;

    *magic = 0;
    TRY(pith_window_read(&survey->window, &len, position, NULL));
    if (len < MAGIC_LEN)
        return PITH_OK;
    *magic = pith_load_le32(survey->window.data);
    if (*magic == PITH_MAGIC_FRAME && id == ID_OF_ANY) {
        status = pith_frame_read(&frame, survey->window.data, len, position, 1, NULL);
    } else if (*magic == PITH_MAGIC_CHUNK) {
        status = pith_chunk_read_alone(&chunk, survey->window.data, len, position, NULL);
        if (status == PITH_E_UNSUPPORTED)
            status = PITH_OK;
        found_id = chunk.id;
    } else if (*magic == PITH_MAGIC_INDEX) {
        status = read_index(survey, &head, &sum, &index_len, position, NULL);
        found_id = head.id;
    }
    if (status == PITH_E_IO)
        return status;
    if (status != PITH_OK || (id != ID_OF_ANY && id != found_id))
        *magic = 0;
    return PITH_OK;
}

/* False: no magic, as far as these bytes go. */
static int may_be_magic(const uint8_t *data, size_t len)
{
    static const uint32_t magics[] = {PITH_MAGIC_FRAME, PITH_MAGIC_CHUNK, PITH_MAGIC_INDEX};
    size_t n = len < MAGIC_LEN ? len : MAGIC_LEN;

    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        uint8_t bytes[MAGIC_LEN];

        pith_store_le32(bytes, magics[i]);
        if (memcmp(data, bytes, n) == 0)
            return 1;
    }
    return 0;
}

/* The first record from *position on that identify() knows; *magic 0 and the archive's end if there is
 * none.  A search for one frame comes out of the budget, and ends with it. */
static pith_status find(struct pith_survey *survey, uint32_t *magic, uint64_t id,
                        uint64_t *position)
{
    uint64_t at = *position;

    *magic = 0;
    while (at < packed_len(survey) && (id == ID_OF_ANY || survey->budget > 0)) {
        uint8_t block[PITH_WINDOW_LEN];
        const uint8_t *next = block;
        size_t len;

        TRY(pith_window_read(&survey->window, &len, at, NULL));
        memcpy(block, survey->window.data, len);
        if (id != ID_OF_ANY)
            spend(&survey->budget, len);
        for (; (next = memchr(next, MAGIC_FIRST, len - (size_t)(next - block))) != NULL; next++) {
            if (!may_be_magic(next, len - (size_t)(next - block)))
                continue;
            *position = at + (size_t)(next - block);
            TRY(identify(survey, magic, id, *position));
            if (*magic != 0)
                return PITH_OK;
        }
        at += len;
    }
    *position = packed_len(survey);
    return PITH_OK;
}

/* --- losses --- */

static void lose(struct pith_survey *survey, enum pith_found *found, uint64_t raw_len)
{
    *found = PITH_FOUND_LOSS;
    survey->raw_offset = pith_saturated_add(survey->raw_start, survey->raw_next);
    survey->raw_len = raw_len;
    if (raw_len != UNKNOWN_LEN)
        survey->raw_next += raw_len;
}

/* What should stand before the record at the position is not there.  Why, if no damage was met, is that
 * it was taken out as a whole. */
static void lose_before(struct pith_survey *survey, enum pith_found *found, uint64_t raw_len)
{
    if (survey->why.status == PITH_OK)
        (void)pith_fail(&survey->why, PITH_E_CORRUPT, survey->position,
                        "what belongs before byte %" PRIu64 " is missing", survey->position);
    survey->is_whole = 0;
    lose(survey, found, raw_len);
}

static void end_frame(struct pith_survey *survey)
{
    survey->in_frame = 0;
    survey->has_met_index = 0;
    survey->raw_start = pith_saturated_add(survey->raw_start, survey->raw_next);
    survey->raw_next = 0;
}

/* The frame is over without an index.  What of its content did not come is lost. */
static void break_frame(struct pith_survey *survey, enum pith_found *found)
{
    uint64_t len = UNKNOWN_LEN;

    if (survey->has_frame && survey->frame.flags & PITH_FLAG_SIZED)
        len = survey->frame.content_size > survey->raw_next
                  ? survey->frame.content_size - survey->raw_next
                  : 0;
    else if (survey->has_met_index)
        len = 0;
    if (len > 0)
        lose(survey, found, len);
    end_frame(survey);
}

/* No record stands at the expected position: moves it to the next one.  Records of the same frame go
 * before all others, since a stored chunk may well hold archives of its own. */
static pith_status search(struct pith_survey *survey, enum pith_found *found)
{
    uint64_t position = survey->is_distrusted ? survey->payload_start : survey->position + 1;
    uint64_t start = position;
    uint32_t magic;

    *found = PITH_FOUND_RECORD;
    survey->is_searching = 0;
    survey->is_searched |= survey->is_distrusted;
    survey->is_distrusted = 0;
    survey->is_whole = 0;
    if (survey->in_frame) {
        TRY(find(survey, &magic, survey->id, &position));
        survey->position = position;
        if (magic != 0)
            return PITH_OK;
        break_frame(survey, found);
        survey->is_loss_told = 1;
    }
    TRY(find(survey, &magic, ID_OF_ANY, &start));
    survey->position = start;
    /* Chunks without their frame's header say themselves what is missing before them. */
    if (!survey->is_loss_told &&
        (magic == PITH_MAGIC_FRAME || (magic == 0 && survey->has_met_record)))
        lose(survey, found, UNKNOWN_LEN);
    return PITH_OK;
}

/* --- records where they are expected --- */

static pith_status take_chunk(struct pith_survey *survey, enum pith_found *found,
                              const struct pith_chunk_header *chunk)
{
    uint64_t payload = survey->position + chunk->len;

    survey->chunk = *chunk;
    survey->payload_start = payload;
    survey->is_searched = 0;
    survey->has_met_record = 1;
    survey->is_loss_told = 0;
    lose(survey, found, chunk->raw_len);
    if (chunk->packed_len <= packed_len(survey) - payload) {
        *found = PITH_FOUND_CHUNK;
        survey->position = payload + chunk->packed_len;
        survey->why = (pith_error){.status = PITH_OK};
        return PITH_OK;
    }
    (void)pith_fail(&survey->why, PITH_E_TRUNCATED, payload,
                    "the archive ends within the payload of %" PRIu64
                    " bytes that begins at byte %" PRIu64,
                    chunk->packed_len, payload);
    survey->is_searching = survey->is_distrusted = survey->is_loss_told = 1;
    return PITH_OK;
}

/* Takes note of a chunk for the comparison with the index. */
static void add_to_sum(struct pith_survey *survey, const struct pith_chunk_header *chunk,
                       size_t len)
{
    struct pith_chunk_header allowed;
    uint8_t entry[PITH_HEADER_MAX];
    size_t entry_len;
    pith_status status;

    if (!survey->is_whole)
        return;
    status = pith_chunk_read(&allowed, &survey->frame, survey->raw_next, survey->window.data, len,
                             survey->position, NULL);
    survey->is_unruly |= status != PITH_OK && status != PITH_E_UNSUPPORTED;
    survey->is_whole = pith_index_sum_chunk(&survey->sum, entry, &entry_len, chunk,
                                            survey->position, NULL) == PITH_OK;
}

/* A sound header that is ahead of its turn tells of a loss first, and is looked at again in the next
 * step. */
static pith_status expect_chunk(struct pith_survey *survey, enum pith_found *found, size_t len,
                                pith_error *error)
{
    struct pith_chunk_header chunk;
    uint64_t at = survey->position;
    pith_status status = pith_chunk_read_alone(&chunk, survey->window.data, len, at, error);

    if (status != PITH_OK && status != PITH_E_UNSUPPORTED)
        return status;
    if (chunk.id != survey->id)
        return pith_fail(error, PITH_E_CORRUPT, at,
                         "chunk at byte %" PRIu64 " belongs to another frame: id %08" PRIx64
                         ", this frame's is %08" PRIx64,
                         at, chunk.id, survey->id);
    if (chunk.raw_offset < survey->raw_next)
        return pith_fail(error, PITH_E_CORRUPT, at,
                         "chunk at byte %" PRIu64 " comes again or too late: its raw offset is "
                         "%" PRIu64 ", expected %" PRIu64,
                         at, chunk.raw_offset, survey->raw_next);
    if (chunk.raw_offset > survey->raw_next) {
        lose_before(survey, found, chunk.raw_offset - survey->raw_next);
        return PITH_OK;
    }
    add_to_sum(survey, &chunk, len);
    TRY(take_chunk(survey, found, &chunk));
    if (status == PITH_E_UNSUPPORTED && *found == PITH_FOUND_CHUNK) {
        *found = PITH_FOUND_LOSS;
        survey->why = *error;
    }
    return PITH_OK;
}

/* All chunks have come: are they those that the index was made for? */
static pith_status check_whole(const struct pith_survey *survey, const struct pith_index_head *head,
                               const struct pith_index_sum *sum, pith_error *error)
{
    const struct pith_frame_header *frame = &survey->frame;
    const struct pith_index_sum *seen = &survey->sum;

    if (!survey->is_whole ||
        (!survey->is_unruly && head->header_len == frame->len && sum->n_chunks == seen->n_chunks &&
         sum->entries == seen->entries && pith_check_matches(sum->digest, seen->digest) &&
         (!(frame->flags & PITH_FLAG_SIZED) || frame->content_size == seen->raw_len)))
        return PITH_OK;
    return pith_fail(error, PITH_E_CORRUPT, survey->position,
                     "index at byte %" PRIu64
                     " was made for other chunks: what came back may not be "
                     "one content",
                     survey->position);
}

/* The index says how much there was in all. */
static pith_status expect_index(struct pith_survey *survey, enum pith_found *found,
                                pith_error *error)
{
    struct pith_index_head head;
    struct pith_index_sum sum;
    uint64_t len;
    size_t head_len;

    TRY(pith_window_read(&survey->window, &head_len, survey->position, error));
    TRY(pith_index_head_read(&head, &head_len, NULL, survey->window.data, head_len,
                             survey->position, error));
    if (head.id != survey->id)
        return pith_fail(error, PITH_E_CORRUPT, survey->position,
                         "index at byte %" PRIu64 " belongs to another frame: id %08" PRIx64
                         ", this frame's is %08" PRIx64,
                         survey->position, head.id, survey->id);
    survey->has_met_index = 1;
    TRY(read_index(survey, &head, &sum, &len, survey->position, error));
    survey->has_met_record = 1;
    if (sum.raw_len > survey->raw_next) {
        lose_before(survey, found, sum.raw_len - survey->raw_next);
        return PITH_OK;
    }
    survey->why = (pith_error){.status = PITH_OK};
    *found = PITH_FOUND_RECORD;
    if (check_whole(survey, &head, &sum, &survey->why) != PITH_OK)
        *found = PITH_FOUND_DAMAGE;
    survey->position += len;
    end_frame(survey);
    return PITH_OK;
}

/* A chunk or an index where a frame should begin: that frame's header is lost. */
static pith_status adopt(struct pith_survey *survey, enum pith_found *found, uint64_t id)
{
    survey->in_frame = 1;
    survey->has_frame = survey->is_whole = 0;
    survey->id = id;
    *found = PITH_FOUND_DAMAGE;
    return pith_fail(&survey->why, PITH_E_CORRUPT, survey->position,
                     "the header of the frame before byte %" PRIu64 " is missing",
                     survey->position);
}

static pith_status expect_frame(struct pith_survey *survey, enum pith_found *found, size_t len,
                                pith_error *error)
{
    struct pith_frame_header *frame = &survey->frame;
    struct pith_chunk_header chunk;
    struct pith_index_head head;
    struct pith_index_sum sum;
    uint64_t at = survey->position, index_len;
    uint32_t magic = len < MAGIC_LEN ? 0 : pith_load_le32(survey->window.data);
    pith_status status;

    if (magic == PITH_MAGIC_CHUNK) {
        status = pith_chunk_read_alone(&chunk, survey->window.data, len, at, error);
        if (status == PITH_OK || status == PITH_E_UNSUPPORTED) {
            (void)adopt(survey, found, chunk.id);
            return PITH_OK;
        }
        return status;
    }
    if (magic == PITH_MAGIC_INDEX) {
        TRY(read_index(survey, &head, &sum, &index_len, at, error));
        (void)adopt(survey, found, head.id);
        return PITH_OK;
    }
    TRY(pith_frame_read(frame, survey->window.data, len, at, !survey->has_met_record, error));
    if (frame->flags & PITH_FLAG_SINGLE) {
        TRY(take_chunk(survey, found, &frame->single));
        end_frame(survey);
        return PITH_OK;
    }
    survey->has_met_record = 1;
    survey->is_loss_told = 0;
    survey->in_frame = survey->has_frame = survey->is_whole = 1;
    survey->is_unruly = 0;
    pith_index_sum_init(&survey->sum);
    survey->id = frame->id;
    survey->position += frame->len;
    *found = PITH_FOUND_RECORD;
    return PITH_OK;
}

static pith_status expect(struct pith_survey *survey, enum pith_found *found, pith_error *error)
{
    size_t len;

    TRY(pith_window_read(&survey->window, &len, survey->position, error));
    if (!survey->in_frame)
        return expect_frame(survey, found, len, error);
    if (len >= MAGIC_LEN && pith_index_is_next(survey->window.data))
        return expect_index(survey, found, error);
    return expect_chunk(survey, found, len, error);
}

static void reach_end(struct pith_survey *survey, enum pith_found *found)
{
    *found = PITH_FOUND_END;
    if (!survey->in_frame)
        return;
    (void)pith_fail(&survey->why, PITH_E_TRUNCATED, survey->position,
                    "the archive ends at byte %" PRIu64 ", before the index of its last frame",
                    survey->position);
    *found = PITH_FOUND_DAMAGE;
    break_frame(survey, found);
}

/* After a frame header at the archive's begin that looks newer: a chunk that we can read stands right
 * behind a header that is broken. */
static int is_followed_by_chunk(struct pith_survey *survey)
{
    uint32_t magic = 0;

    for (uint64_t at = 1; at < PITH_HEADER_MAX && magic != PITH_MAGIC_CHUNK; at++)
        if (identify(survey, &magic, ID_OF_ANY, at) != PITH_OK)
            return 0;
    return magic == PITH_MAGIC_CHUNK;
}

void pith_survey_distrust(struct pith_survey *survey)
{
    survey->is_distrusted = survey->is_searching && !survey->is_searched && survey->budget > 0;
    if (survey->is_distrusted)
        spend(&survey->budget, survey->position - survey->payload_start);
}

pith_status pith_survey_step(struct pith_survey *survey, enum pith_found *found, pith_error *error)
{
    pith_error why = {.status = PITH_OK};
    pith_status status;

    if (survey->is_searching) {
        status = search(survey, found);
        return status == PITH_OK ? status
                                 : pith_fail(error, status, survey->position,
                                             "reading after byte %" PRIu64 " of the archive failed",
                                             survey->position);
    }
    if (survey->position >= packed_len(survey)) {
        reach_end(survey, found);
        return PITH_OK;
    }
    status = expect(survey, found, &why);
    if (status == PITH_OK)
        return status;
    if (status == PITH_E_UNSUPPORTED && survey->position == 0 && !is_followed_by_chunk(survey))
        survey->is_newer = 1;
    if (status == PITH_E_IO || survey->is_newer) {
        if (error)
            *error = why;
        return status;
    }
    survey->why = why;
    survey->is_searching = 1;
    *found = PITH_FOUND_DAMAGE;
    return PITH_OK;
}
