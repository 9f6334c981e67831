/* Element types: how a number is taken apart for the model.
 *
 * Every element becomes a symbol of at most 256, a sign, and low bits of which the model sees the highest.
 * Floating point: the exponent, the sign and the mantissa.  Bytes: the distance from the run's middle,
 * and nothing else.  Other integers: the difference from the element before, as the number of its bits, its
 * sign, and the bits below the first.  With a base all types are such differences, from the base's element. */
#ifndef PITH_CODEC_TENSOR_TYPE_H
#define PITH_CODEC_TENSOR_TYPE_H

#include <stdint.h>

#include "base/compiler.h"

/* Numbers on the wire.  Never reused. */
enum pith_tensor_type {
    PITH_TENSOR_U8 = 0,
    PITH_TENSOR_I8 = 1,
    PITH_TENSOR_F8 = 2, /* E4M3, E5M2 and their like: a sign, then what is ordered by magnitude */
    PITH_TENSOR_BF16 = 3,
    PITH_TENSOR_F16 = 4,
    PITH_TENSOR_F32 = 5,
    PITH_TENSOR_F64 = 6,
    PITH_TENSOR_I16 = 7, /* signed or not: differences are the same */
    PITH_TENSOR_I32 = 8,
    PITH_TENSOR_I64 = 9,
    PITH_TENSOR_PLAIN_TYPES =
        10, /* those above are what runs have; the others stand for the difference of elements
                                   * from those of a base, both in order of value */
    PITH_TENSOR_D8 = 10,
    PITH_TENSOR_D16 = 11,
    PITH_TENSOR_D32 = 12,
    PITH_TENSOR_D64 = 13,
    PITH_TENSOR_TYPES = 14
};

struct pith_tensor_form {
    uint8_t width;         /* bytes */
    uint8_t exponent_bits; /* 0: not floating point */
    uint8_t low_bits;      /* of floating point: the mantissa */
    uint8_t centre;        /* of bytes: exclusive-or that puts them in order of value */
};

/* Of f64: what the least symbol but 0 stands for, less 1; symbol 0 is exponent 0. */
#define PITH_TENSOR_F64_BASE 895

/* An element taken apart. */
struct pith_tensor_value {
    uint32_t symbol, sign;
    uint32_t n_low; /* bits of low */
    uint64_t low;
    int32_t magnitude; /* binary logarithm, 1/8 a step: for contexts */
};

/* Here, so that compilers know what a type that they know is like. */
static const struct pith_tensor_form pith_tensor_forms[PITH_TENSOR_TYPES] = {
    [PITH_TENSOR_U8] = {1, 0, 0, 0},    [PITH_TENSOR_I8] = {1, 0, 0, 0x80},
    [PITH_TENSOR_F8] = {1, 0, 0, 0},    [PITH_TENSOR_BF16] = {2, 8, 7, 0},
    [PITH_TENSOR_F16] = {2, 5, 10, 0},  [PITH_TENSOR_F32] = {4, 8, 23, 0},
    [PITH_TENSOR_F64] = {8, 11, 52, 0}, [PITH_TENSOR_I16] = {2, 0, 0, 0},
    [PITH_TENSOR_I32] = {4, 0, 0, 0},   [PITH_TENSOR_I64] = {8, 0, 0, 0},
    [PITH_TENSOR_D8] = {1, 0, 0, 0},    [PITH_TENSOR_D16] = {2, 0, 0, 0},
    [PITH_TENSOR_D32] = {4, 0, 0, 0},   [PITH_TENSOR_D64] = {8, 0, 0, 0},
};
/* 8 log2(1 + 2 x) of x in 0..128, rounded down. */
extern const uint8_t pith_tensor_logs[129];

static inline int32_t pith_tensor_top3(uint64_t low, uint32_t n_low)
{
    return (int32_t)(n_low >= 3 ? low >> (n_low - 3) : low << (3 - n_low)) & 7;
}

static inline int pith_tensor_is_signed_magnitude(enum pith_tensor_type type)
{
    return pith_tensor_forms[type].exponent_bits || type == PITH_TENSOR_F8;
}

/* What a type's elements are as differences. */
static inline enum pith_tensor_type pith_tensor_difference(enum pith_tensor_type type)
{
    uint32_t width = pith_tensor_forms[type].width;

    return width == 1   ? PITH_TENSOR_D8
           : width == 2 ? PITH_TENSOR_D16
           : width == 4 ? PITH_TENSOR_D32
                        : PITH_TENSOR_D64;
}

/* An element as an integer of its width, so that what is near in value is near there; every pattern of bits has its
 * own. */
static inline uint64_t pith_tensor_ordered(enum pith_tensor_type type, uint64_t bits)
{
    uint32_t n = 8u * pith_tensor_forms[type].width;
    uint64_t all = UINT64_MAX >> (64 - n), top = (uint64_t)1 << (n - 1);

    if (!pith_tensor_is_signed_magnitude(type))
        return bits;
    return bits & top ? ~bits & all : bits | top;
}

static inline uint64_t pith_tensor_unordered(enum pith_tensor_type type, uint64_t ordered)
{
    uint32_t n = 8u * pith_tensor_forms[type].width;
    uint64_t all = UINT64_MAX >> (64 - n), top = (uint64_t)1 << (n - 1);

    if (!pith_tensor_is_signed_magnitude(type))
        return ordered;
    return ordered & top ? ordered ^ top : ~ordered & all;
}

/* Of floating point: the exponent as it stands; else 0. */
static inline int32_t pith_tensor_exponent(enum pith_tensor_type type, uint64_t bits)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[type];

    return (int32_t)(bits >> form->low_bits & ((1u << form->exponent_bits) - 1));
}

/* Takes `bits`, an element of the type, apart.  middle: of bytes, the run's; before: the element before, or that of the
 * base. */
static inline struct pith_tensor_value pith_tensor_split(enum pith_tensor_type type,
                                                         uint32_t middle, uint64_t before,
                                                         uint64_t bits)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[type];
    struct pith_tensor_value value = {0};

    if (form->exponent_bits) {
        value.n_low = form->low_bits;
        value.low = bits & (((uint64_t)1 << form->low_bits) - 1);
        value.symbol = (uint32_t)(bits >> form->low_bits) & ((1u << form->exponent_bits) - 1);
        value.sign = (uint32_t)(bits >> (form->low_bits + form->exponent_bits)) & 1;
        if (type == PITH_TENSOR_F64 && value.symbol > 0)
            value.symbol -= PITH_TENSOR_F64_BASE;
        value.magnitude = (int32_t)value.symbol * 8 + pith_tensor_top3(value.low, value.n_low);
    } else if (form->width == 1) {
        int32_t off;

        if (type == PITH_TENSOR_D8)
            middle = (uint32_t)before;
        value.symbol = type == PITH_TENSOR_F8
                           ? (uint32_t)bits
                           : ((uint32_t)(bits ^ form->centre) - middle + 128) & 255;
        off = (int32_t)value.symbol - 128;
        value.magnitude = type == PITH_TENSOR_F8 ? (int32_t)(bits & 127) * 2
                                                 : pith_tensor_logs[off < 0 ? -off : off];
    } else {
        uint32_t shift = 64 - 8u * form->width;
        int64_t way = (int64_t)((bits - before) << shift) >> shift;
        uint64_t size = way < 0 ? 0 - (uint64_t)way : (uint64_t)way;

        value.sign = way < 0;
        value.symbol = pith_bit_length(size);
        value.n_low = value.symbol > 0 ? value.symbol - 1 : 0;
        value.low = size & (((uint64_t)1 << value.n_low) - 1);
        value.magnitude = (int32_t)value.symbol * 8 + pith_tensor_top3(value.low, value.n_low);
    }
    return value;
}

/* The bits below the highest of a symbol. */
static inline uint32_t pith_tensor_n_low(enum pith_tensor_type type, uint32_t symbol)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[type];

    if (form->exponent_bits)
        return form->low_bits;
    return form->width == 1 || symbol == 0 ? 0 : symbol - 1;
}

/* Whether elements of the type with that symbol have a sign. */
static inline int pith_tensor_has_sign(enum pith_tensor_type type, uint32_t symbol)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[type];

    return form->exponent_bits || (form->width > 1 && symbol > 0);
}

/* The element again: of whatever symbol, sign and low bits, its low 8 * width bits count. */
static inline uint64_t pith_tensor_join(enum pith_tensor_type type, uint32_t middle,
                                        uint64_t before, const struct pith_tensor_value *value)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[type];
    uint64_t bits = value->symbol;

    if (form->exponent_bits) {
        if (type == PITH_TENSOR_F64 && bits > 0)
            bits += PITH_TENSOR_F64_BASE;
        bits |= (uint64_t)value->sign << form->exponent_bits;
        return bits << form->low_bits | value->low;
    }
    if (form->width == 1 && type == PITH_TENSOR_D8)
        return (bits + before - 128) & 255;
    if (form->width == 1)
        return type == PITH_TENSOR_F8 ? bits : ((bits + middle - 128) & 255) ^ form->centre;
    bits = bits > 0 ? ((uint64_t)1 << value->n_low | value->low) : 0;
    return value->sign ? before - bits : before + bits;
}

#endif
