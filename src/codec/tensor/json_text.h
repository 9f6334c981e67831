/* Reading JSON (RFC 8259) in place: just enough for headers of tensor files, without memory of its own.
 *
 * Each function returns 0, and nothing more is read, where the text is not as it says. */
#ifndef PITH_CODEC_TENSOR_JSON_TEXT_H
#define PITH_CODEC_TENSOR_JSON_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define PITH_JSON_DEPTH_MAX 64

struct pith_json {
    const uint8_t *text;
    size_t len, at;
};

/* A string between its quotes, as it is written: escapes stay. */
struct pith_json_string {
    const uint8_t *text;
    size_t len;
};

/* Whether the next character, behind white space, is this one; then it is taken. */
int pith_json_take(struct pith_json *json, char character);

int pith_json_string(struct pith_json *json, struct pith_json_string *string);

/* A number that is whole, not negative and below 2^53. */
int pith_json_number(struct pith_json *json, uint64_t *number);

/* Any value. */
int pith_json_skip(struct pith_json *json);

/* Behind the value of an object's member or an array's element: 1 = another follows, 0 = it has ended (by `end`, which is
 * taken), -1 = neither. */
int pith_json_next(struct pith_json *json, char end);

int pith_json_is(const struct pith_json_string *string, const char *text);

#endif
