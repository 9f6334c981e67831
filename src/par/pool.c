/* See pool.h.  Each worker has a mailbox for one job; a worker is free when its mailbox is empty, and
 * empties it only after the job returned.  Over an executor a worker is that mailbox alone. */
#define _POSIX_C_SOURCE 200809L

#include "par/pool.h"

#include "par/monitor.h"

#include <signal.h>
#include <string.h>

/* Codecs keep their frames under 4 KiB; hashing and formatting of errors take the most. */
#define STACK_LEN ((size_t)1 << 20)

struct worker {
    struct pith_pool *pool;
    pthread_t thread;
    pith_job_fn job; /* NULL = free */
    void *opaque;
};

struct pith_pool {
    const pith_executor *executor; /* NULL: threads of our own */
    struct pith_monitor monitor;   /* guards all below */
    int stopping;
    unsigned n_workers; /* most */
    unsigned n_started; /* workers[0 .. n_started) have been used; without executor, have threads */
    struct worker workers[];
};

pith_status pith_pool_create(struct pith_pool **pool, unsigned n_workers,
                             const pith_executor *executor, struct pith_memory *memory,
                             pith_error *error)
{
    struct pith_pool *made;
    void *block;
    size_t len;
    pith_status status;

    *pool = NULL;
    if (n_workers > PITH_POOL_WORKERS_MAX)
        n_workers = PITH_POOL_WORKERS_MAX;
    len = sizeof *made + n_workers * sizeof made->workers[0];
    TRY(pith_memory_take(memory, &block, len, "the thread pool", 0, error));
    made = block;
    memset(made, 0, len);
    status = pith_monitor_init(&made->monitor, error);
    if (status != PITH_OK) {
        pith_memory_give(memory, made);
        return status;
    }
    made->n_workers = n_workers;
    made->executor = executor;
    *pool = made;
    return PITH_OK;
}

int pith_pool_is_prompt(const struct pith_pool *pool)
{
    return !pool->executor;
}

static void *work(void *opaque)
{
    struct worker *self = opaque;
    struct pith_pool *pool = self->pool;

    pith_monitor_lock(&pool->monitor);
    for (;;) {
        while (!self->job && !pool->stopping)
            pith_monitor_wait(&pool->monitor);
        if (!self->job)
            break;
        pith_monitor_unlock(&pool->monitor);
        self->job(self->opaque);
        pith_monitor_lock(&pool->monitor);
        self->job = NULL;
        pith_monitor_wake_all(&pool->monitor);
    }
    pith_monitor_unlock(&pool->monitor);
    return NULL;
}

/* Starts the thread of a worker whose mailbox is already filled.  Signals stay with the threads of
 * the program: workers are born with all of them blocked. */
static int start_thread(struct worker *worker)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    int failed;

    if (pthread_attr_init(&attributes) != 0)
        return 0;
    (void)pthread_attr_setstacksize(&attributes, STACK_LEN);
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&worker->thread, &attributes, work, worker);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return !failed;
}

/* A worker that is free, with the job in its mailbox; NULL if there is none.  *is_new: it was never
 * used before. */
static struct worker *take_worker(struct pith_pool *pool, pith_job_fn job, void *opaque,
                                  int *is_new)
{
    struct worker *found = NULL;

    for (unsigned i = 0; i < pool->n_started && !found; i++)
        if (!pool->workers[i].job)
            found = &pool->workers[i];
    *is_new = !found;
    if (*is_new && pool->n_started == pool->n_workers)
        return NULL;
    if (*is_new)
        found = &pool->workers[pool->n_started];
    found->pool = pool;
    found->job = job;
    found->opaque = opaque;
    return found;
}

static void empty_mailbox(struct worker *worker)
{
    pith_monitor_lock(&worker->pool->monitor);
    worker->job = NULL;
    pith_monitor_wake_all(&worker->pool->monitor);
    pith_monitor_unlock(&worker->pool->monitor);
}

/* What the executor calls. */
static void run_mailbox(void *opaque)
{
    struct worker *worker = opaque;

    worker->job(worker->opaque);
    empty_mailbox(worker);
}

/* The monitor is free while the executor is asked: it may run the job at once. */
static int start_elsewhere(struct pith_pool *pool, struct worker *worker)
{
    if (pool->executor->start(pool->executor->opaque, run_mailbox, worker))
        return 1;
    empty_mailbox(worker);
    return 0;
}

int pith_pool_start(struct pith_pool *pool, pith_job_fn job, void *opaque)
{
    struct worker *worker;
    int is_new, is_accepted;

    pith_monitor_lock(&pool->monitor);
    worker = take_worker(pool, job, opaque, &is_new);
    is_accepted = worker != NULL;
    if (is_accepted && is_new) {
        if (!pool->executor)
            is_accepted = start_thread(worker);
        pool->n_started += (unsigned)is_accepted;
    }
    if (is_accepted)
        pith_monitor_wake_all(&pool->monitor);
    pith_monitor_unlock(&pool->monitor);
    return is_accepted && pool->executor ? start_elsewhere(pool, worker) : is_accepted;
}

void pith_pool_wait(struct pith_pool *pool)
{
    pith_monitor_lock(&pool->monitor);
    for (unsigned i = 0; i < pool->n_started; i++)
        while (pool->workers[i].job)
            pith_monitor_wait(&pool->monitor);
    pith_monitor_unlock(&pool->monitor);
}

void pith_pool_destroy(struct pith_pool *pool, struct pith_memory *memory)
{
    if (!pool)
        return;
    pith_pool_wait(pool);
    pith_monitor_lock(&pool->monitor);
    pool->stopping = 1;
    pith_monitor_wake_all(&pool->monitor);
    pith_monitor_unlock(&pool->monitor);
    for (unsigned i = 0; i < pool->n_started && !pool->executor; i++)
        (void)pthread_join(pool->workers[i].thread, NULL);
    pith_monitor_destroy(&pool->monitor);
    pith_memory_give(memory, pool);
}
