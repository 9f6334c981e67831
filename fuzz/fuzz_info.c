/* Fuzz target info: what an archive says of itself, without decoding.  The input is the archive. */
#include "fuzzing.h"

struct seen {
    uint64_t chunks, raw_len, packed_end;
    uint64_t frame;
};

static int on_chunk(void *opaque, const pith_chunk_info *chunk)
{
    struct seen *seen = opaque;

    FUZZ_CHECK(chunk->raw_offset == seen->raw_len);
    FUZZ_CHECK(chunk->packed_offset >= seen->packed_end && chunk->frame >= seen->frame);
    FUZZ_CHECK(chunk->codec != NULL && chunk->packed_len > 0);
    seen->chunks++;
    seen->raw_len += chunk->raw_len;
    seen->packed_end = chunk->packed_offset + chunk->packed_len;
    seen->frame = chunk->frame;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes archive = fuzz_copy(data, size);
    struct seen seen = {0};
    pith_frame_info frame;
    pith_archive_info info;
    pith_error error = {.status = PITH_OK};
    pith_status peeked = pith_peek(&frame, archive.data, size, &error);
    pith_status listed;

    fuzz_check_error(peeked, &error);
    FUZZ_CHECK(peeked != PITH_OK || (frame.header_len > 0 && frame.header_len <= size));
    listed = pith_list(&info, fuzz_read_at, &archive, size, on_chunk, &seen, &error);
    fuzz_check_error(listed, &error);
    FUZZ_CHECK(listed != PITH_OK || peeked == PITH_OK);
    if (listed == PITH_OK) {
        FUZZ_CHECK(info.chunks == seen.chunks && info.raw_len == seen.raw_len);
        FUZZ_CHECK(info.level == frame.level && info.packed_len == size);
        FUZZ_CHECK(seen.packed_end <= size && seen.frame < info.frames);
    }
    free(archive.data);
    return 0;
}
