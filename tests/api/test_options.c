/* Options: the table of parameters, structs of other versions, executors, limits of output. */
#include "api/cases.h"

#include <pthread.h>

static void the_table_names_every_number(void **state)
{
    static const char *const names[] = {"level",     "threads",   "memory_limit", "chunk_len",
                                        "size_hint", "no_verify", "no_builtin",   "output_limit"};
    pith_options options = make_options(0, 0, 0);
    unsigned n = 0;

    (void)state;
    for (; pith_parameter_at(n); n++) {
        const pith_parameter *row = pith_parameter_at(n);
        pith_error error = {.status = PITH_OK};
        uint64_t value = 7;

        assert_true(n < COUNT(names));
        assert_string_equal(row->name, names[n]);
        assert_true(row->text[0] && row->min <= row->max);
        assert_true(row->default_value == 0 ||
                    (row->default_value >= row->min && row->default_value <= row->max));
        assert_true(row->is_encoding || row->is_decoding);
        assert_int_equal(pith_options_get(&options, row->name, &value, NULL), PITH_OK);
        assert_true(value == 0);
        assert_int_equal(pith_options_set(&options, row->name, row->max, NULL), PITH_OK);
        assert_int_equal(pith_options_get(&options, row->name, &value, NULL), PITH_OK);
        assert_true(value == row->max);
        if (row->min > 1)
            assert_int_equal(pith_options_set(&options, row->name, row->min - 1, &error),
                             PITH_E_ARGUMENT);
        if (row->max < UINT64_MAX) {
            assert_int_equal(pith_options_set(&options, row->name, row->max + 1, &error),
                             PITH_E_ARGUMENT);
            assert_non_null(strstr(error.text, row->name));
        }
        assert_int_equal(pith_options_set(&options, row->name, 0, NULL), PITH_OK);
    }
    assert_true(n == COUNT(names));
    options.level = -3;
    assert_int_equal(pith_options_set(&options, "speed", 1, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_options_set(NULL, "level", 1, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_options_set(&options, NULL, 1, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_options_get(&options, "level", NULL, NULL), PITH_E_ARGUMENT);
    options.struct_size = offsetof(pith_options, executor);
    assert_int_equal(pith_options_set(&options, "output_limit", 1, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_options_set(&options, "level", 1, NULL), PITH_OK);
}

/* Programs built against an older header have a shorter struct, against a newer one a longer. */
static void structs_of_other_versions(void **state)
{
    struct {
        pith_options options;
        uint64_t unknown;
    } later = {.options = make_options(1, 0, 0)};
    pith_options earlier = make_options(1, 0, 0);
    pith_encoder *encoder;
    pith_error error;

    (void)state;
    earlier.struct_size = offsetof(pith_options, executor);
    memset(&earlier.executor, 0xff, sizeof earlier - earlier.struct_size);
    assert_int_equal(pith_encoder_create(&encoder, &earlier, NULL), PITH_OK);
    pith_encoder_destroy(encoder);
    later.options.struct_size = sizeof later;
    assert_int_equal(pith_encoder_create(&encoder, &later.options, NULL), PITH_OK);
    pith_encoder_destroy(encoder);
    later.unknown = 1;
    assert_int_equal(pith_encoder_create(&encoder, &later.options, &error), PITH_E_ARGUMENT);
    assert_non_null(strstr(error.text, "does not know"));
}

/* What runs a job: a thread each, the caller at once, nobody, or one thread, last come first served. */
enum manner { A_THREAD_EACH, AT_ONCE, REFUSING, ONE_THREAD, N_MANNERS };

struct task {
    pith_job_fn job;
    void *opaque;
};

struct hired {
    enum manner manner;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct task tasks[64];
    size_t n_tasks, n_started;
    pthread_t threads[1024];
    size_t n_threads;
    int is_over;
};

static void *run_task(void *opaque)
{
    struct task task = *(struct task *)opaque;

    free(opaque);
    task.job(task.opaque);
    return NULL;
}

static void *run_tasks(void *opaque)
{
    struct hired *hired = opaque;

    pthread_mutex_lock(&hired->mutex);
    while (!hired->is_over || hired->n_tasks > 0) {
        struct task task;

        if (hired->n_tasks == 0) {
            pthread_cond_wait(&hired->changed, &hired->mutex);
            continue;
        }
        task = hired->tasks[--hired->n_tasks];
        pthread_mutex_unlock(&hired->mutex);
        task.job(task.opaque);
        pthread_mutex_lock(&hired->mutex);
    }
    pthread_mutex_unlock(&hired->mutex);
    return NULL;
}

static int start(void *opaque, pith_job_fn job, void *job_opaque)
{
    struct hired *hired = opaque;
    struct task *task;

    hired->n_started++;
    switch (hired->manner) {
    case A_THREAD_EACH:
        if (hired->n_threads == COUNT(hired->threads))
            return 0;
        task = get_memory(sizeof *task);
        *task = (struct task){job, job_opaque};
        return pthread_create(&hired->threads[hired->n_threads++], NULL, run_task, task) == 0;
    case AT_ONCE:
        job(job_opaque);
        return 1;
    case ONE_THREAD:
        pthread_mutex_lock(&hired->mutex);
        assert_true(hired->n_tasks < COUNT(hired->tasks));
        hired->tasks[hired->n_tasks++] = (struct task){job, job_opaque};
        pthread_cond_signal(&hired->changed);
        pthread_mutex_unlock(&hired->mutex);
        return 1;
    default:
        return 0;
    }
}

static void hire(struct hired *hired, enum manner manner)
{
    memset(hired, 0, sizeof *hired);
    hired->manner = manner;
    pthread_mutex_init(&hired->mutex, NULL);
    pthread_cond_init(&hired->changed, NULL);
    if (manner == ONE_THREAD)
        assert_int_equal(
            pthread_create(&hired->threads[hired->n_threads++], NULL, run_tasks, hired), 0);
}

static void dismiss(struct hired *hired)
{
    pthread_mutex_lock(&hired->mutex);
    hired->is_over = 1;
    pthread_cond_signal(&hired->changed);
    pthread_mutex_unlock(&hired->mutex);
    for (size_t i = 0; i < hired->n_threads; i++)
        pthread_join(hired->threads[i], NULL);
    pthread_cond_destroy(&hired->changed);
    pthread_mutex_destroy(&hired->mutex);
}

static void refused_numbers_are_told_as_given(void **state)
{
    pith_options options = {.struct_size = sizeof options, .level = -3};
    pith_error error;
    size_t len;

    (void)state;
    assert_int_equal(pith_options_set(&options, "chunk_len", UINT64_MAX, &error), PITH_E_ARGUMENT);
    assert_non_null(strstr(error.text, "chunk_len is 18446744073709551615,"));
    assert_int_equal(pith_compress(NULL, 0, &len, NULL, 0, &options, &error), PITH_E_ARGUMENT);
    assert_non_null(strstr(error.text, "level is -3,"));
}

static void any_executor_gives_the_same_bytes(void **state)
{
    struct bytes raw = make_data(TEXT, 5 * CHUNK_LEN + 70, 60), alone;
    struct hired *hired = get_memory(sizeof *hired);
    pith_options options = make_options(1, CHUNK_LEN, 1);

    (void)state;
    alone = compress(raw, &options);
    for (int manner = 0; manner < N_MANNERS; manner++)
        for (unsigned threads = 1; threads <= 4; threads += 3) {
            pith_executor executor = {start, hired};
            struct bytes packed, again;
            pith_error error = {.status = PITH_OK};

            hire(hired, (enum manner)manner);
            options.threads = threads;
            options.executor = &executor;
            packed = compress(raw, &options);
            assert_true(is_same(packed, alone));
            CHECK(stream_decompress(&again, packed, &options, (struct steps){60000, 50000},
                                    &error) == PITH_END,
                  "%s", error.text);
            assert_true(is_same(again, raw));
            assert_true(threads == 1 || hired->n_started >= 2);
            dismiss(hired);
            free(again.data);
            free(packed.data);
        }
    free(hired);
    free(alone.data);
    free(raw.data);
    options.executor = &(pith_executor){NULL, NULL};
    assert_int_equal(pith_encoder_create(&(pith_encoder *){NULL}, &options, NULL), PITH_E_ARGUMENT);
}

/* An object that is dropped while its jobs are queued waits for them. */
static void dropped_with_jobs_in_a_queue(void **state)
{
    struct bytes raw = make_data(TEXT, 4 * CHUNK_LEN, 61);
    struct hired *hired = get_memory(sizeof *hired);
    pith_executor executor = {start, hired};
    pith_options options = make_options(1, CHUNK_LEN, 4);

    (void)state;
    options.executor = &executor;
    for (int i = 0; i < 10; i++) {
        pith_in in = {raw.data, raw.len, 0};
        pith_out out = {NULL, 0, 0};
        pith_encoder *encoder;

        hire(hired, ONE_THREAD);
        assert_int_equal(pith_encoder_create(&encoder, &options, NULL), PITH_OK);
        assert_int_equal(pith_encoder_run(encoder, &out, &in, PITH_RUN, NULL), PITH_OK);
        pith_encoder_destroy(encoder);
        assert_true(hired->n_tasks == 0);
        dismiss(hired);
    }
    free(hired);
    free(raw.data);
}

/* Whole chunks up to the limit come out, and the status says why there are no more. */
static void output_has_a_limit(void **state)
{
    struct bytes raw = make_data(MIXED, 3 * CHUNK_LEN + 5, 62), packed[2];
    pith_options options = make_options(1, CHUNK_LEN, 1);

    (void)state;
    packed[0] = compress(raw, &options); /* says its size */
    packed[1] = stream_compress(raw, &options, (struct steps){SIZE_MAX, SIZE_MAX});
    options = make_options(0, 0, 2);
    for (size_t i = 0; i < 2; i++)
        for (uint64_t limit = CHUNK_LEN - 1; limit <= 4 * CHUNK_LEN; limit += CHUNK_LEN / 2) {
            struct bytes again;
            pith_error error = {.status = PITH_OK};
            pith_status status;
            size_t expected = i == 0 ? 0 : (size_t)(limit / CHUNK_LEN * CHUNK_LEN);

            options.output_limit = limit;
            status =
                stream_decompress(&again, packed[i], &options, (struct steps){9999, 9999}, &error);
            if (limit >= raw.len) {
                assert_int_equal(status, PITH_END);
                expected = raw.len;
            } else {
                assert_int_equal(status, PITH_E_OUTPUT_LIMIT);
                assert_non_null(strstr(error.text, "the limit is"));
            }
            CHECK(again.len == expected && is_prefix(again, raw), "limit %llu: %zu bytes",
                  (unsigned long long)limit, again.len);
            free(again.data);
        }
    free(packed[0].data);
    free(packed[1].data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_names_every_number),
        cmocka_unit_test(structs_of_other_versions),
        cmocka_unit_test(refused_numbers_are_told_as_given),
        cmocka_unit_test(any_executor_gives_the_same_bytes),
        cmocka_unit_test(dropped_with_jobs_in_a_queue),
        cmocka_unit_test(output_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
