/* Whole reads and writes on descriptors: through short counts, interruptions and descriptors that
 * somebody else has set non-blocking. */
#ifndef PITH_CLI_IO_H
#define PITH_CLI_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes moved between file and library in one piece: large enough to make system calls rare. */
enum { IO_BLOCK_LEN = 1 << 17 };

/* Reads until the buffer is full or the input ends; *len < cap says that it has ended.  False: errno
 * says why. */
bool io_read(int descriptor, void *buffer, size_t cap, size_t *len);

bool io_write(int descriptor, const void *data, size_t len);

/* A file without a name, for reading and writing, in the folder TMPDIR or else /tmp; -1: errno says
 * why. */
int io_open_temporary(void);

/* pith_read_at_fn over a seekable descriptor. */
struct io_window {
    int descriptor;
    uint64_t start; /* where the archive begins in the file */
    int error;      /* errno of the last failed read, 0 = the file ended */
};
int io_read_at(void *window, uint64_t offset, void *buffer, size_t len);

#endif
