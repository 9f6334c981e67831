/* Columns: the fields of all points of a chunk as integers.
 *
 * Integers stand for themselves, or for what they are multiples of, floating point for its bits in order of value, or, where nearly all values of a field are decimal
 * fractions, for those: a number that was written with three decimals is an integer of thousandths.  What is none, such as minus
 * 0, is an exception with its bits. */
#ifndef PITH_CODEC_POINTS_COLUMNS_H
#define PITH_CODEC_POINTS_COLUMNS_H

#include "base/arena.h"
#include "codec/points/fields.h"
#include "codec/points/sweep.h"

#define PITH_POINT_DECIMALS_MAX 7
#define PITH_POINT_NO_GRID      (PITH_POINT_DECIMALS_MAX + 1)

struct pith_point_exception {
    uint32_t point, field;
    uint64_t bits;
};

struct pith_columns {
    const struct pith_points_layout *layout;
    size_t n;        /* points */
    int64_t *values; /* [field][point] */
    struct pith_point_exception
        *exceptions; /* by field, then by point; room for pith_exceptions_room() */
    uint32_t n_exceptions;
    struct pith_sweep sweep; /* of coordinates, which are on a grid before it */
    uint64_t multiples
        [PITH_POINT_FIELDS_MAX]; /* of integers, and on grids: what all are multiples of, below 2^16 */
    uint8_t decimals
        [PITH_POINT_FIELDS_MAX]; /* of floating point: on a grid of 10^-decimals; or PITH_POINT_NO_GRID; of decimal floating point: its digits */
};

static inline uint32_t pith_exceptions_room(size_t n_points)
{
    return (uint32_t)(n_points / 64) + 8;
}

static inline int64_t *pith_column(const struct pith_columns *columns, uint32_t field)
{
    return columns->values + (size_t)field * columns->n;
}

/* Encoding: takes records apart, and finds grids. */
void pith_columns_take(struct pith_columns *columns, const uint8_t *raw);

/* Code which columns are on grids, and the exceptions, in either direction.  Return 0 if what was decoded is none. */
int pith_columns_code_grids(struct pith_columns *columns, struct pith_coder *coder);
int pith_columns_code_exceptions(struct pith_columns *columns, struct pith_coder *coder);

/* And puts them together. */
void pith_columns_put(const struct pith_columns *columns, uint8_t *raw);

/* The integer that a value of a column of floating point, nearest to x, stands for.  *off: how far x is from it, in 1/64 of the step
 * to the next one, 0..63 with 32 for none. */
int64_t pith_column_nearest(const struct pith_columns *columns, uint32_t field, double x,
                            uint32_t *off);

/* Bits of floating point that a value of a column stands for, without a sweep. */
uint64_t pith_column_bits(const struct pith_columns *columns, uint32_t field, int64_t value);

/* Encoding: a column of integers, or on a grid, becomes one of what all its values are multiples of. */
void pith_column_find_multiple(struct pith_columns *columns, uint32_t field);

/* What a value of a column is as a real number, before a sweep; of integers as well. */
double pith_column_real_of(const struct pith_columns *columns, uint32_t field, int64_t value);

/* The value of a point as a real number, before a sweep; of integers as well. */
double pith_column_real(const struct pith_columns *columns, uint32_t field, size_t i);

#endif
