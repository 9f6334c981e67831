/* Bit-history states: the table is part of the format, so every value is held by a hash; and it is
 * what state.h says: closed, exact for short histories, leaning the way of what was seen. */
#include "support/testing.h"

#include <xxhash.h>

#include "model/state.h"

static uint8_t reached[256];
static uint32_t n_reached;

/* Walks from "nothing yet". */
static int walk(void **state)
{
    uint8_t queue[256];

    (void)state;
    queue[0] = 0;
    reached[0] = 1;
    n_reached = 1;
    for (uint32_t at = 0; at < n_reached; at++)
        for (int bit = 0; bit < 2; bit++) {
            uint8_t next = pith_state_next[queue[at]][bit];

            if (!reached[next]) {
                reached[next] = 1;
                queue[n_reached++] = next;
            }
        }
    return 0;
}

static void tables_never_change(void **state)
{
    uint8_t bytes[512];
    uint64_t next = XXH3_64bits(pith_state_next, sizeof pith_state_next);
    uint64_t seen = XXH3_64bits(pith_state_seen, sizeof pith_state_seen), start;

    (void)state;
    for (size_t i = 0; i < 256; i++) {
        bytes[2 * i] = (uint8_t)pith_state_start_p1[i];
        bytes[2 * i + 1] = (uint8_t)(pith_state_start_p1[i] >> 8);
    }
    start = XXH3_64bits(bytes, sizeof bytes);
    CHECK(next == 0x9b0fa4abcda85439, "next: 0x%016llx", (unsigned long long)next);
    CHECK(seen == 0xb388545e342ea8ac, "seen: 0x%016llx", (unsigned long long)seen);
    CHECK(start == 0xcc34cc29d2d5c920, "start: 0x%016llx", (unsigned long long)start);
}

static void nothing_is_never_reached_again(void **state)
{
    (void)state;
    assert_true(pith_state_seen[0] == 0 && pith_state_start_p1[0] == 32768);
    assert_true(n_reached > 200);
    for (uint32_t s = 0; s < 256; s++)
        for (int bit = 0; bit < 2 && reached[s]; bit++) {
            uint8_t next = pith_state_next[s][bit];

            CHECK(next != 0, "state %u, bit %d", (unsigned)s, bit);
            CHECK(next < n_reached, "state %u, bit %d: %u", (unsigned)s, bit, next);
            CHECK(pith_state_seen[next] > 0, "state %u, bit %d: %u", (unsigned)s, bit, next);
        }
}

static uint8_t state_after(uint32_t bits, uint32_t n)
{
    uint8_t s = 0;

    while (n-- > 0)
        s = pith_state_next[s][bits >> n & 1];
    return s;
}

static void short_histories_are_exact(void **state)
{
    uint8_t used[256] = {0};

    (void)state;
    for (uint32_t n = 1; n <= 4; n++)
        for (uint32_t bits = 0; bits < 1u << n; bits++) {
            uint8_t s = state_after(bits, n);

            CHECK(!used[s], "history %u of %u bits: state %u", (unsigned)bits, (unsigned)n, s);
            used[s] = 1;
            CHECK(pith_state_seen[s] == n, "state %u: %u, not %u", s, pith_state_seen[s],
                  (unsigned)n);
        }
}

static void guesses_lean_to_what_was_seen(void **state)
{
    (void)state;
    for (uint32_t s = 0; s < 256; s++) {
        uint32_t p1 = pith_state_start_p1[s];

        if (!reached[s])
            continue;
        CHECK(p1 >= 256 && p1 <= 65536 - 256, "state %u: %u", (unsigned)s, (unsigned)p1);
        CHECK(pith_state_start_p1[pith_state_next[s][1]] >= p1, "state %u, then 1", (unsigned)s);
        CHECK(pith_state_start_p1[pith_state_next[s][0]] <= p1, "state %u, then 0", (unsigned)s);
    }
}

static void ones_and_zeros_mirror(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 1u << 12; bits++) {
        uint32_t p1 = pith_state_start_p1[state_after(bits, 12)];
        uint32_t p0 = pith_state_start_p1[state_after(~bits & 0xfff, 12)];

        CHECK(p1 + p0 >= 65535 && p1 + p0 <= 65537, "history %03x: %u, %u", (unsigned)bits,
              (unsigned)p1, (unsigned)p0);
    }
}

static void long_runs_are_sure(void **state)
{
    uint8_t s = 0, last;

    (void)state;
    for (int i = 0; i < 300; i++)
        s = pith_state_next[s][1];
    assert_int_equal(pith_state_next[s][1], s);
    assert_true(pith_state_start_p1[s] > 64500 && pith_state_seen[s] > 40);
    last = pith_state_next[s][0];
    assert_true(pith_state_seen[last] < 12); /* one surprise undoes most of the trust */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_never_change),
        cmocka_unit_test(nothing_is_never_reached_again),
        cmocka_unit_test(short_histories_are_exact),
        cmocka_unit_test(guesses_lean_to_what_was_seen),
        cmocka_unit_test(ones_and_zeros_mirror),
        cmocka_unit_test(long_runs_are_sure),
    };

    return cmocka_run_group_tests_name("state", tests, walk, NULL);
}
