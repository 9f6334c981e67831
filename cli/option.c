/* The table itself, in the order of the help text. */
#include "posix.h"

#include "number.h"
#include "option.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct option_row rows[] = {
    {0, NULL, NULL, "What to do"},
    {'z', "compress", NULL, "compress (the default)"},
    {'d', "decompress", NULL, "decompress"},
    {'d', "uncompress", NULL, NULL},
    {'t', "test", NULL, "decode and check, write nothing"},
    {'l', "list", NULL, "list what archives hold; with -v every chunk"},
    {'b', "bench", NULL, "measure FILES at all levels, at the given one, or up to -e"},
    {OPTION_ESTIMATE, "estimate", NULL, "guess what the levels give and cost, from parts of FILES"},
    {OPTION_EXPLAIN, "explain", NULL, "show which bytes of FILES the bits go to"},
    {OPTION_ABLATE, "ablate", NULL,
     "pack FILES with each part of the model left out, write nothing"},
    {OPTION_TRAIN, "train", NULL, "make a prior of FILES, each one sample; name it with -o"},
    {'h', "help", NULL, "print this help"},
    {'V', "version", NULL, "print the version"},

    {0, NULL, NULL, "How to compress"},
    {'1', NULL, NULL, "level, from fast to small; see below"},
    {'0', NULL, NULL, NULL},
    {'2', NULL, NULL, NULL},
    {'3', NULL, NULL, NULL},
    {'4', NULL, NULL, NULL},
    {'5', NULL, NULL, NULL},
    {'6', NULL, NULL, NULL},
    {'7', NULL, NULL, NULL},
    {'8', NULL, NULL, NULL},
    {'9', NULL, NULL, NULL},
    {OPTION_LEVEL, "level", "N", "the same as -N"},
    {OPTION_BLOCK_SIZE, "block-size", "SIZE", "raw bytes in one independent chunk"},
    {OPTION_SIZE_HINT, "size-hint", "SIZE", "how much a pipe will bring, about"},
    {OPTION_NO_VERIFY, "no-verify", NULL, "do not decode each chunk again to compare"},
    {OPTION_MAX_SIZE, "max-size", "SIZE",
     "--train makes a prior of SIZE at most (64KiB or more, default 1MiB)"},
    {'e', NULL, "N", "the last level for -b and --estimate"},
    {'i', NULL, "N", "-b repeats each measurement for N seconds and keeps the fastest"},

    {0, NULL, NULL, "How to decompress"},
    {OPTION_RANGE, "range", "OFFSET:LENGTH", "only these bytes of the content"},
    {OPTION_TENSOR, "tensor", "NAME", "only this tensor's bytes; pith -lv lists them"},
    {OPTION_KEEP_GOING, "keep-going", NULL, "restore all that is sound in damaged archives"},
    {OPTION_MAX_OUTPUT, "max-output", "SIZE", "give out no more than SIZE an archive"},

    {0, NULL, NULL, "Where to"},
    {'c', "stdout", NULL, "write to standard output"},
    {'c', "to-stdout", NULL, NULL},
    {'o', "output", "FILE", "write to FILE"},
    {'S', "suffix", "SUF", "use SUF in place of .pith"},
    {'f', "force", NULL, "overwrite; follow links; take special files; write to terminals"},
    {'r', "recursive", NULL, "take the files below directories; see what is skipped with -v"},
    {'k', "keep", NULL, "keep the input (the default)"},
    {OPTION_RM, "rm", NULL, "remove the input once its output is safely written"},

    {0, NULL, NULL, "What to use and to say"},
    {'D', "prior", "FILE", "begin with what the prior FILE has learnt; to decompress it is needed"},
    {OPTION_NO_PRIOR, "no-prior", NULL,
     "begin with nothing learnt, not with a built-in prior that helps"},
    {OPTION_BASE, "base", "FILE",
     "code tensors as differences from FILE's; to decompress it is needed"},
    {OPTION_TYPE, "type", "TYPE",
     "the input is an array of bf16, f16, f32, f64, fp8, u8, i8, u16, ... i64"},
    {OPTION_SHAPE, "shape", "SHAPE", "with --type: its dimensions, as 1000x768 or *x768"},
    {OPTION_POINTS, "points", "FIELDS",
     "the input is points of float32 fields, as xyzi or xyzir (t: time)"},
    {OPTION_GRID, "grid", "STEP",
     "points may be off by half a STEP, as 1e-3 (metres) or xy=1e-3,z=0.01,i=2"},
    {OPTION_COMPACT, "compact", NULL,
     "with -D: FILES are messages; 5 bytes around each, no header"},
    {'T', "threads", "N", "use up to N threads, 0 = all; never changes the bytes"},
    {'M', "memory", "SIZE", "use no more memory than SIZE, as 512MiB"},
    {'v', "verbose", NULL, "say more"},
    {'q', "quiet", NULL, "say less; twice: not even errors"},
    {OPTION_MAP, "map", "SIZE", "--explain shows the first SIZE bytes one by one"},
    {OPTION_HTML, "html", NULL, "--explain writes a page for browsers; name it with -o"},
    {OPTION_COLOR, "color", "WHEN", "colours of --explain: auto, always, never"},
    {OPTION_JSON, "json", NULL, "tables and summaries as JSON; see docs/json.md"},
    {OPTION_PROGRESS, "progress", NULL, "show progress even if stderr is no terminal"},
};

#define N_ROWS (sizeof rows / sizeof rows[0])
_Static_assert(N_ROWS < (size_t)OPTION_ROWS_CAP, "getopt_long's arrays would not hold the table");

const struct option_row *option_at(unsigned at)
{
    return at < N_ROWS ? &rows[at] : NULL;
}

const pith_parameter *option_parameter(int letter)
{
    static const struct {
        int letter;
        const char *name;
    } parameters[] = {
        {OPTION_LEVEL, "level"},
        {OPTION_BLOCK_SIZE, "chunk_len"},
        {OPTION_SIZE_HINT, "size_hint"},
        {OPTION_MAX_OUTPUT, "output_limit"},
        {'T', "threads"},
        {'M', "memory_limit"},
    };
    const pith_parameter *parameter;

    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
        for (unsigned n = 0; (parameter = pith_parameter_at(n)) != NULL; n++)
            if (parameters[i].letter == letter && strcmp(parameters[i].name, parameter->name) == 0)
                return parameter;
    return NULL;
}

static const char *number_text(char text[NUMBER_TEXT_CAP], const pith_parameter *parameter,
                               uint64_t value)
{
    if (strcmp(parameter->unit, "bytes") == 0)
        return number_size_option(text, value);
    snprintf(text, NUMBER_TEXT_CAP, "%" PRIu64, value);
    return text;
}

const char *option_help(const struct option_row *row, char text[OPTION_HELP_CAP])
{
    const pith_parameter *parameter = row->letter == 0 ? NULL : option_parameter(row->letter);
    char first[NUMBER_TEXT_CAP], second[NUMBER_TEXT_CAP];
    int len = snprintf(text, OPTION_HELP_CAP, "%s", row->help);
    bool has_bounds = parameter != NULL && parameter->min > 1;

    if (parameter != NULL && strcmp(parameter->name, "level") == 0)
        has_bounds = true;
    if (has_bounds)
        snprintf(text + len, OPTION_HELP_CAP - (size_t)len, " (%s to %s)",
                 number_text(first, parameter, parameter->min),
                 number_text(second, parameter, parameter->max));
    else if (parameter != NULL && parameter->default_value != 0)
        snprintf(text + len, OPTION_HELP_CAP - (size_t)len, " (default %s)",
                 number_text(first, parameter, parameter->default_value));
    return text;
}

const struct option_row *option_find(int letter)
{
    for (unsigned i = 0; i < N_ROWS; i++)
        if (letter != 0 && rows[i].letter == letter)
            return &rows[i];
    return NULL;
}

void option_tables(struct option *long_options, char *short_options)
{
    struct option *next_long = long_options;
    char *next_short = short_options;

    *next_short++ = ':';
    for (unsigned i = 0; i < N_ROWS; i++) {
        const struct option_row *row = &rows[i];

        if (row->name != NULL)
            *next_long++ =
                (struct option){.name = row->name,
                                .has_arg = row->value != NULL ? required_argument : no_argument,
                                .val = row->letter};
        if (row->letter == 0 || row->letter > UCHAR_MAX || option_find(row->letter) != row)
            continue;
        *next_short++ = (char)row->letter;
        if (row->value != NULL)
            *next_short++ = ':';
    }
    *next_long = (struct option){.name = NULL};
    *next_short = '\0';
}
