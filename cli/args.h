/* The command line and the environment, turned into settings.
 *
 * One table holds every option: getopt_long's arrays and the help text are both made from it, so
 * that neither can lack what the other has. */
#ifndef PITH_CLI_ARGS_H
#define PITH_CLI_ARGS_H

#include "message.h"

#include <stdbool.h>
#include <stdint.h>

enum command {
    COMMAND_COMPRESS,
    COMMAND_DECOMPRESS,
    COMMAND_TEST,
    COMMAND_LIST,
    COMMAND_BENCH,
    COMMAND_ESTIMATE,
    COMMAND_ABLATE,
    COMMAND_EXPLAIN,
    COMMAND_TRAIN
};

struct priors;
struct stat;

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct settings {
    enum command command;
    int level;             /* 0 = not given */
    unsigned threads;      /* at least 1 */
    uint64_t memory_limit; /* bytes, never 0 */
    uint64_t chunk_len;    /* bytes, 0 = the level's */
    uint64_t size_hint;    /* bytes, 0 = unknown */
    uint64_t output_limit; /* --max-output: bytes, 0 = none */
    uint64_t range_offset; /* --range: bytes of the content */
    uint64_t range_len;    /* UINT64_MAX = to the end */
    uint64_t prior_cap;    /* --max-size: bytes that a prior to be made has at most */
    bool has_range;
    const char *tensor;    /* --tensor: its name; NULL = not given */
    const char *base_path; /* --base, NULL = none */
    const pith_base *base; /* what that is, and the file that it is */
    const struct stat *base_file;
    const char *points;     /* --points; NULL = not given */
    const char *grid;       /* --grid; NULL = not given */
    pith_array array;       /* --type and --shape; type NULL = not given */
    bool keep_going;        /* restore what is sound in damaged archives */
    int bench_last;         /* -e, 0 = not given */
    unsigned bench_seconds; /* -i: each measurement is repeated for as long */
    bool to_stdout;
    bool force;
    bool recursive;
    bool remove_source;
    bool no_verify;
    bool no_builtin;         /* --no-prior */
    bool compact;            /* --compact: messages, not archives */
    bool json;               /* tables and summaries for programs */
    bool html;               /* --explain writes a page */
    enum color color;        /* of --explain's map */
    uint64_t map_len;        /* --map: bytes, 0 = not given */
    bool show_progress;      /* --progress: also when stderr is no terminal */
    const char *output;      /* -o, NULL = derived from the input's name */
    const char *suffix;      /* never empty */
    const char *prior_path;  /* -D, NULL = none */
    const pith_prior *prior; /* what that is */
    struct priors *priors;   /* at hand */
    int n_files;
    char **files;
};

/* True: go on with *settings, whose files point into argv.  False: leave with *code; help, version
 * or the one line about what is wrong has been printed. */
bool args_read(struct settings *settings, enum code *code, int argc, char **argv);

/* The levels that -b and --estimate are to go through.  False: none, as has been told. */
bool args_level_range(const struct settings *settings, int *first, int *last);

/* True for no name at all and for "-". */
bool args_means_stdin(const char *path);

/* Starts the library's options from what the user asked for, for coding or decoding. */
void args_options(pith_options *options, const struct settings *settings);

#endif
