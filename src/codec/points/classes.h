/* Classes: numbers of which contexts tell only roughly how large they are. */
#ifndef PITH_CODEC_POINTS_CLASSES_H
#define PITH_CODEC_POINTS_CLASSES_H

#include <string.h>

#include "base/compiler.h"
#include "codec/points/value.h"

/* Bits of the size: about what a difference takes. */
PITH_INLINE uint64_t pith_size_bits(int64_t value)
{
    return pith_bit_length(value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* Of the size: two classes for each doubling. */
PITH_INLINE uint32_t pith_class_size(int64_t value)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint32_t bits = pith_bit_length(size);

    return bits < 3 ? (uint32_t)size : 2 * bits - 2 + (uint32_t)(size >> (bits - 2) & 1);
}

/* And the sign. */
PITH_INLINE uint32_t pith_class_signed(int64_t value)
{
    return pith_class_size(value) << 1 | (value < 0);
}

/* The value itself, if it is no further from 0 than a limit below 100. */
PITH_INLINE uint32_t pith_class_near(int64_t value, int32_t limit)
{
    value = value > limit ? limit : value < -limit ? -limit : value;
    return (uint32_t)(value + 100);
}

/* With no contexts yet. */
PITH_INLINE void pith_view_begin(struct pith_value_view *view)
{
    memset(view, 0, sizeof *view);
    view->n_low = PITH_VALUE_LOW;
}

PITH_INLINE void pith_view_list(struct pith_value_view *view, uint32_t i, uint32_t a, uint32_t b,
                                uint32_t c)
{
    view->lists[i][0] = a;
    view->lists[i][1] = b;
    view->lists[i][2] = c;
}

#endif
