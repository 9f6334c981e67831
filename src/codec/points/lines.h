/* Text: points whose records are lines of numbers.
 *
 * A line is a number for each field, with one separator between two of them.  Each field has a notation: how its numbers are
 * printed; so that its column is integers as if the points were binary (columns.h), and the text comes back from them.  What a
 * notation does not print as it was read is an exception, which is stored as it stands. */
#ifndef PITH_CODEC_POINTS_LINES_H
#define PITH_CODEC_POINTS_LINES_H

#include "codec/points/columns.h"
#include "codec/points/decimal.h"

#define PITH_LINES_WORD_MAX    8
#define PITH_LINES_LITERAL_MAX 4096

/* Numbers on the wire. */
struct pith_notation {
    uint8_t n_least; /* decimals: zeros are appended, up to so many */
    uint8_t
        is_fixed; /* no fewer and no more; else those at the end that are 0 are not printed, and small numbers have exponents */
    uint8_t
        digits; /* of PITH_POINT_F32 that is not fixed: significant ones; 0: as few as tell the number */
    uint8_t has_zeros; /* 0 is printed in several ways: pith_lines_zero */
};

enum pith_lines_zero { PITH_ZERO_PLAIN, PITH_ZERO_NEGATIVE, PITH_ZERO_WORD, PITH_ZEROS };

#define PITH_NOTATION_DECIMALS_MAX 17
#define PITH_NOTATION_DIGITS_MAX   9

struct pith_lines {
    struct pith_columns *columns;
    struct pith_points_layout *layout;       /* that of the columns */
    uint8_t separator, has_last, has_return; /* last: a separator before the end of a line */
    uint8_t word[PITH_LINES_WORD_MAX];       /* such as "nan", then zero bytes: its value is 0 */
    struct pith_notation notations[PITH_POINT_FIELDS_MAX];
};

/* Encoding: takes lines apart, and finds a notation for each field.  The layout has as many fields as the lines; their types are set.  Returns 0 if
 * these are no such lines, or too many numbers of them are exceptions. */
int pith_lines_take(struct pith_lines *lines, const uint8_t *raw, size_t raw_len);

/* Code how many lines there are and how they are printed, and where the exceptions are, in either direction.  Return 0 if what was decoded
 * is none. */
int pith_lines_code_notations(struct pith_lines *lines, struct pith_coder *coder, uint64_t raw_len);
int pith_lines_code_exceptions(struct pith_lines *lines, struct pith_coder *coder);

/* When the columns are known: prints the lines, and codes exceptions and what is behind the last line, in either direction.  Returns 0 if
 * that is not raw_len bytes. */
int pith_lines_put(const struct pith_lines *lines, struct pith_coder *coder, uint8_t *raw,
                   size_t raw_len);

/* How a value of a field is printed. */
void pith_lines_numeral(struct pith_numeral *numeral, const struct pith_lines *lines,
                        uint32_t field, int64_t value);

/* The bytes of a word or number at raw. */
size_t pith_lines_len(const struct pith_lines *lines, const uint8_t *raw, size_t len);

#endif
