/* See words.h. */
#include "model/words.h"

#include <string.h>

#include "model/hash.h"

void pith_words_init(struct pith_words *words)
{
    memset(words, 0, sizeof *words);
}

void pith_words_update(struct pith_words *words, const struct pith_history *history)
{
    uint32_t byte = pith_history_back(history, 1);
    uint32_t folded = byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;

    if ((folded >= 'a' && folded <= 'z') || byte >= 128) {
        words->word = (words->word + folded + 1) * 0x2f0b4c47u;
        words->word ^= words->word >> 15;
        words->len++;
        words->gap = 0;
        return;
    }
    if (words->word) {
        memmove(words->before + 1, words->before, sizeof words->before - sizeof *words->before);
        words->before[0] = words->word;
        words->word = 0;
        words->len = 0;
    }
    words->gap = (words->gap + byte + 1) * 0x3d4d51cbu;
}

void pith_words_contexts(const struct pith_words *words, const struct pith_history *history,
                         uint32_t *hashes, uint32_t n)
{
    if (n == 0)
        return;

    uint64_t word = (uint64_t)words->word << 32 | words->gap;
    uint32_t all[PITH_WORDS_CONTEXTS];
    uint32_t c1 = (uint32_t)history->last8 & 255;

    all[0] = pith_hash2(40, word, words->before[0]);
    all[1] = pith_hash2(41, word, c1);
    all[2] = pith_hash2(42, word, (uint64_t)words->before[0] << 32 | words->before[1]);
    all[3] = pith_hash2(43, word, words->before[1]);
    all[4] = pith_hash2(44, words->word, (uint64_t)words->before[1] << 32 | words->before[2]);
    all[5] = pith_hash2(45, words->before[0], history->last8 & 0xffff);
    all[6] = pith_hash2(46, words->word, words->before[2]);
    all[7] = pith_hash2(47, words->word, words->before[3]);
    memcpy(hashes, all, n * sizeof *all);
}
