/* Packs each file once as it is and once for each component that is at work on it, with that one left
 * out; nothing is written.  Each run is a child process, so its time is its own, and -T lets some go
 * side by side. */
#include "posix.h"

#include "ablate.h"
#include "child.h"
#include "json.h"
#include "progress.h"
#include "whole.h"

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NOTHING = -1, CHILDREN_MAX = PITH_COMPONENTS_MAX };
enum { WAIT_MS = 250 }; /* between two lines of progress */

struct run {
    pith_error error; /* for the parent to say: it knows what stands on the terminal */
    pith_explanation sum;
    double cpu_seconds;
};

struct ablation {
    const struct settings *settings;
    struct whole whole;
    struct progress progress;
    unsigned done, all; /* runs; all 0 until the first has said what there is to leave out */
    struct json json;   /* begun with --json only */
};

/* What a child is to do. */
struct errand {
    const struct ablation *ablation;
    int left_out; /* component, or NOTHING */
};

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec;
}

static void measure(void *result, void *opaque)
{
    const struct errand *errand = opaque;
    const struct whole *whole = &errand->ablation->whole;
    struct run *run = result;
    pith_options options;
    double before = cpu_seconds();

    args_options(&options, errand->ablation->settings);
    run->sum.struct_size = sizeof run->sum;
    run->error.status =
        pith_explain(&run->sum, whole->data, whole->len,
                     errand->left_out == NOTHING ? 0 : (uint32_t)1 << errand->left_out, NULL, NULL,
                     &options, &run->error);
    run->cpu_seconds = cpu_seconds() - before;
}

static void print_heading(const struct ablation *ablation, int level)
{
    message_print_masked(stdout, ablation->whole.source.label);
    printf(": %zu bytes, level %d\n%-20s %12s %20s %8s  %s\n", ablation->whole.len, level,
           "Left out", "Bytes", "Difference", "CPU s", "What it is");
}

static void print_row(const struct run *run, const struct run *base, int left_out)
{
    const pith_component *component =
        left_out == NOTHING ? NULL : pith_component_at((unsigned)left_out);
    int64_t more = (int64_t)(run->sum.packed_len - base->sum.packed_len);

    printf("%-20s %12" PRIu64 " ", component == NULL ? "nothing" : component->name,
           run->sum.packed_len);
    if (component == NULL)
        printf("%20s %8.3f\n", "", run->cpu_seconds);
    else
        printf("%+10" PRId64 " %+7.2f %% %8.3f  %s\n", more,
               100 * (double)more / (double)base->sum.packed_len, run->cpu_seconds,
               component->text);
    fflush(stdout);
}

static void write_row(struct json *json, const struct run *run, int left_out)
{
    json_open_object(json, NULL);
    if (left_out == NOTHING)
        json_null(json, "left_out");
    else
        json_text(json, "left_out", pith_component_at((unsigned)left_out)->name);
    json_uint(json, "packed_bytes", run->sum.packed_len);
    json_seconds(json, "cpu_seconds", run->cpu_seconds);
    json_close(json);
}

static void report(struct ablation *ablation, const struct run *run, const struct run *base,
                   int left_out)
{
    if (ablation->settings->json)
        write_row(&ablation->json, run, left_out);
    else
        print_row(run, base, left_out);
}

static enum code start(struct child *child, const struct ablation *ablation, int left_out)
{
    struct errand errand = {ablation, left_out};
    struct run run = {.error = {.status = PITH_OK}};

    return child_start(child, measure, &run, sizeof run, &errand);
}

static enum code end(struct run *run, struct child *child, struct ablation *ablation)
{
    const char *label = ablation->whole.source.label;
    int death;

    do
        progress_runs(&ablation->progress, ablation->done, ablation->all);
    while (!child_is_done(child, WAIT_MS));
    message_transient("");
    if (!child_end(child, run, sizeof *run, &death)) {
        message_error(label, "a measuring process died of signal %d", death);
        return CODE_INTERNAL;
    }
    ablation->done++;
    return run->error.status == PITH_OK ? CODE_DONE : message_library(label, &run->error, 0);
}

/* As many at once as threads are allowed and the memory limit holds. */
static int n_beside(const struct ablation *ablation, int level)
{
    const struct settings *settings = ablation->settings;
    uint64_t need = pith_decode_need(level, ablation->whole.len, settings->chunk_len);
    uint64_t n = settings->memory_limit / (need > 0 ? need : 1);

    n = n < settings->threads ? n : settings->threads;
    return n < 1 ? 1 : n < CHILDREN_MAX ? (int)n : CHILDREN_MAX;
}

/* Starts them in order, n_beside() ahead of the one that is waited for. */
static enum code ablate_each(struct ablation *ablation, const struct run *base)
{
    struct child children[PITH_COMPONENTS_MAX];
    int ids[PITH_COMPONENTS_MAX], n = 0, started = 0, beside = n_beside(ablation, base->sum.level);
    enum code code = CODE_DONE;

    for (int id = 0; id < PITH_COMPONENTS_MAX; id++)
        if (base->sum.components >> id & 1)
            ids[n++] = id;
    ablation->all = 1 + (unsigned)n;
    for (int ended = 0; ended < n; ended++) {
        struct run run;

        for (; code == CODE_DONE && started < n && started < ended + beside; started++)
            code = code_worse(code, start(&children[started], ablation, ids[started]));
        if (ended == started) /* after a fault none is begun, but those that run are waited for */
            break;
        code = code_worse(code, end(&run, &children[ended], ablation));
        if (code == CODE_DONE)
            report(ablation, &run, base, ids[ended]);
    }
    return code;
}

static enum code ablate_whole(struct ablation *ablation)
{
    struct json *json = ablation->settings->json ? &ablation->json : NULL;
    struct child child;
    struct run base;
    enum code code = start(&child, ablation, NOTHING);

    if (code == CODE_DONE)
        code = end(&base, &child, ablation);
    if (code != CODE_DONE)
        return code;
    if (json != NULL) {
        json_open_object(json, NULL);
        json_text(json, "name", ablation->whole.source.label);
        json_uint(json, "raw_bytes", ablation->whole.len);
        json_uint(json, "level", (uint64_t)base.sum.level);
        json_open_array(json, "runs");
    } else {
        print_heading(ablation, base.sum.level);
    }
    report(ablation, &base, &base, NOTHING);
    code = ablate_each(ablation, &base);
    if (json != NULL) {
        json_close(json);
        json_close(json);
    }
    return code;
}

static enum code ablate_file(struct ablation *ablation, const char *path)
{
    enum code code = whole_open(&ablation->whole, path, ablation->settings->force);
    bool is_piped = !isatty(STDOUT_FILENO) && lseek(STDOUT_FILENO, 0, SEEK_CUR) < 0;

    if (code != CODE_DONE)
        return code;
    ablation->done = ablation->all = 0;
    progress_begin(&ablation->progress, ablation->settings, ablation->whole.source.label, 0,
                   is_piped);
    code = ablate_whole(ablation);
    whole_close(&ablation->whole);
    return code;
}

enum code ablate_files(const struct settings *settings)
{
    struct ablation ablation = {.settings = settings};
    enum code code = CODE_DONE;

    if (settings->json) {
        json_begin(&ablation.json, stdout);
        json_open_object(&ablation.json, NULL);
        json_open_array(&ablation.json, "files");
    }
    for (int i = 0; i < settings->n_files; i++)
        code = code_worse(code, ablate_file(&ablation, settings->files[i]));
    if (settings->n_files == 0)
        code = ablate_file(&ablation, NULL);
    while (settings->json && ablation.json.depth > 0)
        json_close(&ablation.json);
    return code;
}
