/* See scales.h. */
#include "codec/tensor/scales.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"

#define LEAST_ELEMENTS 16
#define HALF_OCTAVE    4 /* in magnitudes */
#define FINE           16
#define ZERO           128 /* of coded scales */

void pith_tensor_scales_layout(struct pith_tensor_scales *scales, struct pith_arena *arena,
                               uint64_t raw_len, int is_encoding)
{
    uint64_t row_len = raw_len < PITH_TENSOR_ROW_MAX ? raw_len : PITH_TENSOR_ROW_MAX;

    scales->coded = pith_arena_take(arena, 2 * (raw_len / LEAST_ELEMENTS) + 1, 1);
    scales->columns = pith_arena_take(arena, row_len, sizeof *scales->columns);
    if (!is_encoding)
        return;
    scales->sums = pith_arena_take(arena, row_len, sizeof *scales->sums);
    scales->means = pith_arena_take(arena, raw_len / LEAST_ELEMENTS + 1, sizeof *scales->means);
    scales->magnitudes = pith_arena_take(arena, PITH_TENSOR_BLOCK, sizeof *scales->magnitudes);
}

int pith_tensor_has_scale(const struct pith_tensor_run *run)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[run->type];

    return run->has_base || form->exponent_bits || form->width == 1;
}

struct pith_tensor_axes pith_tensor_axes_of(const struct pith_tensor_run *run, int has_scales)
{
    uint64_t n = pith_tensor_run_n(run);
    struct pith_tensor_axes axes = {n / run->dims[0], 0, 0, 1};
    uint32_t longest = 1;

    if (!has_scales || !pith_tensor_has_scale(run))
        return axes;
    if (run->dims[0] > 1 && axes.row_len >= LEAST_ELEMENTS)
        axes.n_rows = (uint32_t)run->dims[0];
    for (uint32_t k = 2; k < PITH_TENSOR_RUN_DIMS; k++)
        longest = run->dims[k] > run->dims[longest] ? k : longest;
    if (run->dims[longest] > 1 && n / run->dims[longest] >= LEAST_ELEMENTS &&
        axes.row_len <= PITH_TENSOR_ROW_MAX)
        axes.n_columns = (uint32_t)run->dims[longest];
    for (uint32_t k = longest + 1; k < PITH_TENSOR_RUN_DIMS; k++)
        axes.stride *= run->dims[k];
    return axes;
}

/* Magnitudes of floating point: exponent and the first three bits of the mantissa. */
PITH_INLINE void float_magnitudes(uint16_t *restrict of, const uint8_t *restrict raw, size_t n,
                                  uint32_t width, uint32_t shift, uint32_t mask)
{
    for (size_t i = 0; i < n; i++)
        of[i] = (uint16_t)(pith_load_le(raw + i * width, width) >> shift & mask);
}

/* Of any other type: a constant where this is taken in. */
PITH_INLINE void split_magnitudes(uint16_t *restrict of, enum pith_tensor_type plain,
                                  uint32_t middle, const uint8_t *restrict raw,
                                  const uint8_t *restrict base, size_t n)
{
    enum pith_tensor_type type = base ? pith_tensor_difference(plain) : plain;
    uint32_t width = pith_tensor_forms[plain].width;

    for (size_t i = 0; i < n; i++) {
        uint64_t bits = pith_load_le(raw + i * width, width), past = 0;
        int32_t lift = 0;

        if (base) {
            past = pith_load_le(base + i * width, width);
            lift = pith_tensor_exponent(plain, past) * 8;
            past = pith_tensor_ordered(plain, past);
            bits = pith_tensor_ordered(plain, bits);
        }
        of[i] = (uint16_t)(pith_tensor_split(type, middle, past, bits).magnitude + lift);
    }
}

static void find_magnitudes(uint16_t *of, const struct pith_tensor_run *run, const uint8_t *raw,
                            const uint8_t *base, size_t n)
{
    enum pith_tensor_type type = (enum pith_tensor_type)run->type;

    if (!base && type == PITH_TENSOR_BF16)
        float_magnitudes(of, raw, n, 2, 4, 0x7ff);
    else if (!base && type == PITH_TENSOR_F16)
        float_magnitudes(of, raw, n, 2, 7, 0xff);
    else if (!base && type == PITH_TENSOR_F32)
        float_magnitudes(of, raw, n, 4, 20, 0x7ff);
    else if (base && type == PITH_TENSOR_BF16)
        split_magnitudes(of, PITH_TENSOR_BF16, 0, raw, base, n);
    else if (base && type == PITH_TENSOR_F16)
        split_magnitudes(of, PITH_TENSOR_F16, 0, raw, base, n);
    else if (base && type == PITH_TENSOR_F32)
        split_magnitudes(of, PITH_TENSOR_F32, 0, raw, base, n);
    else
        split_magnitudes(of, type, run->middle, raw, base, n);
}

/* Of a mean magnitude in FINE parts, less another: as coded. */
static uint8_t scale_of(uint64_t mean, uint64_t all)
{
    int64_t off = ((int64_t)mean - (int64_t)all + HALF_OCTAVE * FINE / 2 +
                   ((int64_t)HALF_OCTAVE * FINE << 16)) /
                      (HALF_OCTAVE * FINE) -
                  (1 << 16);

    return (uint8_t)(off < -127 ? 1 : off > 127 ? 255 : off + ZERO);
}

/* The sum of a row's magnitudes; adds those of its elements to the sums of columns. */
static uint64_t sum_row(struct pith_tensor_scales *scales, const struct pith_tensor_run *run,
                        const struct pith_tensor_axes *axes, const uint8_t *raw,
                        const uint8_t *base)
{
    uint32_t width = pith_tensor_forms[run->type].width, *sums = scales->sums;
    uint16_t *magnitudes = scales->magnitudes;
    uint64_t sum = 0;

    for (uint64_t at = 0; at < axes->row_len; at += PITH_TENSOR_BLOCK) {
        uint64_t left = axes->row_len - at;
        size_t n = left < PITH_TENSOR_BLOCK ? (size_t)left : PITH_TENSOR_BLOCK;
        uint32_t part = 0; /* below 2^32: magnitudes are below 2^16 */

        find_magnitudes(magnitudes, run, raw + at * width, base ? base + at * width : NULL, n);
        for (size_t i = 0; i < n; i++)
            part += magnitudes[i];
        for (size_t i = 0; i < n && axes->n_columns > 0; i++)
            sums[at + i] += magnitudes[i];
        sum += part;
    }
    return sum;
}

/* Columns, from the sums of a row's elements over all rows. */
static void find_columns(const struct pith_tensor_scales *scales, uint8_t *coded,
                         const struct pith_tensor_run *run, const struct pith_tensor_axes *axes,
                         uint64_t all)
{
    uint64_t n = pith_tensor_run_n(run) / axes->n_columns, step = axes->stride * axes->n_columns;

    for (uint64_t c = 0; c < axes->n_columns; c++) {
        uint64_t sum = 0;

        for (uint64_t i = c * axes->stride; i < axes->row_len; i += step)
            for (uint64_t k = 0; k < axes->stride; k++)
                sum += scales->sums[i + k];
        coded[c] = scale_of(sum * FINE / n, all);
    }
}

int32_t pith_tensor_scales_find(struct pith_tensor_scales *scales, uint8_t *coded,
                                const struct pith_tensor_run *run,
                                const struct pith_tensor_axes *axes, const uint8_t *raw,
                                const uint8_t *base)
{
    uint64_t len = axes->row_len * pith_tensor_forms[run->type].width, sum = 0, all;

    if (axes->n_columns > 0)
        memset(scales->sums, 0, (size_t)axes->row_len * sizeof *scales->sums);
    for (uint64_t r = 0; r < run->dims[0]; r++) {
        uint64_t row = sum_row(scales, run, axes, raw + r * len, base ? base + r * len : NULL);

        if (axes->n_rows > 0)
            scales->means[r] = (uint32_t)(row * FINE / axes->row_len);
        sum += row;
    }
    all = sum * FINE / pith_tensor_run_n(run);
    for (uint64_t r = 0; r < axes->n_rows; r++)
        coded[r] = scale_of(scales->means[r], all);
    if (axes->n_columns > 0)
        find_columns(scales, coded + axes->n_rows, run, axes, all);
    return (int32_t)((all + HALF_OCTAVE * FINE / 2) / (HALF_OCTAVE * FINE));
}

void pith_tensor_scales_begin(struct pith_tensor_scales *scales, const uint8_t *coded,
                              const struct pith_tensor_axes *axes)
{
    if (axes->n_columns == 0)
        memset(scales->columns, 0,
               (size_t)(axes->row_len < PITH_TENSOR_BLOCK ? axes->row_len : PITH_TENSOR_BLOCK) *
                   sizeof *scales->columns);
    for (uint64_t i = 0, c = 0; axes->n_columns > 0 && i < axes->row_len; i += axes->stride) {
        for (uint64_t k = 0; k < axes->stride; k++)
            scales->columns[i + k] = (int16_t)(coded[axes->n_rows + c] - ZERO);
        c = c + 1 < axes->n_columns ? c + 1 : 0;
    }
}

int32_t pith_tensor_scale_at(const uint8_t *coded, const struct pith_tensor_run *run,
                             const struct pith_tensor_axes *axes, int32_t own, const uint8_t *base,
                             uint64_t at)
{
    enum pith_tensor_type type = (enum pith_tensor_type)run->type;
    uint32_t width = pith_tensor_forms[type].width;

    if (axes->n_rows > 0)
        own += coded[at / axes->row_len] - ZERO;
    if (axes->n_columns > 0)
        own += coded[axes->n_rows + at % axes->row_len / axes->stride % axes->n_columns] - ZERO;
    if (base)
        own -= 2 * pith_tensor_exponent(type, pith_load_le(base + at * width, width));
    return own;
}

PITH_INLINE uint8_t class_of(int32_t scale)
{
    scale = scale < 0 ? 0 : scale;
    return (uint8_t)(scale < PITH_TENSOR_CLASSES ? scale : PITH_TENSOR_CLASSES - 1);
}

/* Of elements in a row, with the scales of their columns. */
static void class_columns(uint8_t *restrict classes, const int16_t *restrict columns, int32_t here,
                          size_t n)
{
    int16_t from = (int16_t)here;

    for (size_t i = 0; i < n; i++)
        classes[i] = class_of((int16_t)(from + columns[i]));
}

/* The same for floats that are compared with a base: less two half octaves for each step of its exponent. */
PITH_INLINE void class_differences(uint8_t *restrict classes, const int16_t *restrict columns,
                                   int32_t here, enum pith_tensor_type type, uint32_t width,
                                   const uint8_t *restrict base, size_t n)
{
    for (size_t i = 0; i < n; i++)
        classes[i] =
            class_of(here + columns[i] -
                     2 * pith_tensor_exponent(type, pith_load_le(base + i * width, width)));
}

static void class_row(uint8_t *classes, const int16_t *columns, int32_t here,
                      const struct pith_tensor_run *run, const uint8_t *base, size_t n)
{
    enum pith_tensor_type type = (enum pith_tensor_type)run->type;

    if (!run->has_base)
        class_columns(classes, columns, here, n);
    else if (type == PITH_TENSOR_BF16)
        class_differences(classes, columns, here, PITH_TENSOR_BF16, 2, base, n);
    else if (type == PITH_TENSOR_F16)
        class_differences(classes, columns, here, PITH_TENSOR_F16, 2, base, n);
    else if (type == PITH_TENSOR_F32)
        class_differences(classes, columns, here, PITH_TENSOR_F32, 4, base, n);
    else
        class_differences(classes, columns, here, type, pith_tensor_forms[type].width, base, n);
}

void pith_tensor_classes_of(const struct pith_tensor_scales *scales, uint8_t *classes,
                            const uint8_t *coded, const struct pith_tensor_run *run,
                            const struct pith_tensor_axes *axes, int32_t own, int32_t least,
                            const uint8_t *base, uint64_t start, size_t n)
{
    uint32_t width = pith_tensor_forms[run->type].width;
    uint64_t row = start / axes->row_len, from = start % axes->row_len;

    for (size_t i = 0; i < n; row++, from = 0) {
        uint64_t left = axes->row_len - from;
        size_t len = left < n - i ? (size_t)left : n - i;
        int32_t here = own - least + (axes->n_rows > 0 ? coded[row] - ZERO : 0);

        class_row(classes + i, scales->columns + (axes->n_columns > 0 ? from : 0), here, run,
                  base ? base + i * width : NULL, len);
        i += len;
    }
}
