/* See slots.h. */
#include "model/slots.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"

#define LINE_LEN  64
#define GROUPS    4 /* a line: their checks, then their states */
#define GROUP_LEN 15

void pith_slots_layout(struct pith_slots *slots, struct pith_arena *arena, uint32_t lines_log2)
{
    slots->lines_log2 = lines_log2;
    slots->lines = pith_arena_take(arena, (uint64_t)1 << lines_log2, LINE_LEN);
}

void pith_slots_init(struct pith_slots *slots)
{
    memset(slots->lines, 0, (size_t)LINE_LEN << slots->lines_log2);
    slots->n_contexts = 0;
    slots->node = 1;
}

void pith_slots_maps_layout(struct pith_slots_maps *maps, struct pith_arena *arena,
                            uint32_t n_contexts)
{
    maps->n_contexts = n_contexts;
    maps->cells = pith_arena_take(arena, (uint64_t)n_contexts * 256, sizeof *maps->cells);
}

void pith_slots_maps_init(struct pith_slots_maps *maps)
{
    for (uint32_t i = 0; i < maps->n_contexts * 256; i++)
        maps->cells[i] = i & 255 ? (int32_t)pith_state_start_p1[i & 255] << 15 : PITH_SLOTS_HALF;
}

void pith_slots_use(struct pith_slots *slots, const struct pith_slots_maps *maps)
{
    slots->cells = maps->cells;
    slots->n_contexts = maps->n_contexts;
}

/* The place of the group with this check in `line`, or of the least seen one, cleared and given to
 * it. */
static uint32_t find_group(uint8_t *line, uint32_t check)
{
    uint32_t differ = pith_load_le32(line) ^ check * 0x01010101u;
    uint32_t equal = (differ - 0x01010101u) & ~differ & 0x80808080u;
    uint32_t least = UINT32_MAX, worst;

    if (equal)
        return pith_trailing_zeros(equal) / 8;
    for (uint32_t k = 0; k < GROUPS; k++) {
        uint32_t rank = (uint32_t)pith_state_seen[line[GROUPS + GROUP_LEN * k]] * GROUPS + k;

        least = rank < least ? rank : least;
    }
    worst = least % GROUPS;
    memset(line + GROUPS + GROUP_LEN * worst, 0, GROUP_LEN);
    line[worst] = (uint8_t)check;
    return worst;
}

static uint32_t line_of(const struct pith_slots *slots, uint32_t hash)
{
    return (hash >> (32 - slots->lines_log2)) * LINE_LEN;
}

/* Bits that the line of a table with fewer than 2^24 lines does not depend on, mixed once more. */
static uint32_t check_of(uint32_t hash)
{
    return (hash ^ hash >> 8) & 255;
}

void pith_slots_prepare(struct pith_slots *slots, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        slots->place[i] = slots->hash[i];
        PITH_PREFETCH(slots->lines + line_of(slots, slots->hash[i]));
    }
}

void pith_slots_prepare_second(struct pith_slots *slots, uint32_t bits_seen)
{
    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        uint32_t h = (slots->hash[i] + bits_seen * 0x9e3779b1u) * 0x2c1b3c6du;

        h ^= h >> 15;
        h *= 0x85ebca6bu;
        slots->place[i] = h;
        PITH_PREFETCH(slots->lines + line_of(slots, h));
    }
}

uint32_t pith_slots_find(struct pith_slots *slots, uint32_t last_bit)
{
    uint32_t n_known = 0;

    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        uint32_t at = line_of(slots, slots->place[i]);
        uint32_t check = check_of(slots->place[i]) ^ last_bit;

        at += GROUPS - 1 + GROUP_LEN * find_group(slots->lines + at, check);
        slots->group[i] = at;
        n_known += slots->lines[at + 1] != 0;
    }
    slots->node = 1;
    return n_known;
}
