/* See palette.h. */
#include "codec/tensor/palette.h"

#include <string.h>

#include "base/bytes.h"
#include "base/sort.h"

#define PROBES \
    64 /* slots that are looked at for a value: with more the table is one that somebody has meant to fill */
#define FEW       16  /* elements to a value, at least */
#define SHORT_MAX 256 /* values of 16 bits: with more of them the bits themselves say more */

/* The table is never more than half full. */
void pith_tensor_census_layout(struct pith_tensor_census *census, struct pith_arena *arena,
                               uint32_t n_values)
{
    census->slots_log2 = 1;
    while (1u << census->slots_log2 < 2 * n_values)
        census->slots_log2++;
    census->slots = pith_arena_take(arena, 1u << census->slots_log2, sizeof *census->slots);
    census->ranks = pith_arena_take(arena, 1u << census->slots_log2, sizeof *census->ranks);
    census->is_used = pith_arena_take(arena, 1u << census->slots_log2, 1);
}

/* Where a value is, or where there is room for it; as many slots as there are if that is too far away. */
static size_t slot_of(const struct pith_tensor_census *census, uint64_t value)
{
    size_t n_slots = (size_t)1 << census->slots_log2;
    size_t slot = (size_t)(value * 0x9e3779b97f4a7c15u >> (64 - census->slots_log2));

    for (uint32_t i = 0; i < PROBES; i++, slot = (slot + 1) % n_slots)
        if (!census->is_used[slot] || census->slots[slot] == value)
            return slot;
    return n_slots;
}

static uint64_t value_at(enum pith_tensor_type type, uint32_t width, const uint8_t *raw, uint64_t i)
{
    return pith_tensor_ordered(type, pith_load_le(raw + i * width, width));
}

static int compare_values(const void *a, const void *b)
{
    uint64_t first, second;

    memcpy(&first, a, sizeof first);
    memcpy(&second, b, sizeof second);
    return first < second ? -1 : first > second;
}

/* Bytes are in order of value as they are: those of i8 are not, but elements of one byte have no palette. */
static uint32_t find_values(struct pith_tensor_census *census, uint64_t *values, uint32_t room,
                            const struct pith_tensor_run *run, const uint8_t *raw)
{
    enum pith_tensor_type type = (enum pith_tensor_type)run->type;
    uint32_t width = pith_tensor_forms[type].width, n_values = 0;
    uint64_t n = pith_tensor_run_n(run);

    memset(census->is_used, 0, (size_t)1 << census->slots_log2);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t value = value_at(type, width, raw, i);
        size_t slot = slot_of(census, value);

        if (slot >> census->slots_log2)
            return 0;
        if (census->is_used[slot])
            continue;
        if (n_values == room)
            return 0;
        census->is_used[slot] = 1;
        census->slots[slot] = value;
        values[n_values++] = value;
    }
    return n_values;
}

int pith_tensor_census_take(struct pith_tensor_census *census, struct pith_tensor_run *indices,
                            uint64_t *values, uint32_t room, const struct pith_tensor_run *run,
                            const uint8_t *raw)
{
    uint32_t width = pith_tensor_forms[run->type].width, n_values;
    uint64_t n = pith_tensor_run_n(run), most = n / FEW;

    if (width == 2 && most > SHORT_MAX)
        most = SHORT_MAX;
    if (most > room)
        most = room;
    if (width == 1 || most == 0)
        return 0;
    n_values = find_values(census, values, (uint32_t)most, run, raw);
    if (n_values == 0)
        return 0;
    pith_sort_items(values, n_values, sizeof *values, compare_values);
    for (uint32_t i = 0; i < n_values; i++)
        census->ranks[slot_of(census, values[i])] = i;
    *indices = *run;
    indices->type = n_values <= 256 ? PITH_TENSOR_U8 : PITH_TENSOR_I16;
    indices->stands_for = run->type;
    indices->n_values = n_values;
    return 1;
}

/* Backwards: an index is written where elements have been read already. */
void pith_tensor_palette_shrink(const struct pith_tensor_run *indices, uint8_t *raw,
                                const struct pith_tensor_census *census)
{
    enum pith_tensor_type type = (enum pith_tensor_type)indices->stands_for;
    uint32_t width = pith_tensor_forms[type].width;
    uint32_t index_width = pith_tensor_forms[indices->type].width;
    uint8_t *to = raw + pith_tensor_run_skip(indices);

    for (uint64_t i = pith_tensor_run_n(indices); i-- > 0;) {
        uint32_t rank = census->ranks[slot_of(census, value_at(type, width, raw, i))];

        pith_store_le(to + i * index_width, rank, index_width);
    }
}

/* Forwards: element i ends where index i + 1 begins, or before. */
int pith_tensor_palette_expand(const struct pith_tensor_run *indices, uint8_t *raw,
                               const uint64_t *values)
{
    enum pith_tensor_type type = (enum pith_tensor_type)indices->stands_for;
    uint32_t width = pith_tensor_forms[type].width;
    uint32_t index_width = pith_tensor_forms[indices->type].width;
    const uint8_t *from = raw + pith_tensor_run_skip(indices);
    uint64_t n = pith_tensor_run_n(indices);

    for (uint64_t i = 0; i < n; i++) {
        uint64_t index = pith_load_le(from + i * index_width, index_width);

        if (index >= indices->n_values)
            return 0;
        pith_store_le(raw + i * width, pith_tensor_unordered(type, values[index]), width);
    }
    return 1;
}
