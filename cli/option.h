/* The one table of options.  getopt_long's arrays, the help text and whatever is generated later
 * (man page, completions) are all made from it. */
#ifndef PITH_CLI_OPTION_H
#define PITH_CLI_OPTION_H

#include <pith/pith.h>

struct option;

/* Options without a letter. */
enum {
    OPTION_LEVEL = 256,
    OPTION_RM,
    OPTION_NO_VERIFY,
    OPTION_BLOCK_SIZE,
    OPTION_SIZE_HINT,
    OPTION_PROGRESS,
    OPTION_MAX_OUTPUT,
    OPTION_RANGE,
    OPTION_TENSOR,
    OPTION_BASE,
    OPTION_TYPE,
    OPTION_SHAPE,
    OPTION_POINTS,
    OPTION_GRID,
    OPTION_KEEP_GOING,
    OPTION_JSON,
    OPTION_ESTIMATE,
    OPTION_ABLATE,
    OPTION_EXPLAIN,
    OPTION_MAP,
    OPTION_COLOR,
    OPTION_HTML,
    OPTION_TRAIN,
    OPTION_MAX_SIZE,
    OPTION_NO_PRIOR,
    OPTION_COMPACT
};

struct option_row {
    int letter;        /* or one of the above; 0: a heading, whose text is `help` */
    const char *name;  /* without "--", NULL = none */
    const char *value; /* what the help calls the value, NULL = takes none */
    const char *help;  /* NULL = a second name, or a digit that another row explains */
};

enum { OPTION_ROWS_CAP = 64, OPTION_HELP_CAP = 128 };

/* Row `at`, or NULL past the end. */
const struct option_row *option_at(unsigned at);

/* The row's help with the bounds and the default of the library's parameter behind it, if it sets one.
 * Returns `text`. */
const char *option_help(const struct option_row *row, char text[OPTION_HELP_CAP]);

/* The library's parameter that the option sets, NULL = none. */
const pith_parameter *option_parameter(int letter);

/* The first row with this letter, NULL if there is none. */
const struct option_row *option_find(int letter);

/* Fills what getopt_long wants: OPTION_ROWS_CAP entries and twice as many letters at most.  ':' leads
 * the letters, so that a missing value is told apart. */
void option_tables(struct option *long_options, char *short_options);

#endif
