/* --keep-going: all that is still sound in damaged archives, and what is missing. */
#ifndef PITH_CLI_RESCUE_H
#define PITH_CLI_RESCUE_H

#include "transfer.h"

/* As transfer_run(), but damage costs its chunks alone: the output has zeros in their place, each loss
 * is told, and the code is CODE_CORRUPT.  totals->out_len is 0 if nothing was found. */
enum code rescue_run(struct totals *totals, const struct settings *settings,
                     const struct source *source, struct output *output, struct progress *progress);

#endif
