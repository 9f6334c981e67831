/* Verified before success: bits of the models' memory are flipped at random instants while pith
 * encodes and verifies, as bad memory would, and every run whose output changed is caught.
 *
 * The allocator knows where the models are: blocks many times as long as the input.  The progress
 * callback is the instant.  Each run has a process of its own: one that crashes, as a program in bad
 * memory may, has not reported success.  Without verification the same faults do change the output,
 * which shows that they are worth catching. */
#define _POSIX_C_SOURCE 200809L
#include "api/cases.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS_CAP = 64, RAW_LEN = 12000 };

struct block {
    uint8_t *data;
    size_t len;
};

struct saboteur {
    struct block blocks[BLOCKS_CAP];
    size_t n_blocks;
    uint64_t seed;
    unsigned n_calls, strikes_at; /* the first progress call at which it strikes */
    unsigned n_flips;             /* each time */
    uint64_t n_flipped;
};

static void *note_allocate(void *opaque, size_t len)
{
    struct saboteur *saboteur = opaque;
    void *data = malloc(len);

    if (data && saboteur->n_blocks < BLOCKS_CAP)
        saboteur->blocks[saboteur->n_blocks++] = (struct block){data, len};
    return data;
}

static void note_release(void *opaque, void *memory)
{
    struct saboteur *saboteur = opaque;

    for (size_t i = 0; i < saboteur->n_blocks; i++)
        if (saboteur->blocks[i].data == memory)
            saboteur->blocks[i--] = saboteur->blocks[--saboteur->n_blocks];
    free(memory);
}

static int strike(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    struct saboteur *saboteur = opaque;

    (void)raw_done;
    (void)packed_done;
    if (saboteur->n_calls++ < saboteur->strikes_at)
        return 0;
    for (size_t i = 0; i < saboteur->n_blocks; i++) {
        struct block block = saboteur->blocks[i];

        if (block.len < 8 * RAW_LEN) /* raw bytes, payload and the like: not a model */
            continue;
        for (unsigned k = 0; k < saboteur->n_flips; k++) {
            uint64_t r = next_random(&saboteur->seed);

            block.data[128 + (r >> 8) % (block.len - 128)] ^= (uint8_t)(1 << r % 8);
            saboteur->n_flipped++;
        }
    }
    return 0;
}

/* What came of a run, also as the exit status of its process. */
enum outcome { UNTOUCHED = 40, SAME, CAUGHT, MISSED, CRASHED, N_OUTCOMES };

struct counts {
    unsigned of[N_OUTCOMES];
    unsigned n_runs;
};

/* One run; what came of it is compared with the sound archive. */
static enum outcome sabotage(struct bytes raw, struct bytes sound, int level, int no_verify,
                             uint64_t seed)
{
    struct saboteur saboteur = {.seed = seed};
    pith_allocator allocator = {note_allocate, note_release, &saboteur};
    pith_options options = make_options(level, CHUNK_LEN, 1);
    size_t cap = pith_compress_bound(raw.len);
    struct bytes packed = {get_memory(cap), 0};
    pith_status status;
    int is_as_ever;

    saboteur.strikes_at = (unsigned)(next_random(&saboteur.seed) % 4);
    saboteur.n_flips = 1u << next_random(&saboteur.seed) % 14;
    options.allocator = &allocator;
    options.progress = strike;
    options.progress_opaque = &saboteur;
    options.no_verify = no_verify;
    status = pith_compress(packed.data, cap, &packed.len, raw.data, raw.len, &options, NULL);
    is_as_ever = is_same(packed, sound);
    free(packed.data);
    if (status != PITH_OK)
        return CAUGHT;
    if (saboteur.n_flipped == 0)
        return UNTOUCHED;
    return is_as_ever ? SAME : MISSED;
}

static void run_once(struct counts *counts, struct bytes raw, struct bytes sound, int level,
                     int no_verify, uint64_t seed)
{
    pid_t pid;
    int status, is_told;

    fflush(stdout);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO); /* what a crash says */
        signal(SIGSEGV, SIG_DFL);
        _exit(sabotage(raw, sound, level, no_verify, seed));
    }
    assert_true(waitpid(pid, &status, 0) == pid);
    is_told =
        WIFEXITED(status) && WEXITSTATUS(status) >= UNTOUCHED && WEXITSTATUS(status) < CRASHED;
    counts->of[is_told ? WEXITSTATUS(status) : CRASHED]++;
    counts->n_runs++;
}

static void count_runs(struct counts *counts, unsigned n, int no_verify)
{
    for (unsigned i = 0; i < n; i++) {
        int level = 1 + (int)(i % 3);
        struct bytes raw = make_data(i % 2 ? TEXT : MIXED, RAW_LEN, i % 8), sound;
        pith_options options = make_options(level, CHUNK_LEN, 1);

        sound = compress(raw, &options);
        run_once(counts, raw, sound, level, no_verify, test_seed() + i);
        free(sound.data);
        free(raw.data);
    }
    printf("%s: %u runs, memory left alone in %u, output as ever in %u, caught %u, crashed %u, "
           "changed and not caught %u\n",
           no_verify ? "without verification" : "with verification", counts->n_runs,
           counts->of[UNTOUCHED], counts->of[SAME], counts->of[CAUGHT], counts->of[CRASHED],
           counts->of[MISSED]);
}

static void changed_models_are_caught(void **state)
{
    struct counts counts = {0};

    (void)state;
    count_runs(&counts, getenv("PITH_TEST_FULL") ? 5000 : 100, 0);
    assert_true(counts.of[MISSED] == 0);
    assert_true(counts.of[CAUGHT] > counts.n_runs / 10);
}

static void the_same_faults_do_harm(void **state)
{
    struct counts counts = {0};

    (void)state;
    count_runs(&counts, getenv("PITH_TEST_FULL") ? 500 : 60, 1);
    assert_true(counts.of[MISSED] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_models_are_caught),
        cmocka_unit_test(the_same_faults_do_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
