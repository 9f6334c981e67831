/* Match ladder: predicts the byte that followed the last place where the same bytes stood.
 *
 * One rung for each minimum length, on Fibonacci steps (the aperiodic hierarchy of Quasicryth,
 * arXiv 2603.14999: reuse stays visible at every scale).  A rung looks its latest bytes up by hash,
 * checks the match by comparing, follows it until it fails, and has learnt for each length how
 * often it is right.  At the strongest levels a match that was long enough goes on behind a wrong byte,
 * until a new one is found or too many bytes were wrong: in tables and records a field may differ. */
#ifndef PITH_MODEL_MATCH_H
#define PITH_MODEL_MATCH_H

#include "base/arena.h"
#include "base/compiler.h"
#include "model/history.h"
#include "num/logistic.h"

#define PITH_MATCH_RUNGS_MAX   4
#define PITH_MATCH_CONTEXTS    3
#define PITH_MATCH_INPUTS      2  /* inputs of one rung */
#define PITH_MATCH_BUCKETS     56 /* the last 24: of matches with wrong bytes */
#define PITH_MATCH_COUNT_LIMIT 1000u

struct pith_match_rung {
    uint32_t *heads; /* hash -> position behind the latest occurrence; 0 = none */
    uint32_t *head;  /* that of the latest bytes */
    uint32_t min_len;
    uint32_t hash; /* rolling, of the last min_len bytes */
    uint32_t drop; /* multiplier power that removes the oldest byte */
    uint32_t at;   /* position of the predicted byte */
    uint32_t
        len; /* of the match so far, or since its last wrong byte, that one counted; 0 = none */
    uint32_t misses;   /* its latest 16 bytes, the latest lowest: 1 = wrong */
    uint32_t bucket;   /* class of len and misses, 0..PITH_MATCH_BUCKETS - 1 */
    uint32_t expected; /* predicted byte | 256, or 0 when there is none (any more) in this byte */
};

struct pith_match {
    uint32_t *maps; /* [rung][bucket]: P(prediction right) in 22 bits, then a 10-bit count */
    uint32_t heads_log2, n_rungs;
    int goes_on; /* behind wrong bytes */
    struct pith_match_rung rungs[PITH_MATCH_RUNGS_MAX];
    uint32_t longest_len;      /* of the longest match; 0 = none, or a bit of its byte was wrong */
    uint32_t longest_class;    /* of that length: 0 = none, 1..7 */
    uint32_t longest_expected; /* that rung's predicted byte | 256 */
};

void pith_match_layout(struct pith_match *match, struct pith_arena *arena, const uint8_t *min_lens,
                       uint32_t n_rungs, uint32_t heads_log2, int goes_on);
/* Forgets the data, of which heads_log2 as laid out or less suit the next; what was learnt stays. */
void pith_match_renew(struct pith_match *match, uint32_t heads_log2);
void pith_match_init(struct pith_match *match);
/* Begins with what another of as many rungs has learnt. */
void pith_match_begin_from(struct pith_match *match, const struct pith_match *start);
/* At a byte boundary, history already holding the latest byte: follow, then begin. */
void pith_match_follow(struct pith_match *match, const struct pith_history *history);
void pith_match_begin(struct pith_match *match, const struct pith_history *history);
/* Contexts for the slots, PITH_MATCH_CONTEXTS at most: the predicted byte, how sure it is, and the
 * byte before; what the shortest and the longest rung predict, and the last two bytes; what the
 * shortest predicts, and the last three. */
void pith_match_contexts(const struct pith_match *match, const struct pith_history *history,
                         uint32_t n, uint32_t *hashes);

/* bits_seen: bits of the current byte so far with a leading 1; n_seen of them. */
PITH_INLINE void pith_match_predict(struct pith_match *match, uint32_t bits_seen, uint32_t n_seen,
                                    int16_t *inputs)
{
    for (uint32_t r = 0; r < match->n_rungs; r++) {
        struct pith_match_rung *rung = &match->rungs[r];
        int32_t logit = 0, lean = 0;

        if (rung->expected >> (8 - n_seen) != bits_seen)
            rung->expected = 0;
        if (rung->expected) {
            uint32_t right_q16 = match->maps[r * PITH_MATCH_BUCKETS + rung->bucket] >> 16;

            logit = pith_stretch(right_q16);
            lean = ((int32_t)right_q16 - 32768) >> 5;
            if (!(rung->expected >> (7 - n_seen) & 1)) {
                logit = -logit;
                lean = -lean;
            }
        }
        inputs[PITH_MATCH_INPUTS * r] = (int16_t)logit;
        inputs[PITH_MATCH_INPUTS * r + 1] = (int16_t)lean;
    }
    if (match->longest_expected >> (8 - n_seen) != bits_seen)
        match->longest_expected = match->longest_len = match->longest_class = 0;
}

PITH_INLINE void pith_match_update(struct pith_match *match, uint32_t n_seen, int bit)
{
    for (uint32_t r = 0; r < match->n_rungs; r++) {
        struct pith_match_rung *rung = &match->rungs[r];
        uint32_t *map, n;
        int32_t error;

        if (!rung->expected)
            continue;
        map = &match->maps[r * PITH_MATCH_BUCKETS + rung->bucket];
        n = *map & 1023;
        error = ((int)(rung->expected >> (7 - n_seen) & 1) == bit ? (1 << 22) - 1 : 0) -
                (int32_t)(*map >> 10);
        *map += (uint32_t)(int32_t)(((int64_t)error * pith_reciprocal_table[n]) >> 16) << 10;
        *map += n < PITH_MATCH_COUNT_LIMIT;
    }
}

/* The byte that the longest match predicts | 256, or 0 if there is none or its first bits were
 * wrong. */
PITH_INLINE uint32_t pith_match_expected(const struct pith_match *match, uint32_t bits_seen,
                                         uint32_t n_seen)
{
    uint32_t expected = match->longest_expected;

    return expected >> (8 - n_seen) == bits_seen ? expected : 0;
}

#endif
