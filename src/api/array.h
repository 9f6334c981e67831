/* Array: what pith_options.array says, as a tensor. */
#ifndef PITH_API_ARRAY_H
#define PITH_API_ARRAY_H

#include "codec/tensor/contents.h"

/* PITH_E_ARGUMENT: no such type, or a shape that is too large. */
pith_status pith_array_take(struct pith_tensor_entry *entry, const pith_array *array,
                            pith_error *error);

#endif
