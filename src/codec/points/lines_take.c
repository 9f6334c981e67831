/* Lines of text become columns: see lines.h. */
#include <string.h>

#include "codec/points/lines_fit.h"

#define REST_MAX 4096 /* bytes behind the last line that is one of points */

/* How lines are made, from the first one.  Returns 0 if there is none. */
static int find_style(struct pith_lines *lines, const uint8_t *raw, size_t raw_len)
{
    static const uint8_t separators[] = {' ', '\t', ',', ';'};
    const uint8_t *end = memchr(raw, '\n', raw_len);
    size_t len = end ? (size_t)(end - raw) : 0;

    lines->separator = 0;
    lines->has_return = len > 0 && raw[len - 1] == '\r';
    len -= lines->has_return;
    for (size_t k = 0; k < sizeof separators && lines->separator == 0; k++)
        if (memchr(raw, separators[k], len))
            lines->separator = separators[k];
    lines->has_last = len > 0 && raw[len - 1] == lines->separator;
    return len > 0 && (lines->separator != 0 || lines->layout->n_fields == 1);
}

/* The bytes of a line of n fields at raw; 0 if there is none. */
static size_t line_len(const struct pith_lines *lines, const uint8_t *raw, size_t raw_len)
{
    size_t at = 0, behind = 1u + lines->has_return + lines->has_last;

    for (uint32_t field = 0; field < lines->layout->n_fields; field++) {
        size_t len = pith_lines_len(lines, raw + at, raw_len - at);

        if (len == 0 || len > PITH_LINES_LITERAL_MAX)
            return 0;
        at += len;
        if (field + 1 < lines->layout->n_fields && (at == raw_len || raw[at++] != lines->separator))
            return 0;
    }
    if (raw_len - at < behind || raw[at + behind - 1] != '\n' ||
        (lines->has_last && raw[at] != lines->separator) ||
        (lines->has_return && raw[at + behind - 2] != '\r'))
        return 0;
    return at + behind;
}

static size_t count_lines(const struct pith_lines *lines, const uint8_t *raw, size_t raw_len)
{
    size_t n = 0, at = 0, len;

    while ((len = line_len(lines, raw + at, raw_len - at)) > 0) {
        at += len;
        n++;
    }
    return raw_len - at <= REST_MAX ? n : 0;
}

/* The first thing that is no number, if it is short, is the word. */
static int64_t take_word(struct pith_lines *lines, const uint8_t *word, size_t len)
{
    uint8_t padded[PITH_LINES_WORD_MAX] = {0};

    if (len > PITH_LINES_WORD_MAX || memchr(word, 0, len))
        return PITH_PACKED_NOTHING;
    memcpy(padded, word, len);
    if (lines->word[0] == 0)
        memcpy(lines->word, padded, sizeof padded);
    return memcmp(lines->word, padded, sizeof padded) == 0 ? PITH_PACKED_WORD : PITH_PACKED_NOTHING;
}

/* All of them, packed. */
static void take_numbers(struct pith_lines *lines, const uint8_t *raw, size_t raw_len)
{
    struct pith_columns *columns = lines->columns;
    uint32_t n_fields = lines->layout->n_fields;
    size_t at = 0;

    for (size_t i = 0; i < columns->n; i++) {
        for (uint32_t field = 0; field < n_fields; field++) {
            size_t len = pith_lines_len(lines, raw + at, raw_len - at);
            struct pith_numeral numeral;

            pith_column(columns, field)[i] = pith_numeral_read(&numeral, raw + at, len)
                                                 ? pith_numeral_pack(&numeral)
                                                 : take_word(lines, raw + at, len);
            at += len + 1;
        }
        at += (size_t)lines->has_last + lines->has_return;
    }
}

int pith_lines_take(struct pith_lines *lines, const uint8_t *raw, size_t raw_len)
{
    struct pith_columns *columns = lines->columns;

    memset(lines->word, 0, sizeof lines->word);
    columns->n_exceptions = 0;
    columns->sweep.is_there = 0;
    columns->n = 0;
    if (!find_style(lines, raw, raw_len))
        return 0;
    columns->n = count_lines(lines, raw, raw_len);
    if (columns->n == 0)
        return 0;
    take_numbers(lines, raw, raw_len);
    for (uint32_t field = 0; field < lines->layout->n_fields; field++)
        if (!pith_lines_fit(lines, field))
            return 0;
    return 1;
}
