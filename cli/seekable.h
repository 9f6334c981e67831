/* An archive that can be read anywhere: the source itself, or a copy of what a pipe brings. */
#ifndef PITH_CLI_SEEKABLE_H
#define PITH_CLI_SEEKABLE_H

#include "io.h"
#include "source.h"

struct seekable {
    struct io_window window; /* for io_read_at */
    uint64_t len;
    int copy; /* without a name: gone when it is closed; -1 = none was needed */
};

enum code seekable_open(struct seekable *seekable, const struct source *source);
void seekable_close(struct seekable *seekable);

/* Says what the library found, or why reading failed. */
enum code seekable_explain(const struct seekable *seekable, const struct source *source,
                           const pith_error *error);

#endif
