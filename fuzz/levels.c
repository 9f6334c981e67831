/* Packs and restores files at every level, as streams of several chunks and by two threads: for the
 * memory sanitizer, which sees whether any byte or decision comes from memory that was never set.
 *
 *   levels FILE...      the first 90,000 bytes of each, 6,000 at levels 8 and 9, which are slow; last
 *                       line: "N passed, N failed" */
#include "fuzzing.h"

#define LEN_MAX   90000
#define BEST_LEN  6000
#define CHUNK_LEN 65536

static struct fuzz_bytes read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct fuzz_bytes bytes = {fuzz_memory(LEN_MAX), 0, 0};

    FUZZ_CHECK(file != NULL);
    bytes.len = fread(bytes.data, 1, LEN_MAX, file);
    fclose(file);
    return bytes;
}

/* What leaves the library depends on set memory only: anything else stops here. */
static uint32_t sum(struct fuzz_bytes bytes)
{
    uint32_t total = 0;

    for (size_t i = 0; i < bytes.len; i++)
        total = bytes.data[i] & 1 ? total * 3 + 1 : total + bytes.data[i];
    return total;
}

static struct fuzz_bytes pack(struct fuzz_bytes raw, int level)
{
    pith_options options = {
        .struct_size = sizeof options, .level = level, .threads = 2, .chunk_len = CHUNK_LEN};
    struct fuzz_bytes packed = {NULL, pith_compress_bound(raw.len), 0};
    pith_encoder *encoder;
    pith_in in = {raw.data, raw.len, 0};
    pith_out out = {.size = packed.len};

    packed.data = fuzz_memory(packed.len);
    out.data = packed.data;
    FUZZ_CHECK(pith_encoder_create(&encoder, &options, NULL) == PITH_OK);
    FUZZ_CHECK(pith_encoder_run(encoder, &out, &in, PITH_FINISH, NULL) == PITH_END);
    pith_encoder_destroy(encoder);
    packed.len = out.pos;
    return packed;
}

static struct fuzz_bytes restore(struct fuzz_bytes packed)
{
    pith_options options = {.struct_size = sizeof options, .threads = 2};
    struct fuzz_bytes raw = {fuzz_memory(LEN_MAX), 0, 0};
    pith_decoder *decoder;
    pith_in in = {packed.data, packed.len, 0};
    pith_out out = {raw.data, LEN_MAX, 0};

    FUZZ_CHECK(pith_decoder_create(&decoder, &options, NULL) == PITH_OK);
    FUZZ_CHECK(pith_decoder_run(decoder, &out, &in, PITH_FINISH, NULL) == PITH_END);
    pith_decoder_destroy(decoder);
    raw.len = out.pos;
    return raw;
}

int main(int argc, char **argv)
{
    int n_passed = 0;

    for (int i = 1; i < argc; i++)
        for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
            struct fuzz_bytes raw = read_file(argv[i]), packed, again;

            if (level >= 8 && raw.len > BEST_LEN)
                raw.len = BEST_LEN;
            packed = pack(raw, level);
            again = restore(packed);
            FUZZ_CHECK(fuzz_is_same(again, raw));
            printf("level %d: %zu to %zu bytes, sum %08x\n", level, raw.len, packed.len,
                   (unsigned)sum(packed));
            free(again.data);
            free(packed.data);
            free(raw.data);
            n_passed++;
        }
    printf("%d passed, 0 failed\n", n_passed);
    return n_passed == 0;
}
