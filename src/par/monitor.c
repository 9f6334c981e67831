/* See monitor.h.  The return codes of lock, wait and wake are not looked at: on a monitor that was
 * initialised and is locked by its holder they cannot fail. */
#define _POSIX_C_SOURCE 200809L

#include "par/monitor.h"

#include <time.h>

#define MOMENT_NS 100000000L

pith_status pith_monitor_init(struct pith_monitor *monitor, pith_error *error)
{
    if (pthread_mutex_init(&monitor->mutex, NULL) != 0)
        return pith_fail(error, PITH_E_MEMORY, 0, "the system gives no more locks");
    if (pthread_cond_init(&monitor->changed, NULL) != 0) {
        pthread_mutex_destroy(&monitor->mutex);
        return pith_fail(error, PITH_E_MEMORY, 0, "the system gives no more conditions");
    }
    return PITH_OK;
}

void pith_monitor_destroy(struct pith_monitor *monitor)
{
    pthread_cond_destroy(&monitor->changed);
    pthread_mutex_destroy(&monitor->mutex);
}

void pith_monitor_lock(struct pith_monitor *monitor)
{
    (void)pthread_mutex_lock(&monitor->mutex);
}

void pith_monitor_unlock(struct pith_monitor *monitor)
{
    (void)pthread_mutex_unlock(&monitor->mutex);
}

void pith_monitor_wait(struct pith_monitor *monitor)
{
    (void)pthread_cond_wait(&monitor->changed, &monitor->mutex);
}

/* By the clock that every system has for conditions.  Set back, it makes the wait longer, until the next
 * wake. */
int pith_monitor_wait_moment(struct pith_monitor *monitor)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += MOMENT_NS;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    return pthread_cond_timedwait(&monitor->changed, &monitor->mutex, &until) == 0;
}

void pith_monitor_wake_all(struct pith_monitor *monitor)
{
    (void)pthread_cond_broadcast(&monitor->changed);
}
