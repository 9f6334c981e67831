/* Reads a part of what an archive holds without decoding the rest.
 *
 *   4-random-access FILE.pith OFFSET LENGTH      writes that part to standard output
 *   4-random-access                              tries itself
 *
 * A reader asks for pieces of the archive through read_at, so an archive may lie in a file, in memory
 * or behind a network.  Only the chunks that a part touches are read and decoded: archives for this
 * use are packed with short chunks (chunk_len; with the command, --block-size). */
#include <inttypes.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAW_LEN ((size_t)1 << 20)

/* 0 = done.  Called in the thread that calls the reader.  Where long has 32 bits and archives are
 * longer than that, fseeko() or pread() take the place of fseek(). */
static int read_file(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    FILE *file = opaque;

    if (fseek(file, (long)offset, SEEK_SET) != 0)
        return 1;
    return fread(buffer, 1, len, file) != len;
}

static uint64_t file_len(FILE *file)
{
    long len = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;

    return len < 0 ? 0 : (uint64_t)len;
}

static pith_status open_reader(pith_reader **reader, FILE *file, pith_error *error)
{
    /* Chunks of one part are decoded side by side. */
    pith_options options = {.struct_size = sizeof(pith_options), .threads = 2};

    return pith_reader_create(reader, read_file, file, file_len(file), &options, error);
}

static int print_part(FILE *file, uint64_t offset, uint64_t len)
{
    static unsigned char buffer[1 << 18];
    pith_reader *reader;
    pith_error error;
    size_t got = 1;
    pith_status status = open_reader(&reader, file, &error);

    while (status == PITH_OK && len > 0 && got > 0) {
        size_t wanted = len < sizeof(buffer) ? (size_t)len : sizeof(buffer);

        status = pith_reader_read(reader, buffer, wanted, &got, offset, &error);
        fwrite(buffer, 1, got, stdout); /* also what stands before a broken chunk */
        offset += got;
        len -= got;
    }
    if (status != PITH_OK)
        fprintf(stderr, "byte %" PRIu64 ": %s\n", error.position, error.text);
    pith_reader_destroy(reader); /* NULL is allowed */
    return status == PITH_OK && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A megabyte of numbered lines in chunks of 64 KiB, packed into a temporary file. */
static FILE *make_archive(char *raw)
{
    pith_options options = {.struct_size = sizeof(pith_options), .level = 1, .chunk_len = 65536};
    size_t cap = pith_compress_bound(RAW_LEN), packed_len = 0;
    unsigned char *packed = malloc(cap);
    FILE *file = tmpfile();
    char line[32];

    for (size_t at = 0; at < RAW_LEN; at += 16) {
        snprintf(line, sizeof(line), "line %10zu\n", at / 16);
        memcpy(raw + at, line, 16);
    }
    if (packed == NULL || file == NULL ||
        pith_compress(packed, cap, &packed_len, raw, RAW_LEN, &options, NULL) != PITH_OK ||
        fwrite(packed, 1, packed_len, file) != packed_len) {
        if (file != NULL)
            fclose(file);
        file = NULL;
    }
    free(packed);
    return file;
}

static int try_itself(void)
{
    static char raw[RAW_LEN], part[48];
    FILE *file = make_archive(raw);
    pith_reader *reader = NULL;
    pith_error error;
    size_t got;
    int ok = file != NULL && open_reader(&reader, file, &error) == PITH_OK;

    for (uint64_t line = 5; ok && line < RAW_LEN / 16; line = line * 4 + 1) {
        uint64_t offset = line * 16;

        ok = pith_reader_read(reader, part, sizeof(part), &got, offset, &error) == PITH_OK &&
             memcmp(part, raw + offset, got) == 0;
        printf("byte %" PRIu64 " of %" PRIu64 ": %.15s\n", offset, pith_reader_raw_len(reader),
               part);
    }
    pith_reader_destroy(reader);
    if (file != NULL)
        fclose(file);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    FILE *file;
    int code;

    if (argc == 1)
        return try_itself();
    if (argc != 4) {
        fprintf(stderr, "usage: 4-random-access [FILE.pith OFFSET LENGTH]\n");
        return EXIT_FAILURE;
    }
    file = fopen(argv[1], "rb");
    if (file == NULL) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    code = print_part(file, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    fclose(file);
    return code;
}
