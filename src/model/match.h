/* Match ladder: predicts the byte that followed the last place where the same bytes stood.
 *
 * One rung for each minimum length, on Fibonacci steps (the aperiodic hierarchy of Quasicryth,
 * arXiv 2603.14999: reuse stays visible at every scale).  A rung looks its latest bytes up by hash,
 * checks the match by comparing, follows it until it fails, and has learnt for each length how
 * often it is right. */
#ifndef PITH_MODEL_MATCH_H
#define PITH_MODEL_MATCH_H

#include "base/arena.h"
#include "model/history.h"

#define PITH_MATCH_RUNGS_MAX 4
#define PITH_MATCH_INPUTS 2 /* inputs of one rung */
#define PITH_MATCH_BUCKETS 32

struct pith_match_rung {
    uint32_t *heads;  /* hash -> position behind the latest occurrence; 0 = none */
    uint32_t min_len;
    uint32_t hash;    /* rolling, of the last min_len bytes */
    uint32_t drop;    /* multiplier power that removes the oldest byte */
    uint32_t at;      /* position of the predicted byte */
    uint32_t len;     /* of the match so far; 0 = none */
    uint32_t bucket;  /* class of len, 0..PITH_MATCH_BUCKETS - 1 */
    uint32_t expected; /* predicted byte | 256, or 0 when there is none (any more) in this byte */
};

struct pith_match {
    uint32_t *maps; /* [rung][bucket]: P(prediction right) in 22 bits, then a 10-bit count */
    uint32_t heads_log2, n_rungs;
    struct pith_match_rung rungs[PITH_MATCH_RUNGS_MAX];
    uint32_t longest_len;      /* over rungs whose prediction still stands, 0 = none */
    uint32_t longest_class;    /* of that length: 0 = none, 1..7 */
    uint32_t longest_expected; /* that rung's predicted byte | 256 */
};

void pith_match_layout(struct pith_match *match, struct pith_arena *arena, const uint8_t *min_lens,
                       uint32_t n_rungs, uint32_t heads_log2);
void pith_match_init(struct pith_match *match);
/* At a byte boundary, history already holding the latest byte. */
void pith_match_begin(struct pith_match *match, const struct pith_history *history);
/* bits_seen: bits of the current byte so far with a leading 1; n_seen of them. */
void pith_match_predict(struct pith_match *match, uint32_t bits_seen, uint32_t n_seen,
                        int16_t *inputs);
void pith_match_update(struct pith_match *match, uint32_t n_seen, int bit);

/* The byte that the longest match predicts | 256, or 0 if there is none or its first bits were
 * wrong. */
uint32_t pith_match_expected(const struct pith_match *match, uint32_t bits_seen, uint32_t n_seen);
/* A context for the slots: the predicted byte, how sure it is, and the byte before. */
uint32_t pith_match_context(const struct pith_match *match, const struct pith_history *history);

#endif
