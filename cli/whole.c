/* See whole.h. */
#include "posix.h"

#include "io.h"
#include "whole.h"

#include <errno.h>
#include <stdlib.h>

/* Room for one byte more than a file has says at once that it has ended. */
enum code whole_read(unsigned char **data, size_t *len, const struct source *source)
{
    size_t cap = 0, wanted = IO_BLOCK_LEN, got;
    enum code code = CODE_DONE;

    *data = NULL;
    *len = 0;
    if (source->len > 0 && source->len < SIZE_MAX / 2)
        wanted = (size_t)source->len + 1;
    while (code == CODE_DONE) {
        unsigned char *grown = wanted > cap ? realloc(*data, wanted) : NULL;

        if (grown == NULL) {
            code = message_errno(source->label, NULL, ENOMEM);
            break;
        }
        *data = grown;
        cap = wanted;
        if (!io_read(source->descriptor, *data + *len, cap - *len, &got))
            code = message_errno(source->label, "cannot read", errno);
        *len += got;
        if (*len < cap)
            break;
        wanted = cap < SIZE_MAX / 2 ? 2 * cap : 0;
    }
    if (code != CODE_DONE) {
        free(*data);
        *data = NULL;
    }
    return code;
}

enum code whole_open(struct whole *whole, const char *path, bool force)
{
    enum code code;

    *whole = (struct whole){.data = NULL};
    code = source_open(&whole->source, path, force);
    if (code != CODE_DONE)
        return code;
    code = whole_read(&whole->data, &whole->len, &whole->source);
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
