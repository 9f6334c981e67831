/* Check: whether bytes are those that were written.
 *
 * Every checksum of an archive is compared here, so that a fuzzer's build can let all of them pass:
 * nearly all of its inputs would be refused otherwise, before they reach the code behind.  Lengths,
 * bounds and identities are no checks in this sense and hold in every build. */
#ifndef PITH_BASE_CHECK_H
#define PITH_BASE_CHECK_H

#include <stdint.h>

static inline int pith_check_matches(uint64_t found, uint64_t expected)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    (void)found;
    (void)expected;
    return 1;
#else
    return found == expected;
#endif
}

#endif
