/* What the tests of the parts share: a seeded generator, checks that say where, zeroed arenas.
 *
 * The seed is fixed; PITH_TEST_SEED in the environment sets another.  CHECK names it. */
#ifndef TESTS_SUPPORT_TESTING_H
#define TESTS_SUPPORT_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static inline uint64_t test_seed(void)
{
    const char *text = getenv("PITH_TEST_SEED");

    return text ? strtoull(text, NULL, 0) : 20240607;
}

/* splitmix64 */
static inline uint64_t next_random(uint64_t *random)
{
    uint64_t z = *random += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Of 0..n - 1. */
static inline uint32_t random_below(uint64_t *random, uint32_t n)
{
    return (uint32_t)((next_random(random) >> 32) * n >> 32);
}

#define CHECK(condition, ...)                                       \
    do {                                                            \
        if (!(condition)) {                                         \
            char check_text_[400];                                  \
            snprintf(check_text_, sizeof check_text_, __VA_ARGS__); \
            fail_msg("%s: %s (seed %llu)", #condition, check_text_, \
                     (unsigned long long)test_seed());              \
        }                                                           \
    } while (0)

static inline void *get_memory(size_t len)
{
    void *memory = malloc(len ? len : 1);

    assert_non_null(memory);
    return memory;
}

/* Gives a counted arena its memory, filled with something other than zeros, so that the same layout
 * can run again.  Free base. */
static inline void back_arena(struct pith_arena *arena)
{
    uint64_t len = arena->used;

    arena->base = aligned_alloc(PITH_ARENA_ALIGN, (size_t)len);
    assert_non_null(arena->base);
    memset(arena->base, 0xa5, (size_t)len);
    arena->used = 0;
}

#endif
