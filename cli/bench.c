/* Measures each file at each level and checks that it comes back.
 *
 * Every run is a child process of its own, so that user time and peak memory are of that run alone,
 * all its threads included; it goes through the same blocks and buffers as the command itself, from
 * file to temporary file.  The parent keeps nothing large, since a child starts with its memory.
 * MB/s (10^6 bytes) is raw bytes by wall time.  The encoder's own verification is off: the
 * decompress columns show what it would add. */
#include "posix.h"

#include "bench.h"
#include "child.h"
#include "io.h"
#include "json.h"
#include "number.h"
#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct run {
    enum code code;
    uint64_t out_len;
    uint64_t peak_len; /* bytes resident at most */
    double user_seconds, wall_seconds;
};

struct sums {
    uint64_t raw_len;
    struct run pack, unpack; /* times added up, the highest peak */
    int n_files;
};

struct bench {
    const struct settings *settings;
    struct source source;
    int packed, unpacked;                 /* without names: gone when the process is */
    uint64_t packed_len;                  /* of the last run that packed */
    struct sums sums[PITH_LEVEL_MAX + 1]; /* by level; 0 is not used */
    struct json json;                     /* begun with --json only */
    int n_files;                          /* that could be opened */
};

/* What a child is to do. */
struct errand {
    const struct bench *bench;
    enum command command;
    int level;
};

/* In the child: from one descriptor to another, both from their beginnings. */
static void measure(void *result, void *opaque)
{
    const struct errand *errand = opaque;
    const struct bench *bench = errand->bench;
    enum command command = errand->command;
    struct run *run = result;
    struct settings settings = *bench->settings;
    bool packs = command == COMMAND_COMPRESS;
    struct source source = bench->source;
    struct output output = {.label = "(temporary file)",
                            .descriptor = packs ? bench->packed : bench->unpacked};
    struct progress progress;
    struct totals totals;
    struct rusage before, after;

    settings.command = command;
    settings.level = errand->level;
    settings.no_verify = true;
    settings.show_progress = false;
    if (!packs) {
        source.descriptor = bench->packed;
        source.len = bench->packed_len;
    }
    lseek(source.descriptor, 0, SEEK_SET);
    lseek(output.descriptor, 0, SEEK_SET);
    if (ftruncate(output.descriptor, 0) != 0) {
        run->code = message_errno(output.label, NULL, errno);
        return;
    }
    progress_begin(&progress, &settings, source.label, source.len, true);
    getrusage(RUSAGE_SELF, &before);
    run->code = transfer_run(&totals, &settings, &source, &output, &progress);
    run->wall_seconds = progress_seconds(&progress.start);
    getrusage(RUSAGE_SELF, &after);
    run->out_len = totals.out_len;
    run->user_seconds = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
                        1e-6 * (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec);
    run->peak_len = (uint64_t)after.ru_maxrss << 10;
}

static enum code run_child(struct run *run, const struct bench *bench, enum command command,
                           int level)
{
    struct errand errand = {bench, command, level};
    struct child child;
    enum code code;
    int death;

    *run = (struct run){.code = CODE_INTERNAL};
    code = child_start(&child, measure, run, sizeof *run, &errand);
    if (code != CODE_DONE)
        return code;
    if (child_end(&child, run, sizeof *run, &death))
        return run->code;
    message_error(bench->source.label, "level %d: the measuring process died of signal %d", level,
                  death);
    return CODE_INTERNAL;
}

/* Once, or again and again for as long as -i says: other work on the machine only ever makes a run
 * slower, so the fastest one is nearest to what the work takes. */
static enum code run_fastest(struct run *fastest, const struct bench *bench, enum command command,
                             int level)
{
    struct timespec start;
    struct run again;
    bool is_first = true;
    enum code code;

    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        code = run_child(&again, bench, command, level);
        if (is_first || again.wall_seconds < fastest->wall_seconds)
            *fastest = again;
        is_first = false;
    } while (code == CODE_DONE &&
             progress_seconds(&start) < (double)bench->settings->bench_seconds);
    return code;
}

/* True if both files hold the same bytes. */
static bool is_equal(int first, int second)
{
    static char block[2][1 << 14];
    size_t len[2];

    lseek(first, 0, SEEK_SET);
    lseek(second, 0, SEEK_SET);
    do {
        if (!io_read(first, block[0], sizeof block[0], &len[0]) ||
            !io_read(second, block[1], sizeof block[1], &len[1]) || len[0] != len[1] ||
            memcmp(block[0], block[1], len[0]) != 0)
            return false;
    } while (len[0] == sizeof block[0]);
    return true;
}

static double rate_of(uint64_t raw_len, const struct run *run)
{
    return run->wall_seconds <= 0 ? 0 : (double)raw_len / run->wall_seconds / 1e6;
}

static void print_heading(void)
{
    printf("%5s %14s %8s | %9s %8s %9s | %9s %8s %9s | %s\n", "Level", "Packed bytes", "Ratio",
           "Pack s", "MB/s", "Memory", "Unpack s", "MB/s", "Memory", "Name");
}

static void print_row(int level, uint64_t raw_len, const struct run *pack, const struct run *unpack,
                      const char *name)
{
    char memory[2][NUMBER_TEXT_CAP];

    printf("%5d %14" PRIu64 " %8.4f | %9.3f %8.3f %9s | %9.3f %8.3f %9s | ", level, pack->out_len,
           pack->out_len == 0 ? 0 : (double)raw_len / (double)pack->out_len, pack->user_seconds,
           rate_of(raw_len, pack), number_size_text(memory[0], pack->peak_len),
           unpack->user_seconds, rate_of(raw_len, unpack),
           number_size_text(memory[1], unpack->peak_len));
    message_print_masked(stdout, name);
    putchar('\n');
    fflush(stdout);
}

static void write_row(struct json *json, int level, uint64_t raw_len, const struct run *pack,
                      const struct run *unpack)
{
    json_open_object(json, NULL);
    json_uint(json, "level", (uint64_t)level);
    json_uint(json, "raw_bytes", raw_len);
    json_uint(json, "packed_bytes", pack->out_len);
    json_seconds(json, "compress_seconds", pack->wall_seconds);
    json_seconds(json, "compress_cpu_seconds", pack->user_seconds);
    json_uint(json, "compress_memory_bytes", pack->peak_len);
    json_seconds(json, "decompress_seconds", unpack->wall_seconds);
    json_seconds(json, "decompress_cpu_seconds", unpack->user_seconds);
    json_uint(json, "decompress_memory_bytes", unpack->peak_len);
    json_close(json);
}

static void report(struct bench *bench, int level, uint64_t raw_len, const struct run *pack,
                   const struct run *unpack, const char *name)
{
    if (bench->settings->json)
        write_row(&bench->json, level, raw_len, pack, unpack);
    else
        print_row(level, raw_len, pack, unpack, name);
}

static void add_run(struct run *sum, const struct run *run)
{
    sum->out_len += run->out_len;
    sum->user_seconds += run->user_seconds;
    sum->wall_seconds += run->wall_seconds;
    if (run->peak_len > sum->peak_len)
        sum->peak_len = run->peak_len;
}

static enum code bench_level(struct bench *bench, int level)
{
    struct sums *sums = &bench->sums[level];
    struct run pack, unpack;
    enum code code = run_fastest(&pack, bench, COMMAND_COMPRESS, level);

    if (code != CODE_DONE)
        return code;
    bench->packed_len = pack.out_len;
    code = run_fastest(&unpack, bench, COMMAND_DECOMPRESS, level);
    if (code != CODE_DONE)
        return code;
    if (!is_equal(bench->source.descriptor, bench->unpacked)) {
        if (source_has_changed(&bench->source))
            return message_error(bench->source.label, "was changed while it was measured");
        message_error(bench->source.label, "level %d: does not come back the same", level);
        return CODE_INTERNAL;
    }
    sums->raw_len += bench->source.len;
    add_run(&sums->pack, &pack);
    add_run(&sums->unpack, &unpack);
    sums->n_files++;
    report(bench, level, bench->source.len, &pack, &unpack, bench->source.label);
    return CODE_DONE;
}

static enum code bench_levels(struct bench *bench, int first, int last)
{
    enum code code = CODE_DONE;

    bench->n_files++;
    if (bench->settings->json) {
        json_open_object(&bench->json, NULL);
        json_text(&bench->json, "name", bench->source.label);
        json_uint(&bench->json, "raw_bytes", bench->source.len);
        json_open_array(&bench->json, "levels");
    }
    for (int level = first; level <= last; level++)
        code = code_worse(code, bench_level(bench, level));
    if (bench->settings->json) {
        json_close(&bench->json);
        json_close(&bench->json);
    }
    return code;
}

static enum code bench_file(struct bench *bench, const char *path, int first, int last)
{
    enum code code = source_open(&bench->source, path, bench->settings->force);

    if (code != CODE_DONE)
        return code;
    if (S_ISREG(bench->source.status.st_mode) && bench->source.path != NULL)
        code = bench_levels(bench, first, last);
    else
        code = message_error(bench->source.label, "only regular files can be measured");
    source_close(&bench->source);
    return code;
}

static void begin_report(struct bench *bench)
{
    if (!bench->settings->json) {
        print_heading();
        return;
    }
    json_begin(&bench->json, stdout);
    json_open_object(&bench->json, NULL);
    json_open_array(&bench->json, "files");
}

static void end_report(struct bench *bench, int first, int last)
{
    char label[32];

    if (bench->settings->json) {
        json_close(&bench->json);
        json_open_object(&bench->json, "totals");
        json_uint(&bench->json, "files", (uint64_t)bench->n_files);
        json_open_array(&bench->json, "levels");
    }
    for (int level = first; level <= last; level++) {
        const struct sums *sums = &bench->sums[level];

        snprintf(label, sizeof label, "%d files", sums->n_files);
        if (sums->n_files > 0 && (bench->settings->json || bench->settings->n_files > 1))
            report(bench, level, sums->raw_len, &sums->pack, &sums->unpack, label);
    }
    while (bench->settings->json && bench->json.depth > 0)
        json_close(&bench->json);
}

enum code bench_files(const struct settings *settings)
{
    struct bench bench = {.settings = settings};
    int first, last;
    enum code code = CODE_DONE;

    if (!args_level_range(settings, &first, &last))
        return CODE_FAILED;
    bench.packed = io_open_temporary();
    bench.unpacked = io_open_temporary();
    if (bench.packed < 0 || bench.unpacked < 0)
        return message_errno(NULL, "cannot make a temporary file", errno);
    begin_report(&bench);
    for (int i = 0; i < settings->n_files; i++)
        code = code_worse(code, bench_file(&bench, settings->files[i], first, last));
    end_report(&bench, first, last);
    return code;
}
