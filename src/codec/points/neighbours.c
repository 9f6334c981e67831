/* See neighbours.h.
 *
 * The plane is cut into squares of which each remembers the last point in it. */
#include "codec/points/neighbours.h"

#define LATE    8 /* points just before this one say what it is like already */
#define NOTHING UINT32_MAX

struct plane {
    uint64_t left, bottom; /* the least coordinates */
    uint64_t n_across, n_along;
    uint32_t shift; /* squares have sides of 2^shift */
    uint32_t *cells;
};

static uint64_t span_of(uint64_t *least, const int64_t *values, size_t n)
{
    int64_t low = values[0], high = values[0];

    for (size_t i = 1; i < n; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *least = (uint64_t)low;
    return (uint64_t)high - (uint64_t)low;
}

/* Squares as small as the table allows. */
static void lay_out(struct plane *plane, const int64_t *x, const int64_t *y, size_t n,
                    uint32_t *cells)
{
    uint64_t across = span_of(&plane->left, x, n), along = span_of(&plane->bottom, y, n);
    uint64_t most = (uint64_t)PITH_NEIGHBOURS_CELLS * n;

    plane->shift = 0;
    for (;;) {
        plane->n_across = (across >> plane->shift) + 1;
        plane->n_along = (along >> plane->shift) + 1;
        if (plane->n_across <= most && plane->n_along <= most / plane->n_across)
            break;
        plane->shift++;
    }
    plane->cells = cells;
    for (uint64_t k = 0; k < plane->n_across * plane->n_along; k++)
        cells[k] = NOTHING;
}

/* Of points that are no further than two squares apart. */
static uint64_t distance(const int64_t *x, const int64_t *y, size_t a, size_t b)
{
    int64_t dx = (int64_t)((uint64_t)x[a] - (uint64_t)x[b]);
    int64_t dy = (int64_t)((uint64_t)y[a] - (uint64_t)y[b]);

    dx = dx < 0 ? -dx : dx;
    dy = dy < 0 ? -dy : dy;
    return (uint64_t)(dx > dy ? dx : dy) * 2 + (uint64_t)(dx > dy ? dy : dx);
}

static uint32_t nearest(const struct plane *plane, const int64_t *x, const int64_t *y, size_t i)
{
    uint64_t column = ((uint64_t)x[i] - plane->left) >> plane->shift;
    uint64_t row = ((uint64_t)y[i] - plane->bottom) >> plane->shift, least = UINT64_MAX;
    uint32_t best = NOTHING;

    for (uint64_t r = row > 0 ? row - 1 : 0; r <= row + 1 && r < plane->n_along; r++)
        for (uint64_t c = column > 0 ? column - 1 : 0; c <= column + 1 && c < plane->n_across;
             c++) {
            uint32_t point = plane->cells[r * plane->n_across + c];

            if (point != NOTHING && distance(x, y, point, i) < least) {
                least = distance(x, y, point, i);
                best = point;
            }
        }
    return best;
}

void pith_neighbours_find(uint32_t *neighbours, const int64_t *x, const int64_t *y, size_t n,
                          uint32_t *cells)
{
    struct plane plane;

    lay_out(&plane, x, y, n, cells);
    for (size_t i = 0; i < n; i++) {
        if (i >= LATE) {
            size_t late = i - LATE;
            uint64_t column = ((uint64_t)x[late] - plane.left) >> plane.shift;
            uint64_t row = ((uint64_t)y[late] - plane.bottom) >> plane.shift;

            plane.cells[row * plane.n_across + column] = (uint32_t)late;
        }
        neighbours[i] = nearest(&plane, x, y, i);
    }
}
