/* Whether options agree with each other; else one line has said what is wrong. */
#ifndef PITH_CLI_ARGS_CHECK_H
#define PITH_CLI_ARGS_CHECK_H

#include "args.h"

bool args_check(const struct settings *settings);

#endif
