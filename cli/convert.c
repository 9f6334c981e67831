/* Decides where one input's output goes, has it written, and tidies up after it.
 *
 * The order keeps data safe: the source is removed only after the output has its final name and,
 * with that name, is on the disk. */
#include "posix.h"

#include "convert.h"
#include "output.h"
#include "priors.h"
#include "progress.h"
#include "range.h"
#include "rescue.h"
#include "transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool convert_has_suffix(const char *path, const char *suffix)
{
    size_t path_len = strlen(path), suffix_len = strlen(suffix);

    /* Something must be left for a name: "dir/.pith" has none. */
    return path_len > suffix_len && strcmp(path + path_len - suffix_len, suffix) == 0 &&
           path[path_len - suffix_len - 1] != '/';
}

/* The output's name by the suffix; the caller frees it. */
static enum code derive_name(char **name, const struct settings *settings, const char *path)
{
    bool is_packed = convert_has_suffix(path, settings->suffix);
    size_t len = strlen(path), suffix_len = strlen(settings->suffix);

    if (settings->command == COMMAND_DECOMPRESS && !is_packed)
        return message_error(path, "does not end in %s: name the output with -o, or use -c",
                             settings->suffix);
    if (settings->command == COMMAND_COMPRESS && is_packed && !settings->force)
        return message_error(path, "ends in %s already: compress it again with -f",
                             settings->suffix);
    *name = malloc(len + suffix_len + 1);
    if (*name == NULL)
        return message_errno(path, NULL, ENOMEM);
    memcpy(*name, path, len);
    if (settings->command == COMMAND_COMPRESS)
        memcpy(*name + len, settings->suffix, suffix_len + 1);
    else
        (*name)[len - suffix_len] = '\0';
    return CODE_DONE;
}

static enum code check_terminals(const struct settings *settings, const struct source *source,
                                 bool to_stdout)
{
    bool compresses = settings->command == COMMAND_COMPRESS;

    if (settings->force)
        return CODE_DONE;
    if (compresses && to_stdout && isatty(STDOUT_FILENO))
        return message_error(NULL, "compressed data are not written to a terminal: redirect, name "
                                   "a file with -o, or use -f (see pith --help)");
    if (!compresses && source->path == NULL && isatty(STDIN_FILENO))
        return message_error(NULL, "compressed data are not read from a terminal: name a file, or "
                                   "use -f (see pith --help)");
    return CODE_DONE;
}

/* Damage is looked at twice when testing: whether an archive is sound is for the strict decoder to
 * say, what is left of it for the patient one. */
static enum code convert_content(struct totals *totals, const struct settings *settings,
                                 const struct source *source, struct output *output,
                                 struct progress *progress)
{
    bool is_test = settings->command == COMMAND_TEST, wants_all = settings->keep_going;
    bool can_return = S_ISREG(source->status.st_mode);
    enum code code;

    if (settings->has_range || settings->tensor != NULL)
        return range_run(totals, settings, source, output, progress);
    if (wants_all && (!is_test || !can_return))
        return rescue_run(totals, settings, source, output, progress);
    code = transfer_run(totals, settings, source, output, progress);
    if (!is_test || code != CODE_CORRUPT || !(wants_all || message_verbosity() > 0) || !can_return)
        return code;
    return code_worse(code, rescue_run(totals, settings, source, NULL, progress));
}

static enum code convert_into(const struct settings *settings, const struct source *source,
                              struct output *output)
{
    bool is_stdout = output != NULL && output->path == NULL;
    bool is_file = output != NULL && output_is_file(output);
    bool removes = settings->remove_source && is_file && source->path != NULL;
    bool is_piped = is_stdout && (source->path == NULL || isatty(STDOUT_FILENO) ||
                                  lseek(STDOUT_FILENO, 0, SEEK_CUR) < 0);
    uint64_t expected = source->len;
    struct progress progress;
    struct totals totals;
    bool is_rescued;
    enum code code;

    if (expected == 0 && settings->command == COMMAND_COMPRESS)
        expected = settings->size_hint;
    progress_begin(&progress, settings, source->label, expected, is_piped);
    code = convert_content(&totals, settings, source, output, &progress);
    is_rescued = code == CODE_CORRUPT && settings->keep_going && totals.out_len > 0;
    if (output != NULL && (code == CODE_DONE || is_rescued))
        code = code_worse(code, output_commit(output, source, removes && code == CODE_DONE));
    if (settings->command == COMMAND_COMPRESS)
        progress_end(&progress, totals.in_len, totals.out_len, code == CODE_DONE, output->label);
    else
        progress_end(&progress, totals.out_len, totals.in_len, code == CODE_DONE,
                     output == NULL ? NULL : output->label);
    if (code == CODE_DONE && removes)
        code = source_remove(source);
    return code;
}

static enum code test_source(const struct settings *settings, const struct source *source)
{
    bool is_prior;
    enum code code = priors_look(&is_prior, source);

    if (code != CODE_DONE)
        return code;
    return is_prior ? priors_test(settings, source) : convert_into(settings, source, NULL);
}

static bool is_base(const struct settings *settings, const struct source *source)
{
    return settings->base_file != NULL && settings->base_file->st_dev == source->status.st_dev &&
           settings->base_file->st_ino == source->status.st_ino;
}

static enum code convert_source(const struct settings *settings, const struct source *source)
{
    bool to_stdout = settings->to_stdout || (source->path == NULL && settings->output == NULL);
    bool wants_sparse = settings->command == COMMAND_DECOMPRESS;
    const char *path = to_stdout ? NULL : settings->output;
    struct output output;
    char *derived = NULL;
    enum code code = check_terminals(settings, source, to_stdout);

    if (code != CODE_DONE)
        return code;
    if (settings->remove_source && is_base(settings, source))
        return message_error(source->label, "is the base: it is not packed with --rm");
    if (settings->command == COMMAND_TEST)
        return test_source(settings, source);
    if (!to_stdout && path == NULL) {
        code = derive_name(&derived, settings, source->path);
        path = derived;
    }
    if (code == CODE_DONE) {
        code = output_open(&output, path, source, settings, wants_sparse);
        if (code == CODE_DONE)
            code = convert_into(settings, source, &output);
        output_discard(&output);
    }
    free(derived);
    return code;
}

enum code convert_file(const struct settings *settings, const char *path)
{
    struct source source;
    enum code code = source_open(&source, path, settings->force);

    if (code != CODE_DONE)
        return code;
    code = convert_source(settings, &source);
    source_close(&source);
    return code;
}
