/* Runs: for every context the byte that came in it last, and how often in a row.
 *
 * Bit histories forget which byte it was; a context that has always been followed by the same byte
 * says more.  A table of 32-bit entries, found by hash: the byte (bits 0..7), the length of its run
 * (8..15), and 16 bits of the hash as a check.  Each context has learnt how often a run of each
 * length goes on, by number and value of the bit. */
#ifndef PITH_MODEL_RUNS_H
#define PITH_MODEL_RUNS_H

#include <string.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "model/slots.h"
#include "num/logistic.h"

#define PITH_RUNS_LENGTHS   32 /* classes of run lengths, the last for all longer ones */
#define PITH_RUNS_MAPS      (PITH_RUNS_LENGTHS * 8 * 2)
#define PITH_RUNS_RATE_LOG2 7
#define PITH_RUNS_START_P1  1503238553 /* 0.7 of 2^31 */

struct pith_runs_maps {
    int32_t *cells; /* [context][length][bit number][bit]: P(the run goes on) in 31 bits */
    uint32_t n_contexts;
};

struct pith_runs {
    uint32_t *entries;
    uint32_t entries_log2;
    uint32_t n_contexts;
    int32_t *cells;                       /* of the maps in use */
    uint32_t at[PITH_SLOTS_CONTEXTS_MAX]; /* of the byte's entries */
    uint16_t check[PITH_SLOTS_CONTEXTS_MAX];
    uint32_t run[PITH_SLOTS_CONTEXTS_MAX]; /* length << 8 | byte; 0 = none */
    uint32_t
        open[PITH_SLOTS_CONTEXTS_MAX]; /* contexts whose run has come true so far in this byte */
    uint32_t n_open;
    uint32_t cell[PITH_SLOTS_CONTEXTS_MAX]; /* of open runs in the last prediction */
};

void pith_runs_layout(struct pith_runs *runs, struct pith_arena *arena, uint32_t entries_log2);
/* Begins with 2^entries_log2 empty entries, at most as many as it was laid out with. */
void pith_runs_init(struct pith_runs *runs, uint32_t entries_log2);
void pith_runs_maps_layout(struct pith_runs_maps *maps, struct pith_arena *arena,
                           uint32_t n_contexts);
void pith_runs_maps_init(struct pith_runs_maps *maps);
void pith_runs_use(struct pith_runs *runs, const struct pith_runs_maps *maps);

/* At a byte boundary: fetches the entries of contexts from..to - 1. */
void pith_runs_prepare(struct pith_runs *runs, const uint32_t *hashes, uint32_t from, uint32_t to);
/* Reads the entries fetched: the runs that there are, are open. */
void pith_runs_find(struct pith_runs *runs);
/* The byte is known: each run grows or begins anew. */
void pith_runs_end_byte(struct pith_runs *runs, uint8_t byte);

/* One input for each context: the logit of what its run says, 0 when it says nothing. */
PITH_INLINE void pith_runs_predict(struct pith_runs *runs, uint32_t n_seen, int16_t *inputs)
{
    memset(inputs, 0, runs->n_contexts * sizeof *inputs);
    for (uint32_t k = 0; k < runs->n_open; k++) {
        uint32_t i = runs->open[k], run = runs->run[i], length = run >> 8;
        uint32_t bit = run >> (7 - n_seen) & 1, cell;
        int32_t logit;

        length = length < PITH_RUNS_LENGTHS ? length : PITH_RUNS_LENGTHS - 1;
        cell = i * PITH_RUNS_MAPS + length * 16 + n_seen * 2 + bit;
        runs->cell[k] = cell;
        logit = pith_stretch((uint32_t)runs->cells[cell] >> 15);
        inputs[i] = (int16_t)(bit ? logit : -logit);
    }
}

/* Runs that were wrong are closed: without a branch, as there are many of both. */
PITH_INLINE void pith_runs_update(struct pith_runs *runs, int bit)
{
    uint32_t n_open = 0;

    for (uint32_t k = 0; k < runs->n_open; k++) {
        int32_t *cell = &runs->cells[runs->cell[k]];
        int is_right = (int)(runs->cell[k] & 1) == bit;

        *cell += ((is_right ? INT32_MAX : 0) - *cell) >> PITH_RUNS_RATE_LOG2;
        runs->open[n_open] = runs->open[k];
        n_open += (uint32_t)is_right;
    }
    runs->n_open = n_open;
}

#endif
