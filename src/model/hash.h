/* Hashing of contexts to 32 bits: multiply and fold, the same on every machine. */
#ifndef PITH_MODEL_HASH_H
#define PITH_MODEL_HASH_H

#include <stdint.h>

/* `kind` tells contexts of different predictors apart. */
static inline uint32_t pith_hash(uint32_t kind, uint64_t value)
{
    uint64_t h = (value + kind * 0xd6e8feb86659fd93u + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;

    h ^= h >> 29;
    h *= 0x94d049bb133111ebu;
    return (uint32_t)(h >> 32);
}

static inline uint32_t pith_hash2(uint32_t kind, uint64_t a, uint64_t b)
{
    return pith_hash(kind, a * 0xff51afd7ed558ccdu + (b ^ b >> 31) * 0xc4ceb9fe1a85ec53u);
}

#endif
