/* See status.h. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

pith_status pith_fail(pith_error *error, pith_status status, uint64_t position, const char *format,
                      ...)
{
    if (error) {
        va_list arguments;

        error->status = status;
        error->position = position;
        va_start(arguments, format);
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return status;
}
