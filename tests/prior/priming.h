/* What the tests of priors share: samples of a kind, and stores of random entries. */
#ifndef TESTS_PRIOR_PRIMING_H
#define TESTS_PRIOR_PRIMING_H

#include "support/testing.h"

#include "model/state.h"
#include "prior/store_code.h"

/* A store in memory of its own; free memory. */
struct test_store {
    struct pith_store_counts counts[PITH_STORE_TABLES];
    struct pith_store store;
    void *memory;
};

static inline void lay_out_store(struct test_store *s)
{
    struct pith_arena arena = {NULL, 0};

    pith_store_layout(&s->store, &arena, s->counts);
    if (arena.used == 0)
        arena.used = PITH_ARENA_ALIGN;
    back_arena(&arena);
    pith_store_layout(&s->store, &arena, s->counts);
    s->memory = arena.base;
}

/* Writes a message of at most cap bytes, like others of its kind. */
static inline size_t write_message(char *text, size_t cap, uint64_t *random)
{
    static const char *const names[] = {"ada", "grace", "edsger", "barbara", "donald", "alan"};
    static const char *const places[] = {"Turin", "Oslo", "Graz", "Lyon", "Porto"};
    int n = snprintf(text, cap,
                     "{\"id\": %u, \"user\": \"%s\", \"place\": \"%s\", \"active\": %s, "
                     "\"score\": %u.%u, \"tags\": [\"new\", \"%s\"]}\n",
                     random_below(random, 100000), names[random_below(random, COUNT(names))],
                     places[random_below(random, COUNT(places))],
                     random_below(random, 2) ? "true" : "false", random_below(random, 100),
                     random_below(random, 10), names[random_below(random, COUNT(names))]);

    assert_true(n > 0);
    return (size_t)n < cap ? (size_t)n : cap - 1;
}

#endif
