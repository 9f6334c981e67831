/* A crew: one piece of work shared by as many processes as there are processors.
 *
 * Each process takes every n-th item and adds to counters in shared memory, so that an item that
 * crashes takes its process with it, which counts as a failure, and nothing else. */
#ifndef TESTS_PROMISES_CREW_H
#define TESTS_PROMISES_CREW_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

static inline int is_full_run(void)
{
    const char *text = getenv("PITH_TEST_FULL");

    return text && *text;
}

static inline void *shared_memory(size_t len)
{
    void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return memory;
}

/* Calls work(item, opaque) for every item in 0..n_items - 1.  Returns how many processes did not end
 * well. */
static inline int crew_run(uint64_t n_items, void (*work)(uint64_t item, void *opaque),
                           void *opaque)
{
    long n_processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t n = n_processors < 1 ? 1 : n_processors > 64 ? 64 : (uint64_t)n_processors;
    int n_bad = 0, status;

    fflush(stdout);
    for (uint64_t k = 0; k < n; k++) {
        pid_t pid = fork();

        if (pid < 0) {
            perror("fork");
            exit(1);
        }
        if (pid > 0)
            continue;
        for (uint64_t item = k; item < n_items; item += n)
            work(item, opaque);
        fflush(stdout);
        _exit(0);
    }
    for (uint64_t k = 0; k < n; k++)
        if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
            n_bad++;
    return n_bad;
}

#endif
