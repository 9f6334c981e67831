/* See window.h. */
#include "api/window.h"

#include <inttypes.h>

pith_status pith_archive_read(const struct pith_archive *archive, void *buffer, size_t len,
                              uint64_t position, pith_error *error)
{
    if (len == 0 || archive->read_at(archive->opaque, position, buffer, len) == 0)
        return PITH_OK;
    return pith_fail(error, PITH_E_IO, position,
                     "reading %zu bytes at byte %" PRIu64 " of the archive failed", len, position);
}

pith_status pith_window_read(struct pith_window *window, size_t *len, uint64_t position,
                             pith_error *error)
{
    uint64_t left =
        position < window->archive->packed_len ? window->archive->packed_len - position : 0;

    *len = left < sizeof window->data ? (size_t)left : sizeof window->data;
    return pith_archive_read(window->archive, window->data, *len, position, error);
}
