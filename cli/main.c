/* The pith command.  main reads the arguments, hands every file to the duty asked for, and leaves
 * with the worst code of all: a bad file does not keep the good ones waiting.
 *
 * From here to a coded bit: pith_encoder_run in src/api, then container, codec, engine, coder. */
#include "posix.h"

#include "ablate.h"
#include "args.h"
#include "base_file.h"
#include "bench.h"
#include "convert.h"
#include "estimate.h"
#include "explain.h"
#include "list.h"
#include "message.h"
#include "priors.h"
#include "signals.h"
#include "training.h"
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Descriptors 0 to 2 that the parent left closed would be given to the first files opened, and data
 * would land in them.  What is put there fails on use, as a closed one does. */
static void plug_closed_descriptors(void)
{
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0)
            open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
}

static enum code convert_files(const struct settings *settings)
{
    enum code code = CODE_DONE;

    if (settings->n_files == 0)
        return convert_file(settings, NULL);
    for (int i = 0; i < settings->n_files; i++)
        code = code_worse(code, convert_file(settings, settings->files[i]));
    return code;
}

static enum code run_command(const struct settings *settings)
{
    switch (settings->command) {
    case COMMAND_LIST:
        return list_files(settings);
    case COMMAND_BENCH:
        return bench_files(settings);
    case COMMAND_ESTIMATE:
        return estimate_files(settings);
    case COMMAND_ABLATE:
        return ablate_files(settings);
    case COMMAND_EXPLAIN:
        return explain_files(settings);
    case COMMAND_TRAIN:
        return train_files(settings);
    case COMMAND_COMPRESS:
    case COMMAND_DECOMPRESS:
    case COMMAND_TEST:
        break;
    }
    return convert_files(settings);
}

static enum code run(const struct settings *settings)
{
    struct settings below = *settings;
    struct walk walk = {.paths = NULL};
    enum code code;

    if (!settings->recursive)
        return run_command(settings);
    code = walk_collect(&walk, settings);
    below.files = walk.paths;
    below.n_files = (int)walk.n_paths;
    if (below.n_files > 0 ||
        settings->command == COMMAND_TRAIN) /* none would mean standard input */
        code = code_worse(code, run_command(&below));
    walk_free(&walk);
    return code;
}

/* A table or help text that could not be written is a failure like any other. */
static enum code end_stdout(enum code code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    if (errno == EPIPE)
        signals_die_of_pipe();
    return code_worse(code, message_errno("(stdout)", "cannot write", errno));
}

int main(int argc, char **argv)
{
    struct settings settings;
    struct priors priors;
    struct base base = {.is_open = false};
    enum code code;

    plug_closed_descriptors();
    signals_install();
    if (args_read(&settings, &code, argc, argv)) {
        code = priors_open(&priors, &settings);
        if (code == CODE_DONE)
            code = base_open(&base, &settings);
        if (code == CODE_DONE)
            code = run(&settings);
        if (settings.base_path != NULL)
            code = code_worse(code, base_close(&base));
        priors_close(&priors);
    }
    return (int)end_stdout(code);
}
