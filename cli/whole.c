/* See whole.h. */
#include "posix.h"

#include "io.h"
#include "whole.h"

#include <errno.h>
#include <stdlib.h>

/* Room for one byte more than a file has says at once that it has ended. */
static enum code read_all(struct whole *whole)
{
    size_t cap = 0, wanted = IO_BLOCK_LEN, got;

    if (whole->source.len > 0 && whole->source.len < SIZE_MAX / 2)
        wanted = (size_t)whole->source.len + 1;
    for (;;) {
        unsigned char *grown = wanted > cap ? realloc(whole->data, wanted) : NULL;

        if (grown == NULL)
            return message_errno(whole->source.label, NULL, ENOMEM);
        whole->data = grown;
        cap = wanted;
        if (!io_read(whole->source.descriptor, whole->data + whole->len, cap - whole->len, &got))
            return message_errno(whole->source.label, "cannot read", errno);
        whole->len += got;
        if (whole->len < cap)
            return CODE_DONE;
        wanted = cap < SIZE_MAX / 2 ? 2 * cap : 0;
    }
}

enum code whole_open(struct whole *whole, const char *path, bool force)
{
    enum code code;

    *whole = (struct whole){.data = NULL};
    code = source_open(&whole->source, path, force);
    if (code != CODE_DONE)
        return code;
    code = read_all(whole);
    if (code != CODE_DONE)
        whole_close(whole);
    return code;
}

void whole_close(struct whole *whole)
{
    source_close(&whole->source);
    free(whole->data);
    whole->data = NULL;
}
