/* See local.h. */
#include "model/local.h"

#include <string.h>

#include "model/hash.h"

static uint64_t low_bytes(uint64_t value, uint32_t n)
{
    return n >= 8 ? value : value & (((uint64_t)1 << 8 * n) - 1);
}

void pith_orders_contexts(const struct pith_history *history, const uint8_t *orders, uint32_t n,
                          uint32_t *hashes)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t order = orders[i];

        if (order <= 8)
            hashes[i] = pith_hash(order, low_bytes(history->last8, order));
        else
            hashes[i] = pith_hash2(order, history->last8, low_bytes(history->prior8, order - 8));
    }
}

void pith_sparse_contexts(const struct pith_history *history, uint32_t n, uint32_t *hashes)
{
    static const uint64_t masks[PITH_SPARSE_CONTEXTS] = {
        0xffff00,     0xff0000ff,   0xf8f8f8f8,     0xffff0000,         0xff00ff00,
        0xff00,       0xff0000,     0xf0f0f0f0f0f0, 0xffffff00,         0xff00ffff,
        0xffffff0000, 0xffff00ff,   0xffffffff00,   0xffff0000ff,       0xffe0e0e0,
        0xe0e0e0e0,   0xff00000000, 0xfff0f0f0f0,   0xf0f0f0f0f0f0f0f0,
    };

    for (uint32_t i = 0; i < n; i++)
        hashes[i] = pith_hash((i < 8 ? 20 : 120) + i, history->last8 & masks[i]);
}
