/* Lazy copy: an array that begins as a copy of another, row by row as rows are first touched.
 *
 * Small messages touch little of what a model has learnt; copying it all would take longer than
 * coding them.  Beginning again is one addition. */
#ifndef PITH_BASE_LAZY_H
#define PITH_BASE_LAZY_H

#include <string.h>

#include "base/arena.h"
#include "base/compiler.h"

struct pith_lazy {
    uint32_t *stamps; /* [row]: the epoch in which it was copied; NULL = nothing is ever copied */
    uint32_t n_rows, epoch;
    uint8_t *own;
    const uint8_t *start; /* of the same shape, or with fewer rows; read only */
    uint32_t shift;       /* rows that share one of start, as a power of two */
    size_t row_len;       /* a multiple of 16 */
};

/* own and start are set when the copying begins. */
static inline void pith_lazy_layout(struct pith_lazy *lazy, struct pith_arena *arena,
                                    uint32_t n_rows, size_t row_len)
{
    lazy->stamps = pith_arena_take(arena, n_rows, sizeof *lazy->stamps);
    lazy->n_rows = n_rows;
    lazy->row_len = row_len;
    lazy->epoch = 0;
    lazy->start = NULL;
    lazy->shift = 0;
}

/* From now on rows come from start.  The stamps are cleared once, or when epochs run out. */
static inline void pith_lazy_begin(struct pith_lazy *lazy, void *own, const void *start)
{
    if (!lazy->start || lazy->epoch == UINT32_MAX) {
        memset(lazy->stamps, 0, lazy->n_rows * sizeof *lazy->stamps);
        lazy->epoch = 0;
    }
    lazy->epoch++;
    lazy->own = own;
    lazy->start = start;
}

/* Before the row is read or written.  Rows are short: copying in place beats a call. */
PITH_INLINE void pith_lazy_touch(struct pith_lazy *lazy, uint32_t row)
{
    const uint8_t *from;
    uint8_t *to;

    if (!lazy->start || lazy->stamps[row] == lazy->epoch)
        return;
    lazy->stamps[row] = lazy->epoch;
    to = lazy->own + row * lazy->row_len;
    from = lazy->start + (row >> lazy->shift) * lazy->row_len;
    for (size_t i = 0; i < lazy->row_len; i += 16)
        memcpy(to + i, from + i, 16);
}

#endif
