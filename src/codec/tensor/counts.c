/* See counts.h. */
#include "codec/tensor/counts.h"

#include "base/bytes.h"
#include "num/log2.h"

#define SAMPLES  4 /* parts of a run by which it is estimated what it takes */
#define SAMPLE_N 16384

static void count_element(struct pith_tensor_counts *counts, const struct pith_tensor_value *value)
{
    uint32_t n = value->n_low / PITH_TENSOR_PIECE_BITS; /* whole ones */

    counts->symbols[value->symbol]++;
    for (uint32_t k = 0; k < n; k++)
        counts->pieces[k][value->low >> (PITH_TENSOR_PIECE_BITS * k) & 15]++;
}

uint64_t pith_tensor_count(struct pith_tensor_counts *counts, const struct pith_tensor_run *run,
                           const uint8_t *raw, const uint8_t *base, uint64_t first, uint64_t n)
{
    enum pith_tensor_type plain = (enum pith_tensor_type)run->type;
    enum pith_tensor_type type = base ? pith_tensor_difference(plain) : plain;
    uint32_t width = pith_tensor_forms[plain].width;
    uint64_t past = first > 0 ? pith_load_le(raw + (first - 1) * width, width) : 0, bits, sum = 0;

    for (uint64_t i = first; i < first + n; i++, past = bits) {
        struct pith_tensor_value value;

        bits = pith_load_le(raw + i * width, width);
        if (base) {
            bits = pith_tensor_ordered(plain, bits);
            past = pith_tensor_ordered(plain, pith_load_le(base + i * width, width));
        }
        value = pith_tensor_split(type, run->middle, past, bits);
        value.symbol &= PITH_TENSOR_SYMBOLS - 1;
        count_element(counts, &value);
        sum += value.n_low % PITH_TENSOR_PIECE_BITS;
        sum += (uint32_t)pith_tensor_has_sign(type, value.symbol);
    }
    return sum;
}

uint64_t pith_tensor_estimate(const struct pith_tensor_run *run, const uint8_t *raw,
                              const uint8_t *base)
{
    struct pith_tensor_counts counts = {{0}, {{0}}};
    uint64_t n = pith_tensor_run_n(run), step = n / SAMPLES + 1, bits = 0;

    for (uint64_t first = 0; first<n; first += step> SAMPLE_N ? step : SAMPLE_N)
        bits += pith_tensor_count(&counts, run, raw, base, first,
                                  n - first < SAMPLE_N ? n - first : SAMPLE_N);
    bits += pith_entropy_bits(counts.symbols, PITH_TENSOR_SYMBOLS);
    for (uint32_t k = 0; k < PITH_TENSOR_PIECES; k++)
        bits += pith_entropy_bits(counts.pieces[k], 16);
    return bits;
}

uint64_t pith_tensor_estimated_share(const struct pith_tensor_run *run, uint64_t bits)
{
    uint64_t n = pith_tensor_run_n(run);

    return n > SAMPLES * SAMPLE_N ? bits * (SAMPLES * SAMPLE_N) / n : bits;
}
