/* Clouds as text: a line for each point, numbers with three decimals, the intensity with two.
 *
 * Goes after cloud.h.  Printed by integers, so that it is the same everywhere. */
#ifndef TESTS_SUPPORT_CLOUD_TEXT_H
#define TESTS_SUPPORT_CLOUD_TEXT_H

#include "support/cloud.h"

#include "base/bytes.h"

static inline double cloud_get(const uint8_t *from)
{
    uint32_t bits = pith_load_le32(from);
    float narrow;

    memcpy(&narrow, &bits, sizeof narrow);
    return (double)narrow;
}

/* Returns the bytes. */
static inline size_t cloud_print(uint8_t *to, double x, uint32_t decimals)
{
    uint8_t digits[24];
    size_t n = 0, len = 0;
    int64_t whole = 1;

    for (uint32_t k = 0; k < decimals; k++)
        whole *= 10;
    whole = pith_floor_int(x * (double)whole + 0.5);
    if (whole < 0) {
        to[len++] = '-';
        whole = -whole;
    }
    for (; whole > 0 || n < decimals + 1 + (decimals > 0); whole /= 10) {
        digits[n++] = (uint8_t)('0' + whole % 10);
        if (n == decimals)
            digits[n++] = '.';
    }
    while (n > 0)
        to[len++] = digits[--n];
    return len;
}

/* Records of make_cloud() as lines.  Returns the bytes. */
static inline size_t print_cloud(uint8_t *to, const uint8_t *records, size_t n)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < 4; k++) {
            len += cloud_print(to + len, cloud_get(records + 16 * i + 4 * k), k < 3 ? 3 : 2);
            to[len++] = k < 3 ? ' ' : '\n';
        }
    return len;
}

#endif
