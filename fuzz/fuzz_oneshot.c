/* Fuzz target oneshot: pith_decompress().  The input is the archive.  What decodes is listed with the
 * same length, fits a destination of just that length, and survives being packed again. */
#include "fuzzing.h"

/* Packing again is slow. */
#define AGAIN_MAX ((size_t)8 << 10)

static void check_listing(struct fuzz_bytes archive, size_t raw_len)
{
    pith_archive_info info;
    pith_error error = {.status = PITH_OK};

    FUZZ_CHECK(pith_list(&info, fuzz_read_at, &archive, archive.len, NULL, NULL, &error) ==
               PITH_OK);
    FUZZ_CHECK(info.raw_len == raw_len && info.packed_len == archive.len);
}

static void check_room(struct fuzz_bytes archive, struct fuzz_bytes raw)
{
    struct fuzz_bytes exact = {NULL, raw.len, 0}, less = {NULL, raw.len - 1, 0};

    FUZZ_CHECK(fuzz_decode_once(&exact, archive.data, archive.len) == PITH_OK);
    FUZZ_CHECK(fuzz_is_same(exact, raw));
    free(exact.data);
    if (raw.len == 0)
        return;
    FUZZ_CHECK(fuzz_decode_once(&less, archive.data, archive.len) == PITH_E_OUTPUT_FULL);
    free(less.data);
}

static void check_again(struct fuzz_bytes raw)
{
    pith_options options = {.struct_size = sizeof options, .level = 1};
    struct fuzz_bytes packed = {NULL, pith_compress_bound(raw.len), 0},
                      restored = {NULL, raw.len, 0};

    packed.data = fuzz_memory(packed.len);
    FUZZ_CHECK(pith_compress(packed.data, packed.len, &packed.len, raw.data, raw.len, &options,
                             NULL) == PITH_OK);
    FUZZ_CHECK(fuzz_decode_once(&restored, packed.data, packed.len) == PITH_OK);
    FUZZ_CHECK(fuzz_is_same(restored, raw));
    free(packed.data);
    free(restored.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes archive = fuzz_copy(data, size), raw = {NULL, FUZZ_RAW_MAX, 0};

    if (fuzz_decode_once(&raw, archive.data, size) == PITH_OK) {
        check_listing(archive, raw.len);
        check_room(archive, raw);
        if (raw.len <= AGAIN_MAX)
            check_again(raw);
    }
    free(raw.data);
    free(archive.data);
    return 0;
}
