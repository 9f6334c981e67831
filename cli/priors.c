/* See priors.h.  A prior is found by its id, which is made of its bytes: a damaged one is another. */
#include "posix.h"

#include "about_prior.h"
#include "io.h"
#include "priors.h"
#include "whole.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_LEN = 16 }; /* enough to tell a prior from all else */
enum { PATH_CAP = 4096 };

static const char ending[] = ".prior";

static bool packs(const struct settings *settings)
{
    return settings->command != COMMAND_DECOMPRESS && settings->command != COMMAND_TEST;
}

/* Opens what was read and keeps it.  *prior is where it is kept. */
static enum code open_data(pith_prior **prior, struct priors *priors,
                           const struct settings *settings, const struct whole *whole)
{
    pith_options options = {.struct_size = sizeof options, .memory_limit = settings->memory_limit};
    pith_prior **larger = realloc(priors->opened, (priors->n_opened + 1) * sizeof *larger);
    pith_error error = {.status = PITH_OK};

    if (larger == NULL)
        return message_errno(whole->source.label, NULL, ENOMEM);
    priors->opened = larger;
    error.status = pith_prior_open(prior, whole->data, whole->len, &options, &error);
    if (error.status != PITH_OK)
        return message_library(whole->source.label, &error, !packs(settings));
    priors->opened[priors->n_opened++] = *prior;
    return CODE_DONE;
}

/* A prior packs at the level that it was made for, and at no other. */
static enum code take_level(struct settings *settings, const pith_prior *prior)
{
    int asked = settings->level;
    pith_prior_info info;

    pith_prior_describe(prior, &info);
    if (asked == 0 || asked == info.level)
        asked = settings->bench_last;
    if (packs(settings) && asked != 0 && asked != info.level)
        return message_error(settings->prior_path, "is a prior for level %d, not for level %d",
                             info.level, asked);
    if (packs(settings))
        settings->level = info.level;
    return CODE_DONE;
}

enum code priors_open(struct priors *priors, struct settings *settings)
{
    struct whole whole;
    pith_prior *prior;
    enum code code;

    *priors = (struct priors){.opened = NULL};
    settings->priors = priors;
    if (settings->prior_path == NULL)
        return CODE_DONE;
    code = whole_open(&whole, settings->prior_path, true);
    if (code != CODE_DONE)
        return code;
    code = open_data(&prior, priors, settings, &whole);
    whole_close(&whole);
    if (code != CODE_DONE)
        return code;
    settings->prior = prior;
    return take_level(settings, prior);
}

void priors_close(struct priors *priors)
{
    for (size_t i = 0; i < priors->n_opened; i++)
        pith_prior_close(priors->opened[i]);
    free(priors->opened);
}

static bool has_id(const pith_prior *prior, const char *wanted)
{
    char id[ABOUT_ID_CAP];
    pith_prior_info info;

    pith_prior_describe(prior, &info);
    return strcmp(about_prior_id(id, info.id), wanted) == 0;
}

/* *prior stays NULL if the file is not the one that is wanted. */
static enum code try_file(pith_prior **prior, const struct settings *settings, const char *path,
                          const char *wanted)
{
    char id[ABOUT_ID_CAP];
    pith_prior_info info;
    struct whole whole;
    struct stat status;
    enum code code;

    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || access(path, R_OK) != 0)
        return CODE_DONE;
    code = whole_open(&whole, path, true);
    if (code != CODE_DONE)
        return code;
    if (pith_prior_peek(&info, whole.data, whole.len, NULL) == PITH_OK &&
        strcmp(about_prior_id(id, info.id), wanted) == 0)
        code = open_data(prior, settings->priors, settings, &whole);
    whole_close(&whole);
    return code;
}

static bool is_named_as_prior(const char *name)
{
    size_t len = strlen(name), ending_len = sizeof ending - 1;

    return len > ending_len && strcmp(name + len - ending_len, ending) == 0;
}

static enum code try_directory(pith_prior **prior, const struct settings *settings,
                               const char *directory, const char *wanted)
{
    DIR *stream = opendir(directory);
    enum code code = CODE_DONE;
    struct dirent *entry;
    char path[PATH_CAP];

    if (stream == NULL)
        return CODE_DONE;
    while (code == CODE_DONE && *prior == NULL && (entry = readdir(stream)) != NULL)
        if (is_named_as_prior(entry->d_name) &&
            snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) < (int)sizeof path)
            code = try_file(prior, settings, path, wanted);
    closedir(stream);
    return code;
}

/* In the directories of PITH_PRIOR_PATH, in their order. */
static enum code search(pith_prior **prior, const struct settings *settings, const char *wanted)
{
    const char *at = getenv("PITH_PRIOR_PATH");
    enum code code = CODE_DONE;
    char directory[PATH_CAP];

    *prior = NULL;
    while (at != NULL && *at != '\0' && code == CODE_DONE && *prior == NULL) {
        size_t len = strcspn(at, ":");

        if (len > 0 && len < sizeof directory) {
            memcpy(directory, at, len);
            directory[len] = '\0';
            code = try_directory(prior, settings, directory, wanted);
        }
        at += len + (at[len] == ':');
    }
    return code;
}

static enum code say_missing(const struct settings *settings, const char *label, const char *wanted)
{
    const char *path = getenv("PITH_PRIOR_PATH");
    bool has_path = path != NULL && *path != '\0', has_other = settings->prior != NULL;
    char id[ABOUT_ID_CAP] = "";
    pith_prior_info info;

    if (has_other) {
        pith_prior_describe(settings->prior, &info);
        about_prior_id(id, info.id);
    }
    message_error(label, "needs the prior %s: %s%s%s%s, and %s%s", wanted,
                  has_other ? "-D " : "no -D is given", has_other ? settings->prior_path : "",
                  has_other ? " is " : "", id,
                  has_path ? "it is not in PITH_PRIOR_PATH, " : "PITH_PRIOR_PATH is not set",
                  has_path ? path : "");
    return CODE_CANNOT;
}

/* The text of the error has the id: as many hexadecimal digits in a row.  False: it has none. */
static bool take_id(char id[ABOUT_ID_CAP], const char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (; *text != '\0'; text++)
        if (strspn(text, digits) >= ABOUT_ID_CAP - 1) {
            memcpy(id, text, ABOUT_ID_CAP - 1);
            id[ABOUT_ID_CAP - 1] = '\0';
            return true;
        }
    return false;
}

enum code priors_find(const pith_prior **prior, const struct settings *settings, const char *label,
                      const pith_error *error)
{
    const struct priors *priors = settings->priors;
    char wanted[ABOUT_ID_CAP];
    pith_prior *found = NULL;
    enum code code;

    *prior = NULL;
    if (!take_id(wanted, error->text))
        return message_library(label, error, 1);
    for (size_t i = 0; i < priors->n_opened && *prior == NULL; i++)
        if (has_id(priors->opened[i], wanted))
            *prior = priors->opened[i];
    if (*prior != NULL)
        return CODE_DONE;
    code = search(&found, settings, wanted);
    *prior = found;
    if (code == CODE_DONE && found == NULL)
        code = say_missing(settings, label, wanted);
    return code;
}

enum code priors_look(bool *is_one, const struct source *source)
{
    struct io_window window = {.descriptor = source->descriptor, .start = source->start};
    unsigned char head[HEAD_LEN];
    pith_prior_info info;

    *is_one = false;
    if (!S_ISREG(source->status.st_mode) || source->len < sizeof head)
        return CODE_DONE;
    if (io_read_at(&window, 0, head, sizeof head) != 0) {
        if (window.error != 0)
            return message_errno(source->label, "cannot read", window.error);
        return message_error(source->label, "became shorter while it was read");
    }
    *is_one = pith_prior_peek(&info, head, sizeof head, NULL) != PITH_E_FORMAT;
    return CODE_DONE;
}

enum code priors_test(const struct settings *settings, const struct source *source)
{
    struct whole whole = {.source = *source};
    struct priors priors = {.opened = NULL};
    char id[ABOUT_ID_CAP];
    pith_prior_info info;
    pith_prior *prior;
    enum code code = whole_read(&whole.data, &whole.len, source);

    if (code != CODE_DONE)
        return code;
    code = open_data(&prior, &priors, settings, &whole);
    free(whole.data);
    if (code == CODE_DONE && message_verbosity() > 0) {
        pith_prior_describe(prior, &info);
        message_note(source->label, "a prior for level %d, id %s: sound", info.level,
                     about_prior_id(id, info.id));
    }
    priors_close(&priors);
    return code;
}

enum code priors_peek(pith_prior_info *info, const struct source *source)
{
    pith_error error = {.status = PITH_OK};
    unsigned char *data;
    size_t len;
    enum code code = whole_read(&data, &len, source);

    if (code != CODE_DONE)
        return code;
    error.status = pith_prior_peek(info, data, len, &error);
    free(data);
    return error.status == PITH_OK ? CODE_DONE : message_library(source->label, &error, 1);
}
