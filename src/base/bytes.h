/* Little-endian loads and stores.
 *
 * Everything on the wire is little-endian.  Bytes are put together one by one, so neither the order
 * nor the alignment of the machine matters; compilers turn each into one move where they can. */
#ifndef PITH_BASE_BYTES_H
#define PITH_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* The first len (0..8) bytes at p as a number. */
static inline uint64_t pith_load_le(const uint8_t *p, size_t len)
{
    uint64_t value = 0;

    for (size_t i = 0; i < len; i++)
        value |= (uint64_t)p[i] << (8 * i);
    return value;
}

/* Stores the low len (0..8) bytes of value at p. */
static inline void pith_store_le(uint8_t *p, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static inline uint32_t pith_load_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t pith_load_le64(const uint8_t *p)
{
    return pith_load_le32(p) | (uint64_t)pith_load_le32(p + 4) << 32;
}

static inline void pith_store_le32(uint8_t *p, uint32_t value)
{
    pith_store_le(p, value, 4);
}

static inline void pith_store_le64(uint8_t *p, uint64_t value)
{
    pith_store_le(p, value, 8);
}

#endif
