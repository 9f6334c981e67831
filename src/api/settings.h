/* Settings: a caller's options, checked, with the defaults filled in. */
#ifndef PITH_API_SETTINGS_H
#define PITH_API_SETTINGS_H

#include "base/status.h"

/* More slots than this only cost memory: the container cannot keep more busy. */
#define PITH_THREADS_MAX 256

/* Memory that objects, stacks and small buffers take beside the chunks; part of every stated need. */
#define PITH_OBJECT_NEED ((uint64_t)256 << 10)

/* Copies *options (NULL = defaults) to *settings: threads, memory_limit and struct_size as they will
 * be used.  PITH_E_ARGUMENT. */
pith_status pith_settings_take(pith_options *settings, const pith_options *options,
                               pith_error *error);

/* The same, and level and chunk_len, which only encoding looks at. */
pith_status pith_settings_take_encoding(pith_options *settings, const pith_options *options,
                                        pith_error *error);

/* Raw bytes of a chunk at a level (1..9). */
uint64_t pith_level_chunk_len(int level);

/* Checks the buffers of a streaming call. */
pith_status pith_settings_check_buffers(const pith_out *out, const pith_in *in, pith_action action,
                                        uint64_t position, pith_error *error);

/* PITH_E_OUTPUT_LIMIT: `what` (a chunk, a frame) that begins at start would take the output to total
 * bytes. */
pith_status pith_output_limit_fail(pith_error *error, const char *what, uint64_t start,
                                   uint64_t total, uint64_t limit);

/* Fills *error with a copy of `from`, if both are there; returns its status. */
pith_status pith_error_copy(pith_error *error, const pith_error *from);

#endif
