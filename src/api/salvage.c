/* Salvage: see pith_salvage() in pith.h.
 *
 * The survey finds chunks; they are decoded side by side and told in order.  Losses between them are
 * told in their place, so the chunks before are always waited for first. */
#include "api/fetch.h"
#include "api/settings.h"
#include "api/survey.h"
#include "base/checked.h"

#include <inttypes.h>
#include <string.h>

/* Bytes of a fill chunk that are told at once. */
#define FILL_LEN 4096

struct salvage {
    struct pith_fetcher fetcher;
    struct pith_survey survey;
    pith_salvage_info *info;
    pith_salvage_fn each; /* may be NULL */
    void *each_opaque;
    pith_error first; /* damage; its status is PITH_OK while none */
    uint64_t output_limit;
    uint64_t raw_started; /* raw bytes of the chunks that were told or are on their way */

    /* Slots [0 .. n_started) hold chunks; raw offsets stand in `offsets`. */
    unsigned n_started;
    struct pith_block offsets;
    int is_last_broken; /* the chunk told last */
    uint8_t fill[FILL_LEN];
};

static pith_status tell(struct salvage *s, const pith_salvage_part *part, const void *data,
                        pith_error *error)
{
    if (!s->each || s->each(s->each_opaque, part, data) == 0)
        return PITH_OK;
    return pith_fail(error, PITH_E_CANCELLED, part->packed_offset, "cancelled");
}

static void note_damage(struct salvage *s, const pith_error *why)
{
    s->info->damages++;
    if (s->first.status == PITH_OK)
        s->first = *why;
}

static pith_status tell_loss(struct salvage *s, uint64_t raw_offset, uint64_t raw_len,
                             const pith_error *why, pith_error *error)
{
    pith_salvage_part part = {
        .raw_offset = raw_offset,
        .raw_len = raw_len,
        .packed_offset = why->position,
        .is_lost = 1,
        .text = why->text,
    };

    note_damage(s, why);
    s->info->lost_parts++;
    if (raw_len != UINT64_MAX)
        s->info->raw_lost = pith_saturated_add(s->info->raw_lost, raw_len);
    return tell(s, &part, NULL, error);
}

static pith_status tell_chunk(struct salvage *s, const struct pith_decode_slot *slot,
                              uint64_t raw_offset, pith_error *error)
{
    pith_salvage_part part = {
        .raw_offset = raw_offset,
        .raw_len = slot->header.raw_len,
        .packed_offset = slot->payload_start - slot->header.len,
        .text = "",
    };

    s->info->raw_found = pith_saturated_add(s->info->raw_found, part.raw_len);
    if (slot->header.codec.id != PITH_CODEC_FILL || !s->each)
        return tell(s, &part, slot->raw, error);
    memset(s->fill, slot->header.codec.params[0], sizeof s->fill);
    for (uint64_t left = part.raw_len; left > 0; left -= part.raw_len) {
        part.raw_len = left < sizeof s->fill ? left : sizeof s->fill;
        TRY(tell(s, &part, s->fill, error));
        part.raw_offset += part.raw_len;
    }
    return PITH_OK;
}

static pith_status finish_chunk(struct salvage *s, unsigned at, pith_error *error)
{
    const struct pith_decode_slot *slot = &s->fetcher.slots[at].decode;
    pith_error found = {.status = PITH_OK};
    pith_status status = pith_fetcher_wait(&s->fetcher, at, &found);
    uint64_t raw_offset;

    memcpy(&raw_offset, s->offsets.data + at * sizeof raw_offset, sizeof raw_offset);
    s->is_last_broken = status == PITH_E_CORRUPT || status == PITH_E_UNSUPPORTED;
    if (s->is_last_broken) {
        s->raw_started -= slot->header.raw_len;
        return tell_loss(s, raw_offset, slot->header.raw_len, &found, error);
    }
    if (status != PITH_OK)
        return pith_error_copy(error, &found);
    return tell_chunk(s, slot, raw_offset, error);
}

/* Tells all chunks that were started. */
static pith_status drain(struct salvage *s, pith_error *error)
{
    pith_status status = PITH_OK;

    for (unsigned i = 0; i < s->n_started; i++) {
        if (status == PITH_OK)
            status = finish_chunk(s, i, error);
        pith_fetcher_release(&s->fetcher, i);
    }
    s->n_started = 0;
    return status;
}

static pith_status start_chunk(struct salvage *s, pith_error *error)
{
    const struct pith_survey *survey = &s->survey;
    const struct pith_chunk_header *chunk = &survey->chunk;
    pith_status status;

    if (chunk->raw_len > s->output_limit - s->raw_started)
        TRY(drain(s, error)); /* broken ones do not count */
    if (chunk->raw_len > s->output_limit - s->raw_started)
        return pith_output_limit_fail(error, "chunk", survey->payload_start - chunk->len,
                                      pith_saturated_add(s->raw_started, chunk->raw_len),
                                      s->output_limit);
    if (s->n_started == s->fetcher.n_slots)
        TRY(drain(s, error));
    status = pith_fetcher_start(&s->fetcher, s->n_started, chunk, survey->payload_start, error);
    if (status == PITH_E_MEMORY_LIMIT && s->n_started > 0) {
        TRY(drain(s, error));
        status = pith_fetcher_start(&s->fetcher, 0, chunk, survey->payload_start, error);
    }
    if (status != PITH_OK)
        return status;
    memcpy(s->offsets.data + s->n_started * sizeof survey->raw_offset, &survey->raw_offset,
           sizeof survey->raw_offset);
    s->n_started++;
    s->raw_started += chunk->raw_len;
    return PITH_OK;
}

static pith_status salvage(struct salvage *s, pith_error *error)
{
    enum pith_found found = PITH_FOUND_RECORD;
    pith_error failure = {.status = PITH_OK};
    pith_status status = PITH_OK;

    TRY(pith_block_reserve(&s->offsets, &s->fetcher.memory, s->fetcher.n_slots * sizeof(uint64_t),
                           "the search", 0, error));
    while (status == PITH_OK && found != PITH_FOUND_END) {
        status = pith_survey_step(&s->survey, &found, &failure);
        if (status != PITH_OK || found == PITH_FOUND_RECORD)
            continue;
        if (found == PITH_FOUND_CHUNK) {
            s->is_last_broken = 0;
            status = start_chunk(s, &failure);
            continue;
        }
        status = drain(s, &failure);
        if (status == PITH_OK && found == PITH_FOUND_LOSS)
            status =
                tell_loss(s, s->survey.raw_offset, s->survey.raw_len, &s->survey.why, &failure);
        if (found == PITH_FOUND_DAMAGE) {
            note_damage(s, &s->survey.why);
            if (s->is_last_broken)
                pith_survey_distrust(&s->survey);
        }
    }
    if (status == PITH_OK)
        return status;
    TRY(drain(s, error)); /* what fails stands behind the chunks that are on their way */
    return pith_error_copy(error, &failure);
}

/* Nothing but damage is no archive; else damage is told by its first place. */
static pith_status verdict(const struct salvage *s, pith_error *error)
{
    if (!s->survey.has_met_record) {
        if (s->fetcher.archive.packed_len == 0)
            return pith_fail(error, PITH_E_TRUNCATED, 0, "the archive is empty, expected a frame");
        return pith_fail(error, PITH_E_FORMAT, 0, "nothing of a pith archive was found");
    }
    if (s->first.status == PITH_OK)
        return PITH_OK;
    (void)pith_error_copy(error, &s->first);
    if (error)
        error->status = PITH_E_CORRUPT;
    return PITH_E_CORRUPT;
}

pith_status pith_salvage(pith_salvage_info *info, pith_read_at_fn read_at, void *opaque,
                         uint64_t packed_len, const pith_options *options, pith_salvage_fn each,
                         void *each_opaque, pith_error *error)
{
    struct pith_archive archive = {.read_at = read_at, .opaque = opaque, .packed_len = packed_len};
    struct pith_memory memory;
    pith_options settings;
    struct salvage *s;
    pith_status status;
    void *block;

    if (!info || !read_at)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", info ? "read_at" : "info");
    memset(info, 0, sizeof *info);
    TRY(pith_settings_take(&settings, options, error));
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    TRY(pith_memory_take(&memory, &block, sizeof *s, "the search", 0, error));
    s = block;
    memset(s, 0, sizeof *s);
    s->info = info;
    s->each = each;
    s->each_opaque = each_opaque;
    s->output_limit = settings.output_limit ? settings.output_limit : UINT64_MAX;
    status = pith_fetcher_init(&s->fetcher, &archive, &settings, &memory, error);
    if (status == PITH_OK) {
        pith_survey_init(&s->survey, &s->fetcher.archive);
        status = salvage(s, error);
        if (status == PITH_OK)
            status = verdict(s, error);
        pith_fetcher_free(&s->fetcher);
        pith_block_free(&s->offsets, &s->fetcher.memory);
    }
    memory = s->fetcher.memory;
    pith_memory_give(&memory, s);
    return status;
}
