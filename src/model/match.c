/* See match.h. */
#include "model/match.h"

#include <string.h>

#include "base/compiler.h"
#include "model/hash.h"

#define MULTIPLIER 0x2f0b4c47u
#define LEN_MAX    65535u /* longer matches are as sure as this one */

/* Matches that go on behind a wrong byte. */
#define GOES_ON_LEN 8u /* the shortest that do; once one byte was wrong, any length */
#define MISSES_MAX  8u /* of the latest 16 bytes; with more, the match is over */
#define MISSES      0xffffu
#define CLEAN       32u /* buckets of matches without a wrong byte, before the others */
#define LENGTHS     8u  /* buckets for one, two, more wrong bytes each */

void pith_match_layout(struct pith_match *match, struct pith_arena *arena, const uint8_t *min_lens,
                       uint32_t n_rungs, uint32_t heads_log2, int goes_on)
{
    match->n_rungs = n_rungs;
    match->goes_on = goes_on;
    match->heads_log2 = heads_log2;
    match->maps =
        pith_arena_take(arena, (uint64_t)n_rungs * PITH_MATCH_BUCKETS, sizeof *match->maps);
    for (uint32_t r = 0; r < n_rungs; r++) {
        match->rungs[r].min_len = min_lens[r];
        match->rungs[r].heads =
            pith_arena_take(arena, (uint64_t)1 << heads_log2, sizeof *match->rungs[r].heads);
    }
}

void pith_match_renew(struct pith_match *match, uint32_t heads_log2)
{
    match->heads_log2 = heads_log2;
    for (uint32_t r = 0; r < match->n_rungs; r++) {
        struct pith_match_rung *rung = &match->rungs[r];

        memset(rung->heads, 0, sizeof *rung->heads << heads_log2);
        rung->hash = 0;
        rung->drop = 1;
        for (uint32_t i = 0; i < rung->min_len; i++)
            rung->drop *= MULTIPLIER;
        rung->at = rung->len = rung->misses = rung->expected = 0;
    }
    match->longest_len = match->longest_class = match->longest_expected = 0;
}

void pith_match_init(struct pith_match *match)
{
    pith_match_renew(match, match->heads_log2);
    for (uint32_t r = 0; r < match->n_rungs; r++)
        for (uint32_t b = 0; b < PITH_MATCH_BUCKETS; b++) {
            uint32_t right_q16 = b < CLEAN ? 60000 + b * 150 : 32768 + (b - CLEAN) * 500;

            match->maps[r * PITH_MATCH_BUCKETS + b] = right_q16 << 16 | 8;
        }
}

void pith_match_begin_from(struct pith_match *match, const struct pith_match *start)
{
    memcpy(match->maps, start->maps,
           (size_t)match->n_rungs * PITH_MATCH_BUCKETS * sizeof *match->maps);
}

static uint32_t ones(uint32_t bits)
{
    uint32_t n = 0;

    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

/* Small class of a match length, 0..CLEAN - 1. */
static uint32_t bucket_of(uint32_t len)
{
    uint32_t bucket = 16;

    if (len < 16)
        return len;
    for (len >>= 4; len > 1 && bucket < CLEAN - 2; len >>= 1)
        bucket += 2;
    return bucket;
}

static uint32_t bucket_of_rung(const struct pith_match_rung *rung)
{
    uint32_t n = ones(rung->misses), len = rung->len;

    if (n == 0 || len == 0)
        return bucket_of(len);
    return CLEAN + (n < 3 ? n - 1 : 2) * LENGTHS + (len < LENGTHS ? len : LENGTHS) - 1;
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

/* Follows the match by the latest byte. */
static void advance(const struct pith_match *match, struct pith_match_rung *rung, int is_right)
{
    rung->at++;
    rung->misses = (rung->misses << 1 | !is_right) & MISSES;
    if (is_right) {
        rung->len += rung->len < LEN_MAX;
    } else if (match->goes_on && (rung->misses != 1 || rung->len >= GOES_ON_LEN) &&
               ones(rung->misses) <= MISSES_MAX) {
        rung->len = 1;
    } else {
        rung->len = rung->misses = 0;
    }
}

/* Follows the match by the latest byte, and fetches the head of the latest min_len bytes. */
static void follow(struct pith_match *match, struct pith_match_rung *rung,
                   const struct pith_history *history)
{
    uint8_t latest = pith_history_back(history, 1);

    if (history->pos == 0)
        return;
    if (rung->len)
        advance(match, rung, history->data[rung->at] == latest);
    rung->hash = rung->hash * MULTIPLIER + latest + 1;
    if (history->pos > rung->min_len)
        rung->hash -= rung->drop * (pith_history_back(history, rung->min_len + 1) + 1u);
    rung->head = rung->heads + ((rung->hash * 0x9e3779b1u) >> (32 - match->heads_log2));
    PITH_PREFETCH(rung->head);
}

void pith_match_follow(struct pith_match *match, const struct pith_history *history)
{
    for (uint32_t r = 0; r < match->n_rungs; r++)
        follow(match, &match->rungs[r], history);
}

/* Looks for a new match where there is none, or one that has been wrong, and remembers this place. */
static void look_up(struct pith_match_rung *rung, const struct pith_history *history)
{
    if (history->pos >= rung->min_len) {
        uint32_t at = *rung->head;

        if (at && (!rung->len || (rung->misses && at != rung->at))) {
            uint32_t len = common_len(history, at);

            if (len >= rung->min_len) {
                rung->at = at;
                rung->len = len;
                rung->misses = 0;
            }
        }
        *rung->head = (uint32_t)history->pos;
    }
    rung->expected = rung->len ? history->data[rung->at] | 256u : 0;
    rung->bucket = bucket_of_rung(rung);
}

/* 0 without a match, else a class 1..7 of its length. */
static uint32_t class_of(uint32_t len)
{
    static const uint8_t least[7] = {1, 8, 12, 16, 24, 32, 64};
    uint32_t class = 0;

    while (class < 7 && len >= least[class])
        class ++;
    return class;
}

void pith_match_begin(struct pith_match *match, const struct pith_history *history)
{
    match->longest_len = match->longest_expected = 0;
    for (uint32_t r = 0; r < match->n_rungs; r++) {
        struct pith_match_rung *rung = &match->rungs[r];

        look_up(rung, history);
        if (rung->len > match->longest_len && !(rung->misses & 1)) {
            match->longest_len = rung->len;
            match->longest_expected = rung->expected;
        }
    }
    match->longest_class = class_of(match->longest_len);
}

void pith_match_contexts(const struct pith_match *match, const struct pith_history *history,
                         uint32_t n, uint32_t *hashes)
{
    if (n > 0)
        hashes[0] =
            pith_hash2(70, match->longest_expected,
                       (uint64_t)bucket_of(match->longest_len) << 8 | (history->last8 & 255));
    if (n > 1) {
        uint32_t first = match->rungs[0].expected, last = match->rungs[match->n_rungs - 1].expected;

        hashes[1] = pith_hash2(71, first | last << 9, history->last8 & 0xffff);
        if (n > 2)
            hashes[2] = pith_hash2(72, first, history->last8 & 0xffffff);
    }
}
