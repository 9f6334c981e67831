/* Window: short reads of a seekable archive, for headers and indexes. */
#ifndef PITH_API_WINDOW_H
#define PITH_API_WINDOW_H

#include "base/status.h"

/* Headers lie far apart; indexes are read from end to end.  Longer than any header. */
#define PITH_WINDOW_LEN 1024

struct pith_archive {
    pith_read_at_fn read_at;
    void *opaque;
    uint64_t packed_len;
};

struct pith_window {
    const struct pith_archive *archive;
    uint8_t data[PITH_WINDOW_LEN];
};

/* Reads len bytes from position, which are there.  PITH_E_IO. */
pith_status pith_archive_read(const struct pith_archive *archive, void *buffer, size_t len,
                              uint64_t position, pith_error *error);

/* Fills the window from position on; *len is less than PITH_WINDOW_LEN at the archive's end only. */
pith_status pith_window_read(struct pith_window *window, size_t *len, uint64_t position,
                             pith_error *error);

#endif
