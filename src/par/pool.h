/* Pool: the only place that starts threads, its own or those of a caller's executor.
 *
 * A pool has no queue.  A job is accepted only when a worker is free for it or one more can be
 * started, so an accepted job runs at once; one that waits for another accepted job can therefore
 * never be stuck behind it.  A refused job is for the caller to run itself: without any thread the
 * library is slower, never wrong.  Workers start when first needed and live until the pool goes.
 *
 * An executor runs jobs when it likes, so over one that does not hold: see pith_pool_is_prompt(). */
#ifndef PITH_PAR_POOL_H
#define PITH_PAR_POOL_H

#include "base/memory.h"

struct pith_pool;

/* At most n_workers (1..PITH_POOL_WORKERS_MAX) jobs at once.  Starts none yet.  executor NULL: threads
 * of the pool's own; else it must outlive the pool. */
#define PITH_POOL_WORKERS_MAX 1024
pith_status pith_pool_create(struct pith_pool **pool, unsigned n_workers,
                             const pith_executor *executor, struct pith_memory *memory,
                             pith_error *error);

/* Nonzero: an accepted job runs at once, so another may wait for it. */
int pith_pool_is_prompt(const struct pith_pool *pool);

/* Nonzero: job(opaque) is running in a worker, or will.  Zero: refused. */
int pith_pool_start(struct pith_pool *pool, pith_job_fn job, void *opaque);

/* Waits until every accepted job has ended. */
void pith_pool_wait(struct pith_pool *pool);

/* Waits for running jobs, then ends the threads and frees the pool.  NULL is fine. */
void pith_pool_destroy(struct pith_pool *pool, struct pith_memory *memory);

#endif
