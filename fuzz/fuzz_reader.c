/* Fuzz target reader: random access.  The input: 4 bytes of settings, the archive.
 *
 * Whatever the archive is, a range reads as the same range of the whole; and where decoding at once
 * succeeds, the reader gives the same. */
#include "fuzzing.h"

enum { READS = 12 };

static pith_reader *open_reader(struct fuzz_bytes *archive, unsigned threads, uint64_t memory_limit)
{
    pith_options options = {
        .struct_size = sizeof options, .threads = threads, .memory_limit = memory_limit};
    pith_error error = {.status = PITH_OK};
    pith_reader *reader = NULL;
    pith_status status =
        pith_reader_create(&reader, fuzz_read_at, archive, archive->len, &options, &error);

    fuzz_check_error(status, &error);
    FUZZ_CHECK((status == PITH_OK) == (reader != NULL));
    return reader;
}

static struct fuzz_bytes read_range(pith_reader *reader, uint64_t offset, size_t len,
                                    pith_status *status)
{
    struct fuzz_bytes raw = {.data = fuzz_memory(len)};
    pith_error error = {.status = PITH_OK};

    *status = pith_reader_read(reader, raw.data, len, &raw.len, offset, &error);
    fuzz_check_error(*status, &error);
    FUZZ_CHECK(raw.len <= len);
    return raw;
}

static void read_ranges(pith_reader *reader, struct fuzz_bytes whole, uint64_t random)
{
    for (int i = 0; i < READS; i++) {
        uint64_t offset = fuzz_random(&random) % (whole.len + 3);
        size_t len = (size_t)(fuzz_random(&random) % 600);
        size_t room = offset < whole.len ? whole.len - (size_t)offset : 0;
        pith_status status;
        struct fuzz_bytes part = read_range(reader, offset, len, &status);
        size_t common = part.len < room ? part.len : room;

        FUZZ_CHECK(common == 0 || memcmp(part.data, whole.data + offset, common) == 0);
        FUZZ_CHECK(status != PITH_OK || part.len >= (len < room ? len : room));
        free(part.data);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t settings = fuzz_byte(&input);
    uint64_t random = fuzz_number(&input, 3);
    struct fuzz_bytes archive = fuzz_copy(input.data, input.left);
    struct fuzz_bytes once = {.len = FUZZ_RAW_MAX};
    pith_status status = fuzz_decode_once(&once, archive.data, archive.len);
    pith_reader *reader = open_reader(&archive, settings % 4, FUZZ_MEMORY_LIMIT);

    FUZZ_CHECK(status != PITH_OK || (reader && pith_reader_raw_len(reader) == once.len));
    if (reader) {
        pith_status whole_status;
        struct fuzz_bytes whole;

        if (settings & 64) /* too little at first */
            FUZZ_CHECK(pith_reader_set_memory_limit(reader, 100000) == PITH_OK);
        whole = read_range(reader, 0, FUZZ_RAW_MAX, &whole_status);
        FUZZ_CHECK(pith_reader_set_memory_limit(reader, FUZZ_MEMORY_LIMIT) == PITH_OK);
        if (whole_status == PITH_E_MEMORY_LIMIT) {
            free(whole.data);
            whole = read_range(reader, 0, FUZZ_RAW_MAX, &whole_status);
        }
        if (status == PITH_OK && whole_status != PITH_E_MEMORY_LIMIT)
            FUZZ_CHECK(whole_status == PITH_OK && fuzz_is_same(whole, once));
        read_ranges(reader, whole, random);
        free(whole.data);
    }
    pith_reader_destroy(reader);
    free(once.data);
    free(archive.data);
    return 0;
}
