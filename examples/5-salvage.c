/* Restores what is left of a damaged archive and says what is missing.
 *
 *   5-salvage FILE.pith OUT      writes what is found to OUT, zeros in place of what is not
 *   5-salvage                    tries itself
 *
 * The ordinary decoder stops at the first damage.  Chunks are independent of each other, so
 * pith_salvage() goes on behind it, and tells each part, found or lost, in order.  It also shows how a
 * program hands the library threads of its own, and sets options by name, as bindings do. */
#include <inttypes.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAW_LEN ((size_t)1 << 19)

struct archive {
    const unsigned char *data;
    size_t len;
};

static int read_memory(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct archive *archive = opaque;

    memcpy(buffer, archive->data + offset, len); /* offset + len is within what we said it has */
    return 0;
}

/* Called for each part.  Nonzero would stop the search. */
static int take_part(void *opaque, const pith_salvage_part *part, const void *data)
{
    FILE *out = opaque;

    if (!part->is_lost)
        return fseek(out, (long)part->raw_offset, SEEK_SET) != 0 ||
               fwrite(data, 1, (size_t)part->raw_len, out) != part->raw_len;
    if (part->raw_len == UINT64_MAX)
        printf("lost from byte %" PRIu64 " on: %s\n", part->raw_offset, part->text);
    else
        printf("lost %" PRIu64 " bytes from byte %" PRIu64 ": %s\n", part->raw_len,
               part->raw_offset, part->text);
    return 0;
}

/* A program with a pool of its own queues the job there.  This one has none: it does the job at once,
 * which is allowed too.  Returning 0 would leave it to the library. */
static int start_job(void *opaque, pith_job_fn job, void *job_opaque)
{
    ++*(unsigned *)opaque;
    job(job_opaque);
    return 1;
}

static pith_status salvage(FILE *out, struct archive archive)
{
    unsigned n_jobs = 0;
    pith_executor executor = {start_job, &n_jobs};
    pith_options options = {.struct_size = sizeof(pith_options), .executor = &executor};
    pith_salvage_info info;
    pith_error error;
    pith_status status = pith_options_set(&options, "threads", 4, &error);

    if (status == PITH_OK)
        status = pith_salvage(&info, read_memory, &archive, archive.len, &options, take_part, out,
                              &error);
    if (status == PITH_OK || status == PITH_E_CORRUPT)
        printf("found %" PRIu64 " bytes, lost %" PRIu64 " in %" PRIu64 " parts; %u jobs\n",
               info.raw_found, info.raw_lost, info.lost_parts, n_jobs);
    if (status != PITH_OK)
        printf("%s: %s\n", pith_status_text(status), error.text);
    return status;
}

/* Half a megabyte in eight chunks, with a bit wrong in one of them. */
static int try_itself(void)
{
    static unsigned char raw[RAW_LEN], found[RAW_LEN];
    pith_options options = {.struct_size = sizeof(pith_options), .level = 1, .chunk_len = 65536};
    size_t cap = pith_compress_bound(RAW_LEN), differing = 0;
    unsigned char *packed = malloc(cap);
    struct archive archive = {packed, 0};
    FILE *out = tmpfile();
    int ok;

    for (size_t i = 0; i < RAW_LEN; i++)
        raw[i] = (unsigned char)(i / 300 + i % 7 * i % 11);
    ok = packed != NULL && out != NULL &&
         pith_compress(packed, cap, &archive.len, raw, RAW_LEN, &options, NULL) == PITH_OK;
    if (ok) {
        packed[archive.len / 2] ^= 1;
        ok = salvage(out, archive) == PITH_E_CORRUPT;
        rewind(out);
        ok = ok && fread(found, 1, RAW_LEN, out) == RAW_LEN;
        for (size_t i = 0; i < RAW_LEN; i++)
            differing += raw[i] != found[i];
        ok = ok && differing > 0 && differing <= 65536;
    }
    free(packed);
    if (out != NULL)
        fclose(out);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static unsigned char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    long end = file != NULL && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    unsigned char *data = end < 0 ? NULL : malloc((size_t)end + 1);

    if (data != NULL) {
        rewind(file);
        *len = fread(data, 1, (size_t)end, file);
    }
    if (file != NULL)
        fclose(file);
    return data;
}

int main(int argc, char **argv)
{
    struct archive archive = {NULL, 0};
    unsigned char *data;
    pith_status status;
    FILE *out;

    if (argc == 1)
        return try_itself();
    if (argc != 3) {
        fprintf(stderr, "usage: 5-salvage [FILE.pith OUT]\n");
        return EXIT_FAILURE;
    }
    data = read_file(argv[1], &archive.len);
    archive.data = data;
    out = data == NULL ? NULL : fopen(argv[2], "wb");
    if (out == NULL) {
        perror(data == NULL ? argv[1] : argv[2]);
        free(data);
        return EXIT_FAILURE;
    }
    status = salvage(out, archive);
    free(data);
    return fclose(out) == 0 && status == PITH_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
