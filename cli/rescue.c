/* See rescue.h.  What is lost keeps its place, so that the offsets of all else are right; a loss at the
 * end, or one of unknown length, has no place to keep. */
#include "posix.h"

#include "json.h"
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
    enum code code; /* of writing */
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

enum code rescue_run(struct totals *totals, const struct settings *settings,
                     const struct source *source, struct output *output, struct progress *progress)
{
    struct rescue rescue = {
        .settings = settings, .source = source, .output = output, .totals = totals};
    pith_error error = {.status = PITH_OK};
    struct seekable seekable;
    pith_salvage_info info;
    pith_options options;
    enum code code = seekable_open(&seekable, source);

    *totals = (struct totals){0};
    if (code != CODE_DONE)
        return code;
    totals->in_len = seekable.len;
    progress_options(&options, settings, progress);
    error.status = pith_salvage(&info, io_read_at, &seekable.window, seekable.len, &options,
                                take_part, &rescue, &error);
    code = conclude(&rescue, &seekable, &info, &error);
    if (rescue.found_len == 0)
        totals->out_len = 0;
    seekable_close(&seekable);
    return code;
}
