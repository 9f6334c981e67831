/* Training: the same samples in any order give the same prior, which keeps to its size, opens, and is
 * worth having; few, empty and long samples; memory that fails or is short; being cancelled. */
#include "prior/priming.h"

#include "base/bytes.h"
#include "prior/prior.h"
#include "prior/train.h"

#define SAMPLES_MAX 400
#define CAP         ((size_t)256 << 10)
#define GUARD       64

static char texts[SAMPLES_MAX][200];
static pith_sample samples[SAMPLES_MAX];
static uint8_t *prior, *other;

static int begin(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (size_t i = 0; i < SAMPLES_MAX; i++)
        samples[i] = (pith_sample){texts[i], write_message(texts[i], sizeof texts[i], &random)};
    prior = get_memory(((size_t)1 << 20) + GUARD);
    other = get_memory(((size_t)1 << 20) + GUARD);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(other);
    free(prior);
    return 0;
}

/* What an allocator has given out; the nth call fails. */
struct counting {
    size_t n_calls, fails_at, n_blocks;
};

static void *count_allocate(void *opaque, size_t len)
{
    struct counting *counting = opaque;

    if (++counting->n_calls == counting->fails_at)
        return NULL;
    counting->n_blocks++;
    return malloc(len);
}

static void count_release(void *opaque, void *memory)
{
    ((struct counting *)opaque)->n_blocks--;
    free(memory);
}

/* What progress was told; stops at a call. */
struct watcher {
    uint64_t n_calls, stops_at, read_len;
};

static int on_progress(void *opaque, uint64_t read_len, uint64_t packed_len)
{
    struct watcher *watcher = opaque;

    (void)packed_len;
    assert_true(read_len >= watcher->read_len);
    watcher->read_len = read_len;
    return ++watcher->n_calls == watcher->stops_at;
}

static pith_status train_with(struct pith_memory *memory, struct watcher *watcher, int level,
                              uint8_t *dst, size_t cap, size_t *len, const pith_sample *from,
                              size_t n, pith_error *error)
{
    struct pith_trainer trainer = {level, memory, watcher ? on_progress : NULL, watcher};

    *len = 0;
    memset(dst + cap, 0xcc, GUARD);
    *error = (pith_error){.status = PITH_OK};
    pith_status status = pith_train(&trainer, dst, cap, len, from, n, error);

    for (size_t i = 0; i < GUARD; i++)
        assert_int_equal(dst[cap + i], 0xcc);
    assert_int_equal(memory->used, 0);
    assert_true(status == PITH_OK || (error->status == status && error->text[0] != 0));
    return status;
}

static size_t train(int level, uint8_t *dst, size_t cap, const pith_sample *from, size_t n)
{
    struct pith_memory memory;
    pith_error error;
    size_t len;
    pith_status status;

    pith_memory_init(&memory, NULL, 0);
    status = train_with(&memory, NULL, level, dst, cap, &len, from, n, &error);
    CHECK(status == PITH_OK, "level %d, %zu samples: %d %s", level, n, status, error.text);
    assert_true(len <= cap);
    return len;
}

/* Reads the prior; returns what its header says. */
static pith_prior_info check_opens(const uint8_t *data, size_t len)
{
    struct pith_prior opened;
    pith_error error = {.status = PITH_OK};
    pith_status status;

    memset(&opened, 0, sizeof opened);
    pith_memory_init(&opened.memory, NULL, 0);
    status = pith_prior_read(&opened, data, len, &error);
    CHECK(status == PITH_OK, "%s", error.text);
    assert_int_equal(opened.info.memory, opened.memory.used);
    assert_int_equal(opened.info.packed_len, len);
    pith_memory_give(&opened.memory, opened.block);
    return opened.info;
}

static void order_does_not_matter(void **state)
{
    static const struct {
        int level;
        size_t n;
    } cases[] = {{1, 300}, {5, 120}, {8, 24}};
    uint64_t random = test_seed();

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        size_t n = cases[c].n, len = train(cases[c].level, prior, CAP, samples, n);
        pith_prior_info info = check_opens(prior, len);

        assert_int_equal(info.level, cases[c].level);
        assert_int_equal(info.samples, n);
        assert_true(info.contexts > n && info.held_out_len > 0);
        CHECK(info.held_out_packed * 2 < info.held_out_plain, "level %d: %llu instead of %llu",
              info.level, (unsigned long long)info.held_out_packed,
              (unsigned long long)info.held_out_plain);
        for (size_t i = n; i > 1; i--) {
            size_t k = random_below(&random, (uint32_t)i);
            pith_sample swapped = samples[k];

            samples[k] = samples[i - 1];
            samples[i - 1] = swapped;
        }
        memset(other, 0x55, CAP);
        assert_int_equal(train(cases[c].level, other, CAP, samples, n), len);
        assert_memory_equal(prior, other, len);
    }
}

/* Samples that could fill far more than is allowed. */
static void size_is_kept(void **state)
{
    static const size_t caps[] = {PITH_PRIOR_LEN_MIN, 65537, 100000, 200001, (size_t)1 << 20};
    size_t before = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(caps); i++) {
        size_t len = train(1, prior, caps[i], samples, SAMPLES_MAX);

        check_opens(prior, len);
        CHECK(len + len / 100 >= before, "%zu allowed, %zu taken, %zu before", caps[i], len,
              before);
        before = len;
    }
}

/* Noise: every context is new, and all of them passed once. */
static void noise_is_cut_to_size(void **state)
{
    size_t n = 60000, len;
    uint8_t *noise = get_memory(n);
    pith_sample parts[30];
    uint64_t random = test_seed();

    (void)state;
    for (size_t i = 0; i < n; i++)
        noise[i] = (uint8_t)(next_random(&random) & 63) + 32;
    for (size_t i = 0; i < COUNT(parts); i++)
        parts[i] = (pith_sample){noise + i * (n / COUNT(parts)), n / COUNT(parts)};
    len = train(1, prior, PITH_PRIOR_LEN_MIN, parts, COUNT(parts));
    check_opens(prior, len);
    free(noise);
}

static void few_samples_will_do(void **state)
{
    static const size_t numbers[] = {1, 2, 15, 16};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        size_t len = train(1, prior, CAP, samples, numbers[i]);
        pith_prior_info info = check_opens(prior, len);

        assert_int_equal(info.samples, numbers[i]);
        assert_true((info.held_out_len > 0) == (numbers[i] >= 16));
        assert_true((info.held_out_plain > 0) == (numbers[i] >= 16));
    }
    samples[0].len = 1;
    check_opens(prior, train(5, prior, CAP, samples, 1));
    for (size_t i = 0; i < 40; i++) /* all the same */
        samples[i] = samples[40];
    check_opens(prior, train(1, prior, CAP, samples, 40));
}

static void empty_samples_teach_nothing(void **state)
{
    struct pith_memory memory;
    pith_error error;
    pith_sample mixed[60];
    size_t len;

    (void)state;
    pith_memory_init(&memory, NULL, 0);
    assert_int_equal(train_with(&memory, NULL, 1, prior, CAP, &len, NULL, 0, &error),
                     PITH_E_ARGUMENT);
    for (size_t i = 0; i < COUNT(mixed); i++)
        mixed[i] = (pith_sample){i % 2 ? texts[0] : NULL, 0};
    assert_int_equal(train_with(&memory, NULL, 1, prior, CAP, &len, mixed, COUNT(mixed), &error),
                     PITH_E_ARGUMENT);
    for (size_t i = 0; i < COUNT(mixed); i += 2)
        mixed[i] = samples[i / 2];
    len = train(1, prior, CAP, mixed, COUNT(mixed));
    assert_int_equal(train(1, other, CAP, samples, COUNT(mixed) / 2), len);
    assert_memory_equal(prior, other, len);
    assert_int_equal(check_opens(prior, len).samples, COUNT(mixed) / 2);
}

/* A sample of more than 256 KiB is read in pieces, of whatever kinds of data. */
static void long_samples_are_cut(void **state)
{
    size_t len = ((size_t)1 << 18) + 5000, prior_len;
    uint8_t *data = get_memory(len);
    pith_sample sample = {data, len};
    pith_prior_info info;

    (void)state;
    memset(data, 0, len);
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i % 40 < 8    ? (int)(i / 40) >> i % 8
                            : i < len / 4 ? texts[0][i % 90]
                                          : 0);
    prior_len = train(1, prior, CAP, &sample, 1);
    info = check_opens(prior, prior_len);
    assert_true(info.samples == 1 && info.samples_len == len);
    free(data);
}

static void nth_allocation_fails(void **state)
{
    pith_status status = PITH_E_MEMORY;

    (void)state;
    for (size_t n = 1; status != PITH_OK; n++) {
        struct counting counting = {.fails_at = n};
        pith_allocator allocator = {count_allocate, count_release, &counting};
        struct pith_memory memory;
        pith_error error;
        size_t len;

        pith_memory_init(&memory, &allocator, 0);
        status = train_with(&memory, NULL, 1, prior, CAP, &len, samples, 20, &error);
        CHECK(status == PITH_OK || status == PITH_E_MEMORY, "call %zu: %d %s", n, status,
              error.text);
        CHECK(counting.n_blocks == 0, "call %zu: %zu blocks lost", n, counting.n_blocks);
        CHECK(status != PITH_OK || counting.n_calls < n, "call %zu did not fail", n);
        assert_true(n < 200);
    }
}

/* Under any limit a prior or an error; what fits in half of the memory may be another prior. */
static void memory_may_be_short(void **state)
{
    size_t n_refused = 0, n_done = 0;

    (void)state;
    for (uint64_t limit = 100000; n_done < 3; limit += limit / 3) {
        struct pith_memory memory;
        pith_error error;
        size_t len;
        pith_status status;

        pith_memory_init(&memory, NULL, limit);
        status = train_with(&memory, NULL, 1, prior, CAP, &len, samples, 40, &error);
        CHECK(status == PITH_OK || status == PITH_E_MEMORY_LIMIT, "%llu: %d %s",
              (unsigned long long)limit, status, error.text);
        n_refused += status != PITH_OK;
        n_done += status == PITH_OK;
        if (status == PITH_OK)
            check_opens(prior, len);
        assert_true(limit < (uint64_t)4 << 30);
    }
    assert_true(n_refused > 3);
}

static void progress_can_cancel(void **state)
{
    struct watcher watcher = {.stops_at = 0};
    struct pith_memory memory;
    pith_error error;
    size_t len, whole_len = train(1, other, CAP, samples, 40);
    uint64_t raw_len = 0, n_calls;

    (void)state;
    for (size_t i = 0; i < 40; i++)
        raw_len += samples[i].len;
    pith_memory_init(&memory, NULL, 0);
    assert_int_equal(train_with(&memory, &watcher, 1, prior, CAP, &len, samples, 40, &error),
                     PITH_OK);
    assert_int_equal(len, whole_len);
    assert_memory_equal(prior, other, len);
    n_calls = watcher.n_calls;
    assert_true(n_calls >= 40 && watcher.read_len >= raw_len);
    assert_true(watcher.read_len <= PITH_PRIOR_PASSES * raw_len);
    for (uint64_t at = 1; at <= n_calls; at += 1 + n_calls / 9) {
        watcher = (struct watcher){.stops_at = at};
        assert_int_equal(train_with(&memory, &watcher, 1, prior, CAP, &len, samples, 40, &error),
                         PITH_E_CANCELLED);
        assert_int_equal(watcher.n_calls, at);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(order_does_not_matter),       TEST(size_is_kept),
        TEST(noise_is_cut_to_size),        TEST(few_samples_will_do),
        TEST(empty_samples_teach_nothing), TEST(long_samples_are_cut),
        TEST(nth_allocation_fails),        TEST(memory_may_be_short),
        TEST(progress_can_cancel),
    };

    return cmocka_run_group_tests_name("train", tests, NULL, NULL);
}
