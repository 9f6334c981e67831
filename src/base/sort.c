/* See sort.h. */
#include "base/sort.h"

/* items[at] may be less than its children; below it all is a heap. */
static void sift(const void **items, size_t at, size_t n,
                 int (*compare)(const void *, const void *))
{
    const void *item = items[at];

    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && compare(items[child], items[child + 1]) < 0)
            child++;
        if (compare(item, items[child]) >= 0)
            break;
        items[at] = items[child];
    }
    items[at] = item;
}

void pith_sort(const void **items, size_t n, int (*compare)(const void *, const void *))
{
    for (size_t at = n / 2; at-- > 0;)
        sift(items, at, n, compare);
    while (n > 1) {
        const void *last = items[--n];

        items[n] = items[0];
        items[0] = last;
        sift(items, 0, n, compare);
    }
}
