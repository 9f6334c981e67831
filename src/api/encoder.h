/* What the one-shot call knows of the streaming encoder beyond the public interface. */
#ifndef PITH_API_ENCODER_H
#define PITH_API_ENCODER_H

#include "base/status.h"

/* As pith_encoder_create(), for a stream of exactly content_size bytes; UINT64_MAX = not known.  A
 * known size goes into the header of a frame of several chunks. */
pith_status pith_encoder_make(pith_encoder **encoder, const pith_options *options,
                              uint64_t content_size, pith_error *error);

#endif
