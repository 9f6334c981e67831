/* Guesses packed size and time from a sample of at most 1 MiB, at the slow best levels 256 KiB: 16
 * pieces, one from the middle of each sixteenth of the file.  A file that is no longer is its own sample, and its size is no guess.
 *
 * Models learn, so the rate (packed bytes for a raw byte) falls while they read.  The sample is
 * packed three times: its even pieces, its odd pieces, and all of them, the odd ones last.  The
 * first two give the rate of the first half, r1, as their mean, so that two halves of different
 * kind do not look like learning; what the whole takes beyond that mean gives the rate of the second
 * half, r2.  One doubling of what has been read thus lowers the rate by 1 - r2 / r1.  Each further
 * one is taken to lower it by half as much: a source of one kind soon has no more to teach, while
 * real files go on, and repeat themselves at distances that no piece shows.  On random words the
 * whole of it came to 12 % too little, half to 6 %; on source code nothing came to 23 % too much,
 * half to 9 %.  Each chunk learns anew, so the sum goes over chunks. */
#include "posix.h"

#include "estimate.h"
#include "io.h"
#include "json.h"
#include "number.h"
#include "progress.h"
#include "source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLE_CAP = 1 << 20, BEST_SAMPLE_CAP = SAMPLE_CAP / 4, N_PIECES = 16 };
enum { FIRST_BEST_LEVEL = 8 };

struct guess {
    uint64_t raw_len, packed_len;
    uint64_t pack_memory, unpack_memory;
    double pack_seconds, unpack_seconds; /* with one thread */
    int n_files;                         /* in a sum: not every file gets as far as every level */
};

struct estimate {
    const struct settings *settings;
    struct source source;
    unsigned char *sample, *packed, *unpacked;
    size_t sample_len, sample_cap, packed_cap;
    struct guess sums[PITH_LEVEL_MAX + 1]; /* by level; 0 is not used */
    int n_files;
    struct json json; /* begun with --json only */
};

static enum code take_piece(const struct estimate *estimate, uint64_t offset, size_t at, size_t len)
{
    struct io_window window = {.descriptor = estimate->source.descriptor};

    if (io_read_at(&window, offset, estimate->sample + at, len) == 0)
        return CODE_DONE;
    if (window.error != 0)
        return message_errno(estimate->source.label, "cannot read", window.error);
    return message_error(estimate->source.label, "became shorter while it was read");
}

/* The even pieces come first. */
static enum code take_sample(struct estimate *estimate, int level)
{
    size_t cap = level < FIRST_BEST_LEVEL ? SAMPLE_CAP : BEST_SAMPLE_CAP;
    size_t piece_len = cap / N_PIECES;
    uint64_t len = estimate->source.len;
    enum code code = CODE_DONE;

    estimate->sample_cap = cap;
    if (len <= cap) {
        estimate->sample_len = (size_t)len;
        return take_piece(estimate, 0, 0, (size_t)len);
    }
    estimate->sample_len = cap;
    for (size_t i = 0; i < N_PIECES && code == CODE_DONE; i++) {
        uint64_t part = len / N_PIECES;
        size_t place = i / 2 + (i % 2 == 0 ? 0 : N_PIECES / 2);

        code =
            take_piece(estimate, i * part + (part - piece_len) / 2, place * piece_len, piece_len);
    }
    return code;
}

static enum code pack(size_t *packed_len, struct estimate *estimate, size_t at, size_t len,
                      int level)
{
    pith_error error = {.status = PITH_OK};
    pith_options options;

    args_options(&options, estimate->settings);
    options.level = level;
    options.threads = 1;
    options.no_verify = 1;
    error.status = pith_compress(estimate->packed, estimate->packed_cap, packed_len,
                                 estimate->sample + at, len, &options, &error);
    return error.status == PITH_OK ? CODE_DONE : message_library(estimate->source.label, &error, 0);
}

static enum code unpack(struct estimate *estimate, size_t packed_len)
{
    pith_error error = {.status = PITH_OK};
    pith_options options;
    size_t len;

    args_options(&options, estimate->settings);
    options.threads = 1;
    error.status = pith_decompress(estimate->unpacked, SAMPLE_CAP, &len, estimate->packed,
                                   packed_len, &options, &error);
    if (error.status != PITH_OK)
        return message_library(estimate->source.label, &error, 1);
    if (len == estimate->sample_len && memcmp(estimate->unpacked, estimate->sample, len) == 0)
        return CODE_DONE;
    message_error(estimate->source.label, "the sample does not come back the same");
    return CODE_INTERNAL;
}

/* Packed bytes of one chunk, raw_len of them raw, from the sample's size and its halves' mean. */
static double extrapolate(double raw_len, double sample_len, double sample_packed,
                          double half_packed)
{
    double half = sample_len / 2, packed = sample_packed;
    double rate = sample_packed > half_packed ? (sample_packed - half_packed) / half : 0;
    double gain = half_packed > 0 ? rate * half / half_packed : 1;

    /* Bounds keep odd samples from odd guesses: nothing gets worse by learning. */
    gain = (1 + (gain > 1 ? 1 : gain < 0.6 ? 0.6 : gain)) / 2;
    for (double read = sample_len; read < raw_len; read *= 2) {
        rate *= gain;
        packed += rate * (raw_len < 2 * read ? raw_len - read : read);
    }
    return packed;
}

static enum code guess_packed_len(uint64_t *packed_len, struct estimate *estimate, int level,
                                  size_t sample_packed_len)
{
    uint64_t len = estimate->source.len, chunk_len = estimate->settings->chunk_len;
    double sample_packed = (double)sample_packed_len, share, packed, half_packed;
    double sample_cap = (double)estimate->sample_cap;
    size_t half = estimate->sample_len / 2, halves[2];
    enum code code;

    *packed_len = sample_packed_len;
    if (len <= estimate->sample_cap)
        return CODE_DONE;
    if (chunk_len == 0)
        chunk_len = pith_chunk_len(level);
    share = (double)len / sample_cap;
    if (chunk_len < estimate->sample_cap) { /* the sample itself has started anew often enough */
        *packed_len = (uint64_t)(sample_packed * share);
        return CODE_DONE;
    }
    code = pack(&halves[0], estimate, 0, half, level);
    if (code == CODE_DONE)
        code = pack(&halves[1], estimate, half, half, level);
    if (code != CODE_DONE)
        return code;
    half_packed = (double)(halves[0] + halves[1]) / 2;
    packed = (double)(len / chunk_len) *
             extrapolate((double)chunk_len, sample_cap, sample_packed, half_packed);
    share = (double)(len % chunk_len) / sample_cap;
    packed += share < 1
                  ? sample_packed * share
                  : extrapolate((double)(len % chunk_len), sample_cap, sample_packed, half_packed);
    *packed_len = (uint64_t)packed;
    return CODE_DONE;
}

/* The verifying decode runs beside the encoder where a second processor can take it. */
static double with_verification(const struct guess *guess)
{
    double pack = guess->pack_seconds, unpack = guess->unpack_seconds;

    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        return pack + unpack;
    return pack > unpack ? pack : unpack;
}

static enum code guess_level(struct guess *guess, struct estimate *estimate, int level)
{
    const struct settings *settings = estimate->settings;
    uint64_t len = estimate->source.len;
    double share = estimate->sample_len == 0 ? 1 : (double)len / (double)estimate->sample_len;
    struct timespec start;
    size_t packed_len;
    enum code code;

    *guess = (struct guess){.raw_len = len,
                            .pack_memory = pith_encode_need(level, len, settings->chunk_len),
                            .unpack_memory = pith_decode_need(level, len, settings->chunk_len)};
    clock_gettime(CLOCK_MONOTONIC, &start);
    code = pack(&packed_len, estimate, 0, estimate->sample_len, level);
    guess->pack_seconds = progress_seconds(&start) * share;
    if (code != CODE_DONE)
        return code;
    clock_gettime(CLOCK_MONOTONIC, &start);
    code = unpack(estimate, packed_len);
    guess->unpack_seconds = progress_seconds(&start) * share;
    if (!settings->no_verify)
        guess->pack_seconds = with_verification(guess);
    if (code != CODE_DONE)
        return code;
    return guess_packed_len(&guess->packed_len, estimate, level, packed_len);
}

static bool is_worth_it(const struct guess *guess)
{
    return guess->packed_len < guess->raw_len - guess->raw_len / 100;
}

static void write_guess(struct json *json, int level, const struct guess *guess)
{
    json_open_object(json, NULL);
    json_uint(json, "level", (uint64_t)level);
    json_uint(json, "packed_bytes", guess->packed_len);
    json_seconds(json, "compress_seconds", guess->pack_seconds);
    json_uint(json, "compress_memory_bytes", guess->pack_memory);
    json_seconds(json, "decompress_seconds", guess->unpack_seconds);
    json_uint(json, "decompress_memory_bytes", guess->unpack_memory);
    json_flag(json, "worth_it", is_worth_it(guess));
    json_close(json);
}

static void print_guess(int level, const struct guess *guess, const char *name)
{
    char memory[2][NUMBER_TEXT_CAP];

    printf("%5d %14" PRIu64 " %8.3f | %10.2f %9s | %10.2f %9s | ", level, guess->packed_len,
           guess->packed_len == 0 ? 0 : (double)guess->raw_len / (double)guess->packed_len,
           guess->pack_seconds, number_size_text(memory[0], guess->pack_memory),
           guess->unpack_seconds, number_size_text(memory[1], guess->unpack_memory));
    message_print_masked(stdout, name);
    puts(is_worth_it(guess) ? "" : ": not worth it, saves less than 1 %");
    fflush(stdout);
}

static void report(struct estimate *estimate, int level, const struct guess *guess,
                   const char *name)
{
    if (estimate->settings->json)
        write_guess(&estimate->json, level, guess);
    else
        print_guess(level, guess, name);
}

static void add_guess(struct guess *sum, const struct guess *guess)
{
    sum->raw_len += guess->raw_len;
    sum->packed_len += guess->packed_len;
    sum->pack_seconds += guess->pack_seconds;
    sum->unpack_seconds += guess->unpack_seconds;
    if (guess->pack_memory > sum->pack_memory)
        sum->pack_memory = guess->pack_memory;
    if (guess->unpack_memory > sum->unpack_memory)
        sum->unpack_memory = guess->unpack_memory;
    sum->n_files++;
}

static enum code estimate_source(struct estimate *estimate, int first, int last)
{
    const struct source *source = &estimate->source;
    struct json *json = estimate->settings->json ? &estimate->json : NULL;
    enum code code;

    if (source->path == NULL || !S_ISREG(source->status.st_mode))
        return message_error(source->label, "only regular files can be estimated: parts of them "
                                            "are read here and there");
    code = take_sample(estimate, first);
    if (code != CODE_DONE)
        return code;
    estimate->n_files++;
    if (json != NULL) {
        json_open_object(json, NULL);
        json_text(json, "name", source->label);
        json_uint(json, "raw_bytes", source->len);
        json_uint(json, "sample_bytes", estimate->sample_len);
        json_open_array(json, "levels");
    }
    for (int level = first; level <= last && code == CODE_DONE; level++) {
        struct guess guess;

        if (level == FIRST_BEST_LEVEL && level > first)
            code = take_sample(estimate, level);
        if (code == CODE_DONE)
            code = guess_level(&guess, estimate, level);
        if (code != CODE_DONE)
            break;
        add_guess(&estimate->sums[level], &guess);
        report(estimate, level, &guess, source->label);
    }
    if (json != NULL) {
        json_close(json);
        json_close(json);
    }
    return code;
}

static enum code estimate_file(struct estimate *estimate, const char *path, int first, int last)
{
    enum code code = source_open(&estimate->source, path, estimate->settings->force);

    if (code != CODE_DONE)
        return code;
    code = estimate_source(estimate, first, last);
    source_close(&estimate->source);
    return code;
}

static void begin_report(struct estimate *estimate)
{
    if (estimate->settings->json) {
        json_begin(&estimate->json, stdout);
        json_open_object(&estimate->json, NULL);
        json_open_array(&estimate->json, "files");
    } else {
        printf("%5s %14s %8s | %10s %9s | %10s %9s | %s\n", "Level", "About bytes", "Ratio",
               "About s", "Memory", "Unpack s", "Memory", "Name");
    }
}

static void end_report(struct estimate *estimate, int first, int last)
{
    struct json *json = estimate->settings->json ? &estimate->json : NULL;
    char label[32];

    if (json == NULL && estimate->n_files < 2)
        return;
    if (json != NULL) {
        json_close(json);
        json_open_object(json, "totals");
        json_uint(json, "files", (uint64_t)estimate->n_files);
        json_open_array(json, "levels");
    }
    for (int level = first; level <= last; level++) {
        const struct guess *sum = &estimate->sums[level];

        snprintf(label, sizeof label, "%d files", sum->n_files);
        if (sum->n_files > 0)
            report(estimate, level, sum, label);
    }
    while (json != NULL && json->depth > 0)
        json_close(json);
}

enum code estimate_files(const struct settings *settings)
{
    struct estimate estimate = {.settings = settings,
                                .packed_cap = pith_compress_bound(SAMPLE_CAP)};
    enum code code = CODE_DONE;
    int first, last;

    if (!args_level_range(settings, &first, &last))
        return CODE_FAILED;
    estimate.sample = malloc(SAMPLE_CAP);
    estimate.packed = malloc(estimate.packed_cap);
    estimate.unpacked = malloc(SAMPLE_CAP);
    if (estimate.sample == NULL || estimate.packed == NULL || estimate.unpacked == NULL) {
        code = message_errno(NULL, NULL, ENOMEM);
    } else {
        begin_report(&estimate);
        for (int i = 0; i < settings->n_files; i++)
            code = code_worse(code, estimate_file(&estimate, settings->files[i], first, last));
        end_report(&estimate, first, last);
    }
    free(estimate.sample);
    free(estimate.packed);
    free(estimate.unpacked);
    return code;
}
