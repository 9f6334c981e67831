/* The pool: an accepted job runs at once, a refused one never does, all end before destroy does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "par/monitor.h"
#include "par/pool.h"

struct gate {
    struct pith_monitor monitor;
    int is_open;
    int n_inside;
    int n_done;
};

static void pass_gate(void *opaque)
{
    struct gate *gate = opaque;

    pith_monitor_lock(&gate->monitor);
    gate->n_inside++;
    pith_monitor_wake_all(&gate->monitor);
    while (!gate->is_open)
        pith_monitor_wait(&gate->monitor);
    gate->n_done++;
    pith_monitor_unlock(&gate->monitor);
}

static void gate_open(struct gate *gate, int is_open)
{
    pith_monitor_lock(&gate->monitor);
    gate->is_open = is_open;
    pith_monitor_wake_all(&gate->monitor);
    pith_monitor_unlock(&gate->monitor);
}

static void gate_await(struct gate *gate, int n_inside)
{
    pith_monitor_lock(&gate->monitor);
    while (gate->n_inside < n_inside)
        pith_monitor_wait(&gate->monitor);
    pith_monitor_unlock(&gate->monitor);
}

/* Four jobs that wait for each other are accepted by four workers, a fifth is refused; afterwards
 * the same workers take more. */
static void accepted_jobs_run_at_once(void **state)
{
    struct pith_memory memory;
    struct pith_pool *pool;
    struct gate gate = {.is_open = 0};

    (void)state;
    pith_memory_init(&memory, NULL, 0);
    assert_int_equal(pith_monitor_init(&gate.monitor, NULL), PITH_OK);
    assert_int_equal(pith_pool_create(&pool, 4, NULL, &memory, NULL), PITH_OK);
    for (int round = 1; round <= 50; round++) {
        for (int i = 0; i < 4; i++)
            assert_true(pith_pool_start(pool, pass_gate, &gate));
        assert_false(pith_pool_start(pool, pass_gate, &gate));
        gate_await(&gate, 4 * round);
        gate_open(&gate, 1);
        pith_pool_wait(pool);
        assert_true(gate.n_done == 4 * round && gate.n_inside == 4 * round);
        gate_open(&gate, 0);
    }
    pith_pool_destroy(pool, &memory);
    pith_monitor_destroy(&gate.monitor);
    assert_true(memory.used == 0);
}

static void destroy_waits(void **state)
{
    struct pith_memory memory;
    struct pith_pool *pool;
    struct gate gate = {.is_open = 1};

    (void)state;
    pith_memory_init(&memory, NULL, 0);
    assert_int_equal(pith_monitor_init(&gate.monitor, NULL), PITH_OK);
    for (int round = 1; round <= 50; round++) {
        assert_int_equal(pith_pool_create(&pool, 2, NULL, &memory, NULL), PITH_OK);
        if (round > 1)
            assert_true(pith_pool_start(pool, pass_gate, &gate));
        pith_pool_destroy(pool, &memory);
        assert_true(gate.n_done == round - 1);
    }
    pith_pool_destroy(NULL, &memory);
    pith_monitor_destroy(&gate.monitor);
    assert_true(memory.used == 0);
}

static void a_pool_counts_as_memory(void **state)
{
    struct pith_memory memory;
    struct pith_pool *pool;
    pith_error error;

    (void)state;
    pith_memory_init(&memory, NULL, 100);
    assert_int_equal(pith_pool_create(&pool, 8, NULL, &memory, &error), PITH_E_MEMORY_LIMIT);
    assert_int_equal(error.status, PITH_E_MEMORY_LIMIT);
    assert_null(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_jobs_run_at_once),
        cmocka_unit_test(destroy_waits),
        cmocka_unit_test(a_pool_counts_as_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
