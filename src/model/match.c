/* See match.h. */
#include "model/match.h"

#include <string.h>

#include "model/hash.h"
#include "num/logistic.h"

#define MULTIPLIER 0x2f0b4c47u
#define LEN_MAX 65535u /* longer matches are as sure as this one */
#define COUNT_LIMIT 1000u

void pith_match_layout(struct pith_match *match, struct pith_arena *arena, const uint8_t *min_lens,
                       uint32_t n_rungs, uint32_t heads_log2)
{
    match->n_rungs = n_rungs;
    match->heads_log2 = heads_log2;
    match->maps = pith_arena_take(arena, (uint64_t)n_rungs * PITH_MATCH_BUCKETS, sizeof *match->maps);
    for (uint32_t r = 0; r < n_rungs; r++) {
        match->rungs[r].min_len = min_lens[r];
        match->rungs[r].heads =
            pith_arena_take(arena, (uint64_t)1 << heads_log2, sizeof *match->rungs[r].heads);
    }
}

void pith_match_init(struct pith_match *match)
{
    for (uint32_t r = 0; r < match->n_rungs; r++) {
        struct pith_match_rung *rung = &match->rungs[r];

        memset(rung->heads, 0, sizeof *rung->heads << match->heads_log2);
        rung->hash = 0;
        rung->drop = 1;
        for (uint32_t i = 0; i < rung->min_len; i++)
            rung->drop *= MULTIPLIER;
        rung->at = rung->len = rung->expected = 0;
        for (uint32_t b = 0; b < PITH_MATCH_BUCKETS; b++)
            match->maps[r * PITH_MATCH_BUCKETS + b] = (uint32_t)(60000 + b * 150) << 16 | 8;
    }
    match->longest_len = match->longest_class = match->longest_expected = 0;
}

/* Small class of a match length, 0..PITH_MATCH_BUCKETS - 1. */
static uint32_t bucket_of(uint32_t len)
{
    uint32_t bucket = 16;

    if (len < 16)
        return len;
    for (len >>= 4; len > 1 && bucket < PITH_MATCH_BUCKETS - 2; len >>= 1)
        bucket += 2;
    return bucket;
}

static uint32_t common_len(const struct pith_history *history, uint32_t at)
{
    const uint8_t *data = history->data;
    size_t pos = history->pos;
    uint32_t len = 0;

    while (len < 400 && len < at && data[at - 1 - len] == data[pos - 1 - len])
        len++;
    return len;
}

static void advance(struct pith_match *match, struct pith_match_rung *rung,
                    const struct pith_history *history)
{
    uint8_t latest = pith_history_back(history, 1);
    uint32_t slot;

    if (history->pos == 0)
        return;
    if (rung->len && history->data[rung->at] == latest) {
        rung->len += rung->len < LEN_MAX;
        rung->at++;
    } else {
        rung->len = 0;
    }
    rung->hash = rung->hash * MULTIPLIER + latest + 1;
    if (history->pos > rung->min_len)
        rung->hash -= rung->drop * (pith_history_back(history, rung->min_len + 1) + 1u);
    if (history->pos >= rung->min_len) {
        slot = (rung->hash * 0x9e3779b1u) >> (32 - match->heads_log2);
        if (!rung->len && rung->heads[slot]) {
            rung->at = rung->heads[slot];
            rung->len = common_len(history, rung->at);
            if (rung->len < rung->min_len)
                rung->len = 0;
        }
        rung->heads[slot] = (uint32_t)history->pos;
    }
    rung->expected = rung->len ? history->data[rung->at] | 256u : 0;
    rung->bucket = bucket_of(rung->len);
}

/* 0 without a match, else a class 1..7 of its length. */
static uint32_t class_of(uint32_t len)
{
    static const uint8_t least[7] = {1, 8, 12, 16, 24, 32, 64};
    uint32_t class = 0;

    while (class < 7 && len >= least[class])
        class++;
    return class;
}

void pith_match_begin(struct pith_match *match, const struct pith_history *history)
{
    match->longest_len = match->longest_expected = 0;
    for (uint32_t r = 0; r < match->n_rungs; r++) {
        struct pith_match_rung *rung = &match->rungs[r];

        advance(match, rung, history);
        if (rung->len > match->longest_len) {
            match->longest_len = rung->len;
            match->longest_expected = rung->expected;
        }
    }
    match->longest_class = class_of(match->longest_len);
}

void pith_match_predict(struct pith_match *match, uint32_t bits_seen, uint32_t n_seen,
                        int16_t *inputs)
{
    for (uint32_t r = 0; r < match->n_rungs; r++) {
        struct pith_match_rung *rung = &match->rungs[r];
        int32_t logit = 0, lean = 0;

        if (rung->expected >> (8 - n_seen) != bits_seen)
            rung->expected = 0;
        if (rung->expected) {
            uint32_t right_q16 =
                match->maps[r * PITH_MATCH_BUCKETS + rung->bucket] >> 16;

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

void pith_match_update(struct pith_match *match, uint32_t n_seen, int bit)
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
        *map += n < COUNT_LIMIT;
    }
}

uint32_t pith_match_expected(const struct pith_match *match, uint32_t bits_seen, uint32_t n_seen)
{
    uint32_t expected = match->longest_expected;

    return expected >> (8 - n_seen) == bits_seen ? expected : 0;
}

uint32_t pith_match_context(const struct pith_match *match, const struct pith_history *history)
{
    return pith_hash2(70, match->longest_expected,
                      (uint64_t)bucket_of(match->longest_len) << 8 | (history->last8 & 255));
}
