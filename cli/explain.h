/* --explain: which bytes of a file the bits go to, and which predictors decide. */
#ifndef PITH_CLI_EXPLAIN_H
#define PITH_CLI_EXPLAIN_H

#include "args.h"

enum code explain_files(const struct settings *settings);

#endif
