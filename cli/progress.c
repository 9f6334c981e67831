/* See progress.h.  A line at most four times a second: more cannot be read, and a slow terminal must
 * not slow the work.  The first one waits half a second, so that short work stays silent. */
#include "posix.h"

#include "json.h"
#include "message.h"
#include "number.h"
#include "progress.h"
#include "signals.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const double first_line = 0.5, line_interval = 0.25;

enum { LINE_CAP = 256, LABEL_COLUMNS = 24, TIME_CAP = 24, RATE_CAP = 32 };

double progress_seconds(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

void progress_begin(struct progress *progress, const struct settings *settings, const char *label,
                    uint64_t total, bool is_piped)
{
    bool on_terminal = isatty(STDERR_FILENO) && !is_piped && message_verbosity() >= 0;

    *progress = (struct progress){.label = label,
                                  .total = total,
                                  .command = settings->command,
                                  .writes_json = settings->json,
                                  .is_decoding = settings->command == COMMAND_DECOMPRESS ||
                                                 settings->command == COMMAND_TEST,
                                  .is_shown = settings->show_progress || on_terminal,
                                  .next_line = settings->show_progress ? 0 : first_line};
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
}

static double ratio_of(uint64_t raw_len, uint64_t packed_len)
{
    return packed_len == 0 ? 0 : (double)raw_len / (double)packed_len;
}

static double rate_of(uint64_t raw_len, double seconds)
{
    return seconds <= 0 ? 0 : (double)raw_len / seconds / 1e6;
}

/* The best levels do a few KB a second on old machines. */
static const char *rate_text(char text[RATE_CAP], uint64_t raw_len, double seconds)
{
    double rate = rate_of(raw_len, seconds);

    if (rate >= 1)
        snprintf(text, RATE_CAP, "%.2f MB/s", rate);
    else
        snprintf(text, RATE_CAP, "%.1f KB/s", 1000 * rate);
    return text;
}

static const char *time_text(char text[TIME_CAP], double seconds)
{
    unsigned long whole = seconds < 0 ? 0 : seconds > 3.6e8 ? 360000000 : (unsigned long)seconds;

    if (whole >= 3600)
        snprintf(text, TIME_CAP, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(text, TIME_CAP, "%lu:%02lu", whole / 60, whole % 60);
    return text;
}

/* The end of a long name says more than its beginning. */
static const char *short_label(const char *label, int *cut)
{
    size_t len = 0;

    while (label[len] != '\0')
        len++;
    *cut = len > LABEL_COLUMNS;
    return *cut ? label + len - (LABEL_COLUMNS - 3) : label;
}

/* Of the input, 0..1; 0 if its length is unknown. */
static double share_of(const struct progress *progress)
{
    uint64_t in = progress->is_decoding ? progress->packed_len : progress->raw_len;
    double share = progress->total == 0 ? 0 : (double)in / (double)progress->total;

    return share > 1 ? 1 : share;
}

/* What ends a line that is to be shown now: nothing if the next one takes its place.  NULL: show none. */
static const char *take_turn(struct progress *progress, double seconds)
{
    if (signals_take_question())
        return "\n";
    if (!progress->is_shown || seconds < progress->next_line)
        return NULL;
    progress->next_line = seconds + line_interval;
    return "";
}

static void put(char line[LINE_CAP], const char *ending)
{
    message_mask(line);
    if (*ending == '\0') {
        message_transient(line);
    } else {
        message_transient("");
        fprintf(stderr, "%s%s", line, ending);
    }
}

static void show(const struct progress *progress, double seconds, const char *ending)
{
    uint64_t in = progress->is_decoding ? progress->packed_len : progress->raw_len;
    uint64_t out = progress->is_decoding ? progress->raw_len : progress->packed_len;
    double share = share_of(progress);
    double worked = seconds - progress->first_seconds, done = share - progress->first_share;
    char line[LINE_CAP], size[2][NUMBER_TEXT_CAP], time[TIME_CAP], rate[RATE_CAP], left[64] = "";
    char percent[32] = "";
    int cut;
    const char *label = short_label(progress->label, &cut);

    if (progress->total != 0)
        snprintf(percent, sizeof percent, "%.1f %%  ", 100 * share);
    if (done > 0 && share < 1)
        snprintf(left, sizeof left, "  %s left", time_text(time, worked * (1 - share) / done));
    snprintf(line, sizeof line, "%s%s: %sin %s  out %s  ratio %.3f  %s%s", cut ? "..." : "", label,
             percent, number_size_text(size[0], in), number_size_text(size[1], out),
             ratio_of(progress->raw_len, progress->packed_len),
             rate_text(rate, progress->raw_len, seconds), left);
    put(line, ending);
}

/* Training reads all several times, and what it writes comes last: how much is no news on the way. */
static void show_training(const struct progress *progress, double seconds, const char *ending)
{
    double share = share_of(progress);
    char line[LINE_CAP], time[TIME_CAP], left[64] = "";
    int cut;
    const char *label = short_label(progress->label, &cut);

    if (share > 0 && share < 1)
        snprintf(left, sizeof left, "  %s left", time_text(time, seconds * (1 - share) / share));
    snprintf(line, sizeof line, "%s%s: training: %.1f %%  %s%s", cut ? "..." : "", label,
             100 * share, time_text(time, seconds), left);
    put(line, ending);
}

/* pith_progress_fn. */
static int step(void *opaque, uint64_t raw_len, uint64_t packed_len)
{
    struct progress *progress = opaque;
    double seconds = progress_seconds(&progress->start);
    const char *ending;

    progress->raw_len = raw_len;
    progress->packed_len = packed_len;
    if (progress->first_share <= 0) {
        progress->first_share = share_of(progress);
        progress->first_seconds = seconds;
    }
    ending = take_turn(progress, seconds);
    if (ending != NULL && progress->command == COMMAND_TRAIN)
        show_training(progress, seconds, ending);
    else if (ending != NULL)
        show(progress, seconds, ending);
    return 0;
}

/* How long one run takes is known when the first has ended. */
void progress_runs(struct progress *progress, unsigned done, unsigned all)
{
    double seconds = progress_seconds(&progress->start), to_come;
    const char *ending = take_turn(progress, seconds);
    char line[LINE_CAP], of[16] = "", time[TIME_CAP], left[64] = "";
    int cut;
    const char *label = short_label(progress->label, &cut);

    if (done > progress->runs)
        progress->runs_seconds = seconds;
    progress->runs = done;
    if (ending == NULL)
        return;
    if (all > 0)
        snprintf(of, sizeof of, " of %u", all);
    if (done > 0 && all > 0) {
        to_come = progress->runs_seconds * all / done - seconds;
        snprintf(left, sizeof left, "  %s left", time_text(time, to_come));
    }
    snprintf(line, sizeof line, "%s%s: run %u%s  %s%s", cut ? "..." : "", label, done + 1, of,
             time_text(time, seconds), left);
    put(line, ending);
}

void progress_options(pith_options *options, const struct settings *settings,
                      struct progress *progress)
{
    args_options(options, settings);
    options->progress = step;
    options->progress_opaque = progress;
}

/* One object a line.  Numbers are exact: whoever reads them can divide. */
static void write_summary(const struct progress *progress, uint64_t raw_len, uint64_t packed_len,
                          double seconds, const char *target)
{
    static const char *const names[] = {[COMMAND_COMPRESS] = "compress",
                                        [COMMAND_DECOMPRESS] = "decompress",
                                        [COMMAND_TEST] = "test"};
    struct json json;

    json_begin(&json, stderr);
    json_open_object(&json, NULL);
    json_text(&json, "command", names[progress->command]);
    json_text(&json, "name", progress->label);
    if (target == NULL)
        json_null(&json, "output");
    else
        json_text(&json, "output", target);
    json_uint(&json, "raw_bytes", raw_len);
    json_uint(&json, "packed_bytes", packed_len);
    json_seconds(&json, "seconds", seconds);
    json_close(&json);
}

void progress_end(struct progress *progress, uint64_t raw_len, uint64_t packed_len, bool is_done,
                  const char *target)
{
    double seconds = progress_seconds(&progress->start);
    char size[2][NUMBER_TEXT_CAP], time[TIME_CAP], rate[RATE_CAP];
    uint64_t in = progress->is_decoding ? packed_len : raw_len;
    uint64_t out = progress->is_decoding ? raw_len : packed_len;

    message_transient("");
    if (!is_done || message_verbosity() < 0 || (!progress->is_shown && message_verbosity() < 1))
        return;
    if (progress->writes_json) {
        write_summary(progress, raw_len, packed_len, seconds, target);
        return;
    }
    message_note(progress->label, "%s -> %s, ratio %.3f, %s, %s%s%s%s",
                 number_size_text(size[0], in), number_size_text(size[1], out),
                 ratio_of(raw_len, packed_len), time_text(time, seconds),
                 rate_text(rate, raw_len, seconds), target == NULL ? "" : " => ",
                 target == NULL ? "" : target,
                 progress->is_decoding || packed_len < raw_len ? "" : " (not worth it: stored)");
}
