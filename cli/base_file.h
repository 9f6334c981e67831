/* The base that --base names. */
#ifndef PITH_CLI_BASE_FILE_H
#define PITH_CLI_BASE_FILE_H

#include "io.h"
#include "source.h"

struct base {
    struct source source;
    struct io_window window;
    pith_base *opened;
    bool is_open; /* source is */
};

/* Opens what --base names, if it does, and sets settings->base. */
enum code base_open(struct base *base, struct settings *settings);

/* Says so and fails if the file has been written to since then. */
enum code base_close(struct base *base);

#endif
