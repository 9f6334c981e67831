/* Strict parsing by hand: strtoull skips blanks, takes signs and wraps negatives. */
#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Reads the digits at *text and moves past them; false if there are none or they overflow. */
static bool take_digits(uint64_t *value, const char **text)
{
    const char *at = *text;
    uint64_t sum = 0;

    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');

        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    if (at == *text)
        return false;
    *value = sum;
    *text = at;
    return true;
}

bool number_parse(uint64_t *value, const char *text, uint64_t min, uint64_t max)
{
    uint64_t found;

    if (!take_digits(&found, &text) || *text != '\0' || found < min || found > max)
        return false;
    *value = found;
    return true;
}

bool number_parse_size(uint64_t *value, const char *text)
{
    static const char letters[] = "KMGT";
    unsigned shift = 0;
    uint64_t found;
    const char *letter;

    if (!take_digits(&found, &text))
        return false;
    if (*text != '\0') {
        letter = strchr(letters, *text);
        if (letter == NULL)
            return false;
        shift = 10 * (unsigned)(letter - letters + 1);
        if (text[1] != '\0' && strcmp(text + 1, "iB") != 0)
            return false;
    }
    if (found > UINT64_MAX >> shift)
        return false;
    *value = found << shift;
    return true;
}

static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

const char *number_size_text(char text[NUMBER_TEXT_CAP], uint64_t len)
{
    double shown = (double)len;
    unsigned unit = 0;

    /* 999.5, not 1024: "1000 KiB" would be a fourth digit. */
    for (; shown >= (unit == 0 ? 1000.0 : 999.5); unit++)
        shown /= 1024;
    if (unit == 0)
        snprintf(text, NUMBER_TEXT_CAP, "%" PRIu64 " B", len);
    else
        snprintf(text, NUMBER_TEXT_CAP, "%.*f %s",
                 shown < 9.995   ? 2
                 : shown < 99.95 ? 1
                                 : 0,
                 shown, units[unit]);
    return text;
}

const char *number_size_option(char text[NUMBER_TEXT_CAP], uint64_t len)
{
    bool is_whole = len != 0 && len % ((uint64_t)1 << 30) == 0;
    unsigned unit = len >= (uint64_t)8 << 30 || is_whole ? 3 : len >= (uint64_t)1 << 20 ? 2 : 1;
    uint64_t step = (uint64_t)1 << (10 * unit);

    snprintf(text, NUMBER_TEXT_CAP, "%" PRIu64 "%s", len / step + (len % step != 0), units[unit]);
    return text;
}
