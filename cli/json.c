/* The writer of --json.  It is our own, and no library, because it only writes, a few kinds of
 * value at that, and because the command is to build for every machine with nothing but libxxhash.
 *
 * Output is valid whatever is in a file's name: control characters are escaped, also those that only
 * terminals heed, and each byte that is no part of valid UTF-8 becomes U+FFFD. */
#include "json.h"
#include "utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

void json_begin(struct json *json, FILE *stream)
{
    *json = (struct json){.stream = stream};
}

/* False: not all of it was UTF-8. */
static bool write_string(FILE *stream, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    bool is_valid = true;

    putc('"', stream);
    while (*at != '\0') {
        uint32_t value;
        unsigned len = utf8_take(&value, at, SIZE_MAX); /* the final zero ends it */

        if (len == 0)
            fputs("\\ufffd", stream);
        else if (value < 0x20 || (value >= 0x7f && value < 0xa0))
            fprintf(stream, "\\u%04" PRIx32, value);
        else if (value == '"' || value == '\\')
            fprintf(stream, "\\%c", (int)value);
        else
            fwrite(at, 1, len, stream);
        is_valid = is_valid && len != 0;
        at += len == 0 ? 1 : len;
    }
    putc('"', stream);
    return is_valid;
}

/* Keys are our own and need no escapes. */
static void begin_value(struct json *json, const char *key)
{
    if (json->has_sibling)
        fputs(", ", json->stream);
    if (key != NULL)
        fprintf(json->stream, "\"%s\": ", key);
    json->has_sibling = true;
}

static void open_value(struct json *json, const char *key, const char brackets[2])
{
    assert(json->depth < JSON_DEPTH_MAX);
    begin_value(json, key);
    putc(brackets[0], json->stream);
    json->brackets[json->depth++] = brackets[1];
    json->has_sibling = false;
}

void json_open_object(struct json *json, const char *key)
{
    open_value(json, key, "{}");
}

void json_open_array(struct json *json, const char *key)
{
    open_value(json, key, "[]");
}

void json_close(struct json *json)
{
    assert(json->depth > 0);
    putc(json->brackets[--json->depth], json->stream);
    json->has_sibling = true;
    if (json->depth == 0)
        putc('\n', json->stream);
}

void json_uint(struct json *json, const char *key, uint64_t value)
{
    begin_value(json, key);
    fprintf(json->stream, "%" PRIu64, value);
}

void json_real(struct json *json, const char *key, double value)
{
    begin_value(json, key);
    fprintf(json->stream, "%.6f", value);
}

void json_seconds(struct json *json, const char *key, double seconds)
{
    json_real(json, key, seconds);
}

void json_flag(struct json *json, const char *key, bool value)
{
    begin_value(json, key);
    fputs(value ? "true" : "false", json->stream);
}

void json_null(struct json *json, const char *key)
{
    begin_value(json, key);
    fputs("null", json->stream);
}

void json_text(struct json *json, const char *key, const char *text)
{
    begin_value(json, key);
    if (write_string(json->stream, text))
        return;
    fprintf(json->stream, ", \"%s_hex\": \"", key);
    for (const char *at = text; *at != '\0'; at++)
        fprintf(json->stream, "%02x", (unsigned)(unsigned char)*at);
    putc('"', json->stream);
}
