/* Fuzz target stream: the decoder, fed in pieces of any size, with any number of threads, and with a
 * memory limit that is raised once it was too low.  The input: four bytes of settings, the archive. */
#include "fuzzing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct fuzz_bytes raw;
    struct fuzz_steps steps = {.raw_max = FUZZ_RAW_MAX};
    pith_status status;
    uint8_t limits;

    steps.in_max = (size_t)1 << fuzz_byte(&input) % 13;
    steps.out_max = (size_t)1 << fuzz_byte(&input) % 17;
    if (steps.out_max < 64)
        steps.raw_max = 4096 * steps.out_max; /* a call takes time */
    limits = fuzz_byte(&input);
    steps.threads = limits % 4;
    steps.memory_limit = limits < 64 ? FUZZ_MEMORY_LIMIT : (uint64_t)256 << limits / 16;
    steps.random = fuzz_byte(&input);
    status = fuzz_decode_stream(&raw, input.data, input.left, steps);
    fuzz_compare(input.data, input.left, status, raw);
    free(raw.data);
    return 0;
}
