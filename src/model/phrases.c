/* See phrases.h. */
#include "model/phrases.h"

#include <string.h>

#include "model/hash.h"

#define NEXT1_LOG2 16
#define NEXT2_LOG2 18

void pith_phrases_layout(struct pith_phrases *phrases, struct pith_arena *arena)
{
    phrases->next1 = pith_arena_take(arena, (uint64_t)1 << NEXT1_LOG2, sizeof *phrases->next1);
    phrases->next2 = pith_arena_take(arena, (uint64_t)1 << NEXT2_LOG2, sizeof *phrases->next2);
}

void pith_phrases_init(struct pith_phrases *phrases)
{
    uint32_t *next1 = phrases->next1, *next2 = phrases->next2;

    memset(next1, 0, sizeof *next1 << NEXT1_LOG2);
    memset(next2, 0, sizeof *next2 << NEXT2_LOG2);
    memset(phrases, 0, sizeof *phrases);
    phrases->next1 = next1;
    phrases->next2 = next2;
}

static uint32_t *after_word(const struct pith_phrases *phrases, uint32_t word)
{
    return &phrases->next1[(word * 0x9e3779b1u) >> (32 - NEXT1_LOG2)];
}

static uint32_t *after_words(const struct pith_phrases *phrases, uint32_t word, uint32_t before)
{
    uint32_t h = (word * 0x9e3779b1u ^ before * 0x85ebca6bu) * 0x2c1b3c6du;

    return &phrases->next2[h >> (32 - NEXT2_LOG2)];
}

static void end_word(struct pith_phrases *phrases, const struct pith_words *words)
{
    uint32_t *before = phrases->before;

    memmove(before + 1, before, (PITH_PHRASES_BEFORE - 1) * sizeof *before);
    before[0] = words->before[0];
    phrases->classes = phrases->classes << 8 | (words->classes[0] & 255);
    *after_word(phrases, before[1]) = before[0];
    *after_words(phrases, before[1], before[2]) = before[0];
    if (!phrases->first)
        phrases->first = before[0];
}

void pith_phrases_update(struct pith_phrases *phrases, const struct pith_words *words,
                         const struct pith_history *history)
{
    uint8_t byte = pith_history_back(history, 1);
    int is_letter = (byte | 32) >= 'a' && (byte | 32) <= 'z';

    if (phrases->was_word && !words->word)
        end_word(phrases, words);
    phrases->was_word = words->word;
    if (byte > ' ' && byte < 128 && !is_letter)
        phrases->punctuation = (phrases->punctuation << 8 | byte) & 0xffff;
    if (byte == '.' || byte == '!' || byte == '?' || byte == ';' || byte == ':' || byte == '\n')
        phrases->first = 0;
    if (byte == '"')
        phrases->is_quoted ^= 1;
    if (byte == '\n')
        phrases->is_quoted = 0;
}

static uint64_t pair(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

void pith_phrases_contexts(const struct pith_phrases *phrases, const struct pith_words *words,
                           const struct pith_structure *structure,
                           const struct pith_history *history, uint32_t n, uint32_t *hashes)
{
    if (n == 0)
        return;

    const uint32_t *b = phrases->before;
    uint32_t classes = phrases->classes, bare = words->word, last2 = history->last8 & 0xffff;
    uint64_t word = pair(words->word, words->gap);
    uint32_t next1 = *after_word(phrases, b[0]), next2 = *after_words(phrases, b[0], b[1]);
    uint32_t three = pith_hash2(140, pair(b[0], b[1]), b[2]);
    const uint32_t all[PITH_PHRASES_CONTEXTS] = {
        pith_hash2(141, word, next1),
        pith_hash2(142, word, next2),
        pith_hash2(143, word, pair(next1, next2)),
        pith_hash2(144, word, classes & 0xffffff),
        pith_hash2(145, word, pair(phrases->first, b[0])),
        pith_hash2(146, word, phrases->punctuation),
        pith_hash2(147, pair(bare, structure->above), history->last8 & 255),
        pith_hash2(148, word, structure->tag),
        pith_hash2(149, word, three),
        pith_hash2(150, word, classes),
        pith_hash2(151, word, phrases->first),
        pith_hash2(152, word,
                   (phrases->punctuation & 255) | (classes & 255) << 8 | phrases->is_quoted << 16),
        pith_hash2(153, word, structure->line_first),
        pith_hash2(154, pair(words->len, classes & 255), last2),
        pith_hash2(155, bare, pair(classes >> 8 & 255, b[0])),
        pith_hash2(156, bare, pair((classes & 255) << 8 | (classes >> 16 & 255), b[1])),
        pith_hash2(157, bare, pair(b[0], b[2])),
        pith_hash2(158, word, pair(classes & 255, b[1])),
        pith_hash2(159, word, pair(classes >> 8 & 0xffff, b[0])),
        pith_hash2(160, bare, b[4]),
        pith_hash2(161, bare, pair(b[1], b[3])),
    };

    memcpy(hashes, all, n * sizeof *all);
}
