/* --range and --tensor: a part of what an archive holds, decoding only the chunks that it touches. */
#ifndef PITH_CLI_RANGE_H
#define PITH_CLI_RANGE_H

#include "transfer.h"

/* As transfer_run(). */
enum code range_run(struct totals *totals, const struct settings *settings,
                    const struct source *source, struct output *output, struct progress *progress);

#endif
