/* Packs every line of a log by itself with a prior, and reads single lines back.
 *
 *   pith --train samples/ -r -o log.prior
 *   6-messages log.prior log.txt     packs log.txt and reads it back
 *   6-messages                       tries itself, with a prior of its own
 *
 * Each line is a compact frame in one block, and a table says where each begins: any of a million can
 * be read without its neighbours.  One coder serves all; threads would have one each and share the
 * prior. */
#include <inttypes.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE_MAX_LEN = 16384 };

/* Packed lines one after the other: line i is bytes starts[i] to starts[i + 1] - 1. */
struct store {
    unsigned char *packed;
    size_t *starts;
    size_t n, cap, packed_cap;
    uint64_t raw_len;
};

/* Room for one more line.  Returns 0 when there is no memory. */
static int grow(struct store *store)
{
    size_t used = store->n ? store->starts[store->n] : 0;
    size_t needed = used + pith_message_bound(LINE_MAX_LEN);

    if (store->n + 2 > store->cap) {
        size_t cap = store->cap ? 2 * store->cap : 1024;
        size_t *starts = realloc(store->starts, cap * sizeof *starts);

        if (starts == NULL)
            return 0;
        if (store->n == 0)
            starts[0] = 0;
        store->starts = starts;
        store->cap = cap;
    }
    if (needed > store->packed_cap) {
        unsigned char *packed = realloc(store->packed, 2 * needed);

        if (packed == NULL)
            return 0;
        store->packed = packed;
        store->packed_cap = 2 * needed;
    }
    return 1;
}

static int add(struct store *store, pith_message_coder *coder, const char *line, size_t len)
{
    size_t packed_len;
    pith_error error;

    if (!grow(store))
        return 0;
    if (pith_message_pack(coder, store->packed + store->starts[store->n],
                          pith_message_bound(LINE_MAX_LEN), &packed_len, line, len,
                          &error) != PITH_OK) {
        fprintf(stderr, "cannot pack: %s\n", error.text);
        return 0;
    }
    store->starts[store->n + 1] = store->starts[store->n] + packed_len;
    store->n++;
    store->raw_len += len;
    return 1;
}

/* Line i into line[LINE_MAX_LEN]; returns its length, or 0 when it is damaged. */
static size_t get(const struct store *store, pith_message_coder *coder, size_t i, char *line)
{
    size_t len;
    pith_error error;

    if (pith_message_unpack(coder, line, LINE_MAX_LEN, &len, store->packed + store->starts[i],
                            store->starts[i + 1] - store->starts[i], &error) == PITH_OK)
        return len;
    fprintf(stderr, "line %zu: %s\n", i, error.text);
    return 0;
}

static pith_prior *open_prior(const char *path)
{
    pith_prior *prior = NULL;
    pith_error error;
    FILE *file = fopen(path, "rb");
    size_t cap = (size_t)64 << 20, len;
    void *data = malloc(cap);

    if (file == NULL || data == NULL) {
        perror(path);
    } else {
        len = fread(data, 1, cap, file);
        if (pith_prior_open(&prior, data, len, NULL, &error) != PITH_OK)
            fprintf(stderr, "%s: %s\n", path, error.text);
    }
    if (file != NULL)
        fclose(file);
    free(data); /* what was opened does not need it */
    return prior;
}

static double seconds_since(clock_t start)
{
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static int run(pith_message_coder *coder, FILE *log)
{
    static char line[LINE_MAX_LEN];
    struct store store = {NULL};
    clock_t start = clock();
    int is_good = 1;

    while (is_good && fgets(line, sizeof line, log) != NULL)
        is_good = add(&store, coder, line, strlen(line));
    if (is_good && store.n > 0) {
        printf("%zu lines, %" PRIu64 " bytes -> %zu, %.0f lines a second\n", store.n, store.raw_len,
               store.starts[store.n], (double)store.n / seconds_since(start));
        start = clock();
        for (size_t i = 0; is_good && i < store.n; i++) /* in any order; here every one */
            is_good = get(&store, coder, (i * 7919) % store.n, line) > 0;
        printf("read back: %.0f lines a second\n", (double)store.n / seconds_since(start));
    }
    free(store.packed);
    free(store.starts);
    return is_good;
}

/* A line of a made-up log. */
static int make_line(char line[256], unsigned n)
{
    static const char *const verbs[] = {"GET", "POST", "PUT", "GET"};
    static const char *const things[] = {"orders", "invoices", "users", "sessions", "reports"};
    unsigned long random = (n * 2654435761u) & 0xffffffffu;

    return snprintf(line, 256,
                    "{\"time\":\"2026-03-%02uT%02u:%02u:%02uZ\",\"method\":\"%s\",\"path\":"
                    "\"/api/v2/%s/%lu\",\"status\":%u,\"ms\":%lu}\n",
                    n / 9000 % 28 + 1, n / 400 % 24, n / 7 % 60, n % 60, verbs[random >> 5 & 3],
                    things[random % 5], random >> 16 & 0xfff, random % 11 ? 200u : 404u,
                    random >> 9 & 127);
}

/* Learns from 500 lines. */
static pith_prior *train_prior(void)
{
    enum { N_SAMPLES = 500, CAP = 1 << 17 };
    static char lines[N_SAMPLES][256];
    static unsigned char data[CAP];
    pith_sample samples[N_SAMPLES];
    pith_prior *prior = NULL;
    size_t len;
    pith_error error;

    for (unsigned i = 0; i < N_SAMPLES; i++) {
        samples[i].data = lines[i];
        samples[i].len = (size_t)make_line(lines[i], 13 * i);
    }
    if (pith_prior_train(data, CAP, &len, samples, N_SAMPLES, NULL, NULL, &error) != PITH_OK ||
        pith_prior_open(&prior, data, len, NULL, &error) != PITH_OK)
        fprintf(stderr, "%s\n", error.text);
    return prior;
}

static FILE *make_log(void)
{
    FILE *log = tmpfile();
    char line[256];

    for (unsigned i = 0; log != NULL && i < 2000; i++) {
        make_line(line, 100000 + 3 * i);
        fputs(line, log);
    }
    if (log != NULL)
        rewind(log);
    return log;
}

int main(int argc, char **argv)
{
    pith_options options = {.struct_size = sizeof(pith_options)};
    pith_message_coder *coder = NULL;
    pith_prior *prior;
    pith_error error;
    FILE *log;
    int is_good = 0;

    if (argc != 1 && argc != 3) {
        fprintf(stderr, "usage: 6-messages [PRIOR LOG]\n");
        return 1;
    }
    prior = argc == 3 ? open_prior(argv[1]) : train_prior();
    log = argc == 3 ? fopen(argv[2], "r") : make_log();
    options.prior = prior;
    if (log == NULL)
        perror("the log");
    else if (prior != NULL &&
             pith_message_coder_create(&coder, LINE_MAX_LEN, &options, &error) != PITH_OK)
        fprintf(stderr, "%s\n", error.text);
    if (coder != NULL)
        is_good = run(coder, log);
    pith_message_coder_destroy(coder);
    pith_prior_close(prior);
    if (log != NULL)
        fclose(log);
    return is_good ? 0 : 1;
}
