/* Fuzz target salvage: what is sound in a damaged archive.  The input: a byte of settings, the
 * archive.
 *
 * Parts come in order and add up; where decoding at once succeeds, all of it is found. */
#include "fuzzing.h"

struct seen {
    struct fuzz_bytes found; /* up to FUZZ_RAW_MAX */
    uint64_t next, raw_found, raw_lost, lost_parts;
    int is_over; /* more than fits */
};

static int on_part(void *opaque, const pith_salvage_part *part, const void *data)
{
    struct seen *seen = opaque;

    FUZZ_CHECK(part->is_lost == (data == NULL) && (part->text[0] != 0) == part->is_lost);
    if (part->is_lost)
        seen->lost_parts++;
    if (part->is_lost && part->raw_len == UINT64_MAX)
        return 0;
    FUZZ_CHECK(part->raw_offset >= seen->next);
    seen->next = part->raw_offset + part->raw_len;
    FUZZ_CHECK(seen->next >= part->raw_offset);
    if (part->is_lost) {
        seen->raw_lost += part->raw_len;
        return 0;
    }
    seen->raw_found += part->raw_len;
    seen->is_over |= part->raw_len > FUZZ_RAW_MAX - seen->found.len;
    if (!seen->is_over)
        fuzz_append(&seen->found, data, (size_t)part->raw_len);
    return seen->is_over;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t settings = fuzz_byte(&input);
    struct fuzz_bytes archive = fuzz_copy(input.data, input.left), once = {.len = FUZZ_RAW_MAX};
    pith_options options = {.struct_size = sizeof options,
                            .threads = settings % 4,
                            .memory_limit = FUZZ_MEMORY_LIMIT,
                            .output_limit = FUZZ_RAW_MAX};
    struct seen seen = {.found = {.data = fuzz_memory(0)}};
    pith_error error = {.status = PITH_OK};
    pith_salvage_info info;
    pith_status decoded = fuzz_decode_once(&once, archive.data, archive.len);
    pith_status status =
        pith_salvage(&info, fuzz_read_at, &archive, archive.len, &options, on_part, &seen, &error);

    fuzz_check_error(status, &error);
    FUZZ_CHECK((status == PITH_E_CANCELLED) == seen.is_over);
    if (status == PITH_OK || status == PITH_E_CORRUPT) {
        FUZZ_CHECK(info.raw_found == seen.raw_found && info.raw_lost == seen.raw_lost);
        FUZZ_CHECK(info.lost_parts == seen.lost_parts && info.damages >= info.lost_parts);
        FUZZ_CHECK((status == PITH_OK) == (info.damages == 0));
    }
    if (decoded == PITH_OK && status != PITH_E_MEMORY_LIMIT)
        FUZZ_CHECK(status == PITH_OK && fuzz_is_same(seen.found, once));
    free(seen.found.data);
    free(once.data);
    free(archive.data);
    return 0;
}
