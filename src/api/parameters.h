/* Parameters: the table of the numbers in pith_options, and the check against it. */
#ifndef PITH_API_PARAMETERS_H
#define PITH_API_PARAMETERS_H

#include "base/status.h"

/* Holds the numbers that matter in one direction to their bounds; 0 is always fine.
 * PITH_E_ARGUMENT. */
pith_status pith_parameters_check(const pith_options *settings, int is_encoding, pith_error *error);

#endif
