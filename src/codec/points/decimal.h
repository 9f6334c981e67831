/* Decimal floating point: so many significant digits, as integers in order of value; and numbers as text has them.
 *
 * All in double precision with + - * / alone, so that it is the same on every machine.  What is rounded the wrong way because of that is
 * no fault: whoever prints a number compares it with what was read. */
#ifndef PITH_CODEC_POINTS_DECIMAL_H
#define PITH_CODEC_POINTS_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#define PITH_DECIMAL_DIGITS_MAX 15 /* integers of more are not exact in double precision */

/* 10^power.  Numbers too large or small for double precision give infinity or 0. */
double pith_decimal_scaled(double x, int32_t power);

/* The whole number nearest to x, 0 <= x < 2^60; of two the even one, as C prints numbers. */
uint64_t pith_decimal_rounded(double x);

/* digits * 10^exponent of |x|, with so many digits (1 to PITH_DECIMAL_DIGITS_MAX).  x is above 0 and below 2^200. */
uint64_t pith_decimal_part(int32_t *exponent, double x, uint32_t n_digits);

/* The number that an integer stands for. */
double pith_decimal_real(int64_t value, uint32_t n_digits);

/* And the integer of the number nearest to x; *off as of pith_column_nearest(). */
int64_t pith_decimal_nearest(double x, uint32_t n_digits, double *off);

/* digits * 10^exponent of an integer's number, without sign; 0 * 10^0 of 0. */
uint64_t pith_decimal_digits(int32_t *exponent, int64_t value, uint32_t n_digits);

/* A number as text has it: digits * 10^-scale. */
struct pith_numeral {
    uint64_t digits;    /* below 2^54 if it was read */
    int32_t scale;      /* decimals; with an exponent it may be below 0 */
    int is_negative;    /* 0 may be, too */
    int is_exponential; /* one digit, decimals that do not end in 0, exponent */
};

/* Reads a numeral that pith_numeral_print() would print like this.  Returns 0 if it would not. */
int pith_numeral_read(struct pith_numeral *numeral, const uint8_t *text, size_t len);

/* Returns the bytes.  |scale| is at most PITH_NUMERAL_SCALE_MAX. */
#define PITH_NUMERAL_SCALE_MAX 60
#define PITH_NUMERAL_PRINT_MAX (2 * PITH_NUMERAL_SCALE_MAX)
size_t pith_numeral_print(uint8_t text[PITH_NUMERAL_PRINT_MAX], const struct pith_numeral *numeral);

/* How many digits a number has; 0 of 0. */
uint32_t pith_count_digits(uint64_t number);

#endif
