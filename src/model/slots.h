/* Hashed context slots: a bit-history state for every node of every context seen.
 *
 * The table is made of 64-byte lines, one cache line each, of four groups: four check bytes, then
 * four times 15 states.  A group serves one context and one nibble, and holds the states of the
 * nibble's binary tree (node 1 is the root, node 2n + bit follows).  A context's group is found by
 * hash in one line; when none of the four fits, the one whose root has seen least gives way.  The
 * line of a second nibble is known by three bits of the first, so that it can be fetched while the
 * fourth is coded.  In a table with neighbours it is one of the 64 lines, 4 KiB, that the first's is
 * in: the processor seldom has to look up the address of another page.
 *
 * A table with estimates has two groups a line instead: two checks of 16 bits, then twice 15 states and
 * 15 estimates.  An estimate is the node's own probability of a 1, as a logit in a byte: it moves by
 * less the more bits the state has seen, and remembers a long time what the state forgets.
 *
 * What a context has not seen in this table it may have seen before: a group that is new begins with the
 * states that a prior's store (store.h) has for it, or while a prior is trained, those of the
 * samples before (collector.h).
 *
 * Each context of a kind has an adaptive map from state to probability (indirect modelling: what
 * happened after this history in contexts of this kind). */
#ifndef PITH_MODEL_SLOTS_H
#define PITH_MODEL_SLOTS_H

#include "base/arena.h"
#include "base/compiler.h"
#include "model/collector.h"
#include "model/state.h"
#include "model/store.h"
#include "num/logistic.h"

#define PITH_SLOTS_CONTEXTS_MAX  96
#define PITH_SLOTS_RATE_LOG2     9
#define PITH_SLOTS_HALF          (1 << 30)
#define PITH_SLOTS_NODES         15
#define PITH_SLOTS_ESTIMATE_STEP 24 /* logits from one estimate to the next */
#define PITH_SLOTS_AGES          16 /* classes of how much a state has seen */
#define PITH_SLOTS_PAGE_LINES    64 /* 4 KiB */

struct pith_slots_maps {
    int32_t *cells; /* [context][state]: P(1) in 31 bits; state 0, nothing seen yet, stays 1/2 */
    uint32_t n_contexts;
};

struct pith_slots {
    uint8_t *lines;
    int32_t *cells; /* of the maps in use */
    uint32_t n_lines;
    uint32_t n_contexts;
    int has_neighbours, has_estimates;
    uint32_t chance;   /* random number of the last bit */
    uint8_t ages[256]; /* of states: classes of how much they have seen */
    uint16_t pulls[PITH_SLOTS_AGES]
                  [256]; /* [age][128 + estimate]: how far a 1 moves it, in 1/256 of a step */
    uint32_t group[PITH_SLOTS_CONTEXTS_MAX]; /* offset of the current group in `lines` */
    uint32_t hash[PITH_SLOTS_CONTEXTS_MAX];  /* of the byte's contexts, set by the predictors */
    uint32_t line[PITH_SLOTS_CONTEXTS_MAX];  /* offset of the next group's line in `lines` */
    uint32_t check[PITH_SLOTS_CONTEXTS_MAX]; /* of that group, but for the last bit */
    uint32_t node;                           /* 1..15 within the nibble */
    uint32_t cell[PITH_SLOTS_CONTEXTS_MAX];  /* index of the current node's cell: context, state */
    const struct pith_store *store;          /* NULL = none, as the next */
    struct pith_collector *collector;
    const uint8_t *ids; /* of the contexts in use: their tables in the store */
    uint8_t
        origin[PITH_SLOTS_CONTEXTS_MAX]; /* class of visits of what the collector gave, else 0 */
    const struct pith_store_entry *entry[PITH_SLOTS_CONTEXTS_MAX]; /* of the byte's contexts */
};

/* n_lines: whole pages of PITH_SLOTS_PAGE_LINES, fewer than 2^26. */
void pith_slots_layout(struct pith_slots *slots, struct pith_arena *arena, uint32_t n_lines,
                       int has_neighbours, int has_estimates);
/* Begins with an empty table of n_lines, at most those that it was laid out with. */
void pith_slots_init(struct pith_slots *slots, uint32_t n_lines);

void pith_slots_maps_layout(struct pith_slots_maps *maps, struct pith_arena *arena,
                            uint32_t n_contexts);
void pith_slots_maps_init(struct pith_slots_maps *maps);
/* From now on there are maps->n_contexts contexts, with these maps and store tables. */
void pith_slots_use(struct pith_slots *slots, const struct pith_slots_maps *maps,
                    const uint8_t *ids);

/* At a byte boundary: contexts from..to - 1 have their hashes; fetches the first nibble's lines. */
void pith_slots_prepare(struct pith_slots *slots, uint32_t from, uint32_t to);
/* When three bits of the byte are known: fetches the second nibble's lines.  bits_seen: 8..15. */
void pith_slots_prepare_second(struct pith_slots *slots, uint32_t bits_seen);
/* Finds the groups in the lines fetched last.  nibble: the first one when the second one's groups are
 * looked for, else PITH_STORE_FIRST.  Returns how many contexts have been seen before. */
uint32_t pith_slots_find(struct pith_slots *slots, uint32_t nibble);
/* At the end of a byte whose first nibble was this: tells the collector, if there is one. */
void pith_slots_end_byte(struct pith_slots *slots, uint32_t nibble);

/* Writes an input for each context, the logit of what followed its state, and unless leanings is NULL a
 * second one there: the same as a probability, with its sign. */
PITH_INLINE void pith_slots_predict(struct pith_slots *slots, int16_t *inputs, int16_t *leanings)
{
    const uint8_t *lines = slots->lines + slots->node;
    const int32_t *cells = slots->cells;

    for (uint32_t i = 0, n = slots->n_contexts; i < n; i++) {
        uint32_t at = i * 256 + lines[slots->group[i]];
        int32_t p1 = cells[at];

        slots->cell[i] = at;
        inputs[i] = (int16_t)pith_stretch((uint32_t)p1 >> 15);
        if (leanings)
            leanings[i] = (int16_t)((p1 - PITH_SLOTS_HALF) >> 20);
    }
}

/* Another second input: the estimates. */
PITH_INLINE void pith_slots_estimate(const struct pith_slots *slots, int16_t *inputs)
{
    const int8_t *estimates = (const int8_t *)slots->lines + PITH_SLOTS_NODES + slots->node;

    for (uint32_t i = 0, n = slots->n_contexts; i < n; i++)
        inputs[i] = (int16_t)(estimates[slots->group[i]] * PITH_SLOTS_ESTIMATE_STEP);
}

/* Before the states move.  What is less than a whole step is taken or left by chance, which is the
 * same everywhere. */
PITH_INLINE void pith_slots_update_estimates(struct pith_slots *slots, int bit)
{
    int8_t *estimates = (int8_t *)slots->lines + PITH_SLOTS_NODES + slots->node;
    uint32_t chance = slots->chance * 1664525u + 1013904223u;

    slots->chance = chance;
    for (uint32_t i = 0, n = slots->n_contexts; i < n; i++) {
        int8_t *at = &estimates[slots->group[i]];
        uint32_t estimate = (uint32_t)(bit ? *at : -*at) + 128u; /* of what came: 1..255 */
        int32_t moved;

        estimate = estimate * 256 + slots->pulls[slots->ages[slots->cell[i] & 255]][estimate];
        chance += 0x9e3779b1u;
        estimate = (estimate + (chance >> 24)) >> 8;
        moved = (int32_t)(estimate < 255 ? estimate : 255) - 128;
        *at = (int8_t)(bit ? moved : -moved);
    }
}

PITH_INLINE void pith_slots_update(struct pith_slots *slots, int bit)
{
    uint8_t *lines = slots->lines + slots->node;
    const uint8_t *next = &pith_state_next[0][bit];
    int32_t *cells = slots->cells;
    int32_t target = bit ? INT32_MAX : 0;

    for (uint32_t i = 0, n = slots->n_contexts; i < n; i++) {
        uint32_t at = slots->cell[i];

        cells[at] += (target - cells[at]) >> PITH_SLOTS_RATE_LOG2;
        cells[i * 256] = PITH_SLOTS_HALF;
        lines[slots->group[i]] = next[(at & 255) * 2];
    }
    slots->node = slots->node * 2 + (uint32_t)bit;
}

#endif
