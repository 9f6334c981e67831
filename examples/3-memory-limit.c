/* Keeps decoding within a bound on memory: asks first, refuses, and goes on once more is allowed.
 *
 * An archive says in its first bytes how much memory its decoding takes, and a decoder holds itself
 * to memory_limit before it allocates.  A refusal is the one error that is not final: the same
 * decoder goes on after pith_decoder_set_memory_limit(). */
#include <inttypes.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB     ((uint64_t)1 << 20)
#define RAW_LEN ((size_t)1 << 18)

/* Rounded up, as a limit has to be. */
static uint64_t in_mib(uint64_t len)
{
    return (len + MIB - 1) / MIB;
}

/* 256 KiB that are not one byte again and again. */
static void *make_archive(size_t *packed_len)
{
    pith_options options = {.struct_size = sizeof(pith_options), .level = 2};
    size_t raw_len = RAW_LEN, cap = pith_compress_bound(raw_len);
    unsigned char *raw = malloc(raw_len), *packed = malloc(cap);

    for (size_t i = 0; raw != NULL && i < raw_len; i++)
        raw[i] = (unsigned char)(i / 5000 + i % 17);
    if (raw == NULL || packed == NULL ||
        pith_compress(packed, cap, packed_len, raw, raw_len, &options, NULL) != PITH_OK) {
        free(packed);
        packed = NULL;
    }
    free(raw);
    return packed;
}

/* Decodes, and allows `allowed` bytes of memory if the first limit does not do.  The content is
 * counted and thrown away. */
static pith_status decode(uint64_t *raw_len, const void *packed, size_t packed_len, uint64_t limit,
                          uint64_t allowed)
{
    static unsigned char buffer[1 << 16];
    pith_options options = {.struct_size = sizeof(pith_options), .memory_limit = limit};
    pith_in in = {packed, packed_len, 0};
    pith_decoder *decoder = NULL;
    pith_error error;
    pith_status status;

    *raw_len = 0;
    status = pith_decoder_create(&decoder, &options, &error);
    while (status == PITH_OK) {
        pith_out out = {buffer, sizeof(buffer), 0};

        status = pith_decoder_run(decoder, &out, &in, PITH_FINISH, &error);
        *raw_len += out.pos;
        if (status == PITH_E_MEMORY_LIMIT && limit < allowed) {
            printf("refused: %s\n", error.text);
            limit = allowed;
            status = pith_decoder_set_memory_limit(decoder, limit);
        }
    }
    pith_decoder_destroy(decoder);
    return status;
}

int main(void)
{
    size_t packed_len;
    void *packed = make_archive(&packed_len);
    pith_frame_info info;
    pith_error error;
    uint64_t raw_len;
    int ok;

    if (packed == NULL)
        return EXIT_FAILURE;

    /* The first 128 bytes are enough to ask; nothing is allocated. */
    if (pith_peek(&info, packed, packed_len < 128 ? packed_len : 128, &error) != PITH_OK) {
        fprintf(stderr, "%s\n", error.text);
        free(packed);
        return EXIT_FAILURE;
    }
    printf("level %d, decoding needs %" PRIu64 " MiB\n", info.level, in_mib(info.decode_memory));

    ok = decode(&raw_len, packed, packed_len, MIB, 0) == PITH_E_MEMORY_LIMIT && raw_len == 0;
    printf("with 1 MiB, and no more allowed: %s\n", ok ? "refused" : "not refused");

    ok = ok && decode(&raw_len, packed, packed_len, MIB, info.decode_memory) == PITH_END;
    if (ok)
        printf("with %" PRIu64 " MiB allowed: %" PRIu64 " bytes\n", in_mib(info.decode_memory),
               raw_len);
    free(packed);
    return ok && raw_len == RAW_LEN ? EXIT_SUCCESS : EXIT_FAILURE;
}
