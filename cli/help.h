/* --help and --version, on stdout: somebody asked for them. */
#ifndef PITH_CLI_HELP_H
#define PITH_CLI_HELP_H

#include "message.h"

/* Both return the code to leave with. */
enum code help_print(void);
enum code help_print_version(void);

#endif
