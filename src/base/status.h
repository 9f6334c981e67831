/* Status and error: how every fallible function inside pith reports.
 *
 * A function that can fail returns pith_status and takes a `struct pith_error *` that may be NULL.
 * The place that finds the fault fills it once with pith_fail(); callers pass the status up with
 * TRY(). */
#ifndef PITH_BASE_STATUS_H
#define PITH_BASE_STATUS_H

#include <pith/pith.h>

/* Fills *error (if not NULL) and returns status. `position` as in pith_error. */
pith_status pith_fail(pith_error *error, pith_status status, uint64_t position, const char *format,
                      ...)
#if defined(__GNUC__) || defined(__clang__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

#define TRY(call)                         \
    do {                                  \
        pith_status try_status_ = (call); \
        if (try_status_ != PITH_OK)       \
            return try_status_;           \
    } while (0)

#endif
