/* Kernels of rans.h for AVX2: eight states a register.  Words go to the states that need one in their order. */
#include "coder/rans.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,popcnt"))) static inline

AVX2 __m256i load(const uint32_t *states)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)states);
}

AVX2 void store(uint32_t *states, __m256i x)
{
    _mm256_storeu_si256((__m256i *)(void *)states, x);
}

/* Of four lanes, by a bit for each that takes a word: how many of those before it do, in a byte each. */
static const uint32_t takers_before[16] = {
    0x00000000, 0x01010100, 0x01010000, 0x02020100, 0x01000000, 0x02010100, 0x02010000, 0x03020100,
    0x00000000, 0x01010100, 0x01010000, 0x02020100, 0x01000000, 0x02010100, 0x02010000, 0x03020100,
};

AVX2 __m256i take_words(__m256i x, const uint8_t **in)
{
    __m256i needs = _mm256_cmpeq_epi32(_mm256_srli_epi32(x, 16), _mm256_setzero_si256());
    uint32_t mask = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(needs));
    uint32_t low = (uint32_t)__builtin_popcount(mask & 15);
    uint64_t before =
        takers_before[mask & 15] | (uint64_t)(takers_before[mask >> 4] + low * 0x01010101u) << 32;
    __m256i order = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)before));
    __m256i words = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)*in));

    words = _mm256_permutevar8x32_epi32(words, order);
    *in += 2 * (size_t)__builtin_popcount(mask);
    return _mm256_blendv_epi8(x, _mm256_or_si256(_mm256_slli_epi32(x, 16), words), needs);
}

/* One symbol of each of eight states. */
AVX2 __m256i decode_eight(__m256i x, uint8_t *symbols, const uint8_t *classes, const uint8_t **in,
                          const struct pith_rans_slots *slots)
{
    const __m256i inside = _mm256_set1_epi32((1 << PITH_RANS_LOG2) - 1);
    __m256i class = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)classes));
    __m256i at =
        _mm256_or_si256(_mm256_slli_epi32(class, PITH_RANS_LOG2), _mm256_and_si256(x, inside));
    __m256i slot = _mm256_i32gather_epi32((const int *)(const void *)slots, at, 4);
    __m256i symbol = _mm256_and_si256(slot, _mm256_set1_epi32(255));
    __m256i freq = _mm256_and_si256(_mm256_srli_epi32(slot, 8), inside);
    __m256i packed;

    x = _mm256_mullo_epi32(freq, _mm256_srli_epi32(x, PITH_RANS_LOG2));
    x = _mm256_add_epi32(x, _mm256_srli_epi32(slot, 20));
    packed = _mm256_packus_epi32(symbol, symbol);
    packed = _mm256_packus_epi16(packed, packed);
    packed = _mm256_permutevar8x32_epi32(packed, _mm256_set_epi32(4, 0, 4, 0, 4, 0, 4, 0));
    _mm_storel_epi64((__m128i *)(void *)symbols, _mm256_castsi256_si128(packed));
    return take_words(x, in);
}

__attribute__((target("avx2,popcnt"))) static size_t decode_avx2(
    uint32_t *states, uint32_t n_states, uint8_t *symbols, const uint8_t *classes, size_t n,
    const uint8_t **in, const uint8_t *end, const struct pith_rans_slots *slots)
{
    __m256i x[PITH_RANS_STATES_MAX / 8];
    const uint8_t *from = *in;
    size_t i = 0;

    for (uint32_t k = 0; k < n_states / 8; k++)
        x[k] = load(states + 8 * k);
    if (n_states == PITH_RANS_STATES_MAX)
        for (; n - i >= 32 && end - from >= 64; i += 32)
            for (uint32_t k = 0; k < 4; k++)
                x[k] = decode_eight(x[k], symbols + i + 8 * k, classes + i + 8 * k, &from, slots);
    else
        for (; n - i >= 8 && end - from >= 16; i += 8)
            x[0] = decode_eight(x[0], symbols + i, classes + i, &from, slots);
    for (uint32_t k = 0; k < n_states / 8; k++)
        store(states + 8 * k, x[k]);
    *in = from;
    return i;
}

/* Of four lanes, by a bit for each that gives a word: which do, in a byte each. */
static const uint32_t givers[16] = {
    0x00000000, 0x00000000, 0x00000001, 0x00000100, 0x00000002, 0x00000200, 0x00000201, 0x00020100,
    0x00000003, 0x00000300, 0x00000301, 0x00030100, 0x00000302, 0x00030200, 0x00030201, 0x03020100,
};

/* Words of those lanes that are to give one, in their order before `out`. */
AVX2 uint8_t *give_words(__m256i x, uint32_t mask, uint8_t *out)
{
    uint32_t n_low = (uint32_t)__builtin_popcount(mask & 15);
    uint32_t n = (uint32_t)__builtin_popcount(mask);
    uint64_t order = givers[mask & 15] | (uint64_t)(givers[mask >> 4] + 0x04040404u) << (8 * n_low);
    __m256i words = _mm256_and_si256(x, _mm256_set1_epi32(0xffff));

    if (n == 0)
        return out;
    order <<= 8 * (8 - n); /* the last word comes last of eight */
    words = _mm256_permutevar8x32_epi32(words,
                                        _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)order)));
    words = _mm256_permute4x64_epi64(_mm256_packus_epi32(words, words), 0x08);
    _mm_storeu_si128((__m128i *)(void *)(out - 16), _mm256_castsi256_si128(words));
    return out - 2 * (size_t)n;
}

/* Second words of the 64-bit lanes of both, in the order of x where they come from its unpacked halves. */
AVX2 __m256i seconds(__m256i low, __m256i high)
{
    return _mm256_castps_si256(
        _mm256_shuffle_ps(_mm256_castsi256_ps(low), _mm256_castsi256_ps(high), 0xdd));
}

/* One symbol into each of eight states.  As encode_one(). */
AVX2 __m256i encode_eight(__m256i x, uint8_t **out, const uint8_t *symbols, const uint8_t *classes,
                          const struct pith_rans_steps *steps)
{
    const __m256i zero = _mm256_setzero_si256();
    const long long *table = (const long long *)(const void *)steps;
    __m256i class = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)classes));
    __m256i symbol = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)symbols));
    __m256i at = _mm256_permute4x64_epi64(_mm256_or_si256(_mm256_slli_epi32(class, 8), symbol),
                                          0xd8); /* lanes 0, 1, 4, 5, 2, 3, 6, 7 */
    __m256i low = _mm256_i32gather_epi64(table, _mm256_castsi256_si128(at), 8);
    __m256i high = _mm256_i32gather_epi64(table, _mm256_extracti128_si256(at, 1), 8);
    __m256i place = seconds(low, high), freq = _mm256_and_si256(place, _mm256_set1_epi32(0xffff));
    __m256i stays = _mm256_cmpgt_epi32(freq, _mm256_srli_epi32(x, 32 - PITH_RANS_LOG2));
    __m256i quotient, rest, is_right;

    *out = give_words(x, ~(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(stays)) & 255, *out);
    x = _mm256_blendv_epi8(_mm256_srli_epi32(x, 16), x, stays);
    quotient = seconds(_mm256_mul_epu32(low, _mm256_unpacklo_epi32(x, zero)),
                       _mm256_mul_epu32(high, _mm256_unpackhi_epi32(x, zero)));
    rest = _mm256_sub_epi32(x, _mm256_mullo_epi32(quotient, freq));
    is_right = _mm256_cmpgt_epi32(freq, rest);
    quotient = _mm256_add_epi32(quotient, _mm256_andnot_si256(is_right, _mm256_set1_epi32(1)));
    rest = _mm256_sub_epi32(rest, _mm256_andnot_si256(is_right, freq));
    x = _mm256_add_epi32(_mm256_slli_epi32(quotient, PITH_RANS_LOG2), rest);
    return _mm256_add_epi32(x, _mm256_srli_epi32(place, 16));
}

__attribute__((target("avx2,popcnt"))) static uint8_t *encode_avx2(
    uint32_t *states, uint32_t n_states, uint8_t *out, const uint8_t *symbols,
    const uint8_t *classes, size_t n, const struct pith_rans_steps *steps)
{
    __m256i x[PITH_RANS_STATES_MAX / 8];

    for (uint32_t k = 0; k < n_states / 8; k++)
        x[k] = load(states + 8 * k);
    if (n_states == PITH_RANS_STATES_MAX)
        for (size_t i = n; i > 0; i -= 32)
            for (uint32_t k = 4; k-- > 0;)
                x[k] = encode_eight(x[k], &out, symbols + i - 32 + 8 * k, classes + i - 32 + 8 * k,
                                    steps);
    else
        for (size_t i = n; i > 0; i -= 8)
            x[0] = encode_eight(x[0], &out, symbols + i - 8, classes + i - 8, steps);
    for (uint32_t k = 0; k < n_states / 8; k++)
        store(states + 8 * k, x[k]);
    return out;
}

const struct pith_rans_kernels pith_rans_kernels_avx2 = {encode_avx2, decode_avx2};

#endif
