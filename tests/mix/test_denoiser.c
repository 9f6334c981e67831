/* The denoiser: noise corrects nothing, a true bias is corrected, also close to certainty; ones and
 * zeros fare alike; contexts keep apart; whatever comes, probabilities and counts keep their bounds. */
#include "support/testing.h"

#include "mix/denoiser.h"

#define N_CONTEXTS 5

static struct pith_arena arena;
static struct pith_denoiser denoiser;
static const uint32_t sizes[PITH_DENOISER_STEPS] = {N_CONTEXTS, N_CONTEXTS, N_CONTEXTS};

static int begin(void **state)
{
    (void)state;
    arena = (struct pith_arena){NULL, 0};
    pith_denoiser_layout(&denoiser, &arena, sizes);
    back_arena(&arena);
    pith_denoiser_layout(&denoiser, &arena, sizes);
    pith_denoiser_init(&denoiser);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(arena.base);
    return 0;
}

static uint32_t predict(uint32_t p1, uint32_t context)
{
    const uint32_t contexts[PITH_DENOISER_STEPS] = {context, context, context};

    p1 = pith_denoiser_predict(&denoiser, p1, contexts);
    assert_true(p1 >= 1 && p1 <= 65535);
    return p1;
}

static int random_bit(uint64_t *random, uint32_t p1)
{
    return random_below(random, 65536) < p1;
}

static void starts_as_the_identity(void **state)
{
    (void)state;
    for (uint32_t p1 = 1; p1 < 65536; p1++)
        for (uint32_t context = 0; context < N_CONTEXTS; context++)
            assert_int_equal(predict(p1, context), p1);
}

/* Predictions that are right: what differs from them by chance is left alone nearly always. */
static void noise_corrects_nothing(void **state)
{
    uint64_t random = test_seed(), moved = 0;
    uint32_t n_changed = 0;

    (void)state;
    for (int i = 0; i < 50000; i++) {
        uint32_t p1 = 1 + random_below(&random, 65535), less = p1 > 32768 ? 65536 - p1 : p1;
        uint32_t given = predict(p1, random_below(&random, N_CONTEXTS));

        n_changed += given != p1;
        moved += (uint64_t)(given > p1 ? given - p1 : p1 - given) * 1000 / less;
        pith_denoiser_update(&denoiser, random_bit(&random, p1));
    }
    CHECK(n_changed < 12500, "%u of 50000", n_changed); /* 5 % for each of the steps */
    CHECK(moved / 50000 < 20, "by %u in 1000", (unsigned)(moved / 50000));
}

/* Told p1, it learns the truth; the mirror image of bits and probabilities gives that of the result. */
static void a_true_bias_is_corrected(void **state)
{
    static const struct {
        uint32_t told, truth;
    } cases[] = {{2000, 8000}, {20000, 4000}, {300, 3000}, {4000, 600}, {32000, 20000}};

    for (size_t c = 0; c < COUNT(cases); c++) {
        uint32_t told = cases[c].told, truth = cases[c].truth, n = 20000;
        uint64_t sums[2] = {0, 0};

        for (int is_mirrored = 0; is_mirrored < 2; is_mirrored++) {
            uint64_t random = test_seed() + c;

            end(state);
            begin(state);
            for (uint32_t i = 0; i < 2 * n; i++) {
                uint32_t given = predict(is_mirrored ? 65536 - told : told, 1);

                given = is_mirrored ? 65536 - given : given;
                sums[is_mirrored] += i >= n ? given : 0;
                pith_denoiser_update(&denoiser, random_bit(&random, truth) != is_mirrored);
            }
        }
        /* four fifths of the way, for shrinkage leaves some */
        CHECK(labs((long)(sums[0] / n) - (long)truth) < labs((long)told - (long)truth) / 5,
              "%u told, %u true: %u", told, truth, (unsigned)(sums[0] / n));
        /* but for the bins, whose ends are no mirror images */
        CHECK(sums[0] < sums[1] + sums[1] / 20 && sums[1] < sums[0] + sums[0] / 20, "%u told",
              told);
    }
}

static void contexts_and_logits_keep_apart(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        predict(20000, 2);
        pith_denoiser_update(&denoiser, 1);
    }
    assert_true(predict(20000, 2) > 40000);
    for (uint32_t context = 0; context < N_CONTEXTS; context++) {
        assert_int_equal(predict(2000, context), 2000);
        if (context != 2)
            assert_int_equal(predict(20000, context), 20000);
    }
}

/* Each step sees what the ones before it gave: where the first has made good a fault, the others
 * find none. */
static void later_steps_see_what_is_left(void **state)
{
    uint64_t random = test_seed();
    const uint32_t contexts[PITH_DENOISER_STEPS] = {1, 1, 1};
    uint32_t n_alike = 0;

    (void)state;
    for (uint32_t i = 0; i < 4000; i++) {
        pith_denoiser_predict(&denoiser, 3000, contexts);
        assert_int_equal(denoiser.given[0], 3000);
        n_alike += i >= 2000 && denoiser.given[2] > 10000 && denoiser.given[2] < 17000;
        for (uint32_t s = 1; s < PITH_DENOISER_STEPS; s++)
            assert_int_equal(denoiser.given[s],
                             pith_denoiser_step(denoiser.chosen[s - 1], denoiser.given[s - 1]));
        pith_denoiser_update(&denoiser, random_bit(&random, 13107));
    }
    CHECK(n_alike > 1800, "%u of 2000", n_alike);
}

/* Always the unlikely bit, always the likely one, one kind after the other, in all bins. */
static void extremes_stay_within_bounds(void **state)
{
    static const uint32_t told[] = {1, 2, 500, 32767, 32768, 32769, 65000, 65534, 65535};
    uint64_t random = test_seed();
    uint32_t largest = 0;

    (void)state;
    for (int how = 0; how < 4; how++)
        for (int i = 0; i < 30000; i++) {
            uint32_t p1 = told[random_below(&random, COUNT(told))];
            int is_one_likely = p1 > 32768;

            predict(p1, 0);
            pith_denoiser_update(&denoiser, how == 0   ? !is_one_likely
                                            : how == 1 ? is_one_likely
                                            : how == 2 ? 1
                                                       : 0);
            for (uint32_t s = 0; s < PITH_DENOISER_STEPS; s++) {
                const struct pith_denoiser_cell *cell = denoiser.chosen[s];

                assert_true(cell->n <= PITH_DENOISER_LIMIT);
                assert_true(cell->met < 1u << 26 && cell->expected < 1u << 26);
                largest = cell->met > largest ? cell->met : largest;
            }
        }
    assert_true(largest > 1u << 25);
    /* cells as wrong as can be */
    for (size_t i = 0; i < COUNT(told); i++) {
        struct pith_denoiser_cell cell = {.met = (1u << 26) - 1, .n = PITH_DENOISER_LIMIT};
        uint32_t p1 = pith_denoiser_step(&cell, told[i]);

        CHECK(p1 >= 1 && p1 <= 65535 && (told[i] > 32768 ? p1 < told[i] : p1 > told[i]), "%u: %u",
              told[i], p1);
        cell = (struct pith_denoiser_cell){.expected = (1u << 26) - 1, .n = PITH_DENOISER_LIMIT};
        p1 = pith_denoiser_step(&cell, told[i]);
        CHECK(p1 >= 1 && p1 <= 65535 && (told[i] > 32768 ? p1 >= told[i] : p1 <= told[i]), "%u: %u",
              told[i], p1);
    }
}

static uint32_t drive(struct pith_denoiser *one, uint64_t *random)
{
    uint32_t context = random_below(random, N_CONTEXTS), p1 = 1 + random_below(random, 65535);
    const uint32_t contexts[PITH_DENOISER_STEPS] = {context, context, context};

    p1 = pith_denoiser_predict(one, p1, contexts);
    pith_denoiser_update(one, random_bit(random, 20000));
    return p1;
}

/* A copy goes on as the one that has learnt would, which itself stays as it is. */
static void begins_as_a_copy(void **state)
{
    struct pith_arena place[2] = {{NULL, 0}, {NULL, 0}};
    struct pith_denoiser copies[2];
    uint64_t random = test_seed(), same;
    uint8_t *before = get_memory(arena.used);

    (void)state;
    for (int i = 0; i < 30000; i++)
        drive(&denoiser, &random);
    memcpy(before, arena.base, arena.used);
    for (int c = 0; c < 2; c++) {
        pith_denoiser_layout(&copies[c], &place[c], sizes);
        back_arena(&place[c]);
        pith_denoiser_layout(&copies[c], &place[c], sizes);
        pith_denoiser_begin(&copies[c], &denoiser);
    }
    same = random;
    for (int i = 0; i < 5000; i++)
        drive(&copies[0], &random);
    assert_memory_equal(before, arena.base, arena.used);
    pith_denoiser_begin(&copies[0], &denoiser);
    random = same;
    for (int i = 0; i < 5000; i++) { /* a copy that begins again, another one, the learnt one */
        uint64_t third = same;
        uint32_t p1 = drive(&copies[0], &random);

        assert_int_equal(p1, drive(&copies[1], &same));
        assert_int_equal(p1, drive(&denoiser, &third));
    }
    for (int c = 0; c < 2; c++)
        free(place[c].base);
    free(before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(begins_as_a_copy),
        TEST(starts_as_the_identity),
        TEST(noise_corrects_nothing),
        TEST(a_true_bias_is_corrected),
        TEST(contexts_and_logits_keep_apart),
        TEST(later_steps_see_what_is_left),
        TEST(extremes_stay_within_bounds),
    };

    return cmocka_run_group_tests_name("denoiser", tests, NULL, NULL);
}
