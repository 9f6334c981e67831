/* Points of an archived file: what the chunks of them say. */
#ifndef CLI_POINT_FIELDS_H
#define CLI_POINT_FIELDS_H

#include "io.h"
#include "json.h"
#include "source.h"

/* Prints which fields points have and what they take, or writes that to json if it is not NULL.  What cannot be told is
 * said, without an error: the archive may be sound all the same. */
void points_list(struct json *json, const struct source *source, struct io_window *window,
                 uint64_t memory_limit);

#endif
