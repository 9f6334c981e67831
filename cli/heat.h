/* The map of --explain on a terminal: each byte on a colour for its cost. */
#ifndef PITH_CLI_HEAT_H
#define PITH_CLI_HEAT_H

#include "findings.h"

/* Whether standard output is to be coloured. */
bool heat_is_wanted(const struct settings *settings);

/* Legend, a bar along the whole input, and the map itself. */
void heat_print(const struct findings *findings);

#endif
