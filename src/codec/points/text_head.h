/* Heads of point files that are lines of words. */
#ifndef PITH_CODEC_POINTS_TEXT_HEAD_H
#define PITH_CODEC_POINTS_TEXT_HEAD_H

#include <stddef.h>
#include <stdint.h>

struct pith_words {
    const char *at, *end; /* of what is left of the line */
};

/* Gives a head's lines to `take`, until that returns 1: the last one.  *need: what follows the head, or more bytes that have to
 * be seen.  Returns 0 if those would be too many. */
int pith_read_head(const uint8_t *data, size_t len, uint64_t *need,
                   int (*take)(void *opaque, struct pith_words line), void *opaque);

/* Whether the line begins with these words, which are then taken off. */
int pith_takes(struct pith_words *line, const char *words);

/* The next word, of *len bytes; NULL if there is none. */
const char *pith_next_word(struct pith_words *line, size_t *len);

/* The next word as a number below 2^40; UINT64_MAX if it is none. */
uint64_t pith_next_number(struct pith_words *line);

#endif
