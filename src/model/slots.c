/* See slots.h. */
#include "model/slots.h"

#include <string.h>

#include "base/bytes.h"
#include "base/compiler.h"

#define LINE_LEN 64
#define GROUPS   4  /* a line: their checks, then their states */
#define PAIR_LEN 30 /* a group with estimates; its checks take two bytes */

void pith_slots_layout(struct pith_slots *slots, struct pith_arena *arena, uint32_t n_lines,
                       int has_neighbours, int has_estimates)
{
    slots->has_neighbours = has_neighbours;
    slots->has_estimates = has_estimates;
    slots->n_lines = n_lines;
    slots->lines = pith_arena_take(arena, n_lines, LINE_LEN);
}

/* log2(1 + numerator / denominator) in 1/65536, by squaring: the same on every machine. */
static uint32_t log2_above_one(uint64_t numerator, uint64_t denominator)
{
    uint64_t x = ((numerator + denominator) << 16) / denominator;
    uint32_t log2 = 0;

    while (x >= 2u << 16) {
        x >>= 1;
        log2 += 65536;
    }
    for (uint32_t bit = 32768; bit > 0; bit >>= 1) {
        x = x * x >> 16;
        if (x >= 2u << 16) {
            x >>= 1;
            log2 += bit;
        }
    }
    return log2;
}

/* An estimate p moves to p + rate * (1 - p), so its logit by ln(1 + rate * (1 - p) / p) - ln(1 - rate).
 * The rate is what an average has while a state has seen little, and then falls with the square. */
static void init_pulls(struct pith_slots *slots)
{
    static const uint8_t seen_least[PITH_SLOTS_AGES] = {0, 1,  2,  3,  4,  5,  6,  7,
                                                        8, 10, 12, 15, 19, 25, 33, 42};

    for (uint32_t state = 0; state < 256; state++)
        for (uint32_t age = 0; age < PITH_SLOTS_AGES; age++)
            if (pith_state_seen[state] >= seen_least[age])
                slots->ages[state] = (uint8_t)age;
    for (uint32_t age = 0; age < PITH_SLOTS_AGES; age++) {
        uint64_t seen = seen_least[age];
        uint64_t rate = seen < 4 ? 131072 / (2 * seen + 3) : (65536 * 2) / (seen * seen);

        for (int32_t estimate = 1; estimate < 256; estimate++) {
            uint64_t p = pith_squash((estimate - 128) * PITH_SLOTS_ESTIMATE_STEP);
            uint64_t log2 =
                log2_above_one(rate * (65536 - p), p << 16) + log2_above_one(rate, 65536 - rate);

            /* ln 2 is 45426 / 65536; a logit is 1/256, a pull 1/256 of a step of them. */
            slots->pulls[age][estimate] =
                (uint16_t)(log2 * 45426 / (65536 * (uint64_t)PITH_SLOTS_ESTIMATE_STEP));
        }
    }
}

void pith_slots_init(struct pith_slots *slots, uint32_t n_lines)
{
    slots->n_lines = n_lines;
    memset(slots->lines, 0, (size_t)LINE_LEN * slots->n_lines);
    slots->chance = 0;
    if (slots->has_estimates)
        init_pulls(slots);
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

void pith_slots_use(struct pith_slots *slots, const struct pith_slots_maps *maps,
                    const uint8_t *ids)
{
    slots->ids = ids;
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
        uint32_t rank = (uint32_t)pith_state_seen[line[GROUPS + PITH_SLOTS_NODES * k]] * GROUPS + k;

        least = rank < least ? rank : least;
    }
    worst = least % GROUPS;
    memset(line + GROUPS + PITH_SLOTS_NODES * worst, 0, PITH_SLOTS_NODES);
    line[worst] = (uint8_t)check;
    return worst;
}

/* The same in a line with estimates. */
static uint32_t find_pair(uint8_t *line, uint32_t check)
{
    uint32_t worst;

    for (uint32_t k = 0; k < 2; k++)
        if (pith_load_le(line + 2 * k, 2) == check)
            return k;
    worst = pith_state_seen[line[GROUPS]] > pith_state_seen[line[GROUPS + PAIR_LEN]];
    memset(line + GROUPS + PAIR_LEN * worst, 0, PAIR_LEN);
    pith_store_le(line + 2 * worst, check, 2);
    return worst;
}

/* Offset of a hash's line: with 2^k lines, by the top k bits. */
static uint32_t line_of(const struct pith_slots *slots, uint32_t hash)
{
    return (uint32_t)((uint64_t)hash * slots->n_lines >> 32) * LINE_LEN;
}

/* Bits that the line does not depend on, unless there are more than 2^24, mixed once more. */
static uint32_t check_of(uint32_t hash)
{
    return (hash ^ hash >> 8) & 255;
}

/* The lower half of a product depends on the lower bits alone, the upper one on all. */
static uint32_t pair_check_of(uint32_t hash)
{
    return (hash * 0x9e3779b1u) >> 16;
}

static void prepare_group(struct pith_slots *slots, uint32_t i, uint32_t line, uint32_t hash)
{
    slots->line[i] = line;
    slots->check[i] = slots->has_estimates ? pair_check_of(hash) : check_of(hash);
    PITH_PREFETCH(slots->lines + line);
}

void pith_slots_prepare(struct pith_slots *slots, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        prepare_group(slots, i, line_of(slots, slots->hash[i]), slots->hash[i]);
    if (slots->store)
        for (uint32_t i = from; i < to; i++)
            pith_store_prefetch(&slots->store->tables[slots->ids[i]], slots->hash[i]);
}

/* The states that the byte's context i was left with before this data, or NULL. */
static const uint8_t *states_before(struct pith_slots *slots, uint32_t i, uint32_t nibble)
{
    if (slots->collector)
        return pith_collector_find(slots->collector, slots->ids[i], slots->hash[i], nibble);
    if (!slots->entry[i])
        return NULL;
    return pith_store_group(&slots->store->tables[slots->ids[i]], slots->entry[i], nibble);
}

/* The store's entries of all contexts: found, and fetched, before the first is needed. */
static void look_up_entries(struct pith_slots *slots)
{
    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        slots->entry[i] = pith_store_find(&slots->store->tables[slots->ids[i]], slots->hash[i]);
        PITH_PREFETCH(slots->entry[i]);
    }
}

/* Fetches the second groups of the first nibble that begins with these bits, 8..15. */
static void prefetch_seconds(const struct pith_slots *slots, uint32_t bits_seen)
{
    for (uint32_t i = 0; i < slots->n_contexts; i++)
        if (slots->entry[i])
            PITH_PREFETCH(pith_store_second(&slots->store->tables[slots->ids[i]], slots->entry[i],
                                            (bits_seen & 7) * 2));
}

void pith_slots_prepare_second(struct pith_slots *slots, uint32_t bits_seen)
{
    const uint32_t page = PITH_SLOTS_PAGE_LINES * LINE_LEN;

    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        uint32_t h = (slots->hash[i] + bits_seen * 0x9e3779b1u) * 0x2c1b3c6du, line;

        h ^= h >> 15;
        h *= 0x85ebca6bu;
        line = slots->has_neighbours ? slots->line[i] / page * page +
                                           h / (UINT32_MAX / PITH_SLOTS_PAGE_LINES + 1) * LINE_LEN
                                     : line_of(slots, h);
        prepare_group(slots, i, line, h);
    }
    if (slots->store)
        prefetch_seconds(slots, bits_seen);
}

/* Fills the new group of context i with what it has seen before, if anything. */
static void seed_group(struct pith_slots *slots, uint32_t i, uint32_t nibble)
{
    uint8_t *states = slots->lines + slots->group[i] + 1;
    const uint8_t *before = states_before(slots, i, nibble);

    if (!before)
        return;
    memcpy(states, before, PITH_SLOTS_NODES);
    if (slots->collector)
        slots->origin[i] = (uint8_t)pith_collector_class(pith_collector_visits(before));
    for (uint32_t k = 0; slots->has_estimates && k < PITH_SLOTS_NODES; k++)
        if (states[k]) {
            uint32_t p1 = (uint32_t)slots->cells[i * 256 + states[k]] >> 15;
            int32_t estimate = pith_stretch(p1) / PITH_SLOTS_ESTIMATE_STEP;

            estimate = estimate < -127 ? -127 : estimate > 127 ? 127 : estimate;
            states[PITH_SLOTS_NODES + k] = (uint8_t)(int8_t)estimate;
        }
}

static void collect(struct pith_slots *slots, uint32_t nibble)
{
    for (uint32_t i = 0; i < slots->n_contexts; i++)
        pith_collector_put(slots->collector, slots->ids[i], slots->hash[i], nibble,
                           slots->lines + slots->group[i] + 1);
}

void pith_slots_end_byte(struct pith_slots *slots, uint32_t nibble)
{
    if (slots->collector && !slots->collector->is_frozen)
        collect(slots, nibble);
}

PITH_INLINE uint32_t group_of(struct pith_slots *slots, uint32_t i, uint32_t last_bit)
{
    uint32_t at = slots->line[i], check = slots->check[i] ^ last_bit;

    if (slots->has_estimates)
        return at + GROUPS - 1 + PAIR_LEN * find_pair(slots->lines + at, check);
    return at + GROUPS - 1 + PITH_SLOTS_NODES * find_group(slots->lines + at, check);
}

/* With something before: a group is filled before the next context looks for its own, which may be the same. */
static uint32_t find_primed(struct pith_slots *slots, uint32_t nibble)
{
    uint32_t n_known = 0, last_bit = nibble == PITH_STORE_FIRST ? 0 : nibble & 1;

    if (slots->collector && !slots->collector->is_frozen && nibble != PITH_STORE_FIRST)
        collect(slots, PITH_STORE_FIRST);
    if (slots->store && nibble == PITH_STORE_FIRST)
        look_up_entries(slots);
    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        slots->group[i] = group_of(slots, i, last_bit);
        slots->origin[i] = 0;
        if (slots->lines[slots->group[i] + 1] == 0)
            seed_group(slots, i, nibble);
        n_known += slots->lines[slots->group[i] + 1] != 0;
    }
    return n_known;
}

uint32_t pith_slots_find(struct pith_slots *slots, uint32_t nibble)
{
    uint32_t n_known = 0, last_bit = nibble == PITH_STORE_FIRST ? 0 : nibble & 1;

    slots->node = 1;
    if (slots->store || slots->collector)
        return find_primed(slots, nibble);
    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        slots->group[i] = group_of(slots, i, last_bit);
        n_known += slots->lines[slots->group[i] + 1] != 0;
    }
    return n_known;
}
