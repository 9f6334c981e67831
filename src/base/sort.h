/* Sorting in place, without memory of its own. */
#ifndef PITH_BASE_SORT_H
#define PITH_BASE_SORT_H

#include <stddef.h>

/* Heap sort of n pointers, by what they point at: compare() is negative if the first comes first.  The order
 * of equals is not kept. */
void pith_sort(const void **items, size_t n, int (*compare)(const void *, const void *));

#endif
