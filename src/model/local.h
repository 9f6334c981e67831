/* Contexts of the bytes just before: orders, sparse and masked ones. */
#ifndef PITH_MODEL_LOCAL_H
#define PITH_MODEL_LOCAL_H

#include "model/history.h"

/* hashes[i] = context of the last orders[i] bytes (1..16). */
void pith_orders_contexts(const struct pith_history *history, const uint8_t *orders, uint32_t n,
                          uint32_t *hashes);

#define PITH_SPARSE_CONTEXTS 19
/* The first n sparse contexts: bytes with gaps between them, or only their upper bits. */
void pith_sparse_contexts(const struct pith_history *history, uint32_t n, uint32_t *hashes);

#endif
