/* Messages on stderr.  Names of files come from outside, so control characters in them become '?'
 * and cannot drive the terminal.  A progress line that stands on the terminal is erased first. */
#include "posix.h"

#include "message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

enum { LINE_CAP = 8192 }; /* PATH_MAX is 4096 on the systems at hand */

static int verbosity_now;
static size_t transient_len; /* columns of the progress line that stands there, 0 = none */

void message_set_verbosity(int verbosity)
{
    verbosity_now = verbosity;
}

int message_verbosity(void)
{
    return verbosity_now;
}

void message_transient(const char *text)
{
    size_t len = strlen(text);
    int padding = len < transient_len ? (int)(transient_len - len) : 0;

    if (len == 0 && transient_len == 0)
        return;
    fprintf(stderr, "\r%s%*s%s", text, padding, "", len == 0 ? "\r" : "");
    transient_len = len;
}

/* Terminals heed the controls U+0080 to U+009F as well, which UTF-8 writes as 0xc2 and one more. */
static char take_masked(const char **at)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    bool is_pair = bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] < 0xa0;

    *at += is_pair ? 2 : 1;
    return is_pair || bytes[0] < 0x20 || bytes[0] == 0x7f ? '?' : (char)bytes[0];
}

void message_mask(char *text)
{
    const char *from = text;

    while (*from != '\0')
        *text++ = take_masked(&from);
    *text = '\0';
}

void message_print_masked(FILE *stream, const char *text)
{
    while (*text != '\0')
        putc(take_masked(&text), stream);
}

static void say(const char *path, const char *format, va_list arguments)
{
    char line[LINE_CAP];
    size_t len = 0;

    if (path != NULL)
        len = (size_t)snprintf(line, sizeof line / 2, "%s: ", path);
    if (len >= sizeof line / 2)
        len = sizeof line / 2 - 1;
    vsnprintf(line + len, sizeof line - len, format, arguments);
    message_mask(line);
    message_transient("");
    fprintf(stderr, "pith: %s\n", line);
}

enum code message_error(const char *path, const char *format, ...)
{
    va_list arguments;

    if (verbosity_now < -1)
        return CODE_FAILED;
    va_start(arguments, format);
    say(path, format, arguments);
    va_end(arguments);
    return CODE_FAILED;
}

enum code message_errno(const char *path, const char *what, int error)
{
    if (what == NULL)
        return message_error(path, "%s", strerror(error));
    return message_error(path, "%s: %s", what, strerror(error));
}

void message_note(const char *path, const char *format, ...)
{
    va_list arguments;

    if (verbosity_now < 0)
        return;
    va_start(arguments, format);
    say(path, format, arguments);
    va_end(arguments);
}

static enum code code_of(pith_status status, int is_decoding)
{
    switch (status) {
    case PITH_OK:
    case PITH_END:
        return CODE_DONE;
    case PITH_E_ARGUMENT: /* every argument comes from the command line */
    case PITH_E_MEMORY:
    case PITH_E_CANCELLED:
    case PITH_E_IO:
        return CODE_FAILED;
    case PITH_E_MEMORY_LIMIT:
        return is_decoding ? CODE_CANNOT : CODE_FAILED;
    case PITH_E_FORMAT:
    case PITH_E_CORRUPT:
    case PITH_E_TRUNCATED:
        return CODE_CORRUPT;
    case PITH_E_UNSUPPORTED:
    case PITH_E_OUTPUT_LIMIT:
    case PITH_E_PRIOR:
    case PITH_E_BASE:
        return CODE_CANNOT;
    case PITH_E_OUTPUT_FULL: /* streaming has no such thing */
    case PITH_E_INTERNAL:
        break;
    }
    return CODE_INTERNAL;
}

enum code message_library(const char *path, const pith_error *error, int is_decoding)
{
    enum code code = code_of(error->status, is_decoding);
    const char *text = error->text[0] != '\0' ? error->text : pith_status_text(error->status);

    if (error->status == PITH_E_MEMORY_LIMIT)
        message_error(path, "%s: allow more with -M", text);
    else if (error->status == PITH_E_OUTPUT_LIMIT)
        message_error(path, "%s: allow more with --max-output", text);
    else if (error->status == PITH_E_BASE)
        message_error(path, "%s: name it with --base", text);
    else if (code == CODE_FAILED)
        message_error(path, "%s", text);
    else
        message_error(path, "byte %" PRIu64 ": %s", error->position, text);
    return code;
}

enum code code_worse(enum code a, enum code b)
{
    static const int rank[] = {[CODE_DONE] = 0,
                               [CODE_FAILED] = 1,
                               [CODE_CANNOT] = 2,
                               [CODE_CORRUPT] = 3,
                               [CODE_INTERNAL] = 4};

    return rank[a] >= rank[b] ? a : b;
}
