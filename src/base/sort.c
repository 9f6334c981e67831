/* See sort.h. */
#include "base/sort.h"

#include <stdint.h>
#include <string.h>

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

static void sift_items(uint8_t *items, size_t at, size_t n, size_t size,
                       int (*compare)(const void *, const void *))
{
    uint8_t item[PITH_SORT_SIZE_MAX];

    memcpy(item, items + at * size, size);
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && compare(items + child * size, items + (child + 1) * size) < 0)
            child++;
        if (compare(item, items + child * size) >= 0)
            break;
        memcpy(items + at * size, items + child * size, size);
    }
    memcpy(items + at * size, item, size);
}

void pith_sort_items(void *items, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    uint8_t *bytes = items, last[PITH_SORT_SIZE_MAX];

    for (size_t at = n / 2; at-- > 0;)
        sift_items(bytes, at, n, size, compare);
    while (n > 1) {
        n--;
        memcpy(last, bytes + n * size, size);
        memcpy(bytes + n * size, bytes, size);
        memcpy(bytes, last, size);
        sift_items(bytes, 0, n, size, compare);
    }
}
