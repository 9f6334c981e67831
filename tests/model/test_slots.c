/* Hashed slots: an unseen context says nothing, a seen one leans the way it went, contexts and
 * nibbles are told apart, and a crowded line keeps what has been seen most. */
#include "support/testing.h"

#include "model/slots.h"

#define N_LINES_MAX 320
#define N           3

struct fixture {
    struct pith_arena arena;
    struct pith_slots slots;
    struct pith_slots_maps maps[2];
};

static int has_neighbours, has_estimates; /* every test runs with and without */
static uint32_t n_lines = 256;
static const uint8_t ids[PITH_SLOTS_CONTEXTS_MAX] = {4, 7, 20};

static void lay_out(struct fixture *f)
{
    pith_slots_layout(&f->slots, &f->arena, n_lines, has_neighbours, has_estimates);
    pith_slots_maps_layout(&f->maps[0], &f->arena, N);
    pith_slots_maps_layout(&f->maps[1], &f->arena, 1);
}

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    lay_out(f);
    assert_true(f->arena.used == 64 * n_lines + N * 1024 + 1024);
    back_arena(&f->arena);
    lay_out(f);
    pith_slots_init(&f->slots, n_lines);
    pith_slots_maps_init(&f->maps[0]);
    pith_slots_maps_init(&f->maps[1]);
    pith_slots_use(&f->slots, &f->maps[0], ids);
}

static void end(struct fixture *f)
{
    free(f->arena.base);
}

static void set_hashes(struct pith_slots *slots, uint32_t first)
{
    for (uint32_t i = 0; i < slots->n_contexts; i++)
        slots->hash[i] = (first + i * 0x10000001u) * 0x9e3779b1u;
}

/* Takes a nibble in; returns how many contexts knew of it, adds up how far each input leant the
 * right way. */
static uint32_t code(struct pith_slots *slots, uint32_t nibble_context, uint32_t nibble,
                     int32_t *leanings)
{
    int16_t inputs[2 * PITH_SLOTS_CONTEXTS_MAX];
    uint32_t known;

    if (nibble_context == 0)
        pith_slots_prepare(slots, 0, slots->n_contexts);
    else
        pith_slots_prepare_second(slots, nibble_context >> 1);
    known = pith_slots_find(slots, nibble_context ? nibble_context & 15 : PITH_STORE_FIRST);
    for (int b = 3; b >= 0; b--) {
        int bit = nibble >> b & 1;

        pith_slots_predict(slots, inputs, has_estimates ? NULL : inputs + slots->n_contexts);
        if (has_estimates)
            pith_slots_estimate(slots, inputs + slots->n_contexts);
        for (uint32_t i = 0; i < 2 * slots->n_contexts && leanings; i++) {
            assert_true(inputs[i] >= -3071 && inputs[i] <= 3071);
            leanings[i] += bit ? inputs[i] : -inputs[i];
        }
        if (has_estimates)
            pith_slots_update_estimates(slots, bit);
        pith_slots_update(slots, bit);
    }
    return known;
}

static void unseen_contexts_are_silent(void **state)
{
    struct fixture f;
    int32_t leanings[2 * N] = {0};

    (void)state;
    begin(&f);
    set_hashes(&f.slots, 1234);
    assert_int_equal(code(&f.slots, 0, 5, leanings), 0);
    for (size_t i = 0; i < COUNT(leanings); i++)
        assert_int_equal(leanings[i], 0);
    assert_int_equal(code(&f.slots, 0, 5, leanings), N);
    for (size_t i = 0; i < COUNT(leanings); i++)
        assert_true(leanings[i] > 0);
    end(&f);
}

static void seen_contexts_learn(void **state)
{
    struct fixture f;
    int32_t early[2 * N] = {0}, late[2 * N] = {0};

    (void)state;
    begin(&f);
    set_hashes(&f.slots, 99);
    code(&f.slots, 0, 0xa, NULL);
    code(&f.slots, 0, 0xa, early);
    for (int i = 0; i < 200; i++)
        code(&f.slots, 0, 0xa, NULL);
    code(&f.slots, 0, 0xa, late);
    for (size_t i = 0; i < COUNT(early); i++)
        CHECK(late[i] > early[i] + 400, "input %zu: %ld after %ld", i, (long)late[i],
              (long)early[i]);
    end(&f);
}

static void contexts_are_told_apart(void **state)
{
    struct fixture f;
    int32_t a[2 * N] = {0}, b[2 * N] = {0};

    (void)state;
    begin(&f);
    for (int i = 0; i < 50; i++) {
        set_hashes(&f.slots, 1);
        code(&f.slots, 0, 0xf, i < 40 ? NULL : a);
        code(&f.slots, 16 + 0xf, 0x0, i < 40 ? NULL : b);
        set_hashes(&f.slots, 2);
        code(&f.slots, 0, 0x0, i < 40 ? NULL : a);
        code(&f.slots, 16, 0xf, i < 40 ? NULL : b);
    }
    for (size_t i = 0; i < COUNT(a); i++)
        assert_true(a[i] > 1000 && b[i] > 1000);
    set_hashes(&f.slots, 3);
    assert_int_equal(code(&f.slots, 0, 1, NULL), 0);
    end(&f);
}

static uint32_t line_of(struct pith_slots *slots, uint32_t hash)
{
    slots->hash[0] = hash * 0x9e3779b1u;
    return (uint32_t)((uint64_t)slots->hash[0] * n_lines >> 32);
}

static void crowded_lines_keep_the_most_seen(void **state)
{
    struct fixture f;
    uint32_t line, crowd = 0;

    (void)state;
    begin(&f);
    pith_slots_use(&f.slots, &f.maps[1], ids);
    line = line_of(&f.slots, 7);
    for (int i = 0; i < 30; i++)
        code(&f.slots, 0, 9, NULL);
    for (uint32_t hash = 8; crowd < 40; hash++)
        if (line_of(&f.slots, hash) == line) {
            crowd++;
            code(&f.slots, 0, 6, NULL);
        }
    line_of(&f.slots, 7);
    assert_int_equal(code(&f.slots, 0, 9, NULL), 1);
    assert_int_equal(f.slots.group[0] / 64, line);
    end(&f);
}

/* What one kind's maps learn does not reach the other's; the slots are shared. */
static void maps_are_of_a_kind(void **state)
{
    struct fixture f;
    uint32_t before[256];

    (void)state;
    begin(&f);
    memcpy(before, f.maps[1].cells, sizeof before);
    set_hashes(&f.slots, 5);
    for (int i = 0; i < 100; i++)
        code(&f.slots, 0, 3, NULL);
    assert_memory_equal(before, f.maps[1].cells, sizeof before);
    assert_memory_not_equal(before, f.maps[0].cells, sizeof before);
    pith_slots_use(&f.slots, &f.maps[1], ids);
    assert_int_equal(code(&f.slots, 0, 3, NULL), 1);
    assert_memory_not_equal(before, f.maps[1].cells, sizeof before);
    end(&f);
}

/* A cell meets random bits, all of one kind, then all of the other: it stays a probability. */
static void cells_stay_probabilities(void **state)
{
    struct fixture f;
    uint64_t random = test_seed();

    (void)state;
    begin(&f);
    for (int i = 0; i < 30000; i++) {
        uint32_t nibble = i < 10000 ? (uint32_t)next_random(&random) & 15 : i < 20000 ? 15 : 0;
        int32_t leanings[2 * N] = {0};

        set_hashes(&f.slots, i % 7 ? 1 : (uint32_t)next_random(&random));
        code(&f.slots, 0, nibble, leanings);
        for (size_t k = 0; k < COUNT(leanings) && i % 10000 == 9999 && i > 10000 && i % 7; k++)
            CHECK(leanings[k] > 4 * 500, "byte %d, input %zu: %ld", i, k, (long)leanings[k]);
    }
    for (uint32_t c = 0; c < N * 256; c++)
        CHECK(f.maps[0].cells[c] >= 0, "cell %u: %ld", (unsigned)c, (long)f.maps[0].cells[c]);
    end(&f);
}

/* Of bits that are 1 nine times of ten in a random order, a state knows the last few; the estimate comes to
 * the share itself. */
static void estimates_come_to_the_share(void **state)
{
    struct fixture f;
    uint64_t random = test_seed();
    int64_t sum = 0;
    double share;

    (void)state;
    begin(&f);
    pith_slots_use(&f.slots, &f.maps[1], ids);
    set_hashes(&f.slots, 3);
    for (int i = 0; i < 6000; i++) {
        int bit = next_random(&random) % 10 > 0;
        const uint8_t *group;

        code(&f.slots, 0, bit ? 15 : 0, NULL);
        group = f.slots.lines + f.slots.group[0];
        if (i >= 2000)
            sum += pith_squash((int8_t)group[PITH_SLOTS_NODES + 1] * PITH_SLOTS_ESTIMATE_STEP);
    }
    share = (double)sum / 4000 / 65536;
    CHECK(share > 0.87 && share < 0.93, "share %f", share);
    end(&f);
}

/* A table that nothing has been written to holds groups whose check is 0. */
static void empty_lines_are_silent(void **state)
{
    struct fixture f;
    int32_t leanings[2 * N] = {0};

    (void)state;
    begin(&f);
    pith_slots_use(&f.slots, &f.maps[1], ids);
    f.slots.hash[0] = 0;
    assert_int_equal(code(&f.slots, 0, 9, leanings), 0);
    assert_int_equal(leanings[0] | leanings[1], 0);
    end(&f);
}

/* The lines of all second nibbles of a context are in its page, or all over the table. */
static void second_lines_are_near(void **state)
{
    struct fixture f;
    uint64_t random = test_seed();
    uint32_t n_near = 0, n_seen = 0;
    uint8_t seen[N_LINES_MAX] = {0};

    (void)state;
    begin(&f);
    for (int i = 0; i < 1000; i++) {
        set_hashes(&f.slots, (uint32_t)(next_random(&random) >> 32));
        for (uint32_t bits_seen = 8; bits_seen < 16; bits_seen++) {
            uint32_t line, page;

            pith_slots_prepare(&f.slots, 0, N);
            page = f.slots.line[1] / 4096;
            pith_slots_prepare_second(&f.slots, bits_seen);
            line = f.slots.line[1] / 64;
            n_near += line / PITH_SLOTS_PAGE_LINES == page;
            n_seen += !seen[line];
            seen[line] = 1;
        }
    }
    if (has_neighbours)
        assert_int_equal(n_near, 1000 * 8);
    else
        CHECK(n_near > 1600 && n_near < 2400, "%u of 8000", n_near);
    assert_int_equal(n_seen, n_lines);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unseen_contexts_are_silent),
        cmocka_unit_test(seen_contexts_learn),
        cmocka_unit_test(contexts_are_told_apart),
        cmocka_unit_test(crowded_lines_keep_the_most_seen),
        cmocka_unit_test(maps_are_of_a_kind),
        cmocka_unit_test(cells_stay_probabilities),
        cmocka_unit_test(empty_lines_are_silent),
        cmocka_unit_test(second_lines_are_near),
    };
    const struct CMUnitTest estimates[] = {cmocka_unit_test(estimates_come_to_the_share)};
    int n_failed = cmocka_run_group_tests_name("slots", tests, NULL, NULL);

    has_neighbours = 1;
    n_lines = N_LINES_MAX;
    n_failed += cmocka_run_group_tests_name("slots with neighbours", tests, NULL, NULL);
    has_estimates = 1;
    n_failed += cmocka_run_group_tests_name("slots with estimates", tests, NULL, NULL);
    return n_failed + cmocka_run_group_tests_name("estimates", estimates, NULL, NULL);
}
