/* What the one-shot call knows of the streaming decoder beyond the public interface. */
#ifndef PITH_API_DECODER_H
#define PITH_API_DECODER_H

#include "base/status.h"

/* Decode straight from the input buffer into the output buffer: both are whole, stay where they are,
 * and are given with PITH_FINISH in one call. */
void pith_decoder_set_direct(pith_decoder *decoder);

#endif
