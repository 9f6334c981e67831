/* Reads options with getopt_long from the one table below, in the order of the help text.
 *
 * Repeated options: the last one wins, except -q and -v, which add up.  Values are checked here so
 * that a wrong one costs one line and exit code 1 before any file is touched. */
#include "posix.h"

#include "args.h"
#include "args_check.h"
#include "help.h"
#include "number.h"
#include "option.h"
#include "page.h"
#include "source.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = 1024 };
enum { PRIOR_CAP_MIN = 64 << 10, PRIOR_CAP_MAX = 1 << 30, PRIOR_CAP_DEFAULT = 1 << 20 };

bool args_means_stdin(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* Lets a checker end in one line: return is_done(message_error(...)), which is false. */
static bool is_done(enum code code)
{
    return code == CODE_DONE;
}

/* `origin` is the option or variable that the number came from. */
static bool read_level(int *level, const char *text, const char *origin)
{
    uint64_t value;

    if (number_parse(&value, text, PITH_LEVEL_MIN, PITH_LEVEL_MAX)) {
        *level = (int)value;
        return true;
    }
    message_error(origin, "'%s' is not a level: use %d to %d", text, PITH_LEVEL_MIN,
                  PITH_LEVEL_MAX);
    return false;
}

static bool read_threads(unsigned *threads, const char *text, const char *origin)
{
    uint64_t value;
    long online;

    if (!number_parse(&value, text, 0, MAX_THREADS)) {
        message_error(origin, "'%s' is not a number of threads: use 0 (all) to %d", text,
                      MAX_THREADS);
        return false;
    }
    if (value == 0) {
        online = sysconf(_SC_NPROCESSORS_ONLN);
        value = online < 1 ? 1 : online > MAX_THREADS ? MAX_THREADS : (uint64_t)online;
    }
    *threads = (unsigned)value;
    return true;
}

static bool read_seconds(unsigned *seconds, const char *text)
{
    uint64_t value;

    if (!number_parse(&value, text, 0, 86400))
        return is_done(
            message_error("-i", "'%s' is not a number of seconds: use 0 to 86400", text));
    *seconds = (unsigned)value;
    return true;
}

/* -b1e5i3 may be one word, as for zstd; getopt then takes "5i3" for the value of -e. */
static bool read_bench(struct settings *settings, int letter, const char *text)
{
    for (;;) {
        size_t len = strspn(text, "0123456789");
        bool goes_on = len > 0 && (text[len] == 'e' || text[len] == 'i');
        char number[24];

        if (goes_on && len < sizeof number)
            snprintf(number, sizeof number, "%.*s", (int)len, text);
        else
            snprintf(number, sizeof number, "%s", text);
        if (!(letter == 'e' ? read_level(&settings->bench_last, number, "-e")
                            : read_seconds(&settings->bench_seconds, number)))
            return false;
        if (!goes_on)
            return true;
        letter = text[len];
        text += len + 1;
    }
}

static bool read_size(uint64_t *len, const char *text, const char *origin)
{
    if (number_parse_size(len, text) && *len > 0)
        return true;
    message_error(origin, "'%s' is not a size: use a number above 0, as 65536, 64KiB or 2G", text);
    return false;
}

/* A size from min to max. */
static bool read_size_within(uint64_t *len, const char *text, const char *origin, uint64_t min,
                             uint64_t max)
{
    char min_text[NUMBER_TEXT_CAP], max_text[NUMBER_TEXT_CAP];

    if (!read_size(len, text, origin))
        return false;
    if (*len >= min && *len <= max)
        return true;
    message_error(origin, "%" PRIu64 " is out of bounds: use %s to %s", *len,
                  number_size_option(min_text, min), number_size_option(max_text, max));
    return false;
}

static bool read_chunk_len(uint64_t *len, const char *text)
{
    const pith_parameter *parameter = option_parameter(OPTION_BLOCK_SIZE);

    return read_size_within(len, text, "--block-size", parameter->min, parameter->max);
}

/* The name of a file, which "-" is none of. */
static bool read_file_name(const char **path, const char *text, const char *option)
{
    *path = text;
    if (*text != '\0' && !args_means_stdin(text))
        return true;
    return is_done(message_error(NULL, "%s needs the name of a file", option));
}

/* 1000x768; the first may be *. */
static bool read_shape(pith_array *array, const char *text)
{
    const unsigned most = sizeof array->dims / sizeof array->dims[0];
    const char *at = text;
    bool is_shape = true;

    array->n_dims = 0;
    for (bool goes_on = true; goes_on && is_shape; at++) {
        size_t len = strcspn(at, "x,");
        char number[24] = "";
        uint64_t dim = 0;

        if (len < sizeof number)
            memcpy(number, at, len);
        is_shape = array->n_dims < most && ((array->n_dims == 0 && strcmp(number, "*") == 0) ||
                                            number_parse(&dim, number, 1, UINT64_MAX));
        if (is_shape)
            array->dims[array->n_dims++] = dim;
        at += len;
        goes_on = *at != '\0';
    }
    if (is_shape)
        return true;
    return is_done(message_error("--shape",
                                 "'%.60s' is not a shape: use as 1000x768, or *x768 for as many as "
                                 "there are",
                                 text));
}

/* OFFSET:LENGTH, OFFSET: or :LENGTH.  The two may be sizes as elsewhere, and the first may be 0. */
static bool read_range(struct settings *settings, const char *text)
{
    const char *colon = strchr(text, ':');
    char offset[NUMBER_TEXT_CAP];
    size_t len = colon == NULL ? 0 : (size_t)(colon - text);
    bool is_fine = colon != NULL && len < sizeof offset && text[1] != '\0';

    settings->has_range = true;
    settings->range_offset = 0;
    settings->range_len = UINT64_MAX;
    if (is_fine && len > 0) {
        memcpy(offset, text, len);
        offset[len] = '\0';
        is_fine = number_parse_size(&settings->range_offset, offset);
    }
    if (is_fine && colon[1] != '\0')
        is_fine = number_parse_size(&settings->range_len, colon + 1);
    if (is_fine && settings->range_len <= UINT64_MAX - settings->range_offset)
        return true;
    if (is_fine && settings->range_len == UINT64_MAX)
        return true;
    return is_done(message_error(
        NULL, "--range: '%s' is not a range: use OFFSET:LENGTH, as 4096:100 or 1MiB:64KiB", text));
}

static bool read_color(enum color *color, const char *text)
{
    static const char *const names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

    for (int i = COLOR_AUTO; i <= COLOR_NEVER; i++)
        if (strcmp(text, names[i]) == 0) {
            *color = (enum color)i;
            return true;
        }
    return is_done(message_error("--color", "'%s' is not auto, always or never", text));
}

static bool apply_command(enum command *command, int letter)
{
    static const struct {
        int letter;
        enum command command;
    } commands[] = {
        {'z', COMMAND_COMPRESS},
        {'d', COMMAND_DECOMPRESS},
        {'t', COMMAND_TEST},
        {'l', COMMAND_LIST},
        {'b', COMMAND_BENCH},
        {OPTION_ESTIMATE, COMMAND_ESTIMATE},
        {OPTION_ABLATE, COMMAND_ABLATE},
        {OPTION_EXPLAIN, COMMAND_EXPLAIN},
        {OPTION_TRAIN, COMMAND_TRAIN},
    };

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].letter == letter) {
            *command = commands[i].command;
            return true;
        }
    return false;
}

static bool apply_flag(struct settings *settings, int *verbosity, int letter)
{
    switch (letter) {
    case 'c':
        settings->to_stdout = true;
        break;
    case 'f':
        settings->force = true;
        break;
    case 'r':
        settings->recursive = true;
        break;
    case 'k':
        settings->remove_source = false;
        break;
    case OPTION_RM:
        settings->remove_source = true;
        break;
    case OPTION_KEEP_GOING:
        settings->keep_going = true;
        break;
    case OPTION_NO_VERIFY:
        settings->no_verify = true;
        break;
    case OPTION_COMPACT:
        settings->compact = true;
        break;
    case OPTION_NO_PRIOR:
        settings->no_builtin = true;
        break;
    case OPTION_HTML:
        settings->html = true;
        break;
    case OPTION_JSON:
        settings->json = true;
        break;
    case OPTION_PROGRESS:
        settings->show_progress = true;
        break;
    case 'v':
        ++*verbosity;
        break;
    case 'q':
        --*verbosity;
        break;
    default:
        return apply_command(&settings->command, letter);
    }
    return true;
}

static bool apply_value(struct settings *settings, int letter, const char *value)
{
    switch (letter) {
    case OPTION_LEVEL:
        return read_level(&settings->level, value, "--level");
    case 'e':
    case 'i':
        return read_bench(settings, letter, value);
    case 'T':
        return read_threads(&settings->threads, value, "-T");
    case 'M':
        return read_size(&settings->memory_limit, value, "-M");
    case OPTION_BLOCK_SIZE:
        return read_chunk_len(&settings->chunk_len, value);
    case OPTION_MAX_SIZE:
        return read_size_within(&settings->prior_cap, value, "--max-size", PRIOR_CAP_MIN,
                                PRIOR_CAP_MAX);
    case 'D':
        return read_file_name(&settings->prior_path, value, "-D");
    case OPTION_MAX_OUTPUT:
        return read_size(&settings->output_limit, value, "--max-output");
    case OPTION_RANGE:
        return read_range(settings, value);
    case OPTION_TENSOR:
        settings->tensor = value;
        return true;
    case OPTION_BASE:
        return read_file_name(&settings->base_path, value, "--base");
    case OPTION_TYPE:
        settings->array.type = value;
        return true;
    case OPTION_POINTS:
        settings->points = value;
        return true;
    case OPTION_GRID:
        settings->grid = value;
        return true;
    case OPTION_SHAPE:
        return read_shape(&settings->array, value);
    case OPTION_MAP:
        return read_size(&settings->map_len, value, "--map");
    case OPTION_COLOR:
        return read_color(&settings->color, value);
    case OPTION_SIZE_HINT:
        return read_size(&settings->size_hint, value, "--size-hint");
    case 'o':
        if (*value == '\0')
            return is_done(message_error(NULL, "-o needs the name of a file"));
        settings->output = value;
        return true;
    case 'S':
        if (*value == '\0' || strchr(value, '/') != NULL)
            return is_done(message_error(NULL, "-S: '%s' is not a suffix", value));
        settings->suffix = value;
        return true;
    default:
        return false;
    }
}

/* zstd reads -19 as nineteen, xz as -1 -9.  Neither is meant here, so it is refused.  getopt does
 * not say where a word ends; `word` is what optind showed when the previous digit had been read: the
 * word of that digit if letters are left in it, the one behind it if not. */
static bool is_glued(const char *word, int previous, int digit)
{
    const char pair[] = {(char)previous, (char)digit, '\0'};

    return previous >= '0' && previous <= '9' && word != NULL && word[0] == '-' && word[1] != '-' &&
           strstr(word, pair) != NULL;
}

static bool apply_digit(struct settings *settings, const char *word, int previous, int digit)
{
    const char text[] = {(char)digit, '\0'};
    const char origin[] = {'-', (char)digit, '\0'};
    const char glued[] = {(char)previous, (char)digit, '\0'};

    if (is_glued(word, previous, digit))
        return is_done(message_error(NULL, "-%s: a level is one digit, -%d to -%d", glued,
                                     PITH_LEVEL_MIN, PITH_LEVEL_MAX));
    return read_level(&settings->level, text, origin);
}

/* getopt's '?' and ':', in one line. */
static bool explain(char **argv, int found)
{
    const struct option_row *row = option_find(optopt);

    if (found == ':' && row != NULL && optopt > UCHAR_MAX)
        return is_done(message_error(NULL, "option --%s needs a value", row->name));
    if (found == ':')
        return is_done(message_error(NULL, "option -%c needs a value", optopt));
    if (optopt != 0 && row == NULL)
        return is_done(message_error(NULL, "unknown option -%c: see pith --help", optopt));
    return is_done(message_error(NULL, "unknown option %s: see pith --help", argv[optind - 1]));
}

static bool read_options(struct settings *settings, enum code *code, int argc, char **argv)
{
    struct option long_options[OPTION_ROWS_CAP];
    char short_options[2 * OPTION_ROWS_CAP];
    int verbosity = 0, previous = 0, found;
    const char *word = NULL;

    option_tables(long_options, short_options);
    opterr = 0;
    for (; (found = getopt_long(argc, argv, short_options, long_options, NULL)) != -1;
         previous = found, word = argv[optind]) {
        bool is_fine;

        if (found == 'h' || found == 'V') {
            *code = found == 'h' ? help_print() : help_print_version();
            return false;
        }
        if (found == '?' || found == ':')
            is_fine = explain(argv, found);
        else if (found >= '0' && found <= '9')
            is_fine = apply_digit(settings, word, previous, found);
        else if (option_find(found)->value != NULL)
            is_fine = apply_value(settings, found, optarg);
        else
            is_fine = apply_flag(settings, &verbosity, found);
        if (!is_fine) {
            *code = CODE_FAILED;
            return false;
        }
        message_set_verbosity(verbosity);
    }
    settings->n_files = argc - optind;
    settings->files = argv + optind;
    return true;
}

static bool uses_level(enum command command)
{
    return command == COMMAND_COMPRESS || command == COMMAND_ABLATE || command == COMMAND_EXPLAIN ||
           command == COMMAND_TRAIN;
}

/* PITH_LEVEL and PITH_NBTHREADS stand below the options; an empty variable counts as unset. */
static bool read_environment(struct settings *settings)
{
    const char *level = getenv("PITH_LEVEL"), *threads = getenv("PITH_NBTHREADS");

    /* Read when it matters only: a bad level must not keep anyone from unpacking, and a prior has its
     * own. */
    if (settings->level == 0 && settings->prior_path == NULL && level != NULL && *level != '\0' &&
        uses_level(settings->command) && !read_level(&settings->level, level, "PITH_LEVEL"))
        return false;
    if (settings->threads == 0 && threads != NULL && *threads != '\0' &&
        settings->command != COMMAND_LIST &&
        !read_threads(&settings->threads, threads, "PITH_NBTHREADS"))
        return false;
    if (settings->threads == 0)
        settings->threads = 1;
    return true;
}

/* unpith FILE unpacks, pithcat FILE unpacks to stdout. */
static void read_own_name(struct settings *settings, const char *name)
{
    const char *slash = name == NULL ? NULL : strrchr(name, '/');
    const char *base = slash == NULL ? name : slash + 1;

    if (base == NULL)
        return;
    if (strcmp(base, "unpith") == 0 || strcmp(base, "pithcat") == 0)
        settings->command = COMMAND_DECOMPRESS;
    settings->to_stdout = strcmp(base, "pithcat") == 0;
}

bool args_read(struct settings *settings, enum code *code, int argc, char **argv)
{
    *settings = (struct settings){.suffix = ".pith", .memory_limit = PITH_MEMORY_LIMIT_DEFAULT};
    read_own_name(settings, argv[0]);
    if (!read_options(settings, code, argc, argv))
        return false;
    if (settings->output != NULL && strcmp(settings->output, "-") == 0) {
        settings->output = NULL;
        settings->to_stdout = true;
    }
    *code = CODE_FAILED;
    if (!args_check(settings) || !read_environment(settings))
        return false;
    if (settings->prior_cap == 0)
        settings->prior_cap = PRIOR_CAP_DEFAULT;
    return true;
}

void args_options(pith_options *options, const struct settings *settings)
{
    *options = (pith_options){.struct_size = sizeof *options,
                              .level = settings->level,
                              .threads = settings->threads,
                              .memory_limit = settings->memory_limit,
                              .chunk_len = settings->chunk_len,
                              .size_hint = settings->size_hint,
                              .no_verify = settings->no_verify,
                              .output_limit = settings->output_limit,
                              .prior = settings->prior,
                              .no_builtin = settings->no_builtin,
                              .base = settings->base,
                              .array = settings->array.type != NULL ? &settings->array : NULL,
                              .points = settings->points,
                              .grid = settings->grid};
}

bool args_level_range(const struct settings *settings, int *first, int *last)
{
    *first = settings->level != 0 ? settings->level : PITH_LEVEL_MIN;
    *last = settings->bench_last != 0 ? settings->bench_last
            : settings->level != 0    ? settings->level
                                      : PITH_LEVEL_MAX;
    if (*first <= *last)
        return true;
    message_error(NULL, "from level %d to level %d: there is none", *first, *last);
    return false;
}
