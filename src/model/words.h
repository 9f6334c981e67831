/* Word contexts for text: the letters of the current word with the words before it. */
#ifndef PITH_MODEL_WORDS_H
#define PITH_MODEL_WORDS_H

#include "model/history.h"

#define PITH_WORDS_CONTEXTS 10

struct pith_words {
    uint32_t word;       /* hash of the current word's letters, case folded; 0 between words */
    uint32_t before[4];  /* hashes of the words before it, latest first */
    uint32_t class;      /* of the current word: the first byte of its code, or 1 for all spelt */
    uint32_t classes[2]; /* of the words before it, latest first */
    uint32_t len;        /* letters in the current word */
    uint32_t gap;        /* hash of the bytes between the last word and here */
};

void pith_words_init(struct pith_words *words);
/* Takes in the latest byte of history. */
void pith_words_update(struct pith_words *words, const struct pith_history *history);
/* The first n of PITH_WORDS_CONTEXTS contexts, the most useful first. */
void pith_words_contexts(const struct pith_words *words, const struct pith_history *history,
                         uint32_t *hashes, uint32_t n);

#endif
