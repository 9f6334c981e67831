/* See watch.h. */
#include "api/watch.h"

#include <string.h>

pith_status pith_watch_init(struct pith_watch *watch, const pith_options *options,
                            pith_error *error)
{
    memset(watch, 0, sizeof *watch);
    watch->progress = options->progress;
    watch->progress_opaque = options->progress_opaque;
    return pith_monitor_init(&watch->monitor, error);
}

void pith_watch_destroy(struct pith_watch *watch)
{
    pith_monitor_destroy(&watch->monitor);
}

void pith_tally_join(struct pith_tally *tally, struct pith_tally *other)
{
    tally->raw_done += other->raw_done;
    tally->packed_done += other->packed_done;
    *other = (struct pith_tally){0};
}

int pith_watch_report(struct pith_watch *watch, struct pith_tally *tally, uint64_t raw_done,
                      uint64_t packed_done)
{
    int is_cancelled;

    pith_monitor_lock(&watch->monitor);
    if (raw_done > tally->raw_done) {
        watch->raw_done += raw_done - tally->raw_done;
        tally->raw_done = raw_done;
        pith_monitor_wake_all(&watch->monitor);
    }
    if (packed_done > tally->packed_done) {
        watch->packed_done += packed_done - tally->packed_done;
        tally->packed_done = packed_done;
    }
    is_cancelled = watch->is_cancelled;
    pith_monitor_unlock(&watch->monitor);
    return is_cancelled;
}

int pith_watch_tell(struct pith_watch *watch, int always)
{
    uint64_t raw_done, packed_done;
    int is_cancelled;

    pith_monitor_lock(&watch->monitor);
    raw_done = watch->raw_done;
    packed_done = watch->packed_done;
    is_cancelled = watch->is_cancelled;
    pith_monitor_unlock(&watch->monitor);
    if (is_cancelled || (raw_done == watch->raw_told && !always))
        return is_cancelled;
    watch->raw_told = raw_done;
    if (!watch->progress || watch->progress(watch->progress_opaque, raw_done, packed_done) == 0)
        return 0;
    pith_watch_cancel(watch);
    return 1;
}

void pith_watch_wait(struct pith_watch *watch, const unsigned *n_running)
{
    unsigned running;

    do {
        int is_late = 0;

        pith_monitor_lock(&watch->monitor);
        while (*n_running != 0 && !is_late &&
               (watch->is_cancelled || watch->raw_done == watch->raw_told))
            is_late = !pith_monitor_wait_moment(&watch->monitor);
        running = *n_running;
        pith_monitor_unlock(&watch->monitor);
        (void)pith_watch_tell(watch, is_late && running != 0);
    } while (running != 0);
}

void pith_watch_cancel(struct pith_watch *watch)
{
    pith_monitor_lock(&watch->monitor);
    watch->is_cancelled = 1;
    pith_monitor_wake_all(&watch->monitor);
    pith_monitor_unlock(&watch->monitor);
}
