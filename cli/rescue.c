/* See rescue.h.  What is lost keeps its place, so that the offsets of all else are right; a loss at the
 * end, or one of unknown length, has no place to keep. */
#include "posix.h"

#include "json.h"
#include "priors.h"
#include "rescue.h"
#include "seekable.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

struct rescue {
    const struct settings *settings;
    const struct source *source;
    struct output *output;
    struct totals *totals;
    uint64_t found_len;
    uint64_t n_parts, n_told; /* that came in this search, and that were taken in all */
    enum code code;           /* of writing */
};

static void tell_loss_as_json(const struct rescue *rescue, const pith_salvage_part *part)
{
    struct json json;

    message_transient("");
    json_begin(&json, stderr);
    json_open_object(&json, NULL);
    json_text(&json, "command", "lost");
    json_text(&json, "name", rescue->source->label);
    json_uint(&json, "raw_offset", part->raw_offset);
    if (part->raw_len == UINT64_MAX)
        json_null(&json, "raw_bytes");
    else
        json_uint(&json, "raw_bytes", part->raw_len);
    json_uint(&json, "packed_offset", part->packed_offset);
    json_text(&json, "reason", part->text);
    json_close(&json);
}

static void tell_loss(const struct rescue *rescue, const pith_salvage_part *part)
{
    const char *label = rescue->source->label;

    if (rescue->settings->json && message_verbosity() >= -1)
        tell_loss_as_json(rescue, part);
    else if (part->raw_len == UINT64_MAX)
        message_error(label, "lost: from byte %" PRIu64 " on, how much is not known: %s",
                      part->raw_offset, part->text);
    else
        message_error(label, "lost: bytes %" PRIu64 " to %" PRIu64 " (%" PRIu64 "): %s",
                      part->raw_offset, part->raw_offset + part->raw_len - 1, part->raw_len,
                      part->text);
}

/* pith_salvage_fn. */
static int take_part(void *opaque, const pith_salvage_part *part, const void *data)
{
    struct rescue *rescue = opaque;
    uint64_t limit = rescue->settings->output_limit, at = rescue->totals->out_len;

    if (rescue->n_parts++ < rescue->n_told) /* in the search before this one */
        return 0;
    rescue->n_told++;
    if (part->is_lost) {
        tell_loss(rescue, part);
        return 0;
    }
    rescue->found_len += part->raw_len;
    if (part->raw_offset > at) { /* what was lost before it */
        if (limit != 0 && part->raw_offset > limit) {
            message_error(rescue->source->label,
                          "the next bytes found belong at byte %" PRIu64
                          ", the limit of --max-output is %" PRIu64,
                          part->raw_offset, limit);
            rescue->code = CODE_CANNOT;
            return 1;
        }
        if (rescue->output != NULL)
            rescue->code = output_skip(rescue->output, part->raw_offset - at);
        rescue->totals->out_len = part->raw_offset;
    }
    if (rescue->code == CODE_DONE && rescue->output != NULL)
        rescue->code = output_write(rescue->output, data, (size_t)part->raw_len);
    rescue->totals->out_len += part->raw_len;
    return rescue->code != CODE_DONE;
}

static enum code conclude(const struct rescue *rescue, const struct seekable *seekable,
                          const pith_salvage_info *info, const pith_error *error)
{
    if (rescue->code != CODE_DONE)
        return rescue->code;
    if (error->status == PITH_OK)
        return CODE_DONE;
    if (error->status != PITH_E_CORRUPT)
        return seekable_explain(seekable, rescue->source, error);
    if (info->lost_parts > 0)
        message_error(rescue->source->label,
                      "damaged: %" PRIu64 " bytes are found, %" PRIu64 " lost in %" PRIu64
                      " places",
                      info->raw_found, info->raw_lost, info->lost_parts);
    else
        message_error(rescue->source->label, "byte %" PRIu64 ": %s; nothing is known to be lost",
                      error->position, error->text);
    return CODE_CORRUPT;
}

/* A search has one prior: what needs another is searched again from the start, and what was taken
 * before is passed over.  An archive that needs several gets no further that way. */
static enum code search(struct rescue *rescue, struct seekable *seekable, pith_options *options)
{
    const char *label = rescue->source->label;
    uint64_t n_told;
    bool is_again = false;

    for (;; is_again = true) {
        pith_error error = {.status = PITH_OK};
        pith_salvage_info info;
        enum code code;

        n_told = rescue->n_told;
        rescue->n_parts = 0;
        error.status = pith_salvage(&info, io_read_at, &seekable->window, seekable->len, options,
                                    take_part, rescue, &error);
        if (error.status != PITH_E_PRIOR || rescue->code != CODE_DONE)
            return conclude(rescue, seekable, &info, &error);
        if (is_again && rescue->n_told == n_told) {
            message_error(label, "needs several priors, with which --keep-going cannot go on");
            return CODE_CANNOT;
        }
        code = priors_find(&options->prior, rescue->settings, label, &error);
        if (code != CODE_DONE)
            return code;
    }
}

enum code rescue_run(struct totals *totals, const struct settings *settings,
                     const struct source *source, struct output *output, struct progress *progress)
{
    struct rescue rescue = {
        .settings = settings, .source = source, .output = output, .totals = totals};
    struct seekable seekable;
    pith_options options;
    enum code code = seekable_open(&seekable, source);

    *totals = (struct totals){0};
    if (code != CODE_DONE)
        return code;
    totals->in_len = seekable.len;
    progress_options(&options, settings, progress);
    code = search(&rescue, &seekable, &options);
    if (rescue.found_len == 0)
        totals->out_len = 0;
    seekable_close(&seekable);
    return code;
}
