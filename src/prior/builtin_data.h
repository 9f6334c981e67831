/* The file of built-in priors that is linked into the library. */
#ifndef PITH_PRIOR_BUILTIN_DATA_H
#define PITH_PRIOR_BUILTIN_DATA_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t pith_builtin_data[];
extern const uint8_t pith_builtin_data_end[];

static inline size_t pith_builtin_data_len(void)
{
    return (size_t)((uintptr_t)pith_builtin_data_end - (uintptr_t)pith_builtin_data);
}

#endif
