/* Work in a child process: what it takes in time and memory is then its own.
 *
 * Messages are the child's to print; what it finds comes back as a struct of bytes. */
#ifndef PITH_CLI_CHILD_H
#define PITH_CLI_CHILD_H

#include "posix.h"

#include "message.h"

#include <stdbool.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    int result; /* where it comes from */
};

/* Fills in *result. */
typedef void (*child_fn)(void *result, void *opaque);

/* Starts work(result, opaque) in a child; `result` has len bytes. */
enum code child_start(struct child *child, child_fn work, void *result, size_t len, void *opaque);

/* Whether child_end() would not wait, after this time at most. */
bool child_is_done(const struct child *child, int milliseconds);

/* Waits for it.  False: it died before it was done, by the signal *death or by none (0). */
bool child_end(struct child *child, void *result, size_t len, int *death);

#endif
