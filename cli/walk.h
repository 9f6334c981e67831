/* -r: directories among FILES become the files below them. */
#ifndef PITH_CLI_WALK_H
#define PITH_CLI_WALK_H

#include "args.h"

#include <stddef.h>

struct walk {
    char **paths; /* each one allocated */
    size_t n_paths, cap;
};

/* Fills *walk, empty before, with the files of settings->files and of the directories below.  All
 * names are known before any file is converted, so that outputs are not taken for inputs.  What
 * could not be read has been told; the rest is in *walk all the same. */
enum code walk_collect(struct walk *walk, const struct settings *settings);

void walk_free(struct walk *walk);

#endif
