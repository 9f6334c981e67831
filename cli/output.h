/* An output: standard output, or a file that appears under its name only when it is complete.
 *
 * A file is written under a temporary name in the directory of its final name and renamed at the
 * end, so that whatever happens there is no file, the old file, or the whole new one. */
#ifndef PITH_CLI_OUTPUT_H
#define PITH_CLI_OUTPUT_H

#include "source.h"

struct output {
    const char *path;  /* final name, NULL = standard output */
    const char *label; /* for messages */
    char *temporary;   /* name it has until committed; NULL: written in place (stdout, devices) */
    int descriptor;
    bool may_replace;  /* an existing file gives way */
    bool is_sparse;    /* runs of zeros become holes */
    uint64_t len;      /* bytes so far, holes included */
    uint64_t hole_len; /* zeros skipped at the end, not yet in the file */
    mode_t mode;       /* permissions if there is no source to take them from */
};

/* path NULL = standard output.  want_sparse: make holes where that is safe. */
enum code output_open(struct output *output, const char *path, const struct source *source,
                      const struct settings *settings, bool want_sparse);

enum code output_write(struct output *output, const void *data, size_t len);

/* As writing that many zeros. */
enum code output_skip(struct output *output, uint64_t len);

/* Completes the file with the source's mode, times and owner and gives it its name.  is_durable: it
 * is on the disk before this returns, since the source is to be removed. */
enum code output_commit(struct output *output, const struct source *source, bool is_durable);

/* After a failure: as if it had never been opened.  Harmless after a commit. */
void output_discard(struct output *output);

/* True if the source may go once this is committed: it is a file of our own making. */
bool output_is_file(const struct output *output);

#endif
