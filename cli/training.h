/* --train: one prior of many samples. */
#ifndef PITH_CLI_TRAINING_H
#define PITH_CLI_TRAINING_H

#include "args.h"

enum code train_files(const struct settings *settings);

#endif
