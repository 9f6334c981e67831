/* Runs a fuzz target over files, without a fuzzer, so that any compiler's build can hold to what
 * fuzzing has found.
 *
 *   replay_TARGET FOLDER...      every file of the folders; last line: "N passed, N failed"
 *
 * A process of its own runs the files and says after each that it lives; where it dies the next one
 * goes on behind the file that killed it. */
#define _POSIX_C_SOURCE 200809L

#include "fuzzing.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct files {
    char **paths;
    size_t n;
};

static void add_folder(struct files *files, const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    if (!dir) {
        perror(folder);
        exit(2);
    }
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(folder) + strlen(entry->d_name) + 2;
        char *path = fuzz_memory(len);
        struct stat what = {0}; /* not every memory sanitizer knows that stat() fills it */

        snprintf(path, len, "%s/%s", folder, entry->d_name);
        if (stat(path, &what) != 0 || !S_ISREG(what.st_mode)) {
            free(path);
            continue;
        }
        files->paths = realloc(files->paths, (files->n + 1) * sizeof *files->paths);
        FUZZ_CHECK(files->paths != NULL);
        files->paths[files->n++] = path;
    }
    closedir(dir);
}

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct fuzz_bytes bytes = {fuzz_memory(0), 0, 0};
    uint8_t buffer[4096];
    size_t n;

    FUZZ_CHECK(file != NULL);
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0)
        fuzz_append(&bytes, buffer, n);
    FUZZ_CHECK(!ferror(file));
    fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes.data, bytes.len);
    free(bytes.data);
}

/* Runs the files from `first` on; returns how many passed before one did not. */
static size_t run_files(const struct files *files, size_t first)
{
    int lives[2], status = 0;
    size_t n_passed = 0;
    char byte = 0;
    pid_t child;

    FUZZ_CHECK(pipe(lives) == 0);
    child = fork();
    FUZZ_CHECK(child >= 0);
    if (child == 0) {
        close(lives[0]);
        for (size_t i = first; i < files->n; i++) {
            run_file(files->paths[i]);
            FUZZ_CHECK(write(lives[1], &byte, 1) == 1);
        }
        exit(0);
    }
    close(lives[1]);
    while (read(lives[0], &byte, 1) == 1)
        n_passed++;
    close(lives[0]);
    FUZZ_CHECK(waitpid(child, &status, 0) == child);
    if (status != 0 && first + n_passed == files->n)
        n_passed--; /* what was left behind: the last one stands for it */
    if (status != 0)
        fprintf(stderr, "FAIL  %s: status 0x%x\n", files->paths[first + n_passed],
                (unsigned)status);
    return n_passed;
}

int main(int argc, char **argv)
{
    struct files files = {NULL, 0};
    size_t n_failed = 0;

    for (int i = 1; i < argc; i++)
        add_folder(&files, argv[i]);
    for (size_t at = 0; at < files.n; at++) {
        at += run_files(&files, at);
        n_failed += at < files.n;
    }
    printf("%zu passed, %zu failed\n", files.n - n_failed, n_failed);
    for (size_t i = 0; i < files.n; i++)
        free(files.paths[i]);
    free(files.paths);
    return n_failed > 0 || files.n == 0;
}
