/* pith killed at random instants: the destination is absent, the old file or the whole new one; the
 * source is there, or the whole destination is; after a signal that can be caught no temporary file
 * is left.
 *
 *   kill PITH_BINARY
 *
 * Half of the instants lie anywhere in a run, half close to its end, where files get their names and
 * sources go; of the runs some are long and some hardly begin.
 * Runs that end before the signal comes are looked at too, and made up for. */
#include "promises/command.h"

struct job {
    const char *name;
    const char *arguments[8];
    const char *source, *target;
    int has_old, removes;
};

static const struct job jobs[] = {
    {"compress", {"-1", "a"}, "a", "a.pith", 0, 0},
    {"compress --rm", {"-1", "--rm", "a"}, "a", "a.pith", 0, 1},
    {"compress -f", {"-1", "-f", "a"}, "a", "a.pith", 1, 0},
    {"compress -f --rm", {"-1", "-f", "--rm", "-T2", "a"}, "a", "a.pith", 1, 1},
    {"decompress", {"-d", "a.pith"}, "a.pith", "a", 0, 0},
    {"decompress --rm", {"-d", "--rm", "a.pith"}, "a.pith", "a", 0, 1},
    {"decompress -f", {"-d", "-f", "-T2", "a.pith"}, "a.pith", "a", 1, 0},
    {"decompress -f --rm", {"-d", "-f", "--rm", "a.pith"}, "a.pith", "a", 1, 1},
};

enum { N_JOBS = sizeof jobs / sizeof *jobs, N_SIZES = 2 };

static const char old_text[] = "the old file\n";

struct sample {
    unsigned char *raw, *packed;
    size_t raw_len, packed_len;
    double seconds[N_JOBS]; /* of a whole run */
};

static unsigned long n_runs, n_in_time, n_absent, n_old, n_whole, n_left, n_violations;

static void lay_out(const struct job *job, const struct sample *sample)
{
    int is_packing = job->target[1] == '.';

    unlink(job->target);
    if (is_packing)
        write_file(job->source, sample->raw, sample->raw_len);
    else
        write_file(job->source, sample->packed, sample->packed_len);
    if (job->has_old)
        write_file(job->target, old_text, sizeof old_text - 1);
}

static void violation(const struct job *job, int number, double instant, const char *what)
{
    if (++n_violations <= 20)
        printf("FAIL  %s, signal %d after %.6f s: %s\n", job->name, number, instant, what);
}

/* What may be there after a run that was killed. */
static void look(const struct job *job, const struct sample *sample, int number, double instant)
{
    int is_packing = job->target[1] == '.';
    const unsigned char *whole = is_packing ? sample->packed : sample->raw;
    const unsigned char *source = is_packing ? sample->raw : sample->packed;
    size_t whole_len = is_packing ? sample->packed_len : sample->raw_len;
    size_t source_len = is_packing ? sample->raw_len : sample->packed_len;
    int is_there = exists(job->target), is_whole = file_is(job->target, whole, whole_len);
    int is_old = file_is(job->target, old_text, sizeof old_text - 1);
    int n_temporary = sweep(".pith-");

    n_absent += (unsigned long)!is_there;
    n_whole += (unsigned long)is_whole;
    n_old += (unsigned long)is_old;
    n_left += (unsigned long)n_temporary;
    if (is_there && !is_whole && !(is_old && job->has_old))
        violation(job, number, instant, "the destination is neither old nor whole");
    if (!is_there && job->has_old)
        violation(job, number, instant, "the old destination is gone");
    if (!exists(job->source) ? !is_whole || !job->removes
                             : !file_is(job->source, source, source_len))
        violation(job, number, instant, "the source is lost");
    if (n_temporary > 0 && number != SIGKILL)
        violation(job, number, instant, "a temporary file is left");
}

static void wait_until(double instant)
{
    double left;

    while ((left = instant - seconds_now()) > 0)
        if (left > 0.0005) {
            struct timespec time = {(time_t)(left - 0.0003), 0};

            time.tv_nsec = (long)((left - 0.0003 - (double)time.tv_sec) * 1e9);
            nanosleep(&time, NULL);
        }
}

static void kill_once(const struct job *job, struct sample *sample, int number, uint64_t *seed)
{
    double share = (double)(next_random(seed) >> 11) / 9007199254740992.0, instant, began;
    double usual = sample->seconds[job - jobs];
    pid_t pid;
    int status;

    instant = next_random(seed) & 1 ? share * 1.1 * usual : (0.85 + share * 0.3) * usual;
    lay_out(job, sample);
    began = seconds_now();
    pid = start(job->arguments, NULL);
    wait_until(began + instant);
    kill(pid, number);
    status = finish(pid, NULL);
    n_runs++;
    if (WIFSIGNALED(status)) {
        n_in_time++;
        if (WTERMSIG(status) != number)
            violation(job, number, instant, "ended by another signal");
    } else if (WEXITSTATUS(status) != 0) {
        violation(job, number, instant, "ended with an error");
    } else { /* later runs are timed by what this one took, as the machine's load changes */
        sample->seconds[job - jobs] = 0.7 * usual + 0.3 * (seconds_now() - began);
    }
    look(job, sample, number, instant);
}

static void make_sample(struct sample *sample, size_t len, uint64_t *seed)
{
    const char *const arguments[] = {"-1", "-f", "a", NULL};
    double began;

    sample->raw_len = len;
    sample->raw = malloc(len);
    if (!sample->raw)
        die("malloc");
    fill_lines(sample->raw, len, next_random(seed));
    write_file("a", sample->raw, len);
    if (finish(start(arguments, NULL), NULL) != 0)
        die("pith -1");
    sample->packed = read_file("a.pith", &sample->packed_len);
    unlink("a");
    for (int i = 0; i < N_JOBS; i++) {
        lay_out(&jobs[i], sample);
        began = seconds_now();
        if (finish(start(jobs[i].arguments, NULL), NULL) != 0)
            die(jobs[i].name);
        sample->seconds[i] = seconds_now() - began;
        unlink("a");
        unlink("a.pith");
    }
}

static void kill_all(const char *what, const int *numbers, int n_numbers, int n, uint64_t *seed,
                     struct sample samples[N_SIZES])
{
    char text[300];

    n_runs = n_in_time = n_absent = n_old = n_whole = n_left = n_violations = 0;
    for (int i = 0; i < 6 * n && n_in_time < (unsigned long)n; i++) {
        const struct job *job = &jobs[next_random(seed) % N_JOBS];

        kill_once(job, &samples[i % N_SIZES], numbers[i / N_SIZES % n_numbers], seed);
        unlink("a");
        unlink("a.pith");
    }
    snprintf(text, sizeof text,
             "%s: %lu runs, %lu killed in time, destination absent %lu, old %lu, whole %lu, "
             "temporary files left %lu, %lu violations",
             what, n_runs, n_in_time, n_absent, n_old, n_whole, n_left, n_violations);
    verdict(n_violations == 0 && n_in_time == (unsigned long)n, text);
}

int main(int argc, char **argv)
{
    static const size_t lengths[N_SIZES] = {300, 60000};
    static const int catchable[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    static const int deadly[] = {SIGKILL};
    struct sample samples[N_SIZES];
    uint64_t seed = test_seed();
    int n = is_full_run() ? 1000 : 30;

    begin(argc, argv);
    for (int i = 0; i < N_SIZES; i++)
        make_sample(&samples[i], lengths[i], &seed);
    kill_all("SIGKILL", deadly, 1, n, &seed, samples);
    kill_all("SIGINT, TERM, HUP, PIPE", catchable, 4, n, &seed, samples);
    for (int i = 0; i < N_SIZES; i++) {
        free(samples[i].raw);
        free(samples[i].packed);
    }
    return end();
}
