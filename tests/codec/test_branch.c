/* The x86 branch transform: undone exactly on anything, overlapping branches and the ends of the
 * data above all, and doing what it is for. */
#include "support/testing.h"

#include "codec/bytes/branch.h"

#define GUARD 8

/* Rich in what the transform looks at. */
static void fill(uint8_t *data, size_t len, uint64_t *random)
{
    static const uint8_t telling[] = {0xe8, 0xe9, 0x0f, 0x80, 0x8f, 0x84, 0x00, 0xff, 0x01, 0xfe};

    for (size_t i = 0; i < len; i++)
        data[i] = random_below(random, 8) ? telling[random_below(random, COUNT(telling))]
                                          : (uint8_t)next_random(random);
}

/* Returns whether encoding changed anything.  The data lie between bytes that look like branches
 * and targets, which must neither change nor count. */
static int check_round_trip(const uint8_t *raw, size_t len, const char *what)
{
    uint8_t *data = get_memory(len + 2 * GUARD), guard[GUARD];
    int changed;

    memset(guard, len & 1 ? 0xe8 : 0x00, GUARD);
    memcpy(data, guard, GUARD);
    memcpy(data + GUARD, raw, len);
    memcpy(data + GUARD + len, guard, GUARD);
    pith_branch_encode(data + GUARD, len);
    changed = memcmp(data + GUARD, raw, len) != 0;
    pith_branch_decode(data + GUARD, len);
    for (size_t i = 0; i < len; i++)
        CHECK(data[GUARD + i] == raw[i], "%s: byte %zu of %zu", what, i, len);
    assert_memory_equal(data, guard, GUARD);
    assert_memory_equal(data + GUARD + len, guard, GUARD);
    free(data);
    return changed;
}

static void random_data_comes_back(void **state)
{
    uint64_t random = test_seed();
    uint8_t raw[3000];
    int changed = 0;

    (void)state;
    for (int i = 0; i < 300; i++) {
        size_t len = random_below(&random, sizeof raw);

        fill(raw, len, &random);
        changed += check_round_trip(raw, len, "random");
    }
    assert_true(changed > 290);
}

static void short_lengths(void **state)
{
    uint64_t random = test_seed() + 1;
    uint8_t raw[32];

    (void)state;
    for (size_t len = 0; len <= sizeof raw; len++)
        for (int i = 0; i < 3000; i++) {
            fill(raw, len, &random);
            check_round_trip(raw, len, "short");
        }
}

/* Everything of eight bytes out of four that matter. */
static void every_overlap(void **state)
{
    static const uint8_t four[] = {0xe8, 0x00, 0xff, 0x0f};
    uint8_t raw[8] = {0};

    (void)state;
    for (uint32_t i = 0; i < 65536; i++) {
        for (uint32_t at = 0; at < 8; at++)
            raw[at] = four[i >> 2 * at & 3];
        check_round_trip(raw, 8, "overlap");
        raw[1 + i % 3] = 0x84;
        check_round_trip(raw, 8, "overlap, jcc");
    }
}

/* Past 2^25 positions wrap round. */
static void far_positions(void **state)
{
    size_t len = ((size_t)1 << 25) + 4096;
    uint8_t *data = calloc(len, 1), *raw = get_memory(8192);
    uint64_t random = test_seed() + 2;

    (void)state;
    assert_non_null(data);
    fill(raw, 8192, &random);
    memcpy(data + len - 8192, raw, 8192);
    pith_branch_encode(data, len);
    assert_memory_not_equal(data + len - 8192, raw, 8192);
    pith_branch_decode(data, len);
    assert_memory_equal(data + len - 8192, raw, 8192);
    free(raw);
    free(data);
}

static void put_target(uint8_t *at, int32_t target)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)((uint32_t)target >> 8 * i);
}

/* Calls of one function from two places look alike, which is the purpose. */
static void same_target_same_bytes(void **state)
{
    static const struct {
        uint8_t opcode[2];
        size_t n;
    } forms[] = {{{0xe8, 0}, 1}, {{0xe9, 0}, 1}, {{0x0f, 0x84}, 2}, {{0x0f, 0x8f}, 2}};
    const size_t places[2] = {100, 777};

    (void)state;
    for (size_t form = 0; form < COUNT(forms); form++)
        for (int32_t target = 5; target < 3000; target += 211) {
            size_t n = forms[form].n;
            uint8_t data[1000];

            memset(data, 0x90, sizeof data);
            for (size_t p = 0; p < 2; p++) {
                memcpy(data + places[p], forms[form].opcode, n);
                put_target(data + places[p] + n, target - (int32_t)(places[p] + n + 4));
            }
            check_round_trip(data, sizeof data, "calls");
            pith_branch_encode(data, sizeof data);
            assert_memory_equal(data + places[0], data + places[1], n + 4);
            assert_memory_equal(data + places[0], forms[form].opcode, n);
        }
}

static void others_stay(void **state)
{
    uint8_t data[256], before[256];

    (void)state;
    for (int i = 0; i < 256; i++)
        data[i] = (uint8_t)(i % 7 ? 0x11 : 0xe8); /* top bytes are neither 00 nor ff */
    memcpy(before, data, sizeof data);
    pith_branch_encode(data, sizeof data);
    assert_memory_equal(data, before, sizeof data);
    memset(data, 0, sizeof data);
    data[251] = 0xe8; /* its target ends with the data */
    data[3] = 0x0f;
    data[4] = 0x90; /* setcc, not jcc */
    pith_branch_encode(data, sizeof data);
    assert_true(data[254] == 251 && data[251] == 0xe8 && data[255] == 0);
    memset(data + 251, 0, 5);
    data[252] = 0xe8; /* one byte short */
    memcpy(before, data, sizeof data);
    pith_branch_encode(data, sizeof data);
    assert_memory_equal(data, before, sizeof data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_data_comes_back), cmocka_unit_test(short_lengths),
        cmocka_unit_test(every_overlap),          cmocka_unit_test(far_positions),
        cmocka_unit_test(same_target_same_bytes), cmocka_unit_test(others_stay),
    };

    return cmocka_run_group_tests_name("branch", tests, NULL, NULL);
}
