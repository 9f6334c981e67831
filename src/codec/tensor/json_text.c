/* See json_text.h. */
#include "codec/tensor/json_text.h"

#include <string.h>

static int is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static void skip_space(struct pith_json *json)
{
    while (json->at < json->len && is_space(json->text[json->at]))
        json->at++;
}

int pith_json_take(struct pith_json *json, char character)
{
    skip_space(json);
    if (json->at == json->len || json->text[json->at] != (uint8_t)character)
        return 0;
    json->at++;
    return 1;
}

int pith_json_string(struct pith_json *json, struct pith_json_string *string)
{
    if (!pith_json_take(json, '"'))
        return 0;
    string->text = json->text + json->at;
    for (; json->at < json->len; json->at++) {
        uint8_t c = json->text[json->at];

        if (c == '"') {
            string->len = (size_t)(json->text + json->at - string->text);
            json->at++;
            return 1;
        }
        if (c < 0x20)
            return 0;
        json->at += c == '\\';
    }
    return 0;
}

int pith_json_number(struct pith_json *json, uint64_t *number)
{
    size_t start;

    skip_space(json);
    *number = 0;
    for (start = json->at; json->at < json->len && is_digit(json->text[json->at]); json->at++) {
        *number = *number * 10 + (uint64_t)(json->text[json->at] - '0');
        if (*number >> 53)
            return 0;
    }
    if (json->at < json->len && (json->text[json->at] == '.' || (json->text[json->at] | 32) == 'e'))
        return 0;
    return json->at > start;
}

/* true, false, null and any number: the characters that they are made of. */
static int skip_word(struct pith_json *json)
{
    size_t start = json->at;

    while (json->at < json->len) {
        uint8_t c = json->text[json->at];

        if (!is_digit(c) && c != '-' && c != '+' && c != '.' &&
            !((c | 32) >= 'a' && (c | 32) <= 'z'))
            break;
        json->at++;
    }
    return json->at > start;
}

/* One token of a value; *depth counts what is open. */
static int skip_token(struct pith_json *json, uint32_t *depth)
{
    struct pith_json_string string;
    uint8_t c;

    skip_space(json);
    if (json->at == json->len)
        return 0;
    c = json->text[json->at];
    if (c == '"')
        return pith_json_string(json, &string);
    if (c == '{' || c == '[') {
        json->at++;
        return ++*depth <= PITH_JSON_DEPTH_MAX;
    }
    if (c == '}' || c == ']') {
        json->at++;
        return (*depth)-- > 0;
    }
    if (*depth > 0 && (c == ',' || c == ':')) {
        json->at++;
        return 1;
    }
    return skip_word(json);
}

int pith_json_skip(struct pith_json *json)
{
    uint32_t depth = 0;

    do {
        if (!skip_token(json, &depth))
            return 0;
    } while (depth > 0);
    return 1;
}

int pith_json_next(struct pith_json *json, char end)
{
    if (pith_json_take(json, ','))
        return 1;
    return pith_json_take(json, end) ? 0 : -1;
}

int pith_json_is(const struct pith_json_string *string, const char *text)
{
    return string->len == strlen(text) && memcmp(string->text, text, string->len) == 0;
}
