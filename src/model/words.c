/* See words.h. */
#include "model/words.h"

#include <string.h>

#include "model/hash.h"

void pith_words_init(struct pith_words *words)
{
    memset(words, 0, sizeof *words);
}

/* The first byte of a code of the text transform is a class of words (see tools/make_words.py);
 * all words that are spelt make up one more. */
static uint32_t word_class(uint32_t first_byte)
{
    return first_byte >= 128 ? first_byte : 1;
}

void pith_words_update(struct pith_words *words, const struct pith_history *history)
{
    uint32_t byte = pith_history_back(history, 1);
    uint32_t folded = byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;

    if ((folded >= 'a' && folded <= 'z') || byte >= 128) {
        if (words->len == 0)
            words->class = word_class(byte);
        words->word = (words->word + folded + 1) * 0x2f0b4c47u;
        words->word ^= words->word >> 15;
        words->len++;
        words->gap = 0;
        return;
    }
    if (words->word) {
        memmove(words->before + 1, words->before, sizeof words->before - sizeof *words->before);
        words->before[0] = words->word;
        memmove(words->classes + 1, words->classes, sizeof words->classes - sizeof *words->classes);
        words->classes[0] = words->class;
        words->word = 0;
        words->len = 0;
    }
    words->gap = (words->gap + byte + 1) * 0x3d4d51cbu;
}

void pith_words_contexts(const struct pith_words *words, const struct pith_history *history,
                         uint32_t *hashes, uint32_t n)
{
    uint64_t word = (uint64_t)words->word << 32 | words->gap;
    const uint32_t *before = words->before, *classes = words->classes;

    if (n > 0)
        hashes[0] = pith_hash2(48, word, classes[0] << 8 | classes[1]);
    if (n > 1)
        hashes[1] = pith_hash2(41, word, history->last8 & 255);
    if (n > 2)
        hashes[2] = pith_hash2(40, word, before[0]);
    if (n <= 3)
        return;

    const uint32_t others[PITH_WORDS_CONTEXTS - 3] = {
        pith_hash2(43, word, before[1]),
        pith_hash2(42, word, (uint64_t)before[0] << 32 | before[1]),
        pith_hash2(49, words->word, (uint64_t)before[1] << 32 | classes[0]),
        pith_hash2(44, words->word, (uint64_t)before[1] << 32 | before[2]),
        pith_hash2(45, before[0], history->last8 & 0xffff),
        pith_hash2(46, words->word, before[2]),
        pith_hash2(47, words->word, before[3]),
    };

    memcpy(hashes + 3, others, (n - 3) * sizeof *others);
}
