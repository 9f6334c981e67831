/* --ablate: what each component of the model is worth on a file. */
#ifndef PITH_CLI_ABLATE_H
#define PITH_CLI_ABLATE_H

#include "args.h"

enum code ablate_files(const struct settings *settings);

#endif
