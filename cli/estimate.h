/* --estimate: what each level would give and cost, told from a part of each file. */
#ifndef PITH_CLI_ESTIMATE_H
#define PITH_CLI_ESTIMATE_H

#include "args.h"

enum code estimate_files(const struct settings *settings);

#endif
