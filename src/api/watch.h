/* Watch: progress, cancelling and waiting, shared by a stream's jobs and its caller.
 *
 * Jobs report how far they are; the caller's thread, while it waits for one, passes the totals to
 * the caller's progress function.  So that function runs in no other thread, and never twice at
 * once. */
#ifndef PITH_API_WATCH_H
#define PITH_API_WATCH_H

#include "par/monitor.h"

struct pith_watch {
    struct pith_monitor monitor; /* guards all below, and the flags of jobs */
    uint64_t raw_done, packed_done;
    int is_cancelled;
    uint64_t raw_told; /* caller's thread only, as the two below */
    pith_progress_fn progress;
    void *progress_opaque;
};

/* What one job has added to the totals. */
struct pith_tally {
    uint64_t raw_done, packed_done;
};

pith_status pith_watch_init(struct pith_watch *watch, const pith_options *options,
                            pith_error *error);
void pith_watch_destroy(struct pith_watch *watch);

/* Adds what another job has done for the same bytes.  No job runs. */
void pith_tally_join(struct pith_tally *tally, struct pith_tally *other);

/* A job is at raw_done and packed_done; a smaller value than before changes nothing.  Nonzero: the
 * job is to stop. */
int pith_watch_report(struct pith_watch *watch, struct pith_tally *tally, uint64_t raw_done,
                      uint64_t packed_done);

/* Caller's thread: passes the totals on if they have changed, or if `always`.  Nonzero: cancelled. */
int pith_watch_tell(struct pith_watch *watch, int always);

/* Caller's thread: waits until *n_running (guarded by the monitor) is 0, telling progress whenever there
 * is some and ten times a second if there is none, so that the caller can cancel. */
void pith_watch_wait(struct pith_watch *watch, const unsigned *n_running);

/* Asks all jobs to stop. */
void pith_watch_cancel(struct pith_watch *watch);

#endif
