/* -b: what the levels give and cost on the user's own files. */
#ifndef PITH_CLI_BENCH_H
#define PITH_CLI_BENCH_H

#include "args.h"

enum code bench_files(const struct settings *settings);

#endif
