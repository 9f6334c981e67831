/* See range.h.  A range that reaches behind the end is cut there, as HTTP does; one that begins there
 * is a mistake. */
#include "posix.h"

#include "priors.h"
#include "range.h"
#include "seekable.h"
#include "tensors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum { THREADS_MAX = 16 };

struct part {
    const struct settings *settings;
    const struct source *source;
    struct output *output;
    struct totals *totals;
    struct seekable *seekable;
    uint64_t offset, len; /* of the part in the content */
    pith_options options;
    pith_reader *reader;
    unsigned char *block;
    size_t block_len;
};

static enum code open_reader(struct part *part)
{
    struct seekable *seekable = part->seekable;
    pith_error error = {.status = PITH_OK};

    error.status = pith_reader_create(&part->reader, io_read_at, &seekable->window, seekable->len,
                                      &part->options, &error);
    return error.status == PITH_OK ? CODE_DONE : seekable_explain(seekable, part->source, &error);
}

/* A reader has one prior: to go on with another takes another reader. */
static enum code change_prior(struct part *part, pith_error *error)
{
    enum code code = priors_find(&part->options.prior, part->settings, part->source->label, error);

    if (code != CODE_DONE)
        return code;
    error->status = PITH_OK;
    pith_reader_destroy(part->reader);
    return open_reader(part);
}

static enum code copy_range(struct part *part)
{
    uint64_t offset = part->offset, left = part->len;
    uint64_t raw_len = pith_reader_raw_len(part->reader), limit = part->settings->output_limit;
    pith_error error = {.status = PITH_OK};
    enum code code = CODE_DONE;

    if (offset > raw_len || (offset == raw_len && offset > 0 && left > 0))
        return message_error(part->source->label,
                             "--range begins at byte %" PRIu64 ", the content has %" PRIu64
                             " bytes",
                             offset, raw_len);
    if (left > raw_len - offset)
        left = raw_len - offset;
    if (limit != 0 && left > limit) {
        message_error(part->source->label,
                      "the range has %" PRIu64 " bytes, the limit is %" PRIu64
                      ": allow more with --max-output",
                      left, limit);
        return CODE_CANNOT;
    }
    while (left > 0 && code == CODE_DONE && error.status == PITH_OK) {
        size_t len = left < part->block_len ? (size_t)left : part->block_len, got;

        error.status = pith_reader_read(part->reader, part->block, len, &got, offset, &error);
        if (got > 0)
            code = output_write(part->output, part->block, got);
        part->totals->out_len += got;
        offset += got;
        left -= got;
        if (error.status == PITH_E_PRIOR)
            code = code_worse(code, change_prior(part, &error));
        else if (error.status != PITH_OK)
            code = code_worse(code, seekable_explain(part->seekable, part->source, &error));
    }
    return code;
}

enum code range_run(struct totals *totals, const struct settings *settings,
                    const struct source *source, struct output *output, struct progress *progress)
{
    /* A read decodes the chunks that it touches side by side, so a longer one keeps more threads busy
     * when chunks are short.  Long chunks come one at a time; memory beside -M stays small. */
    unsigned threads = settings->threads < THREADS_MAX ? settings->threads : THREADS_MAX;
    struct seekable seekable;
    struct part part = {.settings = settings,
                        .source = source,
                        .output = output,
                        .totals = totals,
                        .seekable = &seekable,
                        .offset = settings->range_offset,
                        .len = settings->range_len,
                        .block_len = (size_t)IO_BLOCK_LEN * threads};
    enum code code = seekable_open(&seekable, source);

    *totals = (struct totals){0};
    if (code != CODE_DONE)
        return code;
    totals->in_len = seekable.len;
    progress_options(&part.options, settings, progress);
    part.block = malloc(part.block_len);
    if (part.block == NULL) {
        code = message_errno(source->label, NULL, ENOMEM);
    } else {
        code = open_reader(&part);
        if (code == CODE_DONE && settings->tensor != NULL)
            code =
                tensors_find(&part.offset, &part.len, part.reader, settings->tensor, source->label);
        if (code == CODE_DONE)
            code = copy_range(&part);
        pith_reader_destroy(part.reader);
    }
    free(part.block);
    seekable_close(&seekable);
    return code;
}
