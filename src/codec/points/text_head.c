/* See text_head.h. */
#include "codec/points/text_head.h"

#include <string.h>

#define HEAD_MAX 4096 /* bytes: longer heads are not looked at */
#define MORE     256  /* and half of what is there: that many more at once */

/* The line at data[*at..len), without its end, and on to the next.  Returns 0 if it is not all there. */
static int next_line(struct pith_words *line, const uint8_t *data, size_t len, size_t *at)
{
    const uint8_t *end = memchr(data + *at, '\n', len - *at);

    if (!end)
        return 0;
    line->at = (const char *)data + *at;
    line->end = (const char *)end;
    *at = (size_t)(end - data) + 1;
    if (line->end > line->at && line->end[-1] == '\r')
        line->end--;
    return 1;
}

int pith_read_head(const uint8_t *data, size_t len, uint64_t *need,
                   int (*take)(void *opaque, struct pith_words line), void *opaque)
{
    struct pith_words line;
    size_t at = 0;

    while (next_line(&line, data, len, &at))
        if (take(opaque, line)) {
            *need = at;
            return 1;
        }
    *need = len + len / 2 + MORE;
    return len < HEAD_MAX;
}

int pith_takes(struct pith_words *line, const char *words)
{
    size_t len = strlen(words);

    if ((size_t)(line->end - line->at) < len || memcmp(line->at, words, len) != 0 ||
        (line->at + len < line->end && line->at[len] != ' '))
        return 0;
    line->at += len;
    return 1;
}

const char *pith_next_word(struct pith_words *line, size_t *len)
{
    const char *start;

    while (line->at < line->end && *line->at == ' ')
        line->at++;
    start = line->at;
    while (line->at < line->end && *line->at != ' ')
        line->at++;
    *len = (size_t)(line->at - start);
    return *len > 0 ? start : NULL;
}

uint64_t pith_next_number(struct pith_words *line)
{
    uint64_t number = 0;
    size_t len;
    const char *word = pith_next_word(line, &len);

    if (!word || len > 12)
        return UINT64_MAX;
    for (size_t i = 0; i < len; i++) {
        if (word[i] < '0' || word[i] > '9')
            return UINT64_MAX;
        number = number * 10 + (uint64_t)(word[i] - '0');
    }
    return number;
}
