/* See columns.h. */
#include "codec/points/columns.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/points/decimal.h"
#include "codec/points/reals.h"
#include "coder/bitcode.h"

#define FINE_MULTIPLE (1 << 23) /* steps of a grid from which on float32 is coarser */

static const double powers[PITH_POINT_DECIMALS_MAX + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};

static int64_t ordered32(uint32_t bits)
{
    return (int32_t)(bits & 0x80000000u ? bits ^ 0x7fffffffu : bits);
}

static uint32_t unordered32(int64_t value)
{
    uint32_t bits = (uint32_t)(uint64_t)value;

    return bits & 0x80000000u ? bits ^ 0x7fffffffu : bits;
}

static int64_t ordered64(uint64_t bits)
{
    return (int64_t)(bits >> 63 ? bits ^ INT64_MAX : bits);
}

/* The multiple of 10^-decimals whose nearest floating point number has these bits.  Returns 0 if there is none. */
static int on_grid(int64_t *multiple, uint64_t bits, int is_wide, uint32_t decimals)
{
    double x = pith_real_of(bits, is_wide) * powers[decimals];

    if (!(x < PITH_WHOLE_MAX && x > -PITH_WHOLE_MAX))
        return 0;
    *multiple = (int64_t)(x < 0 ? x - 0.5 : x + 0.5);
    return pith_real_bits((double)*multiple / powers[decimals], is_wide) == bits;
}

uint64_t pith_column_bits(const struct pith_columns *columns, uint32_t field, int64_t value)
{
    int is_wide = columns->layout->fields[field].type == PITH_POINT_F64;

    if (columns->decimals[field] != PITH_POINT_NO_GRID)
        return pith_real_bits((double)(int64_t)((uint64_t)value * columns->multiples[field]) /
                                  powers[columns->decimals[field]],
                              is_wide);
    return is_wide ? (uint64_t)ordered64((uint64_t)value) : unordered32(value);
}

static int64_t loaded(enum pith_point_type type, const uint8_t *raw)
{
    uint64_t bits = pith_load_le(raw, pith_point_widths[type]);

    switch (type) {
    case PITH_POINT_I8:
        return (int8_t)bits;
    case PITH_POINT_I16:
        return (int16_t)bits;
    case PITH_POINT_I32:
        return (int32_t)bits;
    case PITH_POINT_F32:
        return ordered32((uint32_t)bits);
    case PITH_POINT_F64:
        return ordered64(bits);
    case PITH_POINT_WIDENED:
        return ordered32(pith_narrow_bits(bits));
    default:
        return (int64_t)bits;
    }
}

static void store(uint8_t *raw, enum pith_point_type type, uint64_t bits)
{
    if (type == PITH_POINT_WIDENED)
        bits = pith_wide_bits((uint32_t)bits);
    pith_store_le(raw, bits, pith_point_widths[type]);
}

static int is_real(const struct pith_points_layout *layout, uint32_t field)
{
    uint8_t type = layout->fields[field].type;

    return type == PITH_POINT_F64 || pith_point_is_narrow(type);
}

/* Whether values are integers, or stand for those. */
static int is_whole(const struct pith_columns *columns, uint32_t field)
{
    return !is_real(columns->layout, field) || columns->decimals[field] != PITH_POINT_NO_GRID;
}

/* How many values are not on a grid, as far as `most`. */
static uint32_t misses(const struct pith_columns *columns, uint32_t field, uint32_t decimals,
                       uint32_t most)
{
    const int64_t *values = pith_column(columns, field);
    int is_wide = columns->layout->fields[field].type == PITH_POINT_F64;
    uint32_t n = 0;
    int64_t multiple;

    for (size_t i = 0; i < columns->n && n <= most; i++)
        n += !on_grid(&multiple, pith_column_bits(columns, field, values[i]), is_wide, decimals);
    return n;
}

/* Whether most values of float32 are on a grid only because that is finer than float32 is there. */
static int is_on_any_grid(const struct pith_columns *columns, uint32_t field, uint32_t decimals)
{
    const int64_t *values = pith_column(columns, field);
    size_t n = 0;

    if (!pith_point_is_narrow(columns->layout->fields[field].type))
        return 0;
    for (size_t i = 0; i < columns->n; i++) {
        int64_t multiple = 0;

        if (on_grid(&multiple, pith_column_bits(columns, field, values[i]), 0, decimals))
            n += multiple >= FINE_MULTIPLE || multiple <= -FINE_MULTIPLE;
    }
    return n > columns->n / 2;
}

/* The fewest decimals that nearly all values of a field have. */
static void find_grid(struct pith_columns *columns, uint32_t field)
{
    int64_t *values = pith_column(columns, field);
    int is_wide = columns->layout->fields[field].type == PITH_POINT_F64;
    uint32_t room = pith_exceptions_room(columns->n) - columns->n_exceptions, decimals = 0;

    while (decimals <= PITH_POINT_DECIMALS_MAX && misses(columns, field, decimals, room) > room)
        decimals++;
    if (decimals > PITH_POINT_DECIMALS_MAX || is_on_any_grid(columns, field, decimals))
        return;
    for (size_t i = 0; i < columns->n; i++) {
        uint64_t bits = pith_column_bits(columns, field, values[i]);
        int64_t multiple = 0;

        if (!on_grid(&multiple, bits, is_wide, decimals))
            columns->exceptions[columns->n_exceptions++] =
                (struct pith_point_exception){(uint32_t)i, field, bits};
        values[i] = multiple;
    }
    columns->decimals[field] = (uint8_t)decimals;
}

#define MULTIPLE_MAX 65535

/* The greatest number that all values of a field are multiples of, if they are integers or on a grid. */
void pith_column_find_multiple(struct pith_columns *columns, uint32_t field)
{
    int64_t *values = pith_column(columns, field);
    uint64_t all = 0;

    for (size_t i = 0; i < columns->n && all != 1; i++) {
        uint64_t value = values[i] < 0 ? 0 - (uint64_t)values[i] : (uint64_t)values[i];

        while (value > 0) {
            uint64_t rest = all % value;

            all = value;
            value = rest;
        }
    }
    if (all < 2 || all > MULTIPLE_MAX)
        return;
    for (size_t i = 0; i < columns->n; i++)
        values[i] /= (int64_t)all;
    columns->multiples[field] = all;
}

void pith_columns_take(struct pith_columns *columns, const uint8_t *raw)
{
    uint32_t stride = pith_points_stride(columns->layout), offset = 0;

    columns->n_exceptions = 0;
    columns->sweep.is_there = 0;
    for (uint32_t k = 0; k < columns->layout->n_fields; k++) {
        enum pith_point_type type = (enum pith_point_type)columns->layout->fields[k].type;
        int64_t *values = pith_column(columns, k);

        for (size_t i = 0; i < columns->n; i++)
            values[i] = loaded(type, raw + i * stride + offset);
        columns->decimals[k] = PITH_POINT_NO_GRID;
        columns->multiples[k] = 1;
        if (is_real(columns->layout, k))
            find_grid(columns, k);
        if (is_whole(columns, k))
            pith_column_find_multiple(columns, k);
        offset += pith_point_widths[type];
    }
}

/* The fields that a sweep moves.  Returns 0 if they are not such as can be. */
static int swept_fields(uint32_t fields[3], const struct pith_columns *columns)
{
    static const enum pith_point_role roles[3] = {PITH_POINT_X, PITH_POINT_Y, PITH_POINT_Z};

    for (uint32_t axis = 0; axis < 3; axis++) {
        uint32_t field = pith_points_find(columns->layout, roles[axis]);

        fields[axis] = field;
        if (field == columns->layout->n_fields ||
            !pith_point_is_narrow(columns->layout->fields[field].type) || !is_whole(columns, field))
            return 0;
    }
    return 1;
}

static void put_swept(const struct pith_columns *columns, uint8_t *raw)
{
    uint32_t stride = pith_points_stride(columns->layout), fields[3], offsets[3] = {0, 0, 0};

    (void)swept_fields(fields, columns);
    for (uint32_t axis = 0; axis < 3; axis++)
        for (uint32_t k = 0; k < fields[axis]; k++)
            offsets[axis] += pith_point_widths[columns->layout->fields[k].type];
    for (size_t i = 0; i < columns->n; i++) {
        double place[3];

        for (uint32_t axis = 0; axis < 3; axis++)
            place[axis] = pith_column_real(columns, fields[axis], i);
        pith_sweep_apply(place, &columns->sweep);
        for (uint32_t axis = 0; axis < 3; axis++)
            store(raw + i * stride + offsets[axis],
                  (enum pith_point_type)columns->layout->fields[fields[axis]].type,
                  pith_real_bits(place[axis], 0));
    }
}

void pith_columns_put(const struct pith_columns *columns, uint8_t *raw)
{
    uint32_t stride = pith_points_stride(columns->layout), offset = 0;

    for (uint32_t k = 0; k < columns->layout->n_fields; k++) {
        enum pith_point_type type = (enum pith_point_type)columns->layout->fields[k].type;
        const int64_t *values = pith_column(columns, k);

        for (size_t i = 0; i < columns->n; i++)
            store(raw + i * stride + offset, type,
                  is_real(columns->layout, k) ? pith_column_bits(columns, k, values[i])
                                              : (uint64_t)values[i] * columns->multiples[k]);
        offset += pith_point_widths[type];
    }
    if (columns->sweep.is_there)
        put_swept(columns, raw);
    for (uint32_t k = 0; k < columns->n_exceptions; k++) {
        const struct pith_point_exception *e = &columns->exceptions[k];
        uint32_t at = 0;

        for (uint32_t f = 0; f < e->field; f++)
            at += pith_point_widths[columns->layout->fields[f].type];
        store(raw + (size_t)e->point * stride + at,
              (enum pith_point_type)columns->layout->fields[e->field].type, e->bits);
    }
}

/* In pieces that bit codes take. */
static uint64_t code_bits(struct pith_coder *coder, uint64_t bits)
{
    uint64_t read = 0;

    for (uint32_t k = 0; k < 64; k += 16)
        read |= (uint64_t)pith_bitcode_plain(coder, 16, (uint32_t)(bits >> k) & 0xffff) << k;
    return read;
}

int pith_columns_code_grids(struct pith_columns *columns, struct pith_coder *coder)
{
    struct pith_bitcode_number decimals, multiples;
    uint32_t fields[3];

    pith_bitcode_number_init(&decimals);
    pith_bitcode_number_init(&multiples);
    for (uint32_t k = 0; k < columns->layout->n_fields; k++) {
        if (!coder->out) {
            columns->decimals[k] = PITH_POINT_NO_GRID;
            columns->multiples[k] = 1;
        }
        if (is_real(columns->layout, k))
            columns->decimals[k] =
                (uint8_t)pith_bitcode_number(coder, &decimals, columns->decimals[k]);
        if (columns->decimals[k] > PITH_POINT_NO_GRID)
            return 0;
        if (is_whole(columns, k))
            columns->multiples[k] =
                1ull + pith_bitcode_number(coder, &multiples, (uint32_t)columns->multiples[k] - 1);
    }
    pith_sweep_code(&columns->sweep, coder);
    return !columns->sweep.is_there || swept_fields(fields, columns);
}

int pith_columns_code_exceptions(struct pith_columns *columns, struct pith_coder *coder)
{
    struct pith_bitcode_number counts, steps;
    uint32_t field = 0;
    uint64_t point = 0;

    pith_bitcode_number_init(&counts);
    pith_bitcode_number_init(&steps);
    columns->n_exceptions = pith_bitcode_number(coder, &counts, columns->n_exceptions);
    if (columns->n_exceptions > pith_exceptions_room(columns->n))
        return 0;
    for (uint32_t k = 0; k < columns->n_exceptions; k++) {
        struct pith_point_exception *e = &columns->exceptions[k], was = {0, 0, 0};
        uint32_t fields;

        if (coder->out)
            was = *e;
        fields = pith_bitcode_number(coder, &counts, was.field - field);
        field += fields;
        point = fields > 0 ? 0 : point;
        point += pith_bitcode_number(coder, &steps, (uint32_t)(was.point - point));
        if (field >= columns->layout->n_fields || point >= columns->n)
            return 0;
        *e = (struct pith_point_exception){(uint32_t)point, field, code_bits(coder, was.bits)};
    }
    return 1;
}

double pith_column_real_of(const struct pith_columns *columns, uint32_t field, int64_t value)
{
    enum pith_point_type type = (enum pith_point_type)columns->layout->fields[field].type;

    if (type == PITH_POINT_DECIMAL)
        return pith_decimal_real(value, columns->decimals[field]);
    if (!is_real(columns->layout, field))
        return (double)value;
    return pith_real_of(pith_column_bits(columns, field, value), type == PITH_POINT_F64);
}

double pith_column_real(const struct pith_columns *columns, uint32_t field, size_t i)
{
    return pith_column_real_of(columns, field, pith_column(columns, field)[i]);
}

static uint32_t off_of(double share)
{
    share = (share + 0.5) * 64;
    return share < 0 ? 0 : share < 63 ? (uint32_t)share : 63;
}

int64_t pith_column_nearest(const struct pith_columns *columns, uint32_t field, double x,
                            uint32_t *off)
{
    int is_wide = columns->layout->fields[field].type == PITH_POINT_F64;
    int64_t value;
    double at, next;

    if (!(x < PITH_WHOLE_MAX && x > -PITH_WHOLE_MAX))
        x = 0;
    if (columns->layout->fields[field].type == PITH_POINT_DECIMAL) {
        value = pith_decimal_nearest(x, columns->decimals[field], &at);
        *off = off_of(at);
        return value;
    }
    if (columns->decimals[field] != PITH_POINT_NO_GRID) {
        x *= powers[columns->decimals[field]]; /* below 2^76: */
        x /= (double)columns->multiples[field];
        x = x < PITH_WHOLE_MAX && x > -PITH_WHOLE_MAX ? x : 0;
        value = (int64_t)(x < 0 ? x - 0.5 : x + 0.5);
        *off = off_of(x - (double)value);
        return value;
    }
    value = is_wide ? ordered64(pith_real_bits(x, 1)) : ordered32((uint32_t)pith_real_bits(x, 0));
    at = pith_real_of(pith_column_bits(columns, field, value), is_wide);
    next = pith_real_of(pith_column_bits(columns, field, value + 1), is_wide) - at;
    *off = next > 0 ? off_of((x - at) / next) : 32;
    return value;
}
