/* Fuzz target tiny: the decoder with room for 1 to 7 bytes at a time.  The input: a byte of settings,
 * the archive. */
#include "fuzzing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct fuzz_bytes raw;
    struct fuzz_steps steps = {.threads = 1, .raw_max = 4096, .memory_limit = FUZZ_MEMORY_LIMIT};
    uint8_t settings = fuzz_byte(&input);
    pith_status status;

    steps.in_max = settings & 8 ? 4096 : 7;
    steps.out_max = 1 + settings % 8 % 7;
    steps.random = settings;
    status = fuzz_decode_stream(&raw, input.data, input.left, steps);
    fuzz_compare(input.data, input.left, status, raw);
    free(raw.data);
    return 0;
}
