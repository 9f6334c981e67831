/* Numbers and sizes, read strictly and written for people.
 *
 * Strict: digits only, no sign, no blanks, no overflow, nothing after.  A size may end in K, M, G
 * or T, or KiB, MiB, GiB or TiB, all powers of 1024; "MB" is refused because half of the world
 * means 1000 by it. */
#ifndef PITH_CLI_NUMBER_H
#define PITH_CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

bool number_parse(uint64_t *value, const char *text, uint64_t min, uint64_t max);
bool number_parse_size(uint64_t *value, const char *text);

enum { NUMBER_TEXT_CAP = 32 };

/* Three digits and a unit: "1.25 MiB", "412 MiB", "17 B".  Returns `text`. */
const char *number_size_text(char text[NUMBER_TEXT_CAP], uint64_t len);

/* Rounded up to a whole unit, as -M reads it: "412MiB". */
const char *number_size_option(char text[NUMBER_TEXT_CAP], uint64_t len);

#endif
