/* See slots.h. */
#include "model/slots.h"

#include <string.h>

#include "base/compiler.h"
#include "num/logistic.h"

#define LINE_LEN 64
#define GROUP_LEN 16
#define COUNT_START 6    /* trust in the start value of a map's cell */
#define COUNT_LIMIT 255u /* a cell's rate never falls below 1 / 256.5 */

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
        maps->cells[i] = (uint32_t)pith_state_start_p1[i & 255] << 16 | COUNT_START;
}

void pith_slots_use(struct pith_slots *slots, const struct pith_slots_maps *maps)
{
    slots->cells = maps->cells;
    slots->n_contexts = maps->n_contexts;
}

/* Offset in `line` of the group with this check, or of the least seen one, cleared and given to it. */
static uint32_t find_group(uint8_t *line, uint8_t check)
{
    uint32_t worst = 0, worst_seen = 256;

    for (uint32_t at = 0; at < LINE_LEN; at += GROUP_LEN) {
        if (line[at] == check)
            return at;
    }
    for (uint32_t at = 0; at < LINE_LEN; at += GROUP_LEN) {
        uint32_t seen = pith_state_seen[line[at + 1]];

        if (seen < worst_seen) {
            worst_seen = seen;
            worst = at;
        }
    }
    memset(line + worst, 0, GROUP_LEN);
    line[worst] = check;
    return worst;
}

void pith_slots_prepare(struct pith_slots *slots, uint32_t nibble_context)
{
    uint32_t shift = 32 - slots->lines_log2;

    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        uint32_t h = (slots->hash[i] + nibble_context * 0x9e3779b1u) * 0x2c1b3c6du;

        h ^= h >> 15;
        h *= 0x85ebca6bu;
        slots->group[i] = (h >> shift) * LINE_LEN;
        slots->check[i] = (uint8_t)((h & 255) | (h & 255 ? 0 : 1));
        PITH_PREFETCH(slots->lines + slots->group[i]);
    }
}

uint32_t pith_slots_find(struct pith_slots *slots)
{
    uint32_t n_known = 0;

    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        slots->group[i] += find_group(slots->lines + slots->group[i], slots->check[i]);
        n_known += slots->lines[slots->group[i] + 1] != 0;
    }
    slots->node = 1;
    return n_known;
}

/* Locals, and no byte stores in the loop, so that the compiler need not reload what they might
 * alias. */
void pith_slots_predict(struct pith_slots *slots, int16_t *inputs)
{
    const uint8_t *lines = slots->lines + slots->node;
    const uint32_t *cells = slots->cells;
    uint32_t n = slots->n_contexts;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t state = lines[slots->group[i]];
        uint32_t p1_q16 = cells[i * 256 + state] >> 16;
        int32_t known = -(int32_t)(state != 0); /* a mask: what was never seen says nothing */

        slots->cell[i] = i * 256 + state;
        inputs[2 * i] = (int16_t)(pith_stretch(p1_q16) & known);
        inputs[2 * i + 1] = (int16_t)((((int32_t)p1_q16 - 32768) >> 5) & known);
    }
}

void pith_slots_update(struct pith_slots *slots, int bit)
{
    uint8_t *lines = slots->lines + slots->node;
    uint32_t *cells = slots->cells;
    uint32_t n = slots->n_contexts;
    int32_t target = bit ? (1 << 22) - 1 : 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = slots->cell[i], cell = cells[at], count = cell & 1023;
        int32_t error = target - (int32_t)(cell >> 10);

        /* |error| < 2^22, reciprocal < 2^16: 64-bit product, shifted back to 22 bits. */
        cell += (uint32_t)(int32_t)(((int64_t)error * pith_reciprocal_table[count]) >> 16) << 10;
        cells[at] = cell + (count < COUNT_LIMIT);
    }
    for (uint32_t i = 0; i < n; i++)
        lines[slots->group[i]] = pith_state_next[slots->cell[i] & 255][bit];
    slots->node = slots->node * 2 + (uint32_t)bit;
}
