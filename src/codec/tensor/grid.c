/* See grid.h.  All in integers: a float32 is its mantissa of 24 bits and an exponent. */
#include "codec/tensor/grid.h"

#include <string.h>

#include "base/bytes.h"

#define ROW_LEAST  16 /* elements, for a scale to be worth its room */
#define MOST       127
#define ZERO       128
#define SIGN       0x80000000u
#define IMPLICIT   0x800000u
#define EXPONENTS  8 /* of a row: from scale to MOST times that */
#define CANDIDATES 2 /* scales tried above and below the likeliest */

/* Multiples of scale, an integer and a float32, rounded to the nearest float32, halves to even.  The product is normal. */
static uint32_t multiple(uint32_t k, uint32_t scale)
{
    uint32_t exponent = scale >> 23, bits = 24, shift, rest;
    uint64_t product = (uint64_t)k * ((scale & (IMPLICIT - 1)) | IMPLICIT);

    if (k == 0)
        return 0;
    while (product >> bits)
        bits++;
    shift = bits - 24;
    rest = (uint32_t)(product & (((uint64_t)1 << shift) - 1));
    product >>= shift;
    if (shift > 0 && (rest > 1u << (shift - 1) || (rest == 1u << (shift - 1) && (product & 1))))
        product++; /* to 2^24 at most: the next exponent, and mantissa 0 */
    return ((exponent + shift) << 23) + (uint32_t)product - IMPLICIT;
}

/* Different magnitudes of a row. */
struct magnitudes {
    uint32_t bits[MOST + 1]; /* ascending */
    uint32_t n;
};

/* Returns 0 if there are too many. */
static int add_magnitude(struct magnitudes *magnitudes, uint32_t bits)
{
    uint32_t low = 0, high = magnitudes->n;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (magnitudes->bits[middle] < bits)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < magnitudes->n && magnitudes->bits[low] == bits)
        return 1;
    if (magnitudes->n == MOST)
        return 0;
    memmove(magnitudes->bits + low + 1, magnitudes->bits + low,
            (magnitudes->n - low) * sizeof *magnitudes->bits);
    magnitudes->bits[low] = bits;
    magnitudes->n++;
    return 1;
}

/* Of all but 0; 0 if they are too many. */
static int take_magnitudes(struct magnitudes *magnitudes, const uint8_t *row, uint64_t n)
{
    magnitudes->n = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint32_t bits = pith_load_le32(row + 4 * i) & ~SIGN;

        if (bits > 0 && !add_magnitude(magnitudes, bits))
            return 0;
    }
    return 1;
}

/* A magnitude in units of the last place at an exponent. */
static uint64_t fixed(uint32_t bits, uint32_t exponent)
{
    return (uint64_t)((bits & (IMPLICIT - 1)) | IMPLICIT) << ((bits >> 23) - exponent);
}

/* The integers of all magnitudes, of which the largest is `most`, fit the scale. */
static int fits(const struct magnitudes *magnitudes, uint32_t scale, uint32_t most)
{
    uint32_t exponent = magnitudes->bits[0] >> 23;
    uint64_t largest = fixed(magnitudes->bits[magnitudes->n - 1], exponent);

    for (uint32_t i = 0; i < magnitudes->n; i++) {
        uint64_t k = (2 * fixed(magnitudes->bits[i], exponent) * most + largest) / (2 * largest);

        if (multiple((uint32_t)k, scale) != magnitudes->bits[i])
            return 0;
    }
    return 1;
}

/* largest / most as a float32 near it. */
static uint32_t divide(uint64_t largest, uint32_t exponent, uint32_t most)
{
    uint64_t quotient = (largest << 24) / most; /* 2^24 units of the last place */
    uint32_t shift = 0;

    while (quotient >> (24 + shift))
        shift++;
    return ((exponent + shift - 24) << 23) + (uint32_t)(quotient >> shift) - IMPLICIT;
}

/* The scale of a row; 0 of one of zeros.  Returns 0 if it has none. */
static int find_scale(uint32_t *scale, const struct magnitudes *magnitudes)
{
    uint32_t exponent, last = magnitudes->n - 1, most;
    uint64_t least, largest;

    *scale = 0;
    if (magnitudes->n == 0)
        return 1;
    exponent = magnitudes->bits[0] >> 23;
    if (exponent < EXPONENTS || (magnitudes->bits[last] >> 23) > 254 - EXPONENTS ||
        (magnitudes->bits[last] >> 23) - exponent > EXPONENTS)
        return 0;
    largest = fixed(magnitudes->bits[last], exponent);
    least = fixed(magnitudes->bits[0], exponent);
    for (uint32_t i = 1; i < magnitudes->n; i++) {
        uint64_t gap =
            fixed(magnitudes->bits[i], exponent) - fixed(magnitudes->bits[i - 1], exponent);

        least = gap < least ? gap : least;
    }
    if (largest / least > MOST)
        return 0;
    most = (uint32_t)((largest + least / 2) / least);
    if (most > MOST)
        return 0;
    *scale = divide(largest, exponent, most) - CANDIDATES;
    for (uint32_t i = 0; i <= 2 * CANDIDATES; i++, ++*scale)
        if (fits(magnitudes, *scale, most))
            return 1;
    return 0;
}

int pith_tensor_grid_find(struct pith_tensor_run *indices, uint64_t *scales, uint32_t room,
                          const struct pith_tensor_run *run, const uint8_t *raw)
{
    uint64_t row_len = pith_tensor_run_n(run) / run->dims[0];
    struct magnitudes magnitudes;

    if (run->type != PITH_TENSOR_F32 || row_len < ROW_LEAST || run->dims[0] > room)
        return 0;
    for (uint64_t r = 0; r < run->dims[0]; r++) {
        uint32_t scale;

        if (!take_magnitudes(&magnitudes, raw + 4 * r * row_len, row_len) ||
            !find_scale(&scale, &magnitudes))
            return 0;
        scales[r] = scale;
    }
    *indices = *run;
    indices->type = PITH_TENSOR_U8;
    indices->stands_for = PITH_TENSOR_F32;
    indices->n_values = (uint32_t)run->dims[0];
    indices->is_grid = 1;
    return 1;
}

/* k of the magnitude: the quotient of the two, rounded. */
static uint32_t quotient_of(uint32_t bits, uint32_t scale)
{
    uint64_t divisor = (scale & (IMPLICIT - 1)) | IMPLICIT;

    if (bits == 0)
        return 0;
    return (uint32_t)((2 * fixed(bits, scale >> 23) + divisor) / (2 * divisor));
}

/* Backwards: an index is written where elements have been read already. */
void pith_tensor_grid_shrink(const struct pith_tensor_run *indices, uint8_t *raw,
                             const uint64_t *scales)
{
    uint64_t n = pith_tensor_run_n(indices), row_len = n / indices->n_values;
    uint8_t *to = raw + pith_tensor_run_skip(indices);

    for (uint64_t i = n; i-- > 0;) {
        uint32_t bits = pith_load_le32(raw + 4 * i);
        uint32_t k = quotient_of(bits & ~SIGN, (uint32_t)scales[i / row_len]);

        to[i] = (uint8_t)(!(bits & SIGN) ? ZERO + k : k > 0 ? ZERO - k : 0);
    }
}

void pith_tensor_grid_expand(const struct pith_tensor_run *indices, uint8_t *raw,
                             const uint64_t *scales)
{
    uint64_t n = pith_tensor_run_n(indices), row_len = n / indices->n_values;
    const uint8_t *from = raw + pith_tensor_run_skip(indices);

    for (uint64_t i = 0; i < n; i++) {
        uint32_t index = from[i], scale = (uint32_t)scales[i / row_len], bits;

        if (index == 0)
            bits = SIGN;
        else if (index >= ZERO)
            bits = multiple(index - ZERO, scale);
        else
            bits = multiple(ZERO - index, scale) | SIGN;
        pith_store_le32(raw + 4 * i, bits);
    }
}
