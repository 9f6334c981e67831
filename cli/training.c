/* See training.h.  All samples are held in memory, which counts against -M as what training takes does.
 * One that cannot be read stops it: the prior would be another than was asked for. */
#include "posix.h"

#include "about_prior.h"
#include "number.h"
#include "output.h"
#include "progress.h"
#include "training.h"
#include "whole.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

struct training {
    const struct settings *settings;
    pith_sample *samples;
    size_t n_samples;
    uint64_t len; /* of all samples */
    unsigned char *data;
    size_t data_len; /* of the prior */
    pith_prior_info info;
    struct output output;
};

static enum code check_memory(const struct training *training, const char *label)
{
    const struct settings *settings = training->settings;
    char need[NUMBER_TEXT_CAP], limit[NUMBER_TEXT_CAP];
    uint64_t taken = training->len + settings->prior_cap;

    if (taken < settings->memory_limit)
        return CODE_DONE;
    return message_error(label,
                         "the samples up to this one take %s of memory, limit %s: allow more "
                         "with -M",
                         number_size_text(need, taken),
                         number_size_text(limit, settings->memory_limit));
}

/* True if the file of this name is the one that the source was opened on. */
static bool is_file(const char *path, const struct source *source)
{
    struct stat status;

    return path != NULL && stat(path, &status) == 0 && status.st_dev == source->status.st_dev &&
           status.st_ino == source->status.st_ino;
}

static enum code read_sample(struct training *training, const char *path)
{
    const struct settings *settings = training->settings;
    struct source source;
    unsigned char *data;
    size_t len;
    enum code code = source_open(&source, path, settings->force);

    if (code != CODE_DONE)
        return code;
    if (is_file(settings->output, &source))
        code = message_error(source.label, "is the output as well");
    else
        code = whole_read(&data, &len, &source);
    source_close(&source);
    if (code != CODE_DONE)
        return code;
    training->samples[training->n_samples++] = (pith_sample){.data = data, .len = len};
    training->len += len;
    return check_memory(training, source.label);
}

static enum code read_samples(struct training *training)
{
    const struct settings *settings = training->settings;
    enum code code = CODE_DONE;

    training->samples = calloc((size_t)settings->n_files + 1, sizeof *training->samples);
    training->data = malloc((size_t)settings->prior_cap);
    if (training->samples == NULL || training->data == NULL)
        return message_errno(NULL, NULL, ENOMEM);
    for (int i = 0; i < settings->n_files && code == CODE_DONE; i++)
        code = read_sample(training, settings->files[i]);
    return code;
}

static enum code train(struct training *training)
{
    const struct settings *settings = training->settings;
    pith_error error = {.status = PITH_OK};
    struct progress progress;
    pith_options options;

    progress_begin(&progress, settings, training->output.label, PITH_PRIOR_PASSES * training->len,
                   training->output.path == NULL && isatty(STDOUT_FILENO));
    progress_options(&options, settings, &progress);
    options.memory_limit -= training->len + settings->prior_cap;
    error.status =
        pith_prior_train(training->data, (size_t)settings->prior_cap, &training->data_len,
                         training->samples, training->n_samples, &options, &training->info, &error);
    message_transient("");
    return error.status == PITH_OK ? CODE_DONE : message_library(training->output.label, &error, 0);
}

/* As -l --json says it, on stderr. */
static void write_summary(const struct training *training)
{
    struct json json;

    json_begin(&json, stderr);
    json_open_object(&json, NULL);
    json_text(&json, "command", "train");
    json_text(&json, "output", training->output.label);
    about_prior_write(&json, &training->info);
    json_close(&json);
}

static void say_summary(const struct training *training)
{
    const pith_prior_info *info = &training->info;
    char size[2][NUMBER_TEXT_CAP], id[ABOUT_ID_CAP], gain[ABOUT_GAIN_CAP];
    const char *label = training->output.label;

    if (message_verbosity() < 0)
        return;
    if (training->settings->json) {
        write_summary(training);
        return;
    }
    message_note(label, "%s for level %d of %" PRIu64 " samples, %s; id %s",
                 number_size_text(size[0], info->packed_len), info->level, info->samples,
                 number_size_text(size[1], info->samples_len), about_prior_id(id, info->id));
    message_note(label, "%s", about_prior_gain(gain, info));
}

/* Before the samples are read: whether the prior may be written is known by then. */
static enum code open_output(struct training *training, const struct source *none)
{
    const struct settings *settings = training->settings;

    if (settings->to_stdout && !settings->force && isatty(STDOUT_FILENO))
        return message_error(NULL,
                             "a prior is not written to a terminal: redirect, name a file with "
                             "-o, or use -f (see pith --help)");
    return output_open(&training->output, settings->to_stdout ? NULL : settings->output, none,
                       settings, false);
}

enum code train_files(const struct settings *settings)
{
    const struct source none = {.label = "(samples)", .descriptor = -1};
    struct training training = {.settings = settings, .output = {.descriptor = -1}};
    enum code code = open_output(&training, &none);

    if (code == CODE_DONE)
        code = read_samples(&training);
    if (code == CODE_DONE)
        code = train(&training);
    if (code == CODE_DONE)
        code = output_write(&training.output, training.data, training.data_len);
    if (code == CODE_DONE)
        code = output_commit(&training.output, &none, false);
    if (code == CODE_DONE)
        say_summary(&training);
    output_discard(&training.output);
    for (size_t i = 0; i < training.n_samples; i++)
        free((void *)(uintptr_t)training.samples[i].data);
    free(training.samples);
    free(training.data);
    return code;
}
