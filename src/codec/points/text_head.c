/* See text_head.h. */
#include "codec/points/text_head.h"

#include <string.h>

int pith_next_line(struct pith_words *line, const uint8_t *data, size_t len, size_t *at)
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
