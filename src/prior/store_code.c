/* See store_code.h.
 *
 * An entry is the distance of its key from the one before, the group of the first nibble, then for each
 * value of that nibble that the group has seen whether its group is there, and those groups.  A group
 * that has seen one nibble only, most of them, is that nibble and how often; others are written node by
 * node, each state by what the node above says of how often it was passed. */
#include "prior/store_code.h"

#include <string.h>

#include "coder/bitcode.h"
#include "model/state.h"

#define RUN_MAX  44 /* same bits that a state counts */
#define CLASSES  8  /* of how often a node was passed */
#define SEEN_MAX (CLASSES - 1)
#define OTHERS   3            /* of how often its sibling was */
#define STATES   PITH_SYMBOLS /* rounded states, and that there is none, are fewer */
#define RUNS     8            /* as are those of one bit only */
#define GAP_HIGH 4            /* bits of a gap that have shares of their own, below the first */
#define GAP_LOW  14           /* others that are coded at once */

struct model {
    struct pith_bitcode_symbol gap_len;
    struct pith_bitcode_symbol gap_high[PITH_SYMBOLS];
    struct pith_bitcode_symbol single[2][CLASSES]; /* 0: no, else class of how often + 1 */
    struct pith_bitcode_symbol nibble[17];
    struct pith_bitcode_symbol way[2][4];                    /* 0: none, else which + 1 */
    struct pith_bitcode_symbol state[2][4][CLASSES][OTHERS]; /* 0: not visited, else number */
    uint16_t is_kept[CLASSES];
    uint8_t states[STATES];     /* rounded states by number */
    uint8_t numbers[256];       /* and back */
    uint8_t run_state[2][RUNS]; /* [bit][class of times]: rounded; the last class is repeated */
    uint8_t run_class[256];     /* class + 1 of states that are such runs, else 0 */
    uint8_t run_bit[256];
    uint8_t zeros[256], ones[256]; /* bits seen, roughly */
};

void pith_store_layout(struct pith_store *store, struct pith_arena *arena,
                       const struct pith_store_counts counts[PITH_STORE_TABLES])
{
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
        struct pith_store_table *table = &store->tables[t];

        memset(table, 0, sizeof *table);
        if (counts[t].n_entries == 0)
            continue;
        table->n_buckets = counts[t].n_buckets;
        table->buckets = pith_arena_take(arena, table->n_buckets, sizeof *table->buckets);
        table->entries = pith_arena_take(arena, counts[t].n_entries, sizeof *table->entries);
        table->seconds = pith_arena_take(arena, counts[t].n_seconds, sizeof *table->seconds);
    }
}

int pith_store_put(struct pith_store_table *table, uint32_t *n_entries, uint32_t key,
                   const struct pith_store_entry *entry)
{
    struct pith_store_bucket *bucket = &table->buckets[key >> PITH_STORE_KEY_BITS];

    if (bucket->n == PITH_STORE_BUCKET_MAX)
        return 0;
    if (bucket->n == 0)
        bucket->first = *n_entries;
    bucket->checks[bucket->n++] = (uint8_t)key;
    table->entries[(*n_entries)++] = *entry;
    return 1;
}

/* Numbers the rounded states, 0 being none, and those among them that have seen one bit only. */
static void init_states(struct model *m)
{
    uint32_t n = 1;

    memset(m->states, 0, sizeof m->states);
    memset(m->numbers, 0, sizeof m->numbers);
    memset(m->run_class, 0, sizeof m->run_class);
    for (uint32_t state = 1; state < 256; state++)
        if (pith_state_rounded[state] == state) {
            m->numbers[state] = (uint8_t)n;
            m->states[n++] = (uint8_t)state;
        }
    for (uint32_t bit = 0; bit < 2; bit++) {
        uint32_t class = 0, state = 0;

        for (uint32_t times = 1; times <= RUN_MAX; times++) {
            uint32_t rounded;

            state = pith_state_next[state][bit];
            rounded = pith_state_rounded[state];
            if (m->run_class[rounded])
                continue;
            m->run_state[bit][class] = (uint8_t)rounded;
            m->run_class[rounded] = (uint8_t)++ class;
            m->run_bit[rounded] = (uint8_t)bit;
        }
        for (; class < RUNS; class ++)
            m->run_state[bit][class] = m->run_state[bit][class - 1];
    }
}

static void init_model(struct model *m)
{
    pith_bitcode_symbol_init(&m->gap_len, 1);
    pith_bitcode_symbol_init(m->gap_high, PITH_SYMBOLS);
    pith_bitcode_symbol_init(m->single[0], (size_t)2 * CLASSES);
    pith_bitcode_symbol_init(m->nibble, 17);
    pith_bitcode_symbol_init(m->way[0], (size_t)2 * 4);
    pith_bitcode_symbol_init(m->state[0][0][0], (size_t)2 * 4 * CLASSES * OTHERS);
    pith_bitcode_init(m->is_kept, CLASSES);
    init_states(m);
    for (uint32_t state = 0; state < 256; state++) {
        uint32_t seen = pith_state_seen[state];

        m->ones[state] = (uint8_t)((seen * pith_state_start_p1[state] + 32768) >> 16);
        m->zeros[state] = (uint8_t)(seen - m->ones[state]);
    }
}

static uint32_t class_of(uint32_t seen)
{
    return seen < 4 ? seen : seen < 7 ? 4 : seen < 12 ? 5 : seen < 24 ? 6 : SEEN_MAX;
}

/* How often the node below `state` on the side of `bit` was passed. */
static uint32_t passed(const struct model *m, uint32_t state, uint32_t bit)
{
    return bit ? m->ones[state] : m->zeros[state];
}

/* Whether the group has passed one nibble only.  Returns the class of how often + 1, or 0. */
static uint32_t single_class(const struct model *m, const uint8_t *states, uint32_t *nibble)
{
    uint32_t node = 1, class = m->run_class[states[0]], n_visited = 0;

    for (uint32_t k = 0; k < PITH_STORE_NODES; k++)
        n_visited += states[k] != 0;
    if (n_visited != 4 || !class)
        return 0;
    for (uint32_t depth = 0; depth < 4; depth++) {
        uint32_t state = states[node - 1];

        if (m->run_class[state] != class)
            return 0;
        node = node * 2 + m->run_bit[state];
    }
    *nibble = node & 15;
    return class;
}

static uint32_t depth_of(uint32_t node)
{
    return node < 2 ? 0 : node < 4 ? 1 : node < 8 ? 2 : 3;
}

/* Encoding: where the only way from a node on leads to, all of it passed once, as the leaf below the last
 * node.  Returns 0 if it is not so. */
static uint32_t leaf_passed_once(const struct model *m, const uint8_t *states, uint32_t node)
{
    uint32_t way = node;

    while (way < 16 && m->run_class[states[way - 1]] == 1)
        way = way * 2 + m->run_bit[states[way - 1]];
    if (way < 16)
        return 0;
    for (uint32_t first = node, n = 1; first < 16; first *= 2, n *= 2)
        for (uint32_t k = first; k < first + n; k++)
            if (states[k - 1] && k != way >> (4 - depth_of(k)))
                return 0;
    return way;
}

/* Decoding: the way from a node, of which nothing was passed so far, to a leaf. */
static void pass_once(const struct model *m, uint8_t *states, uint32_t node, uint32_t leaf)
{
    for (uint32_t way = leaf; way > node; way >>= 1)
        states[way / 2 - 1] = m->run_state[way & 1][0];
}

/* Codes the way from a node that is said to have been passed once.  Returns 0 if it is none. */
static uint32_t code_way(struct model *m, struct pith_coder *coder, uint8_t *states,
                         uint32_t second, uint32_t node)
{
    uint32_t depth = depth_of(node), n = 1u << (4 - depth), first = node * n;
    uint32_t leaf = coder->out ? leaf_passed_once(m, states, node) : 0;
    uint32_t way = pith_bitcode_one_of(coder, &m->way[second][depth], leaf ? leaf - first + 1 : 0);

    if (way == 0 || way > n)
        return 0;
    pass_once(m, states, node, first + way - 1);
    return 1;
}

/* Codes nodes one after the other: a node's parent comes before it. */
static void code_nodes(struct model *m, struct pith_coder *coder, uint8_t *states, uint32_t second)
{
    uint32_t done = 0; /* a bit for each node */

    if (!coder->out)
        memset(states, 0, PITH_STORE_NODES);
    for (uint32_t node = 1; node <= PITH_STORE_NODES; node++) {
        uint32_t parent = node > 1 ? states[node / 2 - 1] : 0, class = 0, others = 0, number;

        if (node > 1 && (!parent || done >> (node / 2) & 1)) {
            done |= 1u << node;
            continue;
        }
        if (parent) {
            class = class_of(passed(m, parent, node & 1));
            others = passed(m, parent, ~node & 1);
        }
        if (class == 1 && code_way(m, coder, states, second, node)) {
            done |= 1u << node;
            continue;
        }
        number = pith_bitcode_one_of(
            coder, &m->state[second][depth_of(node)][class][others < OTHERS ? others : OTHERS - 1],
            m->numbers[states[node - 1]]);
        states[node - 1] = m->states[number];
    }
}

/* above: how often the group is said to have been passed; nibble: the first one, or PITH_STORE_FIRST. */
static void code_group(struct model *m, struct pith_coder *coder, uint8_t *states, uint32_t above,
                       uint32_t nibble)
{
    uint32_t second = nibble != PITH_STORE_FIRST, single = 0;
    uint32_t class = coder->out ? single_class(m, states, &single) : 0;

    class = pith_bitcode_one_of(coder, &m->single[second][class_of(above)], class);
    if (class == 0 || class > RUNS) {
        code_nodes(m, coder, states, second);
        return;
    }
    single = pith_bitcode_one_of(coder, &m->nibble[nibble], single) & 15;
    memset(states, 0, PITH_STORE_NODES);
    for (uint32_t depth = 4, node = 1; depth-- > 0;) {
        uint32_t bit = single >> depth & 1;

        states[node - 1] = m->run_state[bit][class - 1];
        node = node * 2 + bit;
    }
}

/* Codes one entry's groups.  Returns 0 if there are more second groups than there is room. */
static int code_entry(struct model *m, struct pith_coder *coder, struct pith_store_entry *entry,
                      uint8_t (*seconds)[PITH_STORE_NODES], uint32_t room, uint32_t *n_seconds)
{
    uint32_t nibbles = 0;

    code_group(m, coder, entry->states, 0, PITH_STORE_FIRST);
    for (uint32_t nibble = 0; nibble < 16; nibble++) {
        uint32_t leaf = entry->states[7 + nibble / 2];
        uint32_t seen = passed(m, leaf, nibble & 1);

        if (!leaf)
            continue;
        if (!pith_bitcode_bit(coder, &m->is_kept[class_of(seen)], entry->nibbles >> nibble & 1))
            continue;
        if (*n_seconds == room)
            return 0;
        nibbles |= 1u << nibble;
        code_group(m, coder, seconds[(*n_seconds)++], seen, nibble);
    }
    entry->nibbles = (uint16_t)nibbles;
    return 1;
}

static uint32_t key_of(const struct pith_store_table *table, uint32_t bucket, uint32_t i)
{
    return bucket << PITH_STORE_KEY_BITS | table->buckets[bucket].checks[i];
}

/* How many bits it has, the highest of them, and the others as they are. */
static uint32_t code_gap(struct model *m, struct pith_coder *coder, uint32_t gap)
{
    uint32_t len = 0, left, high;

    while (coder->out && (gap + 1) >> len > 1)
        len++;
    len = pith_bitcode_one_of(coder, &m->gap_len, len);
    left = len < GAP_HIGH ? 0 : len - GAP_HIGH;
    high = (gap + 1) >> left & ((1u << (len - left)) - 1);
    high = pith_bitcode_one_of(coder, &m->gap_high[len], high) & ((1u << (len - left)) - 1);
    high |= 1u << (len - left);
    while (left > 0) {
        uint32_t n = left < GAP_LOW ? left : GAP_LOW;

        left -= n;
        high = high << n | pith_bitcode_uniform(coder, n, (gap + 1) >> left & ((1u << n) - 1));
    }
    return high - 1;
}

static int encode_table(struct model *m, struct pith_store_table *table,
                        struct pith_store_counts counts, struct pith_coder *coder)
{
    uint32_t next_key = 0, n_seconds = 0;

    for (uint32_t b = 0; b < table->n_buckets; b++)
        for (uint32_t i = 0; i < table->buckets[b].n; i++) {
            uint32_t key = key_of(table, b, i);

            code_gap(m, coder, key - next_key);
            next_key = key + 1;
            if (!code_entry(m, coder, &table->entries[table->buckets[b].first + i], table->seconds,
                            counts.n_seconds, &n_seconds))
                return 0;
        }
    return 1;
}

static int decode_table(struct model *m, struct pith_store_table *table,
                        struct pith_store_counts counts, struct pith_coder *coder)
{
    uint64_t next_key = 0, n_keys = (uint64_t)table->n_buckets << PITH_STORE_KEY_BITS;
    uint32_t n_entries = 0, n_seconds = 0;

    memset(table->buckets, 0, table->n_buckets * sizeof *table->buckets);
    while (n_entries < counts.n_entries) {
        struct pith_store_entry entry = {.seconds = n_seconds};
        uint64_t key = next_key + code_gap(m, coder, 0);

        if (key >= n_keys || coder->overrun > PITH_CODER_OVERRUN_MAX ||
            !code_entry(m, coder, &entry, table->seconds, counts.n_seconds, &n_seconds) ||
            !pith_store_put(table, &n_entries, (uint32_t)key, &entry))
            return 0;
        next_key = key + 1;
    }
    return n_seconds == counts.n_seconds;
}

int pith_store_code(struct pith_store *store,
                    const struct pith_store_counts counts[PITH_STORE_TABLES],
                    struct pith_coder *coder)
{
    struct model m;

    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
        struct pith_store_table *table = &store->tables[t];

        if (counts[t].n_entries == 0)
            continue;
        init_model(&m);
        if (!(coder->out ? encode_table : decode_table)(&m, table, counts[t], coder))
            return 0;
    }
    return 1;
}
