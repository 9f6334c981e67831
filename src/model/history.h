/* History: what has been coded so far, as predictors see it at a byte boundary. */
#ifndef PITH_MODEL_HISTORY_H
#define PITH_MODEL_HISTORY_H

#include <stddef.h>
#include <stdint.h>

struct pith_history {
    uint8_t *data; /* the chunk; data[0..pos) is known */
    size_t pos;
    uint64_t last8;  /* the last eight bytes, the latest lowest; zeros before the start */
    uint64_t prior8; /* the eight before those */
};

static inline void pith_history_push(struct pith_history *history, uint8_t byte)
{
    history->data[history->pos] = byte;
    history->prior8 = history->prior8 << 8 | history->last8 >> 56;
    history->last8 = history->last8 << 8 | byte;
    history->pos++;
}

/* The byte `back` places behind the next one (1 = the latest); 0 before the start. */
static inline uint8_t pith_history_back(const struct pith_history *history, size_t back)
{
    return back <= history->pos ? history->data[history->pos - back] : 0;
}

#endif
