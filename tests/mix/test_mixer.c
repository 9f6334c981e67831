/* The mixer: learns a constant bit, trusts the input that is right, keeps its selectors' vectors
 * apart, and stays within bounds whatever it is fed. */
#include "support/testing.h"

#include "mix/mixer.h"
#include "num/logistic.h"

#define N_INPUTS 20

static const uint32_t three_finals[PITH_MIXER_FINALS_MAX] = {3, 2, 5, 1};

static struct pith_arena arena;
static struct pith_mixer mixer;

/* What pith_mixer_layout is told. */
struct shape {
    uint32_t n_inputs;
    const uint32_t *set_sizes;
    uint32_t n_sets, n_finals;
    int has_ages;
};

/* Measures, takes that much memory, and lays out again there. */
static void lay_out(struct shape shape)
{
    free(arena.base);
    arena = (struct pith_arena){NULL, 0};
    for (int pass = 0; pass < 2; pass++) {
        pith_mixer_layout(&mixer, &arena, shape.n_inputs, shape.set_sizes, shape.n_sets,
                          three_finals, shape.n_finals, shape.has_ages);
        if (pass == 0)
            back_arena(&arena);
    }
}

static int begin(void **state)
{
    static const uint32_t set_sizes[] = {4, 7};
    int16_t start[PITH_MIX_INPUTS_MAX] = {0};

    (void)state;
    for (int i = 0; i < N_INPUTS; i++)
        start[i] = 1000;
    lay_out((struct shape){N_INPUTS, set_sizes, 2, 1, 0});
    pith_mixer_init(&mixer, start, 1310, 131, 131);
    assert_true(mixer.n_padded == 32);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(arena.base);
    arena.base = NULL;
    return 0;
}

static int32_t mix(uint32_t first, uint32_t second, uint32_t select2, int bit)
{
    int32_t logit;

    pith_mixer_select(&mixer, 0, first);
    pith_mixer_select(&mixer, 1, second);
    pith_mixer_select_final(&mixer, 0, select2);
    logit = pith_mixer_predict(&mixer);
    assert_true(logit >= -PITH_LOGIT_MAX && logit <= PITH_LOGIT_MAX && logit == mixer.logit);
    pith_mixer_update(&mixer, bit);
    return logit;
}

static void silence_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(mix(0, 0, 0, 1), 0);
    assert_int_equal(mix(0, 0, 0, 0), 0);
}

static void a_constant_bit_is_learnt(void **state)
{
    int32_t logit = 0;

    (void)state;
    for (int bit = 0; bit < 2; bit++) {
        for (int i = 0; i < 4000; i++) {
            mixer.inputs[3] = 256;
            logit = mix(1, 2, 1, bit);
        }
        CHECK(bit ? logit > 700 : logit < -700, "bit %d: %ld", bit, (long)logit);
    }
}

static void the_good_input_is_picked(void **state)
{
    uint64_t random = test_seed();
    int right = 0;

    (void)state;
    for (int i = 0; i < 6000; i++) {
        int bit = (int)(next_random(&random) & 1);
        int32_t logit;

        for (int k = 0; k < N_INPUTS; k++)
            mixer.inputs[k] = (int16_t)(random_below(&random, 1001) - 500);
        mixer.inputs[7] = (int16_t)(bit ? 400 : -400);
        logit = mix(3, 6, 2, bit);
        right += i >= 5000 && (logit > 0) == bit;
    }
    CHECK(right > 970, "%d of 1000", right);
    for (int k = 0; k < N_INPUTS; k++)
        assert_true(k == 7 || mixer.chosen[0][k] < mixer.chosen[0][7] / 2);
}

static void selectors_keep_apart(void **state)
{
    int32_t a = 0, b = 0;

    (void)state;
    for (int i = 0; i < 4000; i++) {
        mixer.inputs[0] = 300;
        a = mix(0, 3, 0, 1);
        b = mix(1, 4, 1, 0);
    }
    CHECK(a > 600 && b < -600, "%ld, %ld", (long)a, (long)b);
    for (uint32_t k = 0; k < N_INPUTS; k++) /* never chosen */
        assert_true(mixer.weights[2 * mixer.n_padded + k] == 1000);
}

static void extremes_stay_within_bounds(void **state)
{
    uint64_t random = test_seed() + 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        for (int k = 0; k < N_INPUTS; k++)
            mixer.inputs[k] =
                (int16_t)(i % 4000 < 2000 || (next_random(&random) & 1) ? PITH_LOGIT_MAX
                                                                        : -PITH_LOGIT_MAX);
        mix(0, 0, 0, i % 2000 < 1000);
    }
    for (uint32_t k = N_INPUTS; k < mixer.n_padded; k++) /* padding never learns */
        assert_int_equal(mixer.chosen[0][k], 0);
    assert_true(mixer.rate_q16 < 1310 && mixer.rate_q16 >= 131);
}

/* Many sets, all inputs: the sum of the second layer keeps to 32 bits, and what pads its vectors never
 * learns. */
static void many_sets_work_together(void **state)
{
    static const uint32_t counts[] = {1, 7, 8, 9, 12, PITH_MIXER_SETS_MAX};
    static const uint32_t set_sizes[PITH_MIXER_SETS_MAX] = {3, 1, 2, 3, 1, 2, 3, 1,
                                                            2, 3, 1, 2, 3, 1, 2, 3};

    (void)state;
    for (size_t c = 0; c < COUNT(counts); c++) {
        int16_t start[PITH_MIX_INPUTS_MAX] = {0};
        uint32_t n = counts[c], n_vectors = 0;

        start[5] = 8000;
        lay_out((struct shape){PITH_MIX_INPUTS_MAX, set_sizes, n, 1, 0});
        pith_mixer_init(&mixer, start, 1310, 131, 131);
        for (uint32_t s = 0; s < n; s++) {
            assert_int_equal(mixer.set_start[s], n_vectors);
            n_vectors += set_sizes[s];
            pith_mixer_select(&mixer, s, set_sizes[s] - 1);
        }
        assert_int_equal(mixer.set_start[n], n_vectors);
        assert_int_equal(mixer.n_padded2, n <= 8 ? 8 : 16);
        pith_mixer_select_final(&mixer, 0, 2);
        mixer.inputs[5] = 800; /* every set says 800 * 8000 / 16384 = 390, and so do all */
        CHECK(abs(pith_mixer_predict(&mixer) - 390) <= 390 / 20, "%u sets: %ld", n,
              (long)mixer.logit);
        for (int bit = 0; bit < 2; bit++) {
            for (size_t i = 0; i < PITH_MIX_INPUTS_MAX; i++)
                mixer.inputs[i] = PITH_LOGIT_MAX;
            for (uint32_t s = 0; s < n; s++) {
                if (n > 1) /* else there is no second layer */
                    mixer.chosen2[0][s] = bit ? INT16_MAX : INT16_MIN;
                for (size_t i = 0; i < PITH_MIX_INPUTS_MAX; i++)
                    mixer.chosen[s][i] = INT16_MAX;
            }
            pith_mixer_predict(&mixer);
            CHECK(mixer.logit == (bit || n == 1 ? PITH_LOGIT_MAX : -PITH_LOGIT_MAX), "%u sets: %ld",
                  n, (long)mixer.logit);
            pith_mixer_update(&mixer, !bit);
        }
        for (uint32_t s = n; n > 1 && s < mixer.n_padded2; s++)
            assert_int_equal(mixer.chosen2[0][s], PITH_WEIGHT_ONE / (int32_t)n);
    }
}

/* One set of sixteen is right: its weight in the second layer grows, the others' do not. */
static void the_good_set_is_picked(void **state)
{
    static const uint32_t set_sizes[PITH_MIXER_SETS_MAX] = {2, 2, 2, 2, 2, 2, 2, 2,
                                                            2, 2, 2, 2, 2, 2, 2, 2};
    int16_t start[PITH_MIX_INPUTS_MAX] = {0};
    uint64_t random = test_seed();

    (void)state;
    lay_out((struct shape){1, set_sizes, PITH_MIXER_SETS_MAX, 1, 0});
    pith_mixer_init(&mixer, start, 1310, 1310, 400);
    for (int i = 0; i < 20000; i++) {
        int bit = (int)(next_random(&random) & 1);

        mixer.inputs[0] = 256;
        for (uint32_t s = 0; s < PITH_MIXER_SETS_MAX; s++)
            pith_mixer_select(&mixer, s, s == 13 ? (uint32_t)bit : random_below(&random, 2));
        pith_mixer_select_final(&mixer, 0, 0);
        pith_mixer_predict(&mixer);
        pith_mixer_update(&mixer, bit);
    }
    for (uint32_t s = 0; s < PITH_MIXER_SETS_MAX; s++)
        CHECK(s == 13 || mixer.chosen2[0][s] < mixer.chosen2[0][13] / 2, "set %u: %d, and 13: %d",
              s, mixer.chosen2[0][s], mixer.chosen2[0][13]);
}

/* The mean of three vectors of the second layer; each learns from what it said itself. */
static void finals_learn_apart(void **state)
{
    static const uint32_t set_sizes[] = {1, 1};
    int16_t start[PITH_MIX_INPUTS_MAX] = {PITH_WEIGHT_ONE};
    int32_t sum = 0;

    (void)state;
    lay_out((struct shape){1, set_sizes, 2, 3, 0});
    pith_mixer_init(&mixer, start, 1310, 131, 131);
    for (uint32_t f = 0; f < 3; f++) {
        pith_mixer_select_final(&mixer, f, three_finals[f] - 1);
        assert_true(f == 0 || mixer.chosen2[f] > mixer.chosen2[f - 1]);
        for (uint32_t s = 0; s < 2; s++)
            mixer.chosen2[f][s] = (int16_t)(2000 + 4000 * (int32_t)f);
    }
    pith_mixer_select(&mixer, 0, 0);
    pith_mixer_select(&mixer, 1, 0);
    mixer.inputs[0] = 512;
    pith_mixer_predict(&mixer);
    for (uint32_t f = 0; f < 3; f++) {
        assert_true(f == 0 || mixer.logits2[f] > mixer.logits2[f - 1]);
        sum += mixer.logits2[f];
    }
    assert_int_equal(mixer.logit, sum / 3);
    assert_int_equal(pith_mixer_set_weight(&mixer, 0), 6000);
    pith_mixer_update(&mixer, 1);
    for (uint32_t f = 1; f < 3; f++) /* the one that said least had the largest error */
        assert_true(mixer.chosen2[f][0] - (2000 + 4000 * (int32_t)f) <
                    mixer.chosen2[f - 1][0] - (2000 + 4000 * (int32_t)(f - 1)));
}

/* With ages, what the first vector of a set has learnt does not slow down the second. */
static void vectors_have_ages(void **state)
{
    static const uint32_t set_sizes[] = {2, 1};
    int16_t start[PITH_MIX_INPUTS_MAX] = {0};
    int32_t first = 0;

    (void)state;
    lay_out((struct shape){1, set_sizes, 2, 1, 1});
    pith_mixer_init(&mixer, start, 1310, 33, 131);
    assert_int_equal(mixer.rates[0], 1310);
    assert_int_equal(mixer.rates[PITH_MIXER_AGE_STEPS - 1], 33);
    for (uint32_t i = 1; i < PITH_MIXER_AGE_STEPS; i++)
        assert_true(mixer.rates[i] <= mixer.rates[i - 1]);
    mixer.inputs[0] = 256;
    for (int i = 0; i < 10; i++)
        mix(0, 0, 0, 1);
    first = mixer.chosen[0][0];
    for (int i = 0; i < 100000; i++)
        mix(0, 0, 0, i & 1);
    assert_int_equal(*mixer.chosen_ages[0], PITH_MIXER_AGE_MAX);
    for (int i = 0; i < 10; i++)
        mix(1, 0, 0, 1);
    CHECK(mixer.chosen[0][0] > first / 2 && first > 0, "%d, and the first %d", mixer.chosen[0][0],
          first);
}

static int32_t drive(struct pith_mixer *one, uint64_t *random, uint32_t n_inputs)
{
    int32_t logit;

    for (uint32_t i = 0; i < n_inputs; i++)
        one->inputs[i] = (int16_t)((int32_t)random_below(random, 4000) - 2000);
    for (uint32_t s = 0; s < one->n_sets; s++)
        pith_mixer_select(one, s, random_below(random, one->set_start[s + 1] - one->set_start[s]));
    for (uint32_t f = 0; f < one->n_finals; f++)
        pith_mixer_select_final(
            one, f, random_below(random, one->final_start[f + 1] - one->final_start[f]));
    logit = pith_mixer_predict(one);
    pith_mixer_update(one, (int)random_below(random, 2));
    return logit;
}

/* A copy goes on as the one that has learnt would, which itself stays as it is; and begins again. */
static void begins_as_a_copy(void **state)
{
    static const uint32_t set_sizes[] = {4, 7, 300};
    static struct pith_mixer copy, twin;
    int16_t start[PITH_MIX_INPUTS_MAX] = {1000, 2000, 3000};

    (void)state;
    for (int has_ages = 0; has_ages < 2; has_ages++) {
        struct pith_arena place = {NULL, 0}, other = {NULL, 0};
        uint64_t random = test_seed(), same;
        uint8_t *before;

        lay_out((struct shape){N_INPUTS, set_sizes, 3, 3, has_ages});
        pith_mixer_init(&mixer, start, 1310, 131, 131);
        for (int i = 0; i < 3000; i++)
            drive(&mixer, &random, N_INPUTS);
        before = get_memory(arena.used);
        memcpy(before, arena.base, arena.used);
        for (int pass = 0; pass < 2; pass++) {
            pith_mixer_layout(&twin, &other, N_INPUTS, set_sizes, 3, three_finals, 3, has_ages);
            pith_mixer_layout(&copy, &place, N_INPUTS, set_sizes, 3, three_finals, 3, has_ages);
            pith_mixer_layout_lazy(&copy, &place);
            if (pass == 0) {
                back_arena(&place);
                back_arena(&other);
            }
        }
        for (int again = 0; again < 3; again++) {
            pith_mixer_init(&twin, start, 1310, 131, 131); /* what lies outside of the arena */
            memcpy(other.base, before, arena.used);
            twin.age = mixer.age;
            twin.rate_q16 = mixer.rate_q16;
            pith_mixer_begin(&copy, &mixer);
            for (int i = 0; i < 2000; i++) {
                same = random;
                assert_int_equal(drive(&copy, &random, N_INPUTS), drive(&twin, &same, N_INPUTS));
            }
            assert_memory_equal(before, arena.base, arena.used);
        }
        free(before);
        free(place.base);
        free(other.base);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(begins_as_a_copy),         TEST(silence_says_nothing),
        TEST(a_constant_bit_is_learnt), TEST(the_good_input_is_picked),
        TEST(selectors_keep_apart),     TEST(extremes_stay_within_bounds),
        TEST(many_sets_work_together),  TEST(the_good_set_is_picked),
        TEST(finals_learn_apart),       TEST(vectors_have_ages),
    };

    return cmocka_run_group_tests_name("mixer", tests, NULL, NULL);
}
