/* Fuzz target prior_open: pith_prior_open() and pith_prior_peek() over any bytes.  A prior that opens packs
 * a message and restores it, however little sense it makes.
 *
 * The input: a byte of settings, then the prior.  Few inputs of a fuzzer have a header that fits them or
 * sections that end as they should, so a forger is here too: it decodes weights from the input, makes up
 * contexts of it, and writes both as a trainer would. */
#include "fuzzing.h"

#include "model/state.h"
#include "prior/file.h"

#define FORGED       0x80u /* settings */
#define RAW_SECTIONS 0x40u /* forged ones: the input's bytes are the sections */
#define LEVEL        0x07u
#define LEVEL_MAX    5 /* of forged ones: higher ones are slow */
#define MEMORY_LIMIT ((uint64_t)64 << 20)
#define TABLES_MAX   16
#define ENTRIES_MAX  60
#define SECTION_MAX  ((size_t)4 << 20)

static const char message[] =
    "{\"id\": 17, \"name\": \"ada\", \"tags\": [\"a\", \"b\"]}\n\0\1\2\3\xe8 and so on";

static pith_status open_prior(pith_prior **prior, struct fuzz_bytes bytes)
{
    pith_options options = {.struct_size = sizeof options, .memory_limit = MEMORY_LIMIT};
    pith_error error = {.status = PITH_OK};
    pith_prior_info info;
    pith_status peeked = pith_prior_peek(&info, bytes.data, bytes.len, &error), status;

    fuzz_check_error(peeked, &error);
    status = pith_prior_open(prior, bytes.data, bytes.len, &options, &error);
    fuzz_check_error(status, &error);
    FUZZ_CHECK((status == PITH_OK) == (*prior != NULL));
    FUZZ_CHECK(peeked == PITH_OK || status == peeked);
    FUZZ_CHECK(status != PITH_OK || info.memory <= MEMORY_LIMIT);
    return status;
}

static void check_round_trip(const pith_prior *prior)
{
    pith_options options = {.struct_size = sizeof options, .no_verify = 1, .prior = prior};
    struct fuzz_bytes raw = fuzz_copy((const uint8_t *)message, sizeof message);
    struct fuzz_bytes packed = {NULL, pith_compress_bound(raw.len), 0},
                      restored = {fuzz_memory(raw.len), raw.len, 0};
    pith_error error = {.status = PITH_OK};

    packed.data = fuzz_memory(packed.len);
    FUZZ_CHECK(pith_compress(packed.data, packed.len, &packed.len, raw.data, raw.len, &options,
                             &error) == PITH_OK);
    FUZZ_CHECK(pith_decompress(restored.data, restored.len, &restored.len, packed.data, packed.len,
                               &options, &error) == PITH_OK);
    FUZZ_CHECK(fuzz_is_same(restored, raw));
    free(restored.data);
    free(packed.data);
    free(raw.data);
}

/* --- the forger --- */

static struct pith_arena take_arena(uint64_t len)
{
    struct pith_arena arena = {aligned_alloc(PITH_ARENA_ALIGN, (size_t)len), 0};

    FUZZ_CHECK(arena.base != NULL);
    return arena;
}

/* Encodes what the first bytes of the input decode to. */
static size_t forge_learnt(uint8_t *to, const struct pith_prior_head *head,
                           struct fuzz_input *input)
{
    struct pith_engine *engine = fuzz_memory(sizeof *engine);
    struct pith_arena arena = {NULL, 0};
    size_t len = (size_t)fuzz_number(input, 2);
    struct pith_learnt_choice choice = {head->parts, 0};
    struct pith_message_head message_head;
    struct pith_coder coder;

    len = len < input->left ? len : input->left;
    pith_engine_layout_learner(engine, &arena, head->info.level, 0);
    arena = take_arena(arena.used);
    pith_engine_layout_learner(engine, &arena, head->info.level, 0);
    pith_engine_begin(engine, NULL, 0);
    pith_message_head_init(&message_head);
    pith_coder_begin_decode(&coder, input->data, len, NULL, NULL);
    pith_learnt_code(engine, &message_head, choice, &coder);
    input->data += len;
    input->left -= len;
    pith_coder_begin_encode(&coder, to, SECTION_MAX);
    pith_learnt_code(engine, &message_head, choice, &coder);
    pith_coder_finish_encode(&coder);
    FUZZ_CHECK(!coder.is_full);
    free(arena.base);
    free(engine);
    return coder.pos;
}

/* A tree of rounded states. */
static void forge_group(uint8_t *states, struct fuzz_input *input)
{
    memset(states, 0, PITH_STORE_NODES);
    for (uint32_t node = 1; node <= PITH_STORE_NODES; node++)
        if (node == 1 || states[node / 2 - 1])
            states[node - 1] = pith_state_rounded[fuzz_byte(input)];
    if (!states[0])
        states[0] = 1;
}

static void fill_table(struct pith_store_table *table, struct pith_store_counts *counts,
                       struct fuzz_input *input)
{
    uint32_t n_max = counts->n_entries, n_keys = table->n_buckets << PITH_STORE_KEY_BITS;

    memset(table->buckets, 0, table->n_buckets * sizeof *table->buckets);
    counts->n_entries = counts->n_seconds = 0;
    for (uint32_t key = fuzz_byte(input); counts->n_entries < n_max && key < n_keys;
         key += 1 + fuzz_byte(input)) {
        struct pith_store_entry entry = {.seconds = counts->n_seconds};
        uint32_t nibbles = (uint32_t)fuzz_number(input, 2);

        forge_group(entry.states, input);
        for (uint32_t nibble = 0; nibble < 16; nibble++)
            if (entry.states[7 + nibble / 2] && nibbles >> nibble & 1) {
                entry.nibbles = (uint16_t)(entry.nibbles | 1u << nibble);
                forge_group(table->seconds[counts->n_seconds++], input);
            }
        if (!pith_store_put(table, &counts->n_entries, key, &entry))
            counts->n_seconds = entry.seconds;
    }
}

/* Room is for all that there can be; counts are then what there is. */
static size_t forge_store(uint8_t *to, struct pith_store_counts *counts, struct fuzz_input *input)
{
    struct pith_store *store = fuzz_memory(sizeof *store);
    struct pith_arena arena = {NULL, 0};
    struct pith_coder coder;

    for (uint32_t n = fuzz_byte(input) % TABLES_MAX; n > 0; n--) {
        uint32_t n_entries = 1 + fuzz_byte(input) % ENTRIES_MAX;

        counts[fuzz_byte(input) % PITH_STORE_TABLES] =
            (struct pith_store_counts){n_entries, 16 * (n_entries + 1), 1};
    }
    pith_store_layout(store, &arena, counts);
    arena = take_arena(arena.used + PITH_ARENA_ALIGN);
    pith_store_layout(store, &arena, counts);
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        if (counts[t].n_entries > 0)
            fill_table(&store->tables[t], &counts[t], input);
    pith_coder_begin_encode(&coder, to, SECTION_MAX);
    FUZZ_CHECK(pith_store_code(store, counts, &coder));
    pith_coder_finish_encode(&coder);
    FUZZ_CHECK(!coder.is_full);
    free(arena.base);
    free(store);
    return coder.pos;
}

static struct fuzz_bytes forge(struct fuzz_input *input, int level, int has_raw_sections)
{
    struct pith_prior_head head;
    struct fuzz_bytes prior = {fuzz_memory(PITH_PRIOR_HEAD_MAX + 2 * SECTION_MAX), 0, 0}, exact;
    uint8_t *sections = prior.data + PITH_PRIOR_HEAD_MAX;

    memset(&head, 0, sizeof head);
    head.info.level = level;
    head.parts = fuzz_byte(input) & PITH_LEARNT_ALL;
    if (has_raw_sections) {
        uint64_t len = fuzz_number(input, 2);

        head.learnt_len = len < input->left ? len : input->left;
        head.store_len = input->left - head.learnt_len;
        if (input->left > 0)
            memcpy(sections, input->data, input->left);
    } else {
        head.learnt_len = forge_learnt(sections, &head, input);
        head.store_len = forge_store(sections + head.learnt_len, head.counts, input);
    }
    prior.len = pith_prior_head_write(prior.data, &head);
    memmove(prior.data + prior.len, sections, (size_t)(head.learnt_len + head.store_len));
    prior.len += (size_t)(head.learnt_len + head.store_len);
    pith_prior_finish(prior.data, prior.len);
    exact = fuzz_copy(prior.data, prior.len + PITH_PRIOR_TAIL_LEN);
    free(prior.data);
    return exact;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t settings = fuzz_byte(&input);
    int is_forged = (settings & FORGED) != 0, has_raw = (settings & RAW_SECTIONS) != 0;
    struct fuzz_bytes bytes;
    pith_prior *prior = NULL;
    pith_status status;

    if (is_forged)
        bytes = forge(&input, 1 + (int)(settings & LEVEL) % LEVEL_MAX, has_raw);
    else
        bytes = fuzz_copy(input.data, input.left);
    status = open_prior(&prior, bytes);
    FUZZ_CHECK(status == PITH_OK || !is_forged || has_raw);
    if (status == PITH_OK)
        check_round_trip(prior);
    pith_prior_close(prior);
    free(bytes.data);
    return 0;
}
