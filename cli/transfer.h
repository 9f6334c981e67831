/* Moves one input through the library into one output. */
#ifndef PITH_CLI_TRANSFER_H
#define PITH_CLI_TRANSFER_H

#include "output.h"
#include "progress.h"

struct totals {
    uint64_t in_len, out_len;
};

/* output NULL: decode and check only.  Faults have been told when this returns. */
enum code transfer_run(struct totals *totals, const struct settings *settings,
                       const struct source *source, struct output *output,
                       struct progress *progress);

#endif
