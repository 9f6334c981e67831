/* Packs a buffer, restores it, and shows what an error looks like.
 *
 *   cc 1-one-shot.c $(pkg-config --cflags --libs pith) && ./a.out
 *
 * For data that is in memory as a whole.  The caller owns every buffer; options may be NULL, which
 * means every default, and so does any field of them that is 0. */
#include <inttypes.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns the packed bytes in new memory, their number in *packed_len, or NULL. */
static void *pack(size_t *packed_len, const void *raw, size_t raw_len)
{
    pith_options options = {.struct_size = sizeof(pith_options), .level = 3};
    pith_error error;
    size_t cap = pith_compress_bound(raw_len);
    void *packed = malloc(cap);

    if (packed == NULL)
        return NULL;
    if (pith_compress(packed, cap, packed_len, raw, raw_len, &options, &error) != PITH_OK) {
        fprintf(stderr, "cannot pack: %s\n", error.text);
        free(packed);
        return NULL;
    }
    return packed;
}

/* `raw_cap` bounds what is written: an archive says how long its content is, but from a stranger it
 * may say anything. */
static int restore(void *raw, size_t raw_cap, size_t *raw_len, const void *packed,
                   size_t packed_len)
{
    pith_error error;

    switch (pith_decompress(raw, raw_cap, raw_len, packed, packed_len, NULL, &error)) {
    case PITH_OK:
        return 1;
    case PITH_E_OUTPUT_FULL:
        fprintf(stderr, "the content is longer than %zu bytes\n", raw_cap);
        return 0;
    default:
        fprintf(stderr, "cannot restore: byte %" PRIu64 ": %s\n", error.position, error.text);
        return 0;
    }
}

int main(void)
{
    static const char raw[] = "She sells sea shells by the sea shore; the shells that she sells "
                              "are sea shells, I'm sure.  For if she sells sea shells by the sea "
                              "shore, then I'm sure she sells sea shore shells.";
    char restored[sizeof(raw)];
    size_t packed_len, restored_len;
    unsigned char *packed = pack(&packed_len, raw, sizeof(raw));

    if (packed == NULL)
        return 1;
    printf("%zu bytes became %zu\n", sizeof(raw), packed_len);

    if (!restore(restored, sizeof(restored), &restored_len, packed, packed_len) ||
        restored_len != sizeof(raw) || memcmp(restored, raw, sizeof(raw)) != 0) {
        free(packed);
        return 1;
    }
    printf("and are the same %zu bytes again\n", restored_len);

    /* Damaged data gives an error, never wrong bytes. */
    packed[packed_len / 2] ^= 1;
    if (restore(restored, sizeof(restored), &restored_len, packed, packed_len)) {
        free(packed);
        return 1;
    }
    printf("with one bit changed they are refused\n");
    free(packed);
    return 0;
}
