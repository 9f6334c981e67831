/* Phrase contexts for text: the words at work, words and classes before them in longer sequences,
 * what followed the same words last time, the sentence and the line around them.
 *
 * This is evidence of whole words (the n-grams over tokens of StateSMix, arXiv 2605.02904), turned
 * into contexts of the next byte: for each of the latest one and two words it is remembered which
 * word came next, and what is remembered, beside what is already seen of the next word, is the
 * context. */
#ifndef PITH_MODEL_PHRASES_H
#define PITH_MODEL_PHRASES_H

#include "base/arena.h"
#include "model/history.h"
#include "model/structure.h"
#include "model/words.h"

#define PITH_PHRASES_CONTEXTS 21
#define PITH_PHRASES_BEFORE   5

struct pith_phrases {
    uint32_t *next1;   /* [hash of a word]: the word that came after it */
    uint32_t *next2;   /* [hash of two words]: the same */
    uint32_t was_word; /* the current word as it was a byte ago; 0 between words */
    uint32_t before[PITH_PHRASES_BEFORE]; /* hashes of the words before the current, latest first */
    uint32_t classes;                     /* their classes, a byte each, latest lowest */
    uint32_t first;                       /* first word of the sentence or line; 0 = none yet */
    uint32_t punctuation;                 /* the last two marks, latest lowest */
    uint32_t is_quoted;
};

void pith_phrases_layout(struct pith_phrases *phrases, struct pith_arena *arena);
void pith_phrases_init(struct pith_phrases *phrases);
/* Takes in the latest byte of history, which words has taken in already. */
void pith_phrases_update(struct pith_phrases *phrases, const struct pith_words *words,
                         const struct pith_history *history);
/* The first n of PITH_PHRASES_CONTEXTS contexts. */
void pith_phrases_contexts(const struct pith_phrases *phrases, const struct pith_words *words,
                           const struct pith_structure *structure,
                           const struct pith_history *history, uint32_t n, uint32_t *hashes);

#endif
