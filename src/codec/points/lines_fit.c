/* See lines_fit.h.
 *
 * Candidates come from how many decimals and digits numbers have; the one is taken whose steps from point to point are the
 * shortest in a sample. */
#include "codec/points/lines_fit.h"

#include <string.h>

#include "base/compiler.h"

#define SCALE_BITS      7
#define SCALE_ZERO      64
#define PACKED_NEGATIVE 2
#define RARE_SHARE      128 /* of numbers: what fewer of them have does not count */
#define BLOCKS          4
#define BLOCK_LEN       512 /* of the sample */
#define MISS_BITS       64
#define MISS_SHARE      32
#define CANDIDATES_MAX  32
#define FLOAT_DIGITS    7 /* below, decimal digits tell less than floating point */

struct candidate {
    uint8_t type, decimals;
    struct pith_notation notation;
    uint64_t cost;
};

/* How many numbers have so many of something; the last: or more. */
#define COUNTS 24
struct counts {
    size_t n;
    size_t decimals[COUNTS], digits[COUNTS], zeros[COUNTS]; /* zeros: digits that end the number */
    size_t exponents;
};

struct candidates {
    uint32_t n;
    struct candidate list[CANDIDATES_MAX];
};

int64_t pith_numeral_pack(const struct pith_numeral *numeral)
{
    return (int64_t)(numeral->digits << (SCALE_BITS + 2)) |
           (int64_t)(numeral->scale + SCALE_ZERO) << 2 |
           (numeral->is_negative ? PACKED_NEGATIVE : 0) | numeral->is_exponential;
}

static void unpack(struct pith_numeral *numeral, int64_t packed)
{
    numeral->digits = (uint64_t)packed >> (SCALE_BITS + 2);
    numeral->scale = (int32_t)(packed >> 2 & ((1 << SCALE_BITS) - 1)) - SCALE_ZERO;
    numeral->is_negative = (packed & PACKED_NEGATIVE) != 0;
    numeral->is_exponential = packed & 1;
}

static uint32_t limited(uint32_t value)
{
    return value < COUNTS - 1 ? value : COUNTS - 1;
}

static void count(struct counts *counts, const int64_t *packed, size_t n)
{
    memset(counts, 0, sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        struct pith_numeral numeral;
        uint32_t n_digits, zeros = 0;

        if (packed[i] < 0)
            continue;
        unpack(&numeral, packed[i]);
        n_digits = pith_count_digits(numeral.digits);
        while (numeral.digits > 0 && numeral.digits % 10 == 0) {
            numeral.digits /= 10;
            zeros++;
        }
        counts->n++;
        counts->digits[limited(n_digits - zeros)]++;
        counts->exponents += (size_t)numeral.is_exponential;
        if (numeral.is_exponential)
            continue;
        counts->decimals[limited((uint32_t)numeral.scale)]++;
        counts->zeros[numeral.digits == 0 ? COUNTS - 1 : limited(zeros)]++;
    }
}

/* The least that nearly all have no more of. */
static uint32_t most_of(const size_t list[COUNTS], size_t n)
{
    uint32_t k = COUNTS - 1;

    for (size_t rare = list[k]; k > 0 && rare <= n / RARE_SHARE; rare += list[k])
        k--;
    return k;
}

/* And the other way round. */
static uint32_t least_of(const size_t list[COUNTS], size_t n)
{
    uint32_t k = 0;

    for (size_t rare = list[k]; k < COUNTS - 1 && rare <= n / RARE_SHARE; rare += list[k])
        k++;
    return k;
}

static void use(struct pith_lines *lines, uint32_t field, const struct candidate *candidate)
{
    lines->layout->fields[field].type = candidate->type;
    lines->columns->decimals[field] = candidate->decimals;
    lines->columns->multiples[field] = 1;
    lines->notations[field] = candidate->notation;
}

/* The value that comes nearest to a numeral.  Returns whether it is printed like that, but for the sign of 0. */
static int value_of(int64_t *value, const struct pith_lines *lines, uint32_t field, int64_t packed)
{
    uint8_t type = lines->layout->fields[field].type;
    struct pith_numeral numeral, printed;
    uint32_t off;
    double x;

    unpack(&numeral, packed);
    if (type == PITH_POINT_I64 && numeral.scale == 0) {
        *value = (int64_t)numeral.digits;
        *value = numeral.is_negative ? -*value : *value;
    } else {
        x = pith_decimal_scaled((double)numeral.digits, -numeral.scale);
        x = numeral.is_negative ? -x : x;
        *value = type == PITH_POINT_I64 ? (x < 1e15 && x > -1e15 ? (int64_t)x : 0)
                                        : pith_column_nearest(lines->columns, field, x, &off);
    }
    pith_lines_numeral(&printed, lines, field, *value);
    return printed.digits == numeral.digits && printed.scale == numeral.scale &&
           (printed.is_negative == numeral.is_negative || *value == 0) &&
           printed.is_exponential == numeral.is_exponential;
}

static uint32_t bits_between(int64_t a, int64_t b)
{
    uint64_t step = (uint64_t)a - (uint64_t)b;

    return pith_bit_length((int64_t)step < 0 ? 0 - step : step);
}

/* Bits of a sample's steps, roughly. */
static uint64_t cost_of(const struct pith_lines *lines, uint32_t field)
{
    const int64_t *packed = pith_column(lines->columns, field);
    size_t n = lines->columns->n, len = n < (size_t)BLOCKS * BLOCK_LEN ? n / BLOCKS : BLOCK_LEN;
    uint64_t cost = 0;

    for (size_t block = 0; block < BLOCKS; block++) {
        size_t start = (n - len) / (BLOCKS - 1) * block;
        int64_t before = 0, value;

        for (size_t i = start; i < start + len; i++) {
            if (packed[i] < 0)
                continue;
            cost += value_of(&value, lines, field, packed[i]) ? 0 : MISS_BITS;
            cost += bits_between(value, before);
            before = value;
        }
    }
    return cost;
}

static void try(struct candidates *candidates, struct pith_lines *lines, uint32_t field,
                enum pith_point_type type, uint32_t decimals, struct pith_notation notation)
{
    struct candidate *candidate = &candidates->list[candidates->n];

    if (candidates->n == CANDIDATES_MAX)
        return;
    *candidate = (struct candidate){(uint8_t)type, (uint8_t)decimals, notation, 0};
    use(lines, field, candidate);
    candidate->cost = cost_of(lines, field);
    candidates->n++;
}

/* Floating point, with and without a grid. */
static void try_floats(struct candidates *candidates, struct pith_lines *lines, uint32_t field,
                       struct pith_notation notation)
{
    for (uint32_t grid = 0; grid <= PITH_POINT_NO_GRID; grid++)
        try(candidates, lines, field, PITH_POINT_F32, grid, notation);
}

/* All numbers have as many decimals. */
static void try_fixed(struct candidates *candidates, struct pith_lines *lines, uint32_t field,
                      const struct counts *counts, uint32_t decimals)
{
    struct pith_notation notation = {.n_least = (uint8_t)decimals, .is_fixed = 1};
    uint32_t zeros = least_of(counts->zeros, counts->n);
    uint32_t grid = zeros < decimals ? decimals - zeros : 0;

    if (decimals == 0) {
        try(candidates, lines, field, PITH_POINT_I64, PITH_POINT_NO_GRID, notation);
        return;
    }
    if (decimals > PITH_NOTATION_DECIMALS_MAX)
        return;
    if (grid <= PITH_POINT_DECIMALS_MAX)
        try(candidates, lines, field, PITH_POINT_F64, grid, notation);
    if (decimals >= 4 && grid >= 4)
        try_floats(candidates, lines, field, notation);
}

/* Zeros at the end are not printed. */
static void try_trimmed(struct candidates *candidates, struct pith_lines *lines, uint32_t field,
                        const struct counts *counts)
{
    uint32_t least = least_of(counts->decimals, counts->n) > 0;
    uint32_t decimals = most_of(counts->decimals, counts->n);
    uint32_t digits = most_of(counts->digits, counts->n);
    struct pith_notation notation = {.n_least = (uint8_t)least};

    if (decimals <= PITH_POINT_DECIMALS_MAX)
        try(candidates, lines, field, PITH_POINT_F64, decimals, notation);
    if (digits >= 1 && digits <= PITH_DECIMAL_DIGITS_MAX)
        try(candidates, lines, field, PITH_POINT_DECIMAL, digits, notation);
    if (digits < FLOAT_DIGITS || digits > PITH_NOTATION_DIGITS_MAX)
        return;
    try_floats(candidates, lines, field, notation);
    notation.digits = (uint8_t)digits;
    try_floats(candidates, lines, field, notation);
}

/* How many numbers are not printed as they are, as far as `most`. */
static size_t misses(const struct pith_lines *lines, uint32_t field, size_t most)
{
    const int64_t *packed = pith_column(lines->columns, field);
    size_t n = 0;
    int64_t value;

    for (size_t i = 0; i < lines->columns->n && n <= most; i++)
        n += packed[i] == PITH_PACKED_NOTHING ||
             (packed[i] >= 0 && !value_of(&value, lines, field, packed[i]));
    return n;
}

/* Numerals become values; what is none is that of the point before. */
static void convert(struct pith_lines *lines, uint32_t field)
{
    struct pith_columns *columns = lines->columns;
    int64_t *values = pith_column(columns, field), before = 0;

    for (size_t i = 0; i < columns->n; i++) {
        int64_t packed = values[i];

        if (packed == PITH_PACKED_WORD) {
            lines->notations[field].has_zeros = 1;
            values[i] = 0; /* as of points that are empty (scan.h) */
            continue;
        }
        values[i] = before;
        if (packed == PITH_PACKED_NOTHING || !value_of(&values[i], lines, field, packed))
            columns->exceptions[columns->n_exceptions++] =
                (struct pith_point_exception){(uint32_t)i, field, 0};
        else if (values[i] == 0 && (packed & PACKED_NEGATIVE))
            lines->notations[field].has_zeros = 1;
        before = values[i];
    }
    if (lines->layout->fields[field].type == PITH_POINT_I64 ||
        (lines->layout->fields[field].type != PITH_POINT_DECIMAL &&
         columns->decimals[field] != PITH_POINT_NO_GRID))
        pith_column_find_multiple(columns, field);
}

int pith_lines_fit(struct pith_lines *lines, uint32_t field)
{
    struct candidates candidates = {.n = 0};
    const int64_t *packed = pith_column(lines->columns, field);
    size_t n = lines->columns->n, most = n / MISS_SHARE + 8;
    size_t room = pith_exceptions_room(n * lines->layout->n_fields) - lines->columns->n_exceptions;
    struct counts counts;
    uint32_t decimals;

    most = most < room ? most : room;
    count(&counts, packed, n);
    decimals = most_of(counts.decimals, counts.n);
    if (counts.exponents <= counts.n / RARE_SHARE &&
        least_of(counts.decimals, counts.n) == decimals)
        try_fixed(&candidates, lines, field, &counts, decimals);
    if (candidates.n == 0 || decimals > 0)
        try_trimmed(&candidates, lines, field, &counts);
    for (uint32_t tries = 0; tries < candidates.n; tries++) {
        struct candidate *best = &candidates.list[0];

        for (uint32_t k = 1; k < candidates.n; k++)
            if (candidates.list[k].cost < best->cost)
                best = &candidates.list[k];
        if (best->cost == UINT64_MAX)
            return 0;
        use(lines, field, best);
        if (misses(lines, field, most) <= most) {
            convert(lines, field);
            return 1;
        }
        best->cost = UINT64_MAX;
    }
    return 0;
}
