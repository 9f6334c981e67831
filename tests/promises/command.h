/* Runs the pith command, in a folder of the test's own, and looks at the files it leaves. */
#ifndef TESTS_PROMISES_COMMAND_H
#define TESTS_PROMISES_COMMAND_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_LEN_CAP = 600, ARGUMENTS_CAP = 16, MESSAGE_CAP = 4000 };

static const char *pith_path;
static char work_folder[PATH_LEN_CAP / 2];
static int n_passed, n_failed;

/* splitmix64 */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline uint64_t test_seed(void)
{
    const char *text = getenv("PITH_TEST_SEED");

    return text ? strtoull(text, NULL, 0) : 20240607;
}

static inline int is_full_run(void)
{
    const char *text = getenv("PITH_TEST_FULL");

    return text && *text;
}

static inline void die(const char *what)
{
    printf("cannot go on: %s: %s\n0 passed, 1 failed\n", what, strerror(errno));
    exit(1);
}

/* Takes the command's path, makes an empty folder. */
static inline void begin(int argc, char **argv)
{
    const char *folder = getenv("TMPDIR");

    if (argc < 2) {
        fprintf(stderr, "usage: %s PITH_BINARY ...\n", argv[0]);
        exit(2);
    }
    pith_path = realpath(argv[1], NULL);
    if (!pith_path)
        die(argv[1]);
    unsetenv("PITH_LEVEL");
    unsetenv("PITH_NBTHREADS");
    snprintf(work_folder, sizeof work_folder, "%s/pith-promise.XXXXXX", folder ? folder : "/tmp");
    if (!mkdtemp(work_folder) || chdir(work_folder) != 0)
        die(work_folder);
}

/* Removes what is left of the folder.  Returns how many temporary files of pith there were. */
static inline int sweep(const char *beginning)
{
    DIR *folder = opendir(work_folder);
    const struct dirent *entry;
    int n = 0;

    if (!folder)
        die(work_folder);
    while ((entry = readdir(folder)))
        if (strncmp(entry->d_name, beginning, strlen(beginning)) == 0 && entry->d_type == DT_REG) {
            unlink(entry->d_name);
            n++;
        }
    closedir(folder);
    return n;
}

static inline int end(void)
{
    sweep("");
    if (chdir("/") != 0 || rmdir(work_folder) != 0)
        printf("left behind: %s\n", work_folder);
    printf("%d passed, %d failed\n", n_passed, n_failed);
    return n_failed != 0;
}

static inline void verdict(int is_good, const char *what)
{
    printf("%-5s %s\n", is_good ? "ok" : "FAIL", what);
    n_passed += is_good != 0;
    n_failed += !is_good;
}

static inline void write_file(const char *path, const void *data, size_t len)
{
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(data, 1, len, file) != len || fclose(file) != 0)
        die(path);
}

/* The whole file, or NULL; the caller frees it. */
static inline unsigned char *read_file(const char *path, size_t *len)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY);
    unsigned char *data;
    ssize_t got;

    *len = 0;
    if (descriptor < 0)
        return NULL;
    if (fstat(descriptor, &status) != 0 || !(data = malloc((size_t)status.st_size + 1)))
        die(path);
    while ((got = read(descriptor, data + *len, (size_t)status.st_size + 1 - *len)) > 0)
        *len += (size_t)got;
    close(descriptor);
    return data;
}

static inline int exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static inline int file_is(const char *path, const void *data, size_t len)
{
    size_t found_len;
    unsigned char *found = read_file(path, &found_len);
    int is_same = found && found_len == len && memcmp(found, data, len) == 0;

    free(found);
    return is_same;
}

/* Lines of words and numbers: they shrink, and take time to. */
static inline void fill_lines(unsigned char *data, size_t len, uint64_t seed)
{
    static const char *const words[] = {"archive", "predicts", "the",  "next",  "byte",
                                        "it",      "reads",    "of",   "a",     "coder",
                                        "mixes",   "what",     "came", "before"};
    size_t at = 0;

    while (at < len) {
        uint64_t r = next_random(&seed);
        char word[40];
        int n = snprintf(word, sizeof word, "%s%s", words[r % (sizeof words / sizeof *words)],
                         r >> 60 ? " " : "\n");

        if (r >> 56 == 7)
            n = snprintf(word, sizeof word, "%llu ", (unsigned long long)(r >> 40 & 0xffff));
        for (int i = 0; i < n && at < len; i++)
            data[at++] = (unsigned char)word[i];
    }
}

/* Starts pith; signals are as a shell gives them, stderr goes to the file "err", stdout nowhere. */
static inline pid_t start(const char *const *arguments, char *const *environment)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE};
    char *argv[ARGUMENTS_CAP + 2] = {(char *)(size_t)pith_path};
    sigset_t none;
    pid_t pid;
    int n = 0;

    while (n < ARGUMENTS_CAP && arguments[n]) {
        argv[n + 1] = (char *)(size_t)arguments[n];
        n++;
    }
    fflush(stdout);
    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid > 0)
        return pid;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (!freopen("err", "w", stderr) || !freopen("/dev/null", "r", stdin) ||
        !freopen("/dev/null", "w", stdout))
        _exit(126);
    if (environment)
        execve(pith_path, argv, environment);
    else
        execv(pith_path, argv);
    _exit(127);
}

static inline int finish(pid_t pid, struct rusage *usage)
{
    int status;

    while (wait4(pid, &status, 0, usage) < 0)
        if (errno != EINTR)
            die("wait");
    return status;
}

static inline double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
