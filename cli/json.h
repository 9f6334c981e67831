/* Writes JSON, one value on one line: docs/json.md says what the command puts in it. */
#ifndef PITH_CLI_JSON_H
#define PITH_CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH_MAX = 8 };

struct json {
    FILE *stream;
    unsigned depth;
    bool has_sibling;              /* a comma comes before the next value */
    char brackets[JSON_DEPTH_MAX]; /* that close what is open, the outermost first */
};

void json_begin(struct json *json, FILE *stream);

/* key NULL: an element of an array, or the outermost value. */
void json_open_object(struct json *json, const char *key);
void json_open_array(struct json *json, const char *key);

/* Closes what was opened last; the outermost one ends the line. */
void json_close(struct json *json);

void json_uint(struct json *json, const char *key, uint64_t value);
void json_real(struct json *json, const char *key, double value);
void json_seconds(struct json *json, const char *key, double seconds);
void json_flag(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/* Text that is not UTF-8 as a whole is followed by KEY_hex with its very bytes. */
void json_text(struct json *json, const char *key, const char *text);

#endif
