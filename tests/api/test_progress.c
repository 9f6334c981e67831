/* Progress: however slow a level is, the caller hears of it and can stop it many times a second.
 *
 * Time is counted in bytes here: the best levels do about 20 KB a second on slow machines, so 2 KB are
 * a tenth of a second. */
#define _POSIX_C_SOURCE 200809L
#define TESTS_NO_BUILTIN

#include "api/cases.h"

#include <pthread.h>
#include <time.h>

#define TENTH_LEN ((uint64_t)2048) /* raw bytes of a tenth of a second at the best levels */
#define RAW_LEN   ((size_t)6000)

struct heard {
    uint64_t n_calls, raw_done, packed_done, longest; /* raw bytes between two calls at most */
    uint64_t stops_at;                                /* raw bytes; 0 = never */
    uint64_t stops_at_call;                           /* 0 = never */
    uint64_t packed_at_half, half;                    /* packed_done when raw_done passed half */
};

static int hear(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    struct heard *heard = opaque;

    assert_true(raw_done >= heard->raw_done && packed_done >= heard->packed_done);
    if (raw_done - heard->raw_done > heard->longest)
        heard->longest = raw_done - heard->raw_done;
    if (heard->packed_at_half == 0 && raw_done >= heard->half)
        heard->packed_at_half = packed_done;
    heard->raw_done = raw_done;
    heard->packed_done = packed_done;
    heard->n_calls++;
    return (heard->stops_at > 0 && raw_done >= heard->stops_at) ||
           heard->n_calls == heard->stops_at_call;
}

static pith_status pack(struct bytes *packed, struct bytes raw, pith_options *options,
                        struct heard *heard, pith_error *error)
{
    size_t cap = pith_compress_bound(raw.len);

    options->progress = hear;
    options->progress_opaque = heard;
    packed->data = get_memory(cap);
    return pith_compress(packed->data, cap, &packed->len, raw.data, raw.len, options, error);
}

static pith_status unpack(struct bytes *raw, size_t len, struct bytes packed,
                          const pith_options *options, pith_error *error)
{
    raw->data = get_memory(len);
    return pith_decompress(raw->data, len, &raw->len, packed.data, packed.len, options, error);
}

/* Of two threads the caller's hears when the system lets it: several steps may be one then. */
static int is_in_steps(const struct heard *heard, unsigned threads)
{
    return threads > 1 || heard->longest <= TENTH_LEN;
}

static void one_chunk_is_told_in_small_steps(void **state)
{
    struct bytes raw = make_data(PERIOD, RAW_LEN, 70), packed, again;

    (void)state;
    for (int level = 7; level <= PITH_LEVEL_MAX; level += 2)
        for (unsigned variant = 0; variant < 4; variant++) {
            pith_options options = make_options(level, 0, 1 + variant / 2);
            struct heard heard = {.half = raw.len / 2};
            pith_error error = {.status = PITH_OK};

            options.no_verify = variant % 2 == 1;
            CHECK(pack(&packed, raw, &options, &heard, &error) == PITH_OK, "%s", error.text);
            CHECK(is_in_steps(&heard, options.threads),
                  "level %d, variant %u: packing, %llu bytes unheard of", level, variant,
                  (unsigned long long)heard.longest);
            CHECK(heard.raw_done == raw.len && heard.packed_done == packed.len, "%llu, %llu",
                  (unsigned long long)heard.raw_done, (unsigned long long)heard.packed_done);
            heard = (struct heard){.half = raw.len / 2};
            CHECK(unpack(&again, raw.len, packed, &options, &error) == PITH_OK, "%s", error.text);
            CHECK(is_in_steps(&heard, options.threads),
                  "level %d, variant %u: restoring, %llu bytes unheard of", level, variant,
                  (unsigned long long)heard.longest);
            CHECK(heard.raw_done == raw.len && heard.packed_done == packed.len, "%llu, %llu",
                  (unsigned long long)heard.raw_done, (unsigned long long)heard.packed_done);
            /* The archive counts as it is read, not when the chunk begins. */
            CHECK(heard.packed_at_half <= packed.len * 2 / 3, "%llu of %zu",
                  (unsigned long long)heard.packed_at_half, packed.len);
            free(again.data);
            free(packed.data);
        }
    free(raw.data);
}

/* Verifying is the second half of the work, one thread or two, and can be stopped like the first. */
static void stopped_anywhere(void **state)
{
    struct bytes raw = make_data(PERIOD, 12 * RAW_LEN, 71), packed, sound, again;

    (void)state;
    for (unsigned threads = 1; threads <= 2; threads++)
        for (uint64_t quarter = 1; quarter < 4; quarter += 2) {
            pith_options options = make_options(3, 0, threads);
            struct heard heard = {.stops_at = raw.len * quarter / 4 + 1};
            pith_error error = {.status = PITH_OK};

            CHECK(pack(&packed, raw, &options, &heard, &error) == PITH_E_CANCELLED, "%s",
                  error.text);
            CHECK(threads > 1 || heard.raw_done - heard.stops_at <= TENTH_LEN, "quarter %llu: %llu",
                  (unsigned long long)quarter, (unsigned long long)heard.raw_done);
            free(packed.data);
            heard = (struct heard){0};
            assert_int_equal(pack(&sound, raw, &options, &heard, &error), PITH_OK);
            heard = (struct heard){.stops_at = raw.len * quarter / 4 + 1};
            CHECK(unpack(&again, raw.len, sound, &options, &error) == PITH_E_CANCELLED, "%s",
                  error.text);
            CHECK(threads > 1 || heard.raw_done - heard.stops_at <= TENTH_LEN, "quarter %llu: %llu",
                  (unsigned long long)quarter, (unsigned long long)heard.raw_done);
            free(again.data);
            free(sound.data);
        }
    free(raw.data);
}

/* A model of hundreds of MiB is got in steps, before the first byte is coded. */
static void stopped_before_the_first_byte(void **state)
{
    struct bytes raw = make_data(PERIOD, 100 * RAW_LEN, 72), packed;
    pith_options options = make_options(PITH_LEVEL_MAX, 0, 1);
    struct heard heard = {.stops_at_call = 1};
    pith_error error = {.status = PITH_OK};

    (void)state;
    assert_true(pith_decode_need(PITH_LEVEL_MAX, raw.len, 0) > (uint64_t)100 << 20);
    assert_int_equal(pack(&packed, raw, &options, &heard, &error), PITH_E_CANCELLED);
    assert_true(heard.n_calls == 1 && heard.raw_done == 0);
    free(packed.data);
    free(raw.data);
}

/* An executor whose thread takes its time. */
struct late_job {
    pith_job_fn job;
    void *opaque;
};

static void *run_late(void *opaque)
{
    struct late_job *late = opaque;
    struct timespec second = {1, 0};

    nanosleep(&second, NULL);
    late->job(late->opaque);
    return NULL;
}

static pthread_t late_thread;

static int start_late(void *opaque, pith_job_fn job, void *job_opaque)
{
    struct late_job *late = opaque;

    *late = (struct late_job){job, job_opaque};
    return pthread_create(&late_thread, NULL, run_late, late) == 0;
}

/* While nothing is done, and nobody knows why, the caller is asked all the same. */
static void asked_while_nothing_is_done(void **state)
{
    struct bytes raw = make_data(PERIOD, 4 * RAW_LEN, 73), packed, again;
    struct late_job late;
    pith_executor executor = {start_late, &late};
    pith_options options = make_options(1, 0, 1);
    struct heard heard = {0};
    pith_error error = {.status = PITH_OK};

    (void)state;
    assert_int_equal(pack(&packed, raw, &options, &heard, &error), PITH_OK);
    options.threads = 2;
    options.executor = &executor;
    heard = (struct heard){0};
    CHECK(unpack(&again, raw.len, packed, &options, &error) == PITH_OK, "%s", error.text);
    assert_int_equal(pthread_join(late_thread, NULL), 0);
    CHECK(heard.n_calls >= 5 && is_same(again, raw), "%llu calls in a second",
          (unsigned long long)heard.n_calls);
    free(again.data);
    heard = (struct heard){.stops_at_call = 2};
    assert_int_equal(unpack(&again, raw.len, packed, &options, &error), PITH_E_CANCELLED);
    assert_int_equal(pthread_join(late_thread, NULL), 0);
    assert_true(heard.raw_done == 0);
    free(again.data);
    free(packed.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_chunk_is_told_in_small_steps),
        cmocka_unit_test(stopped_anywhere),
        cmocka_unit_test(stopped_before_the_first_byte),
        cmocka_unit_test(asked_while_nothing_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
