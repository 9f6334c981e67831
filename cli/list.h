/* -l: what archives hold, from their indexes alone. */
#ifndef PITH_CLI_LIST_H
#define PITH_CLI_LIST_H

#include "args.h"

/* Prints a table on stdout, with -v every chunk as well. */
enum code list_files(const struct settings *settings);

#endif
