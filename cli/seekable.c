/* See seekable.h. */
#include "posix.h"

#include "seekable.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static enum code copy_all(struct seekable *seekable, const struct source *source, void *block)
{
    size_t len;

    do {
        if (!io_read(source->descriptor, block, IO_BLOCK_LEN, &len))
            return message_errno(source->label, "cannot read", errno);
        if (!io_write(seekable->copy, block, len))
            return message_errno(source->label, "cannot be copied to a temporary file", errno);
        seekable->len += len;
    } while (len == IO_BLOCK_LEN);
    return CODE_DONE;
}

enum code seekable_open(struct seekable *seekable, const struct source *source)
{
    enum code code;
    void *block;

    *seekable = (struct seekable){
        .window = {.descriptor = source->descriptor, .start = source->start},
        .len = source->len,
        .copy = -1,
    };
    if (S_ISREG(source->status.st_mode))
        return CODE_DONE;
    seekable->len = 0;
    seekable->copy = io_open_temporary();
    if (seekable->copy < 0)
        return message_errno(source->label, "cannot be copied to a temporary file", errno);
    seekable->window = (struct io_window){.descriptor = seekable->copy};
    block = malloc(IO_BLOCK_LEN);
    code = block == NULL ? message_errno(source->label, NULL, ENOMEM)
                         : copy_all(seekable, source, block);
    free(block);
    if (code != CODE_DONE)
        seekable_close(seekable);
    return code;
}

void seekable_close(struct seekable *seekable)
{
    if (seekable->copy >= 0)
        close(seekable->copy);
    seekable->copy = -1;
}

enum code seekable_explain(const struct seekable *seekable, const struct source *source,
                           const pith_error *error)
{
    if (error->status == PITH_E_IO && seekable->window.error != 0)
        return message_errno(source->label, "cannot read", seekable->window.error);
    return message_library(source->label, error, 1);
}
