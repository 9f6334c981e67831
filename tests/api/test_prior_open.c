/* Opening priors, which may come from anyone: damage is refused, whatever a header claims; what opens,
 * forged or not, packs and restores. */
#include "api/priors.h"

#include <xxhash.h>

#include "base/bytes.h"
#include "model/state.h"
#include "prior/prior.h"

static struct bytes file; /* a small prior of level 1 */

static int begin(void **state)
{
    (void)state;
    file = train_prior(1, 1000, 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(file.data);
    return 0;
}

/* Opens a copy of exactly that length; says why not. */
static pith_status try_open(const uint8_t *data, size_t len, pith_prior **prior)
{
    uint8_t *copy = get_memory(len);
    pith_error error = {.status = PITH_OK};
    pith_status status;

    if (len > 0)
        memcpy(copy, data, len);
    status = pith_prior_open(prior, copy, len, NULL, &error);
    assert_true((status == PITH_OK) == (*prior != NULL));
    CHECK(status == PITH_OK || (error.status == status && error.text[0] != 0),
          "status %d: no error told, error %d %s", status, error.status, error.text);
    assert_true(status == PITH_OK || status == PITH_E_FORMAT || status == PITH_E_UNSUPPORTED ||
                status == PITH_E_TRUNCATED || status == PITH_E_CORRUPT ||
                status == PITH_E_MEMORY_LIMIT);
    free(copy);
    return status;
}

static void check_refused(const uint8_t *data, size_t len, const char *what, size_t where)
{
    pith_prior *prior;

    CHECK(try_open(data, len, &prior) != PITH_OK, "%s %zu is let in", what, where);
}

static void any_damage_is_refused(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (size_t at = 0; at < file.len; at++) {
        uint8_t was = file.data[at];

        for (uint32_t bit = 0; bit < (at < 100 ? 8 : 1); bit++) {
            file.data[at] ^= (uint8_t)(1u << (at < 100 ? bit : next_random(&random) % 8));
            check_refused(file.data, file.len, "byte", at);
            file.data[at] = was;
        }
    }
    for (size_t len = 0; len < file.len; len += len < 200 || len + 50 > file.len ? 1 : 7)
        check_refused(file.data, len, "length", len);
}

static void what_follows_is_refused(void **state)
{
    uint8_t *longer = get_memory(2 * file.len);

    (void)state;
    memcpy(longer, file.data, file.len);
    memcpy(longer + file.len, file.data, file.len);
    check_refused(longer, file.len + 1, "one more than", file.len);
    check_refused(longer, 2 * file.len, "twice", file.len);
    free(longer);
}

static void other_things_are_no_priors(void **state)
{
    struct bytes text = make_message(1), packed;
    pith_options options = make_options(1, 0, 1);
    pith_prior_info info;
    pith_prior *prior;
    pith_error error;

    (void)state;
    packed = compress(text, &options);
    assert_int_equal(try_open(packed.data, packed.len, &prior), PITH_E_FORMAT);
    assert_int_equal(try_open(text.data, text.len, &prior), PITH_E_FORMAT);
    assert_int_equal(try_open(NULL, 0, &prior), PITH_E_FORMAT);
    assert_int_equal(pith_prior_peek(&info, text.data, text.len, &error), PITH_E_FORMAT);
    assert_int_equal(pith_prior_peek(NULL, text.data, text.len, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_prior_peek(&info, NULL, 5, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_prior_open(NULL, file.data, file.len, NULL, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_prior_open(&prior, NULL, 5, NULL, &error), PITH_E_ARGUMENT);
    assert_null(prior);
    pith_prior_close(NULL);
    free(packed.data);
    free(text.data);
}

static void peeking_tells_what_opening_does(void **state)
{
    pith_prior *prior = open_prior(file);
    pith_prior_info peeked, described;
    XXH128_canonical_t id;
    pith_error error;

    (void)state;
    memset(&peeked, 0, sizeof peeked);
    memset(&described, 0, sizeof described);
    assert_int_equal(pith_prior_peek(&peeked, file.data, file.len, &error), PITH_OK);
    pith_prior_describe(prior, &described);
    assert_memory_equal(&peeked, &described, sizeof peeked);
    XXH128_canonicalFromHash(&id, XXH3_128bits(file.data, file.len));
    assert_memory_equal(peeked.id, id.digest, sizeof peeked.id);
    assert_true(peeked.level == 1 && peeked.samples == 20 && peeked.packed_len == file.len);
    assert_true(peeked.contexts > 20 && peeked.memory > 1000 && peeked.held_out_packed > 0);
    pith_prior_close(prior);
}

static void memory_is_stated(void **state)
{
    pith_prior_info info;
    pith_prior *prior;
    pith_error error;
    pith_options options = make_options(0, 0, 1);

    (void)state;
    assert_int_equal(pith_prior_peek(&info, file.data, file.len, &error), PITH_OK);
    options.memory_limit = info.memory + sizeof(struct pith_prior);
    assert_int_equal(pith_prior_open(&prior, file.data, file.len, &options, &error), PITH_OK);
    pith_prior_close(prior);
    for (int part = 0; part < 3; part++) {
        options.memory_limit = part == 0 ? 1 : part == 1 ? info.memory / 2 : info.memory;
        assert_int_equal(pith_prior_open(&prior, file.data, file.len, &options, &error),
                         PITH_E_MEMORY_LIMIT);
        assert_true(error.status == PITH_E_MEMORY_LIMIT && !prior);
    }
}

static void nth_allocation_fails(void **state)
{
    pith_status status = PITH_E_MEMORY;

    (void)state;
    for (size_t n = 1; status != PITH_OK; n++) {
        struct allocations allocations = {.fails_at = n};
        pith_allocator allocator = {allocate_counted, release_counted, &allocations};
        pith_options options = make_options(0, 0, 1);
        pith_prior *prior;
        pith_error error = {.status = PITH_OK};

        options.allocator = &allocator;
        status = pith_prior_open(&prior, file.data, file.len, &options, &error);
        assert_true(status == PITH_OK || (status == PITH_E_MEMORY && error.status == status));
        assert_true(status != PITH_OK || allocations.n_calls < n);
        pith_prior_close(prior);
        assert_int_equal(allocations.n_blocks, 0);
        assert_true(n < 20);
    }
}

/* --- forgers --- */

/* Puts a header in front of sections, and checks that are right. */
static struct bytes assemble(struct pith_prior_head *head, const uint8_t *learnt,
                             const uint8_t *store)
{
    struct bytes forged = {
        get_memory(PITH_PRIOR_HEAD_MAX + (size_t)(head->learnt_len + head->store_len) + 8), 0};

    forged.len = pith_prior_head_write(forged.data, head);
    memcpy(forged.data + forged.len, learnt, (size_t)head->learnt_len);
    memcpy(forged.data + forged.len + head->learnt_len, store, (size_t)head->store_len);
    forged.len += (size_t)(head->learnt_len + head->store_len);
    pith_prior_finish(forged.data, forged.len);
    forged.len += PITH_PRIOR_TAIL_LEN;
    return forged;
}

/* A header whose fields are overlong or too large, whatever the caller's error held before. */
static void errors_are_told_anew(void **state)
{
    uint8_t bytes[40] = {0xc1, 'p', 'r', 'i', 0, 1, 0};
    pith_prior_info info;
    pith_error error;

    (void)state;
    for (int shape = 0; shape < 2; shape++) {
        memset(bytes + 7, shape ? 0xff : 0x80, sizeof bytes - 7);
        bytes[8] = shape ? 0xff : 0; /* 0 in two bytes */
        memset(&error, 0, sizeof error);
        error.status = PITH_E_CORRUPT; /* of an earlier call */
        assert_int_equal(pith_prior_peek(&info, bytes, sizeof bytes, &error), PITH_E_CORRUPT);
        assert_true(error.text[0] != 0);
    }
}

/* Counts that no file of this length could fill: memory is refused, or the sections are. */
static void claims_are_bounded(void **state)
{
    static const uint32_t entries[] = {1, 1000, 1u << 20, 1u << 24};
    struct pith_prior_head *head = get_memory(sizeof *head);
    pith_prior *prior;

    (void)state;
    for (size_t i = 0; i < COUNT(entries); i++)
        for (uint32_t n_tables = 1; n_tables <= PITH_STORE_TABLES;
             n_tables += PITH_STORE_TABLES - 1) {
            uint8_t sections[64] = {0x55, 0xaa};
            pith_options options = make_options(0, 0, 1);
            pith_error error;
            pith_status status;
            struct bytes forged;

            memset(head, 0, sizeof *head);
            head->info.level = 1;
            head->learnt_len = head->store_len = 32;
            for (uint32_t t = 0; t < n_tables; t++)
                head->counts[t] =
                    (struct pith_store_counts){entries[i], 16 * entries[i], entries[i]};
            forged = assemble(head, sections, sections + 32);
            options.memory_limit = 64 << 20;
            status = pith_prior_open(&prior, forged.data, forged.len, &options, &error);
            assert_true(status == PITH_E_CORRUPT || status == PITH_E_MEMORY_LIMIT);
            assert_true(status == PITH_E_MEMORY_LIMIT || i < 3);
            free(forged.data);
        }
    free(head);
}

/* Sections that end before what they code does: of zeros, which coders read behind any end, and those of
 * an honest prior without their last bytes. */
static void short_sections_are_refused(void **state)
{
    static const uint8_t zeros[64];
    struct pith_prior_head *head = get_memory(sizeof *head), honest;
    pith_prior *prior;
    unsigned n_opened = 0;

    (void)state;
    assert_int_equal(pith_prior_head_read(&honest, file.data, file.len, NULL), PITH_OK);
    for (size_t cut = 0; cut < 200; cut++) {
        const uint8_t *learnt = file.data + honest.len;
        struct bytes forged;

        *head = honest;
        if (cut % 2)
            head->learnt_len -= (cut + 1) / 2;
        else
            head->store_len -= cut / 2;
        forged = assemble(head, learnt, learnt + honest.learnt_len);
        n_opened += try_open(forged.data, forged.len, &prior) == PITH_OK;
        assert_true(cut > 0 || n_opened == 1);
        pith_prior_close(prior);
        free(forged.data);
    }
    CHECK(n_opened < 10, "%u", n_opened); /* few ends are those of other contexts by chance */
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        struct bytes forged;

        memset(head, 0, sizeof *head);
        head->info.level = level;
        head->parts = PITH_LEARNT_ALL;
        head->learnt_len = sizeof zeros;
        forged = assemble(head, zeros, zeros);
        CHECK(try_open(forged.data, forged.len, &prior) == PITH_E_CORRUPT, "level %d", level);
        free(forged.data);
    }
    free(head);
}

static void check_consistent(pith_prior *prior, uint64_t salt)
{
    for (int what = 0; what < 3; what++) {
        struct bytes raw =
            what == 0 ? make_message(salt) : make_data(what == 1 ? RANDOM : MIXED, 700, salt);
        pith_options options = make_options(0, 0, 1);
        struct bytes packed, again;
        pith_error error = {.status = PITH_OK};

        options.prior = prior;
        packed = compress(raw, &options);
        CHECK(decompress_with(&again, raw.len, packed, &options, &error) == PITH_OK, "%s",
              error.text);
        assert_true(is_same(again, raw));
        free(again.data);
        free(packed.data);
        free(raw.data);
    }
}

/* The header stays; sections are anything. */
static void random_sections_are_refused_or_used(void **state)
{
    struct pith_prior_head *head = get_memory(sizeof *head);
    uint64_t random = test_seed();

    (void)state;
    assert_int_equal(pith_prior_head_read(head, file.data, file.len, NULL), PITH_OK);
    for (int round = 0; round < 150; round++) {
        uint8_t *forged = get_memory(file.len);
        size_t from = head->len, to = file.len - PITH_PRIOR_TAIL_LEN;
        pith_prior *prior;

        memcpy(forged, file.data, file.len);
        if (round % 3 == 0) /* all of them, or a few bytes */
            for (size_t i = from; i < to; i++)
                forged[i] = (uint8_t)next_random(&random);
        for (int n = 0; n < round % 5; n++)
            forged[from + next_random(&random) % (to - from)] = (uint8_t)next_random(&random);
        pith_prior_finish(forged, to);
        if (try_open(forged, file.len, &prior) == PITH_OK)
            check_consistent(prior, (uint64_t)round);
        pith_prior_close(prior);
        free(forged);
    }
    free(head);
}

/* Encodes what bytes of chance decode to, so that sections end as they should.  Returns its length. */
static size_t forge_learnt(uint8_t *to, size_t cap, int level, uint32_t parts, uint64_t *random)
{
    struct pith_engine *engine = get_memory(sizeof *engine);
    struct pith_arena arena = {NULL, 0};
    uint8_t *chance = get_memory(cap / 2);
    struct pith_learnt_choice choice = {parts, 0};
    struct pith_message_head head;
    struct pith_coder coder;

    for (size_t i = 0; i < cap / 2; i++)
        chance[i] = (uint8_t)next_random(random);
    for (int pass = 0; pass < 2; pass++) {
        pith_engine_layout_learner(engine, &arena, level, 0);
        if (pass == 0)
            arena = (struct pith_arena){aligned_alloc(PITH_ARENA_ALIGN, (size_t)arena.used), 0};
        assert_non_null(arena.base);
    }
    pith_engine_begin(engine, NULL, 0);
    pith_message_head_init(&head);
    pith_coder_begin_decode(&coder, chance, cap / 2, NULL, NULL);
    pith_learnt_code(engine, &head, choice, &coder);
    pith_coder_begin_encode(&coder, to, cap);
    pith_learnt_code(engine, &head, choice, &coder);
    pith_coder_finish_encode(&coder);
    assert_false(coder.is_full);
    free(chance);
    free(arena.base);
    free(engine);
    return coder.pos;
}

/* The same for the contexts of every table. */
static size_t forge_store(uint8_t *to, size_t cap, struct pith_store_counts *counts,
                          uint64_t *random)
{
    struct pith_store *store = get_memory(sizeof *store);
    struct pith_arena arena = {NULL, 0};
    struct pith_coder coder;

    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++)
        counts[t] = (struct pith_store_counts){60, 0, 12 + t % 40};
    pith_store_layout(store, &arena, counts);
    arena = (struct pith_arena){aligned_alloc(PITH_ARENA_ALIGN, (size_t)arena.used), 0};
    assert_non_null(arena.base);
    pith_store_layout(store, &arena, counts);
    for (uint32_t t = 0; t < PITH_STORE_TABLES; t++) {
        struct pith_store_table *table = &store->tables[t];
        uint32_t n_entries = 0, n_keys = counts[t].n_buckets << PITH_STORE_KEY_BITS;

        memset(table->buckets, 0, table->n_buckets * sizeof *table->buckets);
        for (uint32_t key = 0; n_entries < 60 && key < n_keys;
             key += 1 + (uint32_t)(next_random(random) % 60)) {
            struct pith_store_entry entry = {.seconds = 0};

            for (uint32_t node = 1; node <= PITH_STORE_NODES; node++)
                if (node == 1 || entry.states[node / 2 - 1])
                    entry.states[node - 1] = pith_state_rounded[next_random(random) % 253];
            if (!entry.states[0])
                entry.states[0] = 1;
            pith_store_put(table, &n_entries, key, &entry);
        }
        counts[t].n_entries = n_entries;
        assert_true(counts[t].n_buckets <= n_entries);
    }
    pith_coder_begin_encode(&coder, to, cap);
    assert_true(pith_store_code(store, counts, &coder));
    pith_coder_finish_encode(&coder);
    assert_false(coder.is_full);
    free(arena.base);
    free(store);
    return coder.pos;
}

/* Priors that are in order and full of nonsense: extreme weights, contexts that cannot be. */
static void nonsense_is_used_alike(void **state)
{
    enum { SECTION_CAP = 4 << 20 };
    struct pith_prior_head *head = get_memory(sizeof *head);
    uint8_t *learnt = get_memory(SECTION_CAP), *store = get_memory(SECTION_CAP);
    uint64_t random = test_seed();

    (void)state;
    for (int round = 0; round < 8; round++) {
        struct bytes forged;
        pith_prior *prior;

        memset(head, 0, sizeof *head);
        head->info.level = 1 + round % 5;
        head->parts = (uint32_t)round & PITH_LEARNT_ALL;
        head->learnt_len =
            forge_learnt(learnt, SECTION_CAP, head->info.level, head->parts, &random);
        head->store_len = forge_store(store, SECTION_CAP, head->counts, &random);
        forged = assemble(head, learnt, store);
        assert_int_equal(try_open(forged.data, forged.len, &prior), PITH_OK);
        check_consistent(prior, (uint64_t)round);
        pith_prior_close(prior);
        free(forged.data);
    }
    free(store);
    free(learnt);
    free(head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_damage_is_refused),
        cmocka_unit_test(what_follows_is_refused),
        cmocka_unit_test(other_things_are_no_priors),
        cmocka_unit_test(peeking_tells_what_opening_does),
        cmocka_unit_test(memory_is_stated),
        cmocka_unit_test(nth_allocation_fails),
        cmocka_unit_test(errors_are_told_anew),
        cmocka_unit_test(claims_are_bounded),
        cmocka_unit_test(short_sections_are_refused),
        cmocka_unit_test(random_sections_are_refused_or_used),
        cmocka_unit_test(nonsense_is_used_alike),
    };

    return cmocka_run_group_tests_name("opening priors", tests, begin, end);
}
