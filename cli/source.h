/* An input: a file by its name, or standard input. */
#ifndef PITH_CLI_SOURCE_H
#define PITH_CLI_SOURCE_H

#include "posix.h"

#include "args.h"

#include <sys/stat.h>

struct source {
    const char *path;  /* as given, NULL = standard input */
    const char *label; /* for messages: the path or "(stdin)" */
    int descriptor;
    struct stat status; /* as it was when opened */
    uint64_t start;     /* where in the file reading begins: 0, or where standard input stands */
    uint64_t len;       /* bytes from there on; 0 if not a regular file: unknown */
};

/* Refuses directories always; links and special files unless forced. */
enum code source_open(struct source *source, const char *path, bool force);
void source_close(struct source *source);

/* True if somebody has written to the file since it was opened. */
bool source_has_changed(const struct source *source);

/* Removes the name from the directory if it is still the file that was read, unchanged. */
enum code source_remove(const struct source *source);

#endif
