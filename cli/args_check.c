/* Which options go together. */
#include "posix.h"

#include "args.h"
#include "args_check.h"
#include "page.h"

/* Lets a checker end in one line: return is_done(message_error(...)), which is false. */
static bool is_done(enum code code)
{
    return code == CODE_DONE;
}

static bool has_stdin(const struct settings *settings)
{
    for (int i = 0; i < settings->n_files; i++)
        if (args_means_stdin(settings->files[i]))
            return true;
    return false;
}

static bool names_file(const struct settings *settings)
{
    for (int i = 0; i < settings->n_files; i++)
        if (!args_means_stdin(settings->files[i]))
            return true;
    return false;
}

/* Options that ask for a part of the content. */
static bool check_part(const struct settings *settings, bool is_given, const char *option)
{
    if (!is_given)
        return true;
    if (settings->command != COMMAND_DECOMPRESS)
        return is_done(message_error(NULL, "%s goes with -d", option));
    if (settings->keep_going)
        return is_done(message_error(NULL, "%s and --keep-going exclude each other", option));
    if (settings->remove_source)
        return is_done(message_error(NULL, "%s and --rm exclude each other: it is a part", option));
    if (names_file(settings) && !settings->to_stdout && settings->output == NULL)
        return is_done(message_error(NULL,
                                     "%s is a part of the content: write it with -c, or "
                                     "name a file with -o",
                                     option));
    return true;
}

/* What only decoding has. */
static bool check_decoding(const struct settings *settings)
{
    enum command command = settings->command;

    if (!check_part(settings, settings->has_range, "--range") ||
        !check_part(settings, settings->tensor != NULL, "--tensor"))
        return false;
    if (settings->has_range && settings->tensor != NULL)
        return is_done(message_error(NULL, "--range and --tensor exclude each other"));
    if (settings->keep_going && command != COMMAND_DECOMPRESS && command != COMMAND_TEST)
        return is_done(message_error(NULL, "--keep-going goes with -d and -t"));
    if (settings->output_limit != 0 && command != COMMAND_DECOMPRESS && command != COMMAND_TEST)
        return is_done(message_error(NULL, "--max-output goes with -d and -t"));
    return true;
}

static bool check_together(const struct settings *settings)
{
    enum command command = settings->command;
    bool measures = command == COMMAND_BENCH || command == COMMAND_ESTIMATE;
    bool takes_all = command == COMMAND_TRAIN; /* files for one output */

    if (settings->output != NULL && settings->n_files > 1 && !takes_all)
        return is_done(
            message_error(NULL, "-o %s: takes one input, not several", settings->output));
    if (settings->output != NULL && settings->to_stdout)
        return is_done(message_error(NULL, "-o and -c exclude each other"));
    if (settings->output != NULL && command == COMMAND_EXPLAIN && !settings->html)
        return is_done(message_error(NULL, "-o %s: only a page is written to a file: add --html",
                                     settings->output));
    if (settings->output != NULL && command != COMMAND_COMPRESS && command != COMMAND_DECOMPRESS &&
        command != COMMAND_EXPLAIN && !takes_all)
        return is_done(message_error(NULL,
                                     "-o %s: nothing is written by -t, -l, -b, --estimate and "
                                     "--ablate",
                                     settings->output));
    if (settings->recursive && settings->output != NULL && !takes_all)
        return is_done(
            message_error(NULL, "-o %s: -r writes a file beside each input", settings->output));
    if (settings->recursive && settings->n_files == 0)
        return is_done(message_error(NULL, "-r needs directories or files"));
    if (settings->bench_last != 0 && !measures)
        return is_done(
            message_error(NULL, "-e is the last level to measure: it goes with -b or --estimate"));
    if (settings->bench_seconds != 0 && command != COMMAND_BENCH)
        return is_done(message_error(NULL, "-i is how long a benchmark measures: it goes with -b"));
    if (command == COMMAND_ESTIMATE && (settings->n_files == 0 || has_stdin(settings)))
        return is_done(message_error(
            NULL,
            "--estimate needs files: parts of them are read here and there, as standard input cannot be"));
    if (command == COMMAND_BENCH && settings->n_files == 0)
        return is_done(message_error(NULL, "-b needs files to measure"));
    return true;
}

/* What only --explain has. */
static bool check_explaining(const struct settings *settings)
{
    bool explains = settings->command == COMMAND_EXPLAIN;

    if (settings->html && !explains)
        return is_done(message_error(NULL, "--html goes with --explain"));
    if (settings->map_len != 0 && !explains)
        return is_done(message_error(NULL, "--map goes with --explain"));
    if (settings->html && settings->json)
        return is_done(message_error(NULL, "--html and --json exclude each other"));
    if (settings->html && settings->n_files > 1)
        return is_done(message_error(NULL, "--html: a page is about one file, not several"));
    if (settings->html && settings->recursive)
        return is_done(message_error(NULL, "--html: a page is about one file: leave out -r"));
    if (settings->html && settings->map_len > PAGE_MAP_MAX)
        return is_done(message_error(NULL, "--map: a page shows 1MiB at most"));
    return true;
}

/* What only --train has, and what has priors. */
static bool check_priors(const struct settings *settings)
{
    enum command command = settings->command;
    bool trains = command == COMMAND_TRAIN;

    if (settings->prior_cap != 0 && !trains)
        return is_done(message_error(NULL, "--max-size goes with --train"));
    if (trains && settings->n_files == 0)
        return is_done(
            message_error(NULL, "--train needs samples: name files, or folders with -r"));
    if (trains && settings->output == NULL && !settings->to_stdout)
        return is_done(message_error(NULL, "--train needs a name for the prior: -o NAME.prior"));
    if (trains && settings->remove_source)
        return is_done(message_error(NULL, "--train and --rm exclude each other"));
    if (settings->prior_path != NULL && (trains || command == COMMAND_EXPLAIN ||
                                         command == COMMAND_ABLATE || command == COMMAND_LIST))
        return is_done(message_error(NULL, "-D goes with what packs or unpacks, not with -l, "
                                           "--train, --explain and --ablate"));
    if (settings->no_builtin && settings->prior_path != NULL)
        return is_done(message_error(NULL, "-D and --no-prior exclude each other"));
    if (settings->compact && (settings->prior_path == NULL || command != COMMAND_COMPRESS))
        return is_done(message_error(NULL, "--compact is for packing with -D"));
    return true;
}

/* The library knows which types and fields there are, and how large a shape may be. */
static bool check_content(const struct settings *settings)
{
    pith_options options = {
        .struct_size = sizeof options, .points = settings->points, .grid = settings->grid};
    pith_error error = {.status = PITH_OK};
    pith_encoder *encoder;

    if (settings->array.type != NULL)
        options.array = &settings->array;
    if (options.array == NULL && options.points == NULL && options.grid == NULL)
        return true;
    error.status = pith_encoder_create(&encoder, &options, &error);
    pith_encoder_destroy(encoder);
    if (error.status != PITH_OK)
        return is_done(message_error(options.grid != NULL     ? "--grid"
                                     : options.points != NULL ? "--points"
                                                              : "--type",
                                     "%s", error.text));
    return true;
}

/* What is said of points goes with nothing that is said of other contents. */
static bool check_points(const struct settings *settings, bool packs)
{
    if (settings->points == NULL && settings->grid == NULL)
        return true;
    if (!packs)
        return is_done(message_error(NULL, "--points and --grid go with what packs"));
    if (settings->grid != NULL && settings->command != COMMAND_COMPRESS)
        return is_done(
            message_error(NULL, "--grid does not give back what it takes: not to measure"));
    if (settings->grid != NULL && settings->remove_source)
        return is_done(
            message_error(NULL, "--grid and --rm exclude each other: what is off would be lost"));
    if (settings->array.type != NULL || settings->base_path != NULL || settings->prior_path != NULL)
        return is_done(message_error(NULL, "--points and --grid exclude --type, --base and -D"));
    return true;
}

/* What is said of tensors. */
static bool check_tensors(const struct settings *settings)
{
    enum command command = settings->command;
    bool packs = command == COMMAND_COMPRESS || command == COMMAND_BENCH;

    if (settings->base_path != NULL && !packs && command != COMMAND_DECOMPRESS &&
        command != COMMAND_TEST)
        return is_done(message_error(NULL, "--base goes with what packs or unpacks"));
    if (settings->base_path != NULL && settings->prior_path != NULL && packs)
        return is_done(message_error(NULL, "--base and -D exclude each other"));
    if ((settings->array.type != NULL || settings->array.n_dims > 0) && !packs)
        return is_done(message_error(NULL, "--type and --shape go with what packs"));
    if (settings->array.n_dims > 0 && settings->array.type == NULL)
        return is_done(message_error(NULL, "--shape needs --type: the type of the elements"));
    if (settings->array.type != NULL && settings->prior_path != NULL)
        return is_done(message_error(NULL, "--type and -D exclude each other"));
    if (settings->array.type != NULL && settings->base_path != NULL)
        return is_done(message_error(NULL, "--type and --base exclude each other"));
    return check_points(settings, packs) && check_content(settings);
}

bool args_check(const struct settings *settings)
{
    return check_together(settings) && check_decoding(settings) && check_explaining(settings) &&
           check_priors(settings) && check_tensors(settings);
}
