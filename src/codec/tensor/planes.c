/* See planes.h.  The loops are written once and made for each width and kind of elements. */
#include "codec/tensor/planes.h"

#include "base/bytes.h"
#include "base/compiler.h"

/* What becomes of an element first. */
enum turn { TURN_NONE, TURN_FLOAT, TURN_MIDDLE, TURN_DIFFERENCE, TURN_FLOAT_DIFFERENCE };

struct stretch {
    uint8_t *const *cut; /* planes, in one direction */
    const uint8_t *const *joined;
    const uint8_t *base;
    size_t n;
    uint32_t middle;
};

/* As pith_tensor_ordered(), without a branch. */
PITH_INLINE uint64_t ordered(uint64_t bits, uint32_t width, enum turn turn)
{
    uint64_t top = (uint64_t)1 << (8 * width - 1), all = top - 1 + top;

    if (turn == TURN_DIFFERENCE)
        return bits;
    return bits ^ (((0 - (bits >> (8 * width - 1))) & all) | top);
}

PITH_INLINE uint64_t unordered(uint64_t bits, uint32_t width, enum turn turn)
{
    uint64_t top = (uint64_t)1 << (8 * width - 1), all = top - 1 + top;

    if (turn == TURN_DIFFERENCE)
        return bits;
    return bits ^ ((((bits >> (8 * width - 1)) - 1) & all) | top);
}

PITH_INLINE uint64_t turned(uint64_t bits, uint64_t base, uint32_t width, enum turn turn,
                            uint32_t middle)
{
    uint32_t n = 8 * width;
    uint64_t all = UINT64_MAX >> (64 - n);

    if (turn == TURN_NONE)
        return bits;
    if (turn == TURN_MIDDLE)
        return (bits - middle + 128) & all;
    if (turn != TURN_FLOAT)
        bits = (ordered(bits, width, turn) - ordered(base, width, turn)) & all;
    if (turn == TURN_FLOAT)
        return (bits << 1 | bits >> (n - 1)) & all;
    return (bits << 1 ^ (0 - (bits >> (n - 1)))) & all;
}

PITH_INLINE uint64_t turned_back(uint64_t bits, uint64_t base, uint32_t width, enum turn turn,
                                 uint32_t middle)
{
    uint32_t n = 8 * width;
    uint64_t all = UINT64_MAX >> (64 - n);

    if (turn == TURN_NONE)
        return bits;
    if (turn == TURN_MIDDLE)
        return (bits + middle - 128) & all;
    if (turn == TURN_FLOAT)
        return (bits >> 1 | bits << (n - 1)) & all;
    bits = (bits >> 1 ^ (0 - (bits & 1))) & all;
    return unordered((bits + ordered(base, width, turn)) & all, width, turn);
}

/* Up to four bytes with pointers of their own, so that compilers see that nothing overlaps. */
PITH_INLINE void cut(const struct stretch *s, uint8_t *restrict first, uint8_t *restrict second,
                     uint8_t *restrict third, uint8_t *restrict fourth, const uint8_t *restrict raw,
                     const uint8_t *restrict bases, uint32_t width, enum turn turn)
{
    int has_base = turn >= TURN_DIFFERENCE;
    size_t n = s->n;
    uint32_t middle = s->middle;

    for (size_t i = 0; i < n; i++) {
        uint64_t bits = pith_load_le(raw + i * width, width);
        uint64_t base = has_base ? pith_load_le(bases + i * width, width) : 0;

        bits = turned(bits, base, width, turn, middle);
        first[i] = (uint8_t)(bits >> (8 * (width - 1)));
        if (width > 1)
            second[i] = (uint8_t)(bits >> (8 * (width - 2)));
        if (width > 2) {
            third[i] = (uint8_t)(bits >> (8 * (width - 3)));
            fourth[i] = (uint8_t)(bits >> (8 * (width - 4)));
        }
        for (uint32_t k = 4; k < width; k++)
            s->cut[k][i] = (uint8_t)(bits >> (8 * (width - 1 - k)));
    }
}

PITH_INLINE void join(const struct stretch *s, const uint8_t *restrict first,
                      const uint8_t *restrict second, const uint8_t *restrict third,
                      const uint8_t *restrict fourth, uint8_t *restrict raw,
                      const uint8_t *restrict bases, uint32_t width, enum turn turn)
{
    int has_base = turn >= TURN_DIFFERENCE;
    size_t n = s->n;
    uint32_t middle = s->middle;

    for (size_t i = 0; i < n; i++) {
        uint64_t base = has_base ? pith_load_le(bases + i * width, width) : 0, bits = first[i];

        if (width > 1)
            bits = bits << 8 | second[i];
        if (width > 2)
            bits = bits << 16 | (uint32_t)third[i] << 8 | fourth[i];
        for (uint32_t k = 4; k < width; k++)
            bits = bits << 8 | s->joined[k][i];
        pith_store_le(raw + i * width, turned_back(bits, base, width, turn, middle), width);
    }
}

/* Cuts if from, else joins. */
PITH_INLINE void go(const struct stretch *s, const uint8_t *from, uint8_t *to, uint32_t width,
                    enum turn turn)
{
    uint8_t *const *c = s->cut;
    const uint8_t *const *j = s->joined;

    if (from)
        cut(s, c[0], c[1], c[2], c[3], from, s->base, width, turn);
    else
        join(s, j[0], j[1], j[2], j[3], to, s->base, width, turn);
}

PITH_INLINE void go_by_turn(const struct stretch *s, const uint8_t *from, uint8_t *to,
                            uint32_t width, enum turn turn)
{
    if (turn == TURN_NONE)
        go(s, from, to, width, TURN_NONE);
    else if (turn == TURN_FLOAT)
        go(s, from, to, width, TURN_FLOAT);
    else if (turn == TURN_MIDDLE)
        go(s, from, to, width, TURN_MIDDLE);
    else if (turn == TURN_DIFFERENCE)
        go(s, from, to, width, TURN_DIFFERENCE);
    else
        go(s, from, to, width, TURN_FLOAT_DIFFERENCE);
}

static enum turn turn_of(const struct pith_tensor_run *run)
{
    enum pith_tensor_type type = (enum pith_tensor_type)run->type;

    if (run->has_base)
        return pith_tensor_is_signed_magnitude(type) ? TURN_FLOAT_DIFFERENCE : TURN_DIFFERENCE;
    if (pith_tensor_is_signed_magnitude(type))
        return TURN_FLOAT;
    return pith_tensor_forms[type].width == 1 ? TURN_MIDDLE : TURN_NONE;
}

static uint32_t middle_of(const struct pith_tensor_run *run)
{
    return run->middle - (uint32_t)pith_tensor_forms[run->type].centre;
}

static void go_by_width(const struct stretch *s, const uint8_t *from, uint8_t *to, uint32_t width,
                        enum turn turn)
{
    if (width == 1)
        go_by_turn(s, from, to, 1, turn);
    else if (width == 2)
        go_by_turn(s, from, to, 2, turn);
    else if (width == 4)
        go_by_turn(s, from, to, 4, turn);
    else
        go_by_turn(s, from, to, 8, turn);
}

void pith_tensor_planes_cut(uint8_t *const *planes, const struct pith_tensor_run *run,
                            const uint8_t *raw, const uint8_t *base, size_t n)
{
    struct stretch s = {planes, NULL, base, n, middle_of(run)};

    go_by_width(&s, raw, NULL, pith_tensor_forms[run->type].width, turn_of(run));
}

void pith_tensor_planes_join(const uint8_t *const *planes, const struct pith_tensor_run *run,
                             uint8_t *raw, const uint8_t *base, size_t n)
{
    struct stretch s = {NULL, planes, base, n, middle_of(run)};

    go_by_width(&s, NULL, raw, pith_tensor_forms[run->type].width, turn_of(run));
}
