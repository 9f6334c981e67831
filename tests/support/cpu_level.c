/* Linked into every test program: PITH_CPU=scalar|avx2|avx512|neon in the environment hides better
 * instruction sets from the library before main() starts, so that one set of tests can be run at
 * every level.  The library itself reads no environment.  A level that is unknown, or that this
 * machine lacks, ends the program: a test must not pass at another level than it was asked for. */
#include "cpu/cpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned needed, allowed;
} levels[] = {
    {"scalar", 0, 0},
    {"avx2", PITH_CPU_AVX2, PITH_CPU_AVX2},
    {"avx512", PITH_CPU_AVX512, PITH_CPU_AVX2 | PITH_CPU_AVX512},
    {"neon", PITH_CPU_NEON, PITH_CPU_NEON},
};

__attribute__((constructor)) static void limit_cpu_level(void)
{
    const char *wanted = getenv("PITH_CPU");

    if (wanted == NULL || *wanted == '\0')
        return;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(wanted, levels[i].name) != 0)
            continue;
        if ((pith_cpu_features() & levels[i].needed) != levels[i].needed) {
            fprintf(stderr, "PITH_CPU=%s: this processor has none\n", wanted);
            exit(99);
        }
        pith_cpu_limit(levels[i].allowed);
        return;
    }
    fprintf(stderr, "PITH_CPU=%s: no such level (scalar, avx2, avx512, neon)\n", wanted);
    exit(99);
}
