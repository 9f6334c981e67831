/* See lines.h. */
#include "codec/points/lines.h"

#include <string.h>

#include "codec/points/reals.h"
#include "coder/bitcode.h"

#define EXPONENT_MIN (-4) /* smaller numbers are printed with an exponent */
#define EXPONENT_MAX 16   /* and larger ones, unless they have digits */

size_t pith_lines_len(const struct pith_lines *lines, const uint8_t *raw, size_t len)
{
    size_t n = 0;

    while (n < len && raw[n] != lines->separator && raw[n] != '\n' &&
           !(raw[n] == '\r' && n + 1 < len && raw[n + 1] == '\n'))
        n++;
    return n;
}

/* With as many significant digits as are printed. */
static void round_real(struct pith_numeral *numeral, const struct pith_notation *notation, double x)
{
    uint32_t n_digits = notation->digits > 0 ? notation->digits : 1;
    int32_t exponent;

    numeral->digits = pith_decimal_part(&exponent, x, n_digits);
    if (notation->digits == 0)
        while (n_digits < PITH_NOTATION_DIGITS_MAX &&
               pith_real_bits(pith_decimal_scaled((double)numeral->digits, exponent), 0) !=
                   pith_real_bits(x, 0))
            numeral->digits = pith_decimal_part(&exponent, x, ++n_digits);
    numeral->scale = -exponent;
}

/* With so many decimals. */
static void round_decimals(struct pith_numeral *numeral, uint32_t decimals, double x)
{
    double whole = pith_decimal_scaled(x, (int32_t)decimals);

    numeral->scale = (int32_t)decimals;
    numeral->digits = whole < 1e15 ? pith_decimal_rounded(whole) : 0;
}

/* Zeros at the end go or come. */
static void trim(struct pith_numeral *numeral, const struct pith_notation *notation,
                 int32_t exponent_max)
{
    int32_t least = notation->n_least, leading;

    if (!notation->is_fixed && numeral->digits > 0) {
        leading = (int32_t)pith_count_digits(numeral->digits) - 1 - numeral->scale;
        numeral->is_exponential = leading < EXPONENT_MIN || leading >= exponent_max;
        while (numeral->digits % 10 == 0 && (numeral->is_exponential || numeral->scale > least)) {
            numeral->digits /= 10;
            numeral->scale--;
        }
    }
    if (!notation->is_fixed && numeral->digits == 0)
        numeral->scale = 0;
    while (!numeral->is_exponential && numeral->scale < least) {
        numeral->digits *= 10; /* of hostile numbers modulo 2^64 */
        numeral->scale++;
    }
}

void pith_lines_numeral(struct pith_numeral *numeral, const struct pith_lines *lines,
                        uint32_t field, int64_t value)
{
    const struct pith_columns *columns = lines->columns;
    const struct pith_notation *notation = &lines->notations[field];
    uint8_t type = lines->layout->fields[field].type, decimals = columns->decimals[field];
    int32_t exponent, exponent_max = EXPONENT_MAX;

    memset(numeral, 0, sizeof *numeral);
    numeral->is_negative = value < 0;
    if (type == PITH_POINT_DECIMAL) {
        numeral->digits = pith_decimal_digits(&exponent, value, decimals);
        numeral->scale = -exponent;
        exponent_max = decimals;
    } else if (type == PITH_POINT_F32) {
        double x = pith_column_real_of(columns, field, value);

        x = x < 0 ? -x : x;
        if (x > 0 && x < 1e39 && notation->is_fixed)
            round_decimals(numeral, notation->n_least, x);
        else if (x > 0 && x < 1e39)
            round_real(numeral, notation, x);
        exponent_max = notation->digits > 0 ? notation->digits : EXPONENT_MAX;
    } else {
        numeral->digits = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        numeral->digits *= columns->multiples[field];
        numeral->scale = type == PITH_POINT_I64 ? 0 : decimals;
    }
    trim(numeral, notation, exponent_max);
}

/* Codes what has up to 64 bits. */
static uint64_t code_bits(struct pith_coder *coder, uint64_t bits)
{
    uint64_t read = 0;

    for (uint32_t k = 0; k < 64; k += 16)
        read |= (uint64_t)pith_bitcode_plain(coder, 16, (uint32_t)(bits >> k) & 0xffff) << k;
    return read;
}

/* A number that has to be within limits.  Returns 0 if it is not. */
static int code_byte(struct pith_coder *coder, struct pith_bitcode_number *numbers, uint8_t *byte,
                     uint32_t least, uint32_t most)
{
    uint32_t value = pith_bitcode_number(coder, numbers, *byte);

    *byte = (uint8_t)value;
    return value >= least && value <= most;
}

/* What a field's values count.  Returns 0 if it is nothing. */
static int code_grid(struct pith_columns *columns, struct pith_coder *coder,
                     struct pith_bitcode_number *numbers, uint32_t field)
{
    uint8_t type = columns->layout->fields[field].type, *decimals = &columns->decimals[field];

    if (type == PITH_POINT_DECIMAL)
        return code_byte(coder, &numbers[1], decimals, 1, PITH_DECIMAL_DIGITS_MAX);
    if (!code_byte(coder, &numbers[1], decimals, 0, PITH_POINT_NO_GRID))
        return 0;
    if ((*decimals == PITH_POINT_NO_GRID) != (type == PITH_POINT_I64) && type != PITH_POINT_F32)
        return 0;
    if (type != PITH_POINT_F32 || *decimals != PITH_POINT_NO_GRID)
        columns->multiples[field] =
            1ull + pith_bitcode_number(coder, &numbers[0], (uint32_t)columns->multiples[field] - 1);
    return 1;
}

/* How a field is printed.  Returns 0 if it is nothing. */
static int code_notation(struct pith_lines *lines, struct pith_coder *coder,
                         struct pith_bitcode_number *numbers, uint32_t field)
{
    struct pith_notation *notation = &lines->notations[field];

    return code_grid(lines->columns, coder, numbers, field) &&
           code_byte(coder, &numbers[2], &notation->n_least, 0, PITH_NOTATION_DECIMALS_MAX) &&
           code_byte(coder, &numbers[3], &notation->is_fixed, 0, 1) &&
           code_byte(coder, &numbers[4], &notation->digits, 0, PITH_NOTATION_DIGITS_MAX) &&
           code_byte(coder, &numbers[5], &notation->has_zeros, 0, 1);
}

int pith_lines_code_notations(struct pith_lines *lines, struct pith_coder *coder, uint64_t raw_len)
{
    struct pith_columns *columns = lines->columns;
    struct pith_bitcode_number numbers[6];
    uint64_t word = 0;

    for (uint32_t k = 0; k < 6; k++)
        pith_bitcode_number_init(&numbers[k]);
    columns->n = pith_bitcode_number(coder, &numbers[0], (uint32_t)columns->n);
    if (columns->n > raw_len / 2 / lines->layout->n_fields)
        return 0;
    lines->separator = (uint8_t)pith_bitcode_plain(coder, 8, lines->separator);
    lines->has_last = (uint8_t)pith_bitcode_plain(coder, 1, lines->has_last);
    lines->has_return = (uint8_t)pith_bitcode_plain(coder, 1, lines->has_return);
    for (uint32_t k = 0; k < PITH_LINES_WORD_MAX; k++)
        word |= (uint64_t)lines->word[k] << 8 * k;
    word = code_bits(coder, word);
    for (uint32_t k = 0; k < PITH_LINES_WORD_MAX; k++)
        lines->word[k] = (uint8_t)(word >> 8 * k);
    for (uint32_t k = 0; k < lines->layout->n_fields; k++) {
        if (!coder->out) {
            columns->decimals[k] = PITH_POINT_NO_GRID;
            columns->multiples[k] = 1;
        }
        if (!code_notation(lines, coder, numbers, k))
            return 0;
    }
    return columns->n > 0;
}

/* By field, then by point. */
int pith_lines_code_exceptions(struct pith_lines *lines, struct pith_coder *coder)
{
    struct pith_columns *columns = lines->columns;
    struct pith_bitcode_number counts, steps;
    uint64_t at = 0, n_values = (uint64_t)columns->n * columns->layout->n_fields;

    pith_bitcode_number_init(&counts);
    pith_bitcode_number_init(&steps);
    columns->n_exceptions = pith_bitcode_number(coder, &counts, columns->n_exceptions);
    if (columns->n_exceptions > pith_exceptions_room((size_t)n_values))
        return 0;
    for (uint32_t k = 0; k < columns->n_exceptions; k++) {
        struct pith_point_exception *e = &columns->exceptions[k];
        uint64_t is = coder->out ? (uint64_t)e->field * columns->n + e->point : 0;

        at += pith_bitcode_number(coder, &steps, (uint32_t)(is - at));
        if (at >= n_values)
            return 0;
        *e = (struct pith_point_exception){(uint32_t)(at % columns->n), (uint32_t)(at / columns->n),
                                           0};
        at++;
    }
    return 1;
}

/* What is coded while lines are printed. */
struct printer {
    const struct pith_lines *lines;
    struct pith_coder *coder;
    struct pith_bitcode_number lens; /* of exceptions */
    uint16_t bytes[256];             /* theirs, each by itself */
    uint16_t zeros[PITH_ZEROS][PITH_ZEROS]
                  [4]; /* by that of the same field before, and of the field before */
    uint8_t last[PITH_POINT_FIELDS_MAX], left; /* such */
};

static void begin_printer(struct printer *printer, const struct pith_lines *lines,
                          struct pith_coder *coder)
{
    printer->lines = lines;
    printer->coder = coder;
    pith_bitcode_number_init(&printer->lens);
    pith_bitcode_init(printer->bytes, 256);
    pith_bitcode_init(printer->zeros[0][0], (size_t)PITH_ZEROS * PITH_ZEROS * 4);
    memset(printer->last, 0, sizeof printer->last);
    printer->left = 0;
}

static void code_bytes(struct printer *printer, uint8_t *to, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[i] = (uint8_t)pith_bitcode_tree(printer->coder, printer->bytes, 8,
                                           printer->coder->out ? to[i] : 0);
}

/* How a 0 is printed.  A word is no number, nor is anything else that is not an exception. */
static enum pith_lines_zero code_zero(struct printer *printer, uint32_t field, const uint8_t *raw,
                                      size_t len)
{
    struct pith_numeral numeral;
    uint32_t zero = PITH_ZERO_PLAIN;

    if (printer->coder->out)
        zero = !pith_numeral_read(&numeral, raw, len) ? PITH_ZERO_WORD
               : numeral.is_negative                  ? PITH_ZERO_NEGATIVE
                                                      : PITH_ZERO_PLAIN;
    zero = pith_bitcode_tree(printer->coder, printer->zeros[printer->last[field]][printer->left], 2,
                             zero);
    zero = zero < PITH_ZEROS ? zero : PITH_ZERO_PLAIN;
    printer->last[field] = printer->left = (uint8_t)zero;
    return (enum pith_lines_zero)zero;
}

/* What a value is in the text.  Returns the bytes. */
static size_t print(uint8_t *to, const struct pith_lines *lines, uint32_t field, int64_t value,
                    enum pith_lines_zero zero)
{
    struct pith_numeral numeral;
    size_t len = 0;

    if (zero != PITH_ZERO_WORD) {
        pith_lines_numeral(&numeral, lines, field, value);
        numeral.is_negative |= zero == PITH_ZERO_NEGATIVE;
        return pith_numeral_print(to, &numeral);
    }
    while (len < PITH_LINES_WORD_MAX && lines->word[len] != 0) {
        to[len] = lines->word[len];
        len++;
    }
    return len;
}

/* Returns the bytes of a field; SIZE_MAX if they do not fit. */
static size_t put_field(struct printer *printer, int is_exception, uint32_t field, int64_t value,
                        uint8_t *raw, size_t room)
{
    const struct pith_lines *lines = printer->lines;
    int is_encoding = printer->coder->out != NULL;
    enum pith_lines_zero zero = PITH_ZERO_PLAIN;
    size_t len = is_encoding ? pith_lines_len(lines, raw, room) : 0;
    uint8_t printed[PITH_NUMERAL_PRINT_MAX];

    if (is_exception) {
        len = pith_bitcode_number(printer->coder, &printer->lens, (uint32_t)len);
        if (len > room || len > PITH_LINES_LITERAL_MAX)
            return SIZE_MAX;
        code_bytes(printer, raw, len);
        return len;
    }
    if (lines->notations[field].has_zeros && value == 0)
        zero = code_zero(printer, field, raw, len);
    if (is_encoding)
        return len;
    len = print(printed, lines, field, value, zero);
    if (len > room)
        return SIZE_MAX;
    memcpy(raw, printed, len);
    return len;
}

/* What follows the last field of a line.  Returns the bytes. */
static size_t line_end(uint8_t to[3], const struct pith_lines *lines)
{
    size_t n = 0;

    if (lines->has_last)
        to[n++] = lines->separator;
    if (lines->has_return)
        to[n++] = '\r';
    to[n++] = '\n';
    return n;
}

/* Where the exceptions of each field begin. */
static void find_exceptions(uint32_t first[PITH_POINT_FIELDS_MAX],
                            const struct pith_columns *columns)
{
    uint32_t k = 0;

    for (uint32_t field = 0; field < columns->layout->n_fields; field++) {
        first[field] = k;
        while (k < columns->n_exceptions && columns->exceptions[k].field == field)
            k++;
    }
}

int pith_lines_put(const struct pith_lines *lines, struct pith_coder *coder, uint8_t *raw,
                   size_t raw_len)
{
    const struct pith_columns *columns = lines->columns;
    uint32_t n_fields = columns->layout->n_fields, next[PITH_POINT_FIELDS_MAX];
    struct printer printer;
    uint8_t ends[3];
    size_t at = 0, ends_len = line_end(ends, lines);

    begin_printer(&printer, lines, coder);
    find_exceptions(next, columns);
    for (size_t i = 0; i < columns->n; i++)
        for (uint32_t field = 0; field < n_fields; field++) {
            const struct pith_point_exception *exception = &columns->exceptions[next[field]];
            int is_exception = next[field] < columns->n_exceptions && exception->field == field &&
                               exception->point == i;
            const uint8_t *behind = field + 1 < n_fields ? &lines->separator : ends;
            size_t behind_len = field + 1 < n_fields ? 1 : ends_len;
            size_t len = put_field(&printer, is_exception, field, pith_column(columns, field)[i],
                                   raw + at, raw_len - at);

            if (len == SIZE_MAX || behind_len > raw_len - at - len)
                return 0;
            at += len;
            if (!coder->out)
                memcpy(raw + at, behind, behind_len);
            at += behind_len;
            next[field] += (uint32_t)is_exception;
        }
    code_bytes(&printer, raw + at, raw_len - at);
    return 1;
}
