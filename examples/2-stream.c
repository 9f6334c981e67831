/* Packs a file to a file, or restores one, with two small buffers, progress, and a way to stop.
 *
 *   2-stream pack IN OUT        2-stream restore IN OUT        2-stream     (tries itself)
 *
 * One loop serves both directions: a call takes what it can from `in` and puts what it can into
 * `out`; whoever reads and writes is the caller.  A real program would also write to a temporary
 * name and rename it at the end. */
#include <inttypes.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_LEN = 1 << 16 };

/* What the progress callback shares with the rest of the program. */
struct watch {
    uint64_t raw_done, packed_done;
    int stop; /* nonzero: no more.  A window's "Cancel" button would set it. */
};

static int show_progress(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    struct watch *watch = opaque;

    watch->raw_done = raw_done;
    watch->packed_done = packed_done;
    return watch->stop;
}

/* The encoder and the decoder are run in the same way; one of the two is NULL. */
static pith_status run(pith_encoder *encoder, pith_decoder *decoder, pith_out *out, pith_in *in,
                       pith_action action, pith_error *error)
{
    if (encoder != NULL)
        return pith_encoder_run(encoder, out, in, action, error);
    return pith_decoder_run(decoder, out, in, action, error);
}

/* Returns PITH_END when everything was read, checked and written.  After an error `to` holds the
 * chunks that were checked before. */
static pith_status copy(FILE *to, FILE *from, pith_encoder *encoder, pith_decoder *decoder,
                        pith_error *error)
{
    static unsigned char in_buffer[BUFFER_LEN], out_buffer[BUFFER_LEN];
    pith_in in = {in_buffer, 0, 0};
    pith_action action = PITH_RUN;
    pith_status status;

    do {
        pith_out out = {out_buffer, sizeof(out_buffer), 0};

        if (in.pos == in.size && action == PITH_RUN) {
            in.size = fread(in_buffer, 1, sizeof(in_buffer), from);
            in.pos = 0;
            if (in.size < sizeof(in_buffer))
                action = PITH_FINISH; /* also after a read error, which is looked for below */
        }
        if (ferror(from)) {
            snprintf(error->text, sizeof(error->text), "cannot read");
            return PITH_E_IO;
        }
        status = run(encoder, decoder, &out, &in, action, error);
        if (fwrite(out_buffer, 1, out.pos, to) != out.pos) {
            snprintf(error->text, sizeof(error->text), "cannot write");
            return PITH_E_IO;
        }
    } while (status == PITH_OK);
    return status;
}

static pith_status convert(FILE *to, FILE *from, int packing, struct watch *watch)
{
    pith_options options = {
        .struct_size = sizeof(pith_options),
        .level = 2,
        .threads = 2, /* never changes the packed bytes */
        .progress = show_progress,
        .progress_opaque = watch,
    };
    pith_encoder *encoder = NULL;
    pith_decoder *decoder = NULL;
    pith_status status;
    pith_error error;

    status = packing ? pith_encoder_create(&encoder, &options, &error)
                     : pith_decoder_create(&decoder, &options, &error);
    if (status == PITH_OK)
        status = copy(to, from, encoder, decoder, &error);
    pith_encoder_destroy(encoder); /* NULL is allowed */
    pith_decoder_destroy(decoder);

    if (status == PITH_END)
        printf("%s: %" PRIu64 " raw bytes, %" PRIu64 " packed\n", packing ? "packed" : "restored",
               watch->raw_done, watch->packed_done);
    else
        printf("%s: %s\n", pith_status_text(status), error.text);
    return status;
}

/* Packs 300,000 bytes, restores them, and stops in the middle of a third run. */
static int try_itself(void)
{
    struct watch watch = {0, 0, 0};
    FILE *raw = tmpfile(), *packed = tmpfile(), *restored = tmpfile();
    int ok = raw != NULL && packed != NULL && restored != NULL;

    for (int i = 0; ok && i < 30000; i++)
        ok = fprintf(raw, "line %04d\n", i % 7000) > 0;
    if (ok) {
        rewind(raw);
        ok = convert(packed, raw, 1, &watch) == PITH_END;
        rewind(packed);
        ok = ok && convert(restored, packed, 0, &watch) == PITH_END;
        ok = ok && ftell(restored) == ftell(raw);
        rewind(raw);
        rewind(packed);
        watch.stop = 1;
        ok = ok && convert(packed, raw, 1, &watch) == PITH_E_CANCELLED;
    }
    if (raw != NULL)
        fclose(raw);
    if (packed != NULL)
        fclose(packed);
    if (restored != NULL)
        fclose(restored);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct watch watch = {0, 0, 0};
    FILE *from, *to;
    pith_status status;

    if (argc == 1)
        return try_itself();
    if (argc != 4 || (strcmp(argv[1], "pack") != 0 && strcmp(argv[1], "restore") != 0)) {
        fprintf(stderr, "usage: 2-stream [pack IN OUT | restore IN OUT]\n");
        return EXIT_FAILURE;
    }
    from = fopen(argv[2], "rb");
    if (from == NULL) {
        perror(argv[2]);
        return EXIT_FAILURE;
    }
    to = fopen(argv[3], "wb");
    if (to == NULL) {
        perror(argv[3]);
        fclose(from);
        return EXIT_FAILURE;
    }
    status = convert(to, from, strcmp(argv[1], "pack") == 0, &watch);
    fclose(from);
    if (fclose(to) != 0 || status != PITH_END) { /* what was buffered may not fit on the disk */
        remove(argv[3]);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
