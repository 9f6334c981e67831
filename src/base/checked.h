/* Sums and products that say when they do not fit.
 *
 * Every length that comes from input or from a caller goes through these before it is used.  Each
 * returns nonzero when the result fits and leaves *result alone when it does not. */
#ifndef PITH_BASE_CHECKED_H
#define PITH_BASE_CHECKED_H

#include <stddef.h>
#include <stdint.h>

static inline int pith_checked_add(uint64_t *result, uint64_t a, uint64_t b)
{
    if (a > UINT64_MAX - b)
        return 0;
    *result = a + b;
    return 1;
}

static inline int pith_checked_mul(uint64_t *result, uint64_t a, uint64_t b)
{
    if (b != 0 && a > UINT64_MAX / b)
        return 0;
    *result = a * b;
    return 1;
}

static inline int pith_checked_add_size(size_t *result, size_t a, size_t b)
{
    if (a > SIZE_MAX - b)
        return 0;
    *result = a + b;
    return 1;
}

static inline int pith_checked_mul_size(size_t *result, size_t a, size_t b)
{
    if (b != 0 && a > SIZE_MAX / b)
        return 0;
    *result = a * b;
    return 1;
}

/* a + b, or UINT64_MAX when that does not fit: for needs, where "more than any limit" is an answer. */
static inline uint64_t pith_saturated_add(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

#endif
