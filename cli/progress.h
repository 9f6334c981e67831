/* How far a file is, on one line of the terminal that is written over again and again.
 *
 * Fed by the library's progress callback between steps of its work. */
#ifndef PITH_CLI_PROGRESS_H
#define PITH_CLI_PROGRESS_H

#include "args.h"

#include <stdint.h>
#include <time.h>

struct progress {
    const char *label;
    uint64_t total; /* bytes of input in all, 0 = unknown */
    enum command command;
    bool is_decoding;
    bool writes_json;
    bool is_shown;
    struct timespec start;
    double next_line; /* seconds after start before which no line is written */
    double first_seconds,
        first_share; /* where work of even pace began: memory has been got by then */
    uint64_t raw_len, packed_len;
    unsigned runs;       /* that are done, of work that consists of runs */
    double runs_seconds; /* when the last of them was */
};

/* `is_piped`: output goes to a terminal or a pipe, where a moving line would be in the way. */
void progress_begin(struct progress *progress, const struct settings *settings, const char *label,
                    uint64_t total, bool is_piped);

/* The library's options for what the user asked for, with progress told to *progress. */
void progress_options(pith_options *options, const struct settings *settings,
                      struct progress *progress);

/* Between steps of work in runs of which each takes about as long; all 0: how many is not known yet. */
void progress_runs(struct progress *progress, unsigned done, unsigned all);

/* Erases the line; with `is_done` says in one line what came of it, to a terminal or with -v. */
void progress_end(struct progress *progress, uint64_t raw_len, uint64_t packed_len, bool is_done,
                  const char *target);

double progress_seconds(const struct timespec *start);

#endif
