/* -z, -d and -t: one input after the other. */
#ifndef PITH_CLI_CONVERT_H
#define PITH_CLI_CONVERT_H

#include "args.h"

/* path NULL = standard input. */
enum code convert_file(const struct settings *settings, const char *path);

/* True if the path's last part is a name and, behind it, the suffix. */
bool convert_has_suffix(const char *path, const char *suffix);

#endif
