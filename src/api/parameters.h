/* Parameters: the table of the numbers in pith_options, and the check against it. */
#ifndef PITH_API_PARAMETERS_H
#define PITH_API_PARAMETERS_H

#include "base/status.h"

/* Holds the numbers that matter to an encoder to their bounds; 0 is always fine.  A decoder has none
 * that could be out of bounds.  PITH_E_ARGUMENT. */
pith_status pith_parameters_check_encoding(const pith_options *settings, pith_error *error);

#endif
