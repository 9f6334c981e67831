/* See base_file.h. */
#include "posix.h"

#include "base_file.h"
#include "progress.h"

/* Several threads read at a time: each has a window of its own. */
static int read_at(void *window, uint64_t offset, void *buffer, size_t len)
{
    struct io_window own = *(const struct io_window *)window;

    return io_read_at(&own, offset, buffer, len);
}

static enum code open_file(struct base *base, struct settings *settings)
{
    struct progress progress;
    pith_error error = {.status = PITH_OK};
    pith_options options;
    enum code code;

    if (!S_ISREG(base->source.status.st_mode))
        return message_error(base->source.label,
                             "is no regular file: a base is read here and there");
    base->window =
        (struct io_window){.descriptor = base->source.descriptor, .start = base->source.start};
    progress_begin(&progress, settings, base->source.label, base->source.len, false);
    progress_options(&options, settings, &progress);
    options.array = NULL;
    error.status =
        pith_base_open(&base->opened, read_at, &base->window, base->source.len, &options, &error);
    progress_end(&progress, 0, 0, false, NULL);
    if (error.status == PITH_E_FORMAT)
        return message_error(base->source.label,
                             "is no file of tensors that pith knows (safetensors, GGUF, NPY)");
    code = error.status == PITH_OK ? CODE_DONE : message_library(base->source.label, &error, 0);
    settings->base = base->opened;
    return code;
}

enum code base_open(struct base *base, struct settings *settings)
{
    struct stat status;
    enum code code;

    *base = (struct base){.opened = NULL};
    if (settings->base_path == NULL)
        return CODE_DONE;
    if (stat(settings->base_path, &status) == 0 && S_ISDIR(status.st_mode))
        return message_error(settings->base_path, "is a directory: a base is a file");
    code = source_open(&base->source, settings->base_path, true);
    if (code != CODE_DONE)
        return code;
    settings->base_file = &base->source.status;
    base->is_open = true;
    return open_file(base, settings);
}

enum code base_close(struct base *base)
{
    enum code code = CODE_DONE;

    pith_base_close(base->opened);
    if (!base->is_open)
        return CODE_DONE;
    if (source_has_changed(&base->source))
        code = message_error(base->source.label, "was changed while it was used as a base");
    source_close(&base->source);
    return code;
}
