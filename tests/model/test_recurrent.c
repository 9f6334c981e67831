/* The recurrent predictor: a proper distribution after every byte, learning that shows, and the same
 * bits by every variant of its code, on every machine, in whatever floating-point mode the caller is. */
#include "support/testing.h"

#include <fenv.h>

#include "cpu/cpu.h"
#include "model/hash.h"
#include "model/recurrent.h"

#define LEN 3000

struct trial {
    struct pith_recurrent net;
    struct pith_arena arena;
};

static void begin(struct trial *trial, uint32_t width, int is_fully_gated)
{
    trial->arena = (struct pith_arena){NULL, 0};
    pith_recurrent_layout(&trial->net, &trial->arena, width, 6, is_fully_gated);
    back_arena(&trial->arena);
    pith_recurrent_layout(&trial->net, &trial->arena, width, 6, is_fully_gated);
    pith_recurrent_init(&trial->net, 6);
}

static void end(struct trial *trial)
{
    free(trial->arena.base);
}

static void next(struct trial *trial, uint64_t last8)
{
    uint32_t hashes[PITH_RECURRENT_HASHES];

    for (uint32_t i = 0; i < PITH_RECURRENT_HASHES; i++)
        hashes[i] = pith_hash(i, last8 & (((uint64_t)1 << 8 * (i + 2)) - 1));
    pith_recurrent_next(&trial->net, last8, (uint32_t)(last8 >> 16 & 255) | 256, hashes);
}

/* Pseudo-random words of a small vocabulary. */
static uint8_t sample(uint32_t i)
{
    static const char *const words[4] = {"network ", "learns  ", "while   ", "coding\r\n"};
    uint64_t random = i / 8;

    return (uint8_t)words[random_below(&random, 4)][i % 8];
}

static uint32_t mix_bits(uint32_t hash, const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;

        memcpy(&bits, &values[i], sizeof bits);
        hash = (hash ^ bits) * 0x01000193u;
        hash ^= hash >> 15;
    }
    return hash;
}

/* All that is learnt, whatever the byte order. */
static uint32_t state_hash(const struct pith_recurrent *net)
{
    uint32_t hash = mix_bits(1, net->values, (size_t)net->n_rows * net->width);

    hash = mix_bits(hash, net->gates, (size_t)net->n_gate_rows * net->width);
    hash = mix_bits(hash, net->head, (size_t)256 * net->width);
    hash = mix_bits(hash, net->memory, net->width);
    hash = mix_bits(hash, net->gate_square, net->width);
    hash = mix_bits(hash, net->value_square, net->width);
    for (size_t i = 0; i < 512; i++)
        hash = (hash ^ net->tree[i]) * 0x01000193u;
    return hash;
}

static uint32_t run(uint32_t width, int is_fully_gated)
{
    struct trial trial;
    uint64_t last8 = 0;
    uint32_t hash;

    begin(&trial, width, is_fully_gated);
    for (uint32_t i = 0; i < LEN; i++) {
        next(&trial, last8);
        last8 = last8 << 8 | sample(i);
    }
    hash = state_hash(&trial.net);
    end(&trial);
    return hash;
}

static void distribution_is_proper(void **state)
{
    struct trial trial;
    uint64_t last8 = 0;

    (void)state;
    begin(&trial, 32, 1);
    for (uint32_t i = 0; i < LEN; i++) {
        const uint32_t *tree = trial.net.tree;

        next(&trial, last8);
        for (uint32_t node = 1; node < 256; node++) {
            uint32_t p1 = pith_recurrent_p1(&trial.net, node);

            CHECK(tree[node] == tree[2 * node] + tree[2 * node + 1], "byte %u, node %u", i, node);
            CHECK(p1 >= 1 && p1 <= 65535, "byte %u, node %u: %u", i, node, p1);
        }
        for (uint32_t byte = 0; byte < 256; byte++)
            assert_in_range(tree[256 + byte], 1, tree[256 + trial.net.likeliest]);
        assert_true(pith_recurrent_class(&trial.net) < PITH_RECURRENT_CLASSES);
        last8 = last8 << 8 | sample(i);
    }
    end(&trial);
}

/* Within a word all is known after its first letter: by then the byte that came is the likeliest. */
static void learns(void **state)
{
    struct trial trial;
    uint64_t last8 = 0;
    uint32_t right = 0, sure = 0;

    (void)state;
    begin(&trial, 32, 0);
    for (uint32_t i = 0; i < LEN; i++) {
        next(&trial, last8);
        if (i >= LEN / 2 && i % 8 != 0) {
            right += pith_recurrent_likeliest(&trial.net) == sample(i);
            sure += pith_recurrent_class(&trial.net) < 10;
        }
        last8 = last8 << 8 | sample(i);
    }
    end(&trial);
    CHECK(right > LEN / 2 * 7 / 8 * 95 / 100, "right %u", right);
    CHECK(sure > LEN / 2 * 7 / 8 * 75 / 100, "sure %u", sure);
}

/* The state that every build on every machine must reach; a new number here is a new format. */
static void state_is_the_same_everywhere(void **state)
{
    unsigned allowed = pith_cpu_features();
    uint32_t full = run(32, 1), half = run(48, 0);

    (void)state;
    pith_cpu_limit(0);
    CHECK(run(32, 1) == full, "plain and best differ");
    CHECK(run(48, 0) == half, "plain and best differ");
    pith_cpu_limit(allowed);
    CHECK(full == 0x62734f54u && half == 0x4d1574beu, "0x%08x, 0x%08x", full, half);
}

/* Whatever direction the caller rounds in, and it is put back. */
static void mode_of_the_caller_does_not_matter(void **state)
{
    uint32_t wanted = run(48, 1);

    (void)state;
#ifdef FE_UPWARD
    assert_int_equal(fesetround(FE_UPWARD), 0);
    uint32_t got = run(48, 1);
    int mode = fegetround();

    fesetround(FE_TONEAREST);
    assert_int_equal(mode, FE_UPWARD);
    CHECK(got == wanted, "0x%08x, not 0x%08x", got, wanted);
#else
    (void)wanted;
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distribution_is_proper),
        cmocka_unit_test(learns),
        cmocka_unit_test(state_is_the_same_everywhere),
        cmocka_unit_test(mode_of_the_caller_does_not_matter),
    };

    return cmocka_run_group_tests_name("recurrent", tests, NULL, NULL);
}
