/* Heads of point files that are lines of words. */
#ifndef PITH_CODEC_POINTS_TEXT_HEAD_H
#define PITH_CODEC_POINTS_TEXT_HEAD_H

#include <stddef.h>
#include <stdint.h>

#define PITH_TEXT_HEAD_MAX 4096 /* bytes: longer heads are not looked at */

struct pith_words {
    const char *at, *end; /* of what is left of the line */
};

/* The line at data[*at..len), without its end, and on to the next.  Returns 0 if it is not all there. */
int pith_next_line(struct pith_words *line, const uint8_t *data, size_t len, size_t *at);

/* Whether the line begins with these words, which are then taken off. */
int pith_takes(struct pith_words *line, const char *words);

/* The next word, of *len bytes; NULL if there is none. */
const char *pith_next_word(struct pith_words *line, size_t *len);

/* The next word as a number below 2^40; UINT64_MAX if it is none. */
uint64_t pith_next_number(struct pith_words *line);

#endif
