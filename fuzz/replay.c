/* Runs a fuzz target over files, without a fuzzer, so that any compiler's build can hold to what
 * fuzzing has found.
 *
 *   replay_TARGET FOLDER...      every file of the folders; last line: "N passed, N failed"
 *
 * Each file gets a process of its own, so that one that crashes is counted and named. */
#define _POSIX_C_SOURCE 200809L

#include "fuzzing.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int run_file(const char *path, size_t len)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = fuzz_memory(len);

    if (!file || fread(data, 1, len, file) != len) {
        perror(path);
        return 1;
    }
    fclose(file);
    (void)LLVMFuzzerTestOneInput(data, len);
    free(data);
    return 0;
}

/* 0 if the file passes. */
static int replay_file(const char *path, size_t len)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        exit(run_file(path, len));
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
        return 0;
    fprintf(stderr, "FAIL  %s: status 0x%x\n", path, (unsigned)status);
    return 1;
}

int main(int argc, char **argv)
{
    unsigned n_passed = 0, n_failed = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        const struct dirent *entry;

        if (!folder) {
            perror(argv[i]);
            return 2;
        }
        while ((entry = readdir(folder)) != NULL) {
            char path[4096];
            struct stat what;
            int len = snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);

            if (len < 0 || (size_t)len >= sizeof path || stat(path, &what) != 0 ||
                !S_ISREG(what.st_mode))
                continue;
            if (replay_file(path, (size_t)what.st_size) == 0)
                n_passed++;
            else
                n_failed++;
        }
        closedir(folder);
    }
    printf("%u passed, %u failed\n", n_passed, n_failed);
    return n_failed > 0 || n_passed == 0;
}
