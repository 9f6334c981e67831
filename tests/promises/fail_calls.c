/* The n-th system call of a kind fails, or does half of its work, for n = 1, 2, ... until there is no
 * such call: the destination is absent, old or whole, the source never lost, no temporary file left,
 * and the exit code is 1 with a message that has the path, or 0 if everything is whole and right.
 * The same with the n-th allocation.
 *
 *   fail_calls PITH_BINARY FAIL_CALL_LIBRARY       the library is fail_call.c */
#include "promises/command.h"

struct job {
    const char *name;
    const char *options[4];
    int is_packing, has_old, removes, is_damaged;
};

static const struct job jobs[] = {
    {"compress", {"-1"}, 1, 0, 0, 0},
    {"compress --rm", {"-1", "--rm"}, 1, 0, 1, 0},
    {"compress -f --rm", {"-1", "-f", "--rm"}, 1, 1, 1, 0},
    {"compress -T2", {"-1", "-T2"}, 1, 0, 0, 0},
    {"decompress", {"-d"}, 0, 0, 0, 0},
    {"decompress --rm", {"-d", "--rm"}, 0, 0, 1, 0},
    {"decompress -f --rm", {"-d", "-f", "--rm"}, 0, 1, 1, 0},
    {"decompress damaged", {"-d", "-f"}, 0, 1, 0, 1},
    {"list", {"-l"}, 0, 1, 0, 0},
};

enum { N_JOBS = sizeof jobs / sizeof *jobs, SHORT = 0, NUMBER_CAP = 400 };

static const struct {
    const char *name;
    int must_fail; /* with EIO, whichever of these calls it is */
} calls[] = {
    {"open", 0},     {"openat", 0}, {"read", 1},      {"pread", 1}, {"write", 1},  {"fsync", 0},
    {"fstat", 0},    {"lstat", 0},  {"stat", 0},      {"lseek", 0}, {"fchmod", 1}, {"fchown", 0},
    {"futimens", 1}, {"rename", 1}, {"renameat2", 1}, {"close", 0}, {"unlink", 0},
};

enum { N_CALLS = sizeof calls / sizeof *calls };

static const char old_text[] = "the old file\n";
static const char *library;
static char raw_path[PATH_LEN_CAP], packed_path[PATH_LEN_CAP], mark_path[PATH_LEN_CAP];
static unsigned char *raw, *packed, *damaged;
static size_t raw_len, packed_len;
static unsigned long n_runs, n_done, n_failing, n_violations;

static void violation(const struct job *job, const char *call, int number, int error,
                      const char *what)
{
    size_t len;
    unsigned char *said = read_file("err", &len);

    if (++n_violations <= 20)
        printf("FAIL  %s, %s number %d, %s: %s; stderr: %.*s\n", job->name, call, number,
               error == SHORT ? "short" : strerror(error), what, (int)len, (char *)said);
    free(said);
}

static int has_path(void)
{
    size_t len;
    unsigned char *said = read_file("err", &len);
    int has = said && len > 0;

    if (has) {
        said[len - 1] = 0;
        has = strncmp((char *)said, "pith: ", 6) == 0 && strstr((char *)said, work_folder);
    }
    free(said);
    return has;
}

/* 1: it must be 0; 2: it must be 1; 0: either. */
static int expected_code(const struct job *job, const char *call, int error)
{
    if (job->is_damaged)
        return 0;
    if ((strcmp(call, "read") == 0 || strcmp(call, "write") == 0 || strcmp(call, "pread") == 0) &&
        (error == SHORT || error == EINTR))
        return 1;
    if (strcmp(call, "renameat2") == 0 && (error == EINVAL || error == ENOSYS))
        return 1;
    for (int i = 0; i < N_CALLS; i++)
        if (strcmp(calls[i].name, call) == 0 && calls[i].must_fail)
            return 2;
    return 0;
}

static void look(const struct job *job, const char *call, int number, int error, int status)
{
    const char *source = job->is_packing ? raw_path : packed_path;
    const char *target = job->is_packing ? packed_path : raw_path;
    const unsigned char *content = job->is_packing ? raw : job->is_damaged ? damaged : packed;
    int is_whole =
        job->is_packing ? file_is(target, packed, packed_len) : file_is(target, raw, raw_len);
    int is_old = job->has_old && file_is(target, old_text, sizeof old_text - 1);
    int has_source = file_is(source, content, job->is_packing ? raw_len : packed_len);
    int is_list = strcmp(job->name, "list") == 0, expected = expected_code(job, call, error);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    int n_temporary = sweep(".pith-");

    n_done += code == 0;
    n_failing += code == 1;
    if (code != 0 && code != 1 && !(job->is_damaged && code == 2))
        violation(job, call, number, error, code < 0 ? "crashed" : "exit code over 1");
    if (code == 0 && !(is_list ? has_source : is_whole))
        violation(job, call, number, error, "exit code 0 and not whole");
    if ((expected == 1 && code != 0) || (expected == 2 && code != 1))
        violation(job, call, number, error, expected == 1 ? "not 0" : "not 1");
    if (code == 1 && !has_path())
        violation(job, call, number, error, "no message with the path");
    if (exists(target) && !is_whole && !is_old)
        violation(job, call, number, error, "the destination is neither old nor whole");
    if (!exists(target) && job->has_old)
        violation(job, call, number, error, "the old destination is gone");
    if (!has_source && (exists(source) || !is_whole || !job->removes))
        violation(job, call, number, error, "the source is lost");
    if (n_temporary > 0 && strcmp(call, "unlink") != 0)
        violation(job, call, number, error, "a temporary file is left");
}

/* Runs the job while one call fails.  False if there was no such call. */
static int try(const struct job *job, const char *call, int number, int error)
{
    const char *arguments[ARGUMENTS_CAP] = {NULL};
    char at[40], with[40], which[60], mark[PATH_LEN_CAP + 40], load[PATH_LEN_CAP + 40];
    char *environment[] = {load, which, at, with, mark, NULL};
    int n = 0, status;

    unlink(raw_path);
    unlink(packed_path);
    unlink(mark_path);
    if (job->is_packing)
        write_file(raw_path, raw, raw_len);
    else
        write_file(packed_path, job->is_damaged ? damaged : packed, packed_len);
    if (job->has_old)
        write_file(job->is_packing ? packed_path : raw_path, old_text, sizeof old_text - 1);
    while (n < 4 && job->options[n]) {
        arguments[n] = job->options[n];
        n++;
    }
    arguments[n] = job->is_packing ? raw_path : packed_path;
    snprintf(load, sizeof load, "LD_PRELOAD=%s", library);
    snprintf(which, sizeof which, "PITH_FAIL_CALL=%s", call);
    snprintf(at, sizeof at, "PITH_FAIL_AT=%d", number);
    snprintf(with, sizeof with, "PITH_FAIL_WITH=%d", error);
    snprintf(mark, sizeof mark, "PITH_FAIL_MARK=%s", mark_path);
    status = finish(start(arguments, environment), NULL);
    if (!exists(mark_path))
        return 0;
    n_runs++;
    look(job, call, number, error, status);
    return 1;
}

static void try_all(const struct job *job, const char *call, int error)
{
    for (int number = 1; number < NUMBER_CAP && try(job, call, number, error); number++)
        ;
}

static void report(const char *what)
{
    char text[300];

    snprintf(text, sizeof text,
             "%s: %lu failed calls, %lu runs ended with 0, %lu with 1, %lu violations", what,
             n_runs, n_done, n_failing, n_violations);
    verdict(n_violations == 0 && n_runs > 0, text);
    n_runs = n_done = n_failing = n_violations = 0;
}

static void make_files(void)
{
    const char *const arguments[] = {"-1", raw_path, NULL};

    raw_len = 2700000; /* three blocks of output, with holes */
    raw = calloc(1, raw_len);
    if (!raw)
        die("calloc");
    fill_lines(raw + 1200000, 900, test_seed());
    fill_lines(raw, 900, test_seed());
    write_file(raw_path, raw, raw_len);
    if (finish(start(arguments, NULL), NULL) != 0)
        die("pith -1");
    packed = read_file(packed_path, &packed_len);
    damaged = read_file(packed_path, &packed_len);
    if (!packed || !damaged)
        die(packed_path);
    damaged[packed_len - 1] ^= 0x40;
}

int main(int argc, char **argv)
{
    static const int errors[] = {EIO, SHORT, EINTR, ENOSPC, EMFILE, EINVAL, EEXIST};
    char text[100];

    if (argc < 3) {
        fprintf(stderr, "usage: fail_calls PITH_BINARY FAIL_CALL_LIBRARY\n");
        return 2;
    }
    library = realpath(argv[2], NULL);
    if (!library)
        die(argv[2]);
    begin(argc, argv);
    snprintf(raw_path, sizeof raw_path, "%s/a", work_folder);
    snprintf(packed_path, sizeof packed_path, "%s/a.pith", work_folder);
    snprintf(mark_path, sizeof mark_path, "%s/mark", work_folder);
    make_files();
    for (int i = 0; i < N_CALLS; i++) {
        for (int j = 0; j < N_JOBS; j++)
            for (size_t k = 0; k < sizeof errors / sizeof *errors; k++) {
                int moves = strcmp(calls[i].name, "read") == 0 ||
                            strcmp(calls[i].name, "pread") == 0 ||
                            strcmp(calls[i].name, "write") == 0;
                int names = strncmp(calls[i].name, "rename", 6) == 0;

                if ((errors[k] == SHORT && !moves) ||
                    ((errors[k] == EINVAL || errors[k] == EEXIST) && !names) ||
                    (k >= 3 && !names && !is_full_run()))
                    continue;
                try_all(&jobs[j], calls[i].name, errors[k]);
            }
        if (n_runs > 0 || n_violations > 0) {
            snprintf(text, sizeof text, "%s", calls[i].name);
            report(text);
        } else {
            printf("      %s: is not called\n", calls[i].name);
        }
    }
    for (int j = 0; j < N_JOBS; j++)
        if (j % 4 == 3 || j == 4 || is_full_run())
            try_all(&jobs[j], "malloc", ENOMEM);
    report("malloc");
    free(raw);
    free(packed);
    free(damaged);
    return end();
}
