/* Monitor: one lock and one condition, for state that several threads share.
 *
 * The rule everywhere: shared fields are read and written between lock and unlock only, and whoever
 * changes one that somebody may wait for wakes all. */
#ifndef PITH_PAR_MONITOR_H
#define PITH_PAR_MONITOR_H

#include "base/status.h"

#include <pthread.h>

struct pith_monitor {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
};

/* In place of pith_monitor_init(), for one that lives as long as the program. */
#define PITH_MONITOR_START                                  \
    {                                                       \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER \
    }

/* PITH_E_MEMORY when the system has no more of them. */
pith_status pith_monitor_init(struct pith_monitor *monitor, pith_error *error);
void pith_monitor_destroy(struct pith_monitor *monitor);

void pith_monitor_lock(struct pith_monitor *monitor);
void pith_monitor_unlock(struct pith_monitor *monitor);

/* Between lock and unlock: lets go, sleeps until woken (or for no reason), takes the lock again. */
void pith_monitor_wait(struct pith_monitor *monitor);

/* The same, but for a tenth of a second at most: 0 if nobody woke it before. */
int pith_monitor_wait_moment(struct pith_monitor *monitor);
void pith_monitor_wake_all(struct pith_monitor *monitor);

#endif
