/* Tensors of an archived file: listed, and found by their names. */
#ifndef CLI_TENSORS_H
#define CLI_TENSORS_H

#include "io.h"
#include "json.h"
#include "message.h"
#include "source.h"

#include <pith/pith.h>

/* Finds the tensor called name: where its bytes are in the content. */
enum code tensors_find(uint64_t *offset, uint64_t *len, pith_reader *reader, const char *name,
                       const char *label);

/* Prints a row for each tensor of an archive, or writes them to json if that is not NULL.  What cannot be listed
 * is told, without an error: the archive may be sound all the same. */
void tensors_list(struct json *json, const struct source *source, struct io_window *window,
                  uint64_t memory_limit);

/* With -v: says so if a file that is to be packed is called as one of tensors, but is none. */
void tensors_note(const struct source *source);

#endif
