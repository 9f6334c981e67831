/* Makes the built-in priors from lists of sample files; tools/make_builtin.sh calls it for each part.
 *
 *   make_builtin store OUT ROOM LIST          a store of at most ROOM bytes, with its marks before it
 *   make_builtin learnt OUT LEVEL PARTS LEAST_MOVE STORE LIST [STORE LIST]...
 *                                             what engines of a level begin with, for any of the stores; see
 *                                             struct pith_learnt_choice
 *   make_builtin join OUT LEARNT... STORE...  the file of them all, tried out
 *
 * A list has a name of a file in each line.  Every eighth file, by its hash, is kept aside: of the others
 * contexts are collected, at level 7, whose contexts are those of levels 5 to 9 for the most part; those
 * kept aside say what contexts gain, at levels 5 and 7, and teach weights. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/bytes.h"
#include "base/sort.h"
#include "num/fpmode.h"
#include "prior/builtin_file.h"
#include "prior/fit.h"
#include "prior/reading.h"

enum { HOLD_OUT = 8, GAIN_LEVELS = 2, COLLECTOR_LOG2 = 27, LEAST_SAMPLES = 2 };

#define FILE_LEN_MAX    ((size_t)1 << 20) /* more of a file is not read */
#define PIECE_LEN_MAX   ((size_t)1 << 18)
#define GAIN_LEN_MAX    ((size_t)3 << 20) /* of what is kept aside, to measure gains */
#define GAIN_PIECE_MAX  ((size_t)32 << 10)
#define LEARN_LEN_MAX   ((size_t)2 << 20) /* of each store's, to learn weights */
#define LEARN_PIECE_MAX ((size_t)16 << 10)
#define LEARNT_LEN_MAX  ((size_t)4 << 20)

static const int gain_levels[GAIN_LEVELS] = {5, 7};

struct sample {
    uint8_t *data;
    size_t len;
    uint32_t store; /* index */
    XXH128_hash_t hash;
};

struct samples {
    struct sample **list;
    size_t n;
};

struct learner {
    struct pith_engine engine, other; /* other: reads as users will */
    struct pith_start start;
    void *other_block;
    int level;
};

static struct pith_memory memory;
static struct pith_reading reading;

static void die(const char *what, const char *name)
{
    fprintf(stderr, "make_builtin: %s: %s\n", what, name);
    exit(1);
}

static void check(pith_status status, const pith_error *error)
{
    if (status != PITH_OK)
        die("fails", error->text);
}

static void *take(uint64_t len)
{
    void *block;
    pith_error error;

    check(pith_memory_take(&memory, &block, len, "making a prior", 0, &error), &error);
    return block;
}

static uint8_t *read_file(const char *name, size_t max, size_t *len)
{
    FILE *file = fopen(name, "rb");
    uint8_t *data = take(max);

    if (!file)
        die("cannot read", name);
    *len = fread(data, 1, max, file);
    fclose(file);
    return data;
}

static void write_file(const char *name, const uint8_t *data, size_t len)
{
    FILE *file = fopen(name, "wb");

    if (!file || fwrite(data, 1, len, file) != len || fclose(file) != 0)
        die("cannot write", name);
}

static int compare(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;

    return XXH128_cmp(&x->hash, &y->hash);
}

static void read_list(struct samples *samples, const char *name, uint32_t store)
{
    FILE *list = fopen(name, "r");
    char line[4096];

    if (!list)
        die("cannot read", name);
    while (fgets(line, sizeof line, list)) {
        struct sample *sample = take(sizeof *sample);
        size_t len;
        uint8_t *data;

        line[strcspn(line, "\n")] = '\0';
        data = read_file(line, FILE_LEN_MAX, &len);
        sample->data = take(len + 1);
        memcpy(sample->data, data, len);
        pith_memory_give(&memory, data);
        sample->len = len;
        sample->store = store;
        sample->hash = XXH3_128bits(sample->data, len);
        samples->list = realloc(samples->list, (samples->n + 1) * sizeof *samples->list);
        if (!samples->list)
            die("no memory for", name);
        if (len > 0)
            samples->list[samples->n++] = sample;
    }
    fclose(list);
    pith_sort((const void **)samples->list, samples->n, compare);
}

static int is_held_out(size_t i)
{
    return i % HOLD_OUT == HOLD_OUT - 1;
}

static void lay_out_reading(void)
{
    struct pith_arena arena = {NULL, 0};

    pith_reading_layout(&reading, &arena, PIECE_LEN_MAX);
    arena = (struct pith_arena){take(arena.used), 0};
    pith_reading_layout(&reading, &arena, PIECE_LEN_MAX);
    pith_reading_init(&reading);
}

static void lay_out_learner(struct learner *learner, int level)
{
    struct pith_arena arena = {NULL, 0};

    learner->level = level;
    pith_engine_layout_learner(&learner->engine, &arena, level, PIECE_LEN_MAX);
    arena = (struct pith_arena){take(arena.used), 0};
    pith_engine_layout_learner(&learner->engine, &arena, level, PIECE_LEN_MAX);
    pith_engine_begin(&learner->engine, reading.stream.bytes, PIECE_LEN_MAX);
    arena = (struct pith_arena){NULL, 0};
    pith_engine_layout_primed(&learner->other, &arena, level, PIECE_LEN_MAX, &learner->start);
    learner->other_block = take(arena.used);
}

static size_t learn(struct learner *learner, size_t len)
{
    pith_engine_renew(&learner->engine, reading.stream.bytes, len);
    return pith_reading_code(&reading, &learner->engine);
}

/* Reads all that is not kept aside: the last learner's contexts are collected, the others see them. */
static void collect(struct learner *learners, struct pith_collector *collector,
                    const struct samples *samples)
{
    size_t done = 0;

    for (uint32_t k = 0; k < GAIN_LEVELS; k++)
        learners[k].engine.slots.collector = collector;
    for (size_t i = 0; i < samples->n; i++) {
        if (is_held_out(i))
            continue;
        collector->sample++;
        for (size_t at = 0; at < samples->list[i]->len; at += PIECE_LEN_MAX) {
            size_t len = samples->list[i]->len - at;

            len = len < PIECE_LEN_MAX ? len : PIECE_LEN_MAX;
            pith_reading_begin(&reading, samples->list[i]->data + at, len);
            for (uint32_t k = 0; k < GAIN_LEVELS; k++) {
                collector->is_frozen = k < GAIN_LEVELS - 1;
                learn(&learners[k], len);
            }
            if (collector->n_groups >= (size_t)5 << collector->capacity_log2 >> 3)
                pith_collector_thin(collector);
            done += len;
        }
        if (i % 64 == 0)
            fprintf(stderr, "\r%zu of %zu files, %zu bytes, %zu groups ", i, samples->n, done,
                    collector->n_groups);
    }
    collector->is_frozen = 1;
    fputc('\n', stderr);
}

/* Reads the parts of what is kept aside as users will: a little of each file, until there is enough. */
static void measure(struct learner *learner, struct pith_collector *collector,
                    const struct samples *samples, struct pith_gains *gains)
{
    struct pith_study study = {.is_watching = 1, .gains = gains};
    size_t done = 0, packed = 0;

    learner->start.engine = learner->engine;
    for (size_t at = 0; done < GAIN_LEN_MAX && at < FILE_LEN_MAX; at += GAIN_PIECE_MAX)
        for (size_t i = HOLD_OUT - 1; i < samples->n && done < GAIN_LEN_MAX; i += HOLD_OUT) {
            struct pith_arena arena = {learner->other_block, 0};
            size_t len = samples->list[i]->len;

            if (len <= at)
                continue;
            len = len - at < GAIN_PIECE_MAX ? len - at : GAIN_PIECE_MAX;
            pith_reading_begin(&reading, samples->list[i]->data + at, len);
            pith_engine_layout_primed(&learner->other, &arena, learner->level, len,
                                      &learner->start);
            learner->other.study = &study;
            pith_engine_init(&learner->other, reading.stream.bytes);
            learner->other.slots.store = NULL;
            learner->other.slots.collector = collector;
            packed += pith_reading_code(&reading, &learner->other);
            done += len;
        }
    fprintf(stderr, "all contexts: %zu -> %zu\n", done, packed);
}

static void count_marks(uint32_t *counts, const struct samples *samples)
{
    for (size_t i = 0; i < samples->n; i++)
        for (size_t at = 0; at + 3 <= samples->list[i]->len; at++)
            counts[pith_builtin_mark(samples->list[i]->data + at)]++;
}

/* 8 times the logarithm of how much more usual a mark is than one in all of them. */
static int8_t score(uint32_t count, uint64_t all)
{
    uint64_t ratio = ((uint64_t)count * PITH_BUILTIN_MARKS << 20) / all + (1 << 14); /* 1 is 2^20 */
    int32_t eighths = 0;

    while (ratio >= (uint64_t)2 << 20) {
        ratio >>= 1;
        eighths += 8;
    }
    while (ratio < (uint64_t)1 << 20) {
        ratio <<= 1;
        eighths -= 8;
    }
    eighths += (int32_t)(ratio * 8 >> 20) - 8;
    return (int8_t)(eighths < -127 ? -127 : eighths > 127 ? 127 : eighths);
}

static void write_marks(uint8_t *to, const struct samples *samples)
{
    uint32_t *counts = take(PITH_BUILTIN_MARKS * sizeof *counts);
    uint64_t all = 0;

    memset(counts, 0, PITH_BUILTIN_MARKS * sizeof *counts);
    count_marks(counts, samples);
    for (uint32_t m = 0; m < PITH_BUILTIN_MARKS; m++)
        all += counts[m];
    for (uint32_t m = 0; m < PITH_BUILTIN_MARKS; m++)
        to[m] = (uint8_t)score(counts[m], all);
    pith_memory_give(&memory, counts);
}

/* Puts header and tail around a section that stands PITH_PRIOR_HEAD_MAX behind `to`.  Returns all bytes. */
static size_t finish(uint8_t *to, struct pith_prior_head *head)
{
    size_t section = (size_t)(head->learnt_len + head->store_len);

    head->len = pith_prior_head_write(to, head);
    memmove(to + head->len, to + PITH_PRIOR_HEAD_MAX, section);
    pith_prior_finish(to, head->len + section);
    return head->len + section + PITH_PRIOR_TAIL_LEN;
}

static void make_store(const char *out, size_t room, const char *list)
{
    struct samples samples = {NULL, 0};
    struct learner *learners = take(GAIN_LEVELS * sizeof *learners);
    struct pith_collector collector;
    struct pith_gains *gains = take(sizeof *gains);
    struct pith_worth *worth = take(sizeof *worth);
    struct pith_selection selection = {.memory = NULL};
    struct pith_prior_head head = {.info = {.level = gain_levels[GAIN_LEVELS - 1]}};
    uint8_t *to = take(PITH_BUILTIN_MARKS + PITH_PRIOR_HEAD_MAX + room + PITH_PRIOR_TAIL_LEN);
    struct pith_fit fit = {&collector, worth, &memory};
    pith_error error = {.status = PITH_OK};
    size_t store_len;

    memset(learners, 0, GAIN_LEVELS * sizeof *learners);
    memset(gains, 0, sizeof *gains);
    read_list(&samples, list, 0);
    for (uint32_t k = 0; k < GAIN_LEVELS; k++)
        lay_out_learner(&learners[k], gain_levels[k]);
    pith_collector_init(&collector, take(sizeof(struct pith_collected) << COLLECTOR_LOG2),
                        COLLECTOR_LOG2);
    collector.least_samples = LEAST_SAMPLES;
    collect(learners, &collector, &samples);
    for (uint32_t k = 0; k < GAIN_LEVELS; k++)
        measure(&learners[k], &collector, &samples, gains);
    pith_worth_init(worth, &collector, gains);
    check(pith_fit_contexts(&selection, &fit, to + PITH_BUILTIN_MARKS + PITH_PRIOR_HEAD_MAX, room,
                            &store_len, &error),
          &error);
    write_marks(to, &samples);
    for (size_t i = 0; i < samples.n; i++)
        head.info.samples_len += samples.list[i]->len;
    head.info.samples = samples.n;
    head.store_len = store_len;
    memcpy(head.counts, selection.counts, sizeof head.counts);
    write_file(out, to, PITH_BUILTIN_MARKS + finish(to + PITH_BUILTIN_MARKS, &head));
}

static void open_store(struct pith_start *start, const struct pith_builtin_section *section)
{
    struct pith_prior_head head;
    struct pith_arena arena = {NULL, 0};
    pith_error error;

    check(pith_prior_head_read(&head, section->data, section->len, &error), &error);
    pith_store_layout(&start->store, &arena, head.counts);
    arena = (struct pith_arena){take(arena.used), 0};
    pith_store_layout(&start->store, &arena, head.counts);
    check(pith_prior_read_store(&start->store, &head, section->data, &error), &error);
}

/* Cuts what is kept aside of a list into pieces, each a sample of its own: of a large file a part of every
 * length up to the longest. */
static void cut_held_out(struct samples *pieces, const struct samples *samples)
{
    size_t done = 0, n = 0;

    for (size_t at = 0; done < LEARN_LEN_MAX && at < FILE_LEN_MAX; at += LEARN_PIECE_MAX)
        for (size_t i = HOLD_OUT - 1; i < samples->n && done < LEARN_LEN_MAX; i += HOLD_OUT) {
            const struct sample *sample = samples->list[i];
            size_t most = LEARN_PIECE_MAX >> (n % 4);
            struct sample *piece;

            if (sample->len <= at)
                continue;
            piece = take(sizeof *piece);
            *piece = *sample;
            piece->data += at;
            piece->len = sample->len - at < most ? sample->len - at : most;
            piece->hash = XXH3_128bits(piece->data, piece->len);
            pieces->list = realloc(pieces->list, (pieces->n + 1) * sizeof *pieces->list);
            if (!pieces->list)
                die("no memory for", "pieces");
            pieces->list[pieces->n++] = piece;
            done += piece->len;
            n++;
        }
}

static void make_learnt(const char *out, int level, struct pith_learnt_choice choice, char **names,
                        int n_names)
{
    struct samples pieces = {NULL, 0};
    struct learner *learner = take(sizeof *learner);
    struct pith_start *starts = take((size_t)n_names * sizeof *starts);
    struct pith_message_head message;
    struct pith_prior_head head = {.info = {.level = level}};
    uint8_t *to = take(PITH_PRIOR_HEAD_MAX + LEARNT_LEN_MAX + PITH_PRIOR_TAIL_LEN);
    size_t read = 0, packed = 0, len;

    memset(learner, 0, sizeof *learner);
    for (int i = 0; i + 1 < n_names; i += 2) {
        struct pith_builtin_section section;
        struct samples samples = {NULL, 0};
        uint8_t *data = read_file(names[i], (size_t)16 << 20, &section.len);

        section.data = data + PITH_BUILTIN_MARKS;
        section.len -= PITH_BUILTIN_MARKS;
        open_store(&starts[i / 2], &section);
        read_list(&samples, names[i + 1], (uint32_t)i / 2);
        cut_held_out(&pieces, &samples);
    }
    pith_sort((const void **)pieces.list, pieces.n, compare);
    lay_out_learner(learner, level);
    pith_message_head_init(&message);
    for (size_t i = 0; i < pieces.n; i++) {
        const struct sample *piece = pieces.list[i];

        learner->engine.slots.store = &starts[piece->store].store;
        pith_reading_begin(&reading, piece->data, piece->len);
        packed += learn(learner, piece->len);
        pith_reading_head(&reading, &message);
        read += piece->len;
        if (i % 16 == 0)
            fprintf(stderr, "\rlevel %d: %zu of %zu pieces, %zu -> %zu ", level, i, pieces.n, read,
                    packed);
    }
    fputc('\n', stderr);
    head.parts = choice.parts;
    len = pith_fit_write_learnt(&learner->engine, &message, choice, to + PITH_PRIOR_HEAD_MAX,
                                LEARNT_LEN_MAX);
    if (len == PITH_FIT_NONE)
        die("too little room for the weights", out);
    head.info.samples = pieces.n;
    head.info.samples_len = read;
    head.learnt_len = len;
    write_file(out, to, finish(to, &head));
    fprintf(stderr, "level %d: weights of %zu bytes\n", level, len);
}

static void join(const char *out, char **names, int n_names)
{
    struct pith_builtin builtin = {.n_stores = 0};
    uint8_t *to;

    for (int i = 0; i < n_names; i++) {
        struct pith_builtin_section section;
        struct pith_prior_head head;
        const uint8_t *data = read_file(names[i], (size_t)16 << 20, &section.len);

        section.data = data;
        if (pith_prior_head_read(&head, data, section.len, NULL) == PITH_OK) {
            builtin.learnt[head.info.level] = section;
            continue;
        }
        builtin.marks[builtin.n_stores] = (const int8_t *)data;
        section.data += PITH_BUILTIN_MARKS;
        section.len -= PITH_BUILTIN_MARKS;
        builtin.stores[builtin.n_stores++] = section;
    }
    to = take(pith_builtin_write(NULL, &builtin));
    write_file(out, to, pith_builtin_write(to, &builtin));
}

int main(int argc, char **argv)
{
    pith_memory_init(&memory, NULL, UINT64_MAX);
    (void)pith_fpmode_pin();
    lay_out_reading();
    if (argc == 5 && strcmp(argv[1], "store") == 0)
        make_store(argv[2], strtoul(argv[3], NULL, 10), argv[4]);
    else if (argc >= 8 && argc % 2 == 0 && strcmp(argv[1], "learnt") == 0)
        make_learnt(argv[2], atoi(argv[3]),
                    (struct pith_learnt_choice){(uint32_t)atoi(argv[4]), (uint32_t)atoi(argv[5])},
                    argv + 6, argc - 6);
    else if (argc >= 4 && strcmp(argv[1], "join") == 0)
        join(argv[2], argv + 3, argc - 3);
    else
        die("usage", "make_builtin store | learnt | join ...");
    return 0;
}
