/* UTF-8, told from what only looks like it. */
#ifndef PITH_CLI_UTF8_H
#define PITH_CLI_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the character at `at`, of which len bytes may be read; 0 if it is none in UTF-8: too
 * long for its value, a half of a surrogate pair, above U+10FFFF, or cut short. */
unsigned utf8_take(uint32_t *value, const unsigned char *at, size_t len);

/* False for what a terminal or a page heeds and does not show: controls, marks that turn the direction
 * of writing, breaks of lines, characters without width. */
bool utf8_is_shown(uint32_t value);

#endif
