/* Sorting in place, without memory of its own. */
#ifndef PITH_BASE_SORT_H
#define PITH_BASE_SORT_H

#include <stddef.h>

/* Heap sort of n pointers, by what they point at: compare() is negative if the first comes first.  The order
 * of equals is not kept. */
void pith_sort(const void **items, size_t n, int (*compare)(const void *, const void *));

/* The same of n items of `size` bytes themselves, at most PITH_SORT_SIZE_MAX. */
#define PITH_SORT_SIZE_MAX 256
void pith_sort_items(void *items, size_t n, size_t size,
                     int (*compare)(const void *, const void *));

#endif
