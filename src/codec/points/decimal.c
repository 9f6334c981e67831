/* See decimal.h. */
#include "codec/points/decimal.h"

#include <string.h>

#define EXACT_MAX    22    /* powers of ten up to this are exact */
#define EXPONENT_MIN (-16) /* of a number's first digit; what is smaller is 0 */
#define EXPONENT_MAX 45
#define READ_MAX     ((uint64_t)1 << 54)

static const double powers[EXACT_MAX + 1] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                             1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                             1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

double pith_decimal_scaled(double x, int32_t power)
{
    for (; power > EXACT_MAX; power -= EXACT_MAX)
        x *= powers[EXACT_MAX];
    for (; power < -EXACT_MAX; power += EXACT_MAX)
        x /= powers[EXACT_MAX];
    return power < 0 ? x / powers[-power] : x * powers[power];
}

uint64_t pith_decimal_rounded(double x)
{
    uint64_t whole = (uint64_t)x;
    double rest = x - (double)whole;

    return whole + (rest > 0.5 || (rest == 0.5 && (whole & 1)));
}

/* The power of ten at or below x, about: one too large or small. */
static int32_t about_exponent(double x)
{
    uint64_t bits;
    int32_t log2;

    memcpy(&bits, &x, sizeof bits);
    log2 = (int32_t)(bits >> 52 & 2047) - 1023;
    return log2 < 0 ? -(-log2 * 1233 / 4096) - 1 : log2 * 1233 / 4096;
}

/* x * 10^-exponent has n_digits digits before its point.  Returns that. */
static double normal(int32_t *exponent, double x, uint32_t n_digits)
{
    int32_t power = (int32_t)n_digits - 1 - about_exponent(x);
    double y = pith_decimal_scaled(x, power);

    for (uint32_t tries = 0; tries < 3 && y < powers[n_digits - 1]; tries++)
        y = pith_decimal_scaled(x, ++power);
    for (uint32_t tries = 0; tries < 3 && y >= powers[n_digits]; tries++)
        y = pith_decimal_scaled(x, --power);
    *exponent = -power;
    return y < powers[n_digits] ? y : 0;
}

uint64_t pith_decimal_part(int32_t *exponent, double x, uint32_t n_digits)
{
    uint64_t digits = pith_decimal_rounded(normal(exponent, x, n_digits));

    if (digits < (uint64_t)powers[n_digits])
        return digits;
    (*exponent)++;
    return digits / 10;
}

/* Numbers of one exponent are 9 * 10^(n_digits - 1) integers, from 1 on. */
uint64_t pith_decimal_digits(int32_t *exponent, int64_t value, uint32_t n_digits)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t first = (uint64_t)powers[n_digits - 1], steps;

    *exponent = 0;
    if (size == 0)
        return 0;
    steps = (size - 1) / (9 * first);
    if (steps > EXPONENT_MAX - EXPONENT_MIN)
        steps = EXPONENT_MAX - EXPONENT_MIN;
    *exponent = EXPONENT_MIN + (int32_t)steps - (int32_t)n_digits + 1;
    return first + (size - 1) % (9 * first);
}

double pith_decimal_real(int64_t value, uint32_t n_digits)
{
    int32_t exponent;
    uint64_t digits = pith_decimal_digits(&exponent, value, n_digits);
    double size = pith_decimal_scaled((double)digits, exponent);

    return value < 0 ? -size : size;
}

int64_t pith_decimal_nearest(double x, uint32_t n_digits, double *off)
{
    double size = x < 0 ? -x : x, y;
    uint64_t first = (uint64_t)powers[n_digits - 1], digits;
    int32_t exponent, leading;
    int64_t value;

    *off = 0;
    if (!(size >= 1e-16 && size < 1e45))
        return 0;
    y = normal(&exponent, size, n_digits);
    digits = pith_decimal_rounded(y);
    *off = y - (double)digits;
    leading = exponent + (int32_t)n_digits - 1;
    if (digits < first || leading < EXPONENT_MIN || leading > EXPONENT_MAX)
        return 0;
    /* what is rounded to the next exponent is its first number */
    value = (int64_t)((uint64_t)(leading - EXPONENT_MIN) * 9 * first + (digits - first) + 1);
    *off = x < 0 ? -*off : *off;
    return x < 0 ? -value : value;
}

uint32_t pith_count_digits(uint64_t number)
{
    uint32_t n = 0;

    for (; number > 0; number /= 10)
        n++;
    return n;
}

static int is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Digits from text[*at] on.  Returns 0 if they are too many. */
static int read_digits(uint64_t *number, const uint8_t *text, size_t len, size_t *at)
{
    for (; *at < len && is_digit(text[*at]); ++*at) {
        *number = *number * 10 + (uint64_t)(text[*at] - '0');
        if (*number >= READ_MAX)
            return 0;
    }
    return 1;
}

/* "e-05": two digits at least, three only if they have to be. */
static int read_exponent(struct pith_numeral *numeral, const uint8_t *text, size_t len, size_t at)
{
    uint64_t exponent = 0;
    size_t start = at + 2;

    if (len < at + 4 || len > at + 5 || text[at] != 'e' ||
        (text[at + 1] != '-' && text[at + 1] != '+') || (len == at + 5 && text[start] == '0'))
        return 0;
    at = start;
    if (!read_digits(&exponent, text, len, &at) || at != len ||
        (exponent == 0 && text[start - 1] == '-'))
        return 0;
    numeral->scale += text[start - 1] == '-' ? (int32_t)exponent : -(int32_t)exponent;
    numeral->is_exponential = 1;
    return numeral->digits > 0 && numeral->scale <= PITH_NUMERAL_SCALE_MAX &&
           numeral->scale >= -PITH_NUMERAL_SCALE_MAX;
}

int pith_numeral_read(struct pith_numeral *numeral, const uint8_t *text, size_t len)
{
    size_t at = 0, start, point;

    memset(numeral, 0, sizeof *numeral);
    numeral->is_negative = len > 0 && text[0] == '-';
    start = at = (size_t)numeral->is_negative;
    if (!read_digits(&numeral->digits, text, len, &at) || at == start ||
        (at > start + 1 && text[start] == '0'))
        return 0;
    point = at;
    if (at < len && text[at] == '.') {
        at++;
        if (!read_digits(&numeral->digits, text, len, &at) || at == point + 1)
            return 0;
        numeral->scale = (int32_t)(at - point - 1);
    }
    if (at == len)
        return numeral->scale <= PITH_NUMERAL_SCALE_MAX;
    if (point != start + 1 || text[start] == '0' ||
        (at > point && text[at - 1] == '0' && at > point + 1))
        return 0;
    return read_exponent(numeral, text, len, at);
}

/* Returns the bytes. */
static size_t print_number(uint8_t *to, uint64_t number, uint32_t n_least)
{
    uint8_t digits[24];
    uint32_t n = 0;

    for (; number > 0 || n < n_least; number /= 10)
        digits[n++] = (uint8_t)('0' + number % 10);
    for (uint32_t i = 0; i < n; i++)
        to[i] = digits[n - 1 - i];
    return n;
}

static size_t print_exponential(uint8_t *to, const struct pith_numeral *numeral)
{
    uint32_t n = (uint32_t)print_number(to, numeral->digits, 1);
    int32_t exponent = (int32_t)n - 1 - numeral->scale;

    if (n > 1) {
        memmove(to + 2, to + 1, n - 1);
        to[1] = '.';
        n++;
    }
    to[n++] = 'e';
    to[n++] = exponent < 0 ? '-' : '+';
    return n + print_number(to + n, (uint64_t)(exponent < 0 ? -exponent : exponent), 2);
}

size_t pith_numeral_print(uint8_t text[PITH_NUMERAL_PRINT_MAX], const struct pith_numeral *numeral)
{
    uint8_t *to = text + numeral->is_negative;
    uint32_t n, scale = numeral->scale > 0 ? (uint32_t)numeral->scale : 0, zeros = 0;

    text[0] = '-';
    if (numeral->is_exponential)
        return (size_t)(to - text) + print_exponential(to, numeral);
    n = pith_count_digits(numeral->digits);
    if (n < scale + 1) {
        zeros = scale + 1 - n;
        memset(to, '0', zeros);
    }
    n = zeros + (uint32_t)print_number(to + zeros, numeral->digits, 0);
    if (scale > 0) {
        memmove(to + n - scale + 1, to + n - scale, scale);
        to[n - scale] = '.';
        n++;
    }
    return (size_t)(to - text) + n;
}
