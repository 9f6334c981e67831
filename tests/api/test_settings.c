/* Options at their edges: structs of other versions, allocators in part, more threads than there are;
 * and objects that have failed or been cancelled, asked again. */
#include "api/cases.h"

#include "api/settings.h"

/* Options as a caller built against another pith.h has them. */
struct long_options {
    pith_options options;
    uint8_t more[5000];
};

static pith_status create_both(const pith_options *options)
{
    pith_encoder *encoder = NULL;
    pith_decoder *decoder = NULL;
    pith_status status = pith_encoder_create(&encoder, options, NULL);

    assert_int_equal(pith_decoder_create(&decoder, options, NULL), status);
    assert_true((encoder != NULL) == (status == PITH_OK));
    assert_true((decoder != NULL) == (status == PITH_OK));
    pith_encoder_destroy(encoder);
    pith_decoder_destroy(decoder);
    return status;
}

static void structs_of_later_versions(void **state)
{
    struct long_options longer = {.options = make_options(1, 0, 1)};

    (void)state;
    longer.options.struct_size = sizeof longer.options + 8;
    assert_int_equal(create_both(&longer.options), PITH_OK);
    longer.more[8] = 1; /* beyond what is said */
    assert_int_equal(create_both(&longer.options), PITH_OK);
    longer.more[7] = 1; /* something that this version does not know */
    assert_int_equal(create_both(&longer.options), PITH_E_ARGUMENT);
    memset(longer.more, 0, sizeof longer.more);
    longer.options.struct_size = 4096;
    assert_int_equal(create_both(&longer.options), PITH_OK);
    longer.options.struct_size = 4097; /* rather not set at all */
    assert_int_equal(create_both(&longer.options), PITH_E_ARGUMENT);
    longer.options.struct_size = 0;
    assert_int_equal(create_both(&longer.options), PITH_E_ARGUMENT);
}

static void *any_allocate(void *opaque, size_t len)
{
    (void)opaque;
    return malloc(len);
}

static void any_release(void *opaque, void *memory)
{
    (void)opaque;
    free(memory);
}

static void allocators_in_part(void **state)
{
    pith_allocator allocator = {any_allocate, any_release, NULL};
    pith_options options = make_options(1, 0, 1);

    (void)state;
    options.allocator = &allocator;
    assert_int_equal(create_both(&options), PITH_OK);
    allocator.release = NULL;
    assert_int_equal(create_both(&options), PITH_E_ARGUMENT);
    allocator = (pith_allocator){NULL, any_release, NULL};
    assert_int_equal(create_both(&options), PITH_E_ARGUMENT);
}

static void more_threads_than_are_of_use(void **state)
{
    pith_options options = make_options(1, CHUNK_LEN, 1000000), settings;
    struct bytes raw = make_data(TEXT, 3000, 50), packed, again;
    pith_error error = {.status = PITH_OK};

    (void)state;
    assert_int_equal(pith_settings_take(&settings, &options, NULL), PITH_OK);
    assert_int_equal(settings.threads, PITH_THREADS_MAX);
    packed = stream_compress(raw, &options, (struct steps){1000, 1000});
    assert_int_equal(
        stream_decompress(&again, packed, &options, (struct steps){1000, 1000}, &error), PITH_END);
    assert_true(is_same(again, raw));
    free(again.data);
    free(packed.data);
    free(raw.data);
}

/* Cancels when all is done. */
static int stop_at_the_end(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    (void)packed_done;
    return raw_done == *(const uint64_t *)opaque;
}

static void failures_last(void **state)
{
    struct bytes raw = make_data(TEXT, 3000, 51), packed;
    pith_options options = make_options(1, CHUNK_LEN, 1);
    uint64_t stop = raw.len;
    uint8_t *buffer = get_memory(2 * raw.len);
    pith_encoder *encoder;
    pith_decoder *decoder;

    (void)state;
    packed = compress(raw, &options);
    options.progress = stop_at_the_end;
    options.progress_opaque = &stop;
    assert_int_equal(pith_encoder_create(&encoder, &options, NULL), PITH_OK);
    assert_int_equal(pith_decoder_create(&decoder, &options, NULL), PITH_OK);
    for (int i = 0; i < 2; i++) { /* the second time for the same reason, in the same words */
        pith_in in = {raw.data, raw.len, 0};
        pith_out out = {buffer, 2 * raw.len, 0};
        pith_error error = {.status = PITH_OK};

        assert_int_equal(pith_encoder_run(encoder, &out, &in, PITH_FINISH, &error),
                         PITH_E_CANCELLED);
        assert_int_equal(error.status, PITH_E_CANCELLED);
        in = (pith_in){packed.data, packed.len, 0};
        out.pos = 0;
        error.status = PITH_OK;
        assert_int_equal(pith_decoder_run(decoder, &out, &in, PITH_FINISH, &error),
                         PITH_E_CANCELLED);
        assert_int_equal(error.status, PITH_E_CANCELLED);
        assert_true(i == 0 || (in.pos == 0 && out.pos == 0));
    }
    pith_encoder_destroy(encoder);
    pith_decoder_destroy(decoder);
    free(buffer);
    free(packed.data);
    free(raw.data);
}

/* Cancels when it hears for the second time that all is done. */
struct last_word {
    uint64_t raw_len;
    int n_times;
};

static int stop_at_the_last_word(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    struct last_word *last = opaque;

    (void)packed_done;
    last->n_times += raw_done == last->raw_len;
    return last->n_times == 2;
}

static void cancelled_at_the_last_word(void **state)
{
    struct bytes raw = make_data(TEXT, 3000, 52), again;
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct bytes packed = compress(raw, &options);
    struct last_word last = {raw.len, 0};
    pith_error error = {.status = PITH_OK};

    (void)state;
    options.progress = stop_at_the_last_word;
    options.progress_opaque = &last;
    assert_int_equal(
        stream_decompress(&again, packed, &options, (struct steps){1000, 1000}, &error),
        PITH_E_CANCELLED);
    assert_int_equal(error.status, PITH_E_CANCELLED);
    assert_int_equal(last.n_times, 2);
    free(again.data);
    free(packed.data);
    free(raw.data);
}

static int stop_at_once(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    (void)opaque;
    (void)packed_done;
    return raw_done > 0;
}

static void a_fill_can_be_cancelled_while_it_is_read(void **state)
{
    struct bytes raw = make_data(ZERO, 4 * CHUNK_LEN, 53);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    uint8_t *buffer = get_memory(1000);
    pith_in in = {raw.data, raw.len, 0};
    pith_out out = {buffer, 1000, 0};
    pith_encoder *encoder;

    (void)state;
    options.progress = stop_at_once;
    assert_int_equal(pith_encoder_create(&encoder, &options, NULL), PITH_OK);
    assert_int_equal(pith_encoder_run(encoder, &out, &in, PITH_RUN, NULL), PITH_E_CANCELLED);
    assert_true(in.pos < in.size);
    pith_encoder_destroy(encoder);
    free(buffer);
    free(raw.data);
}

/* Pieces that end where chunks do, more of them than are coded at once. */
static void whole_chunks_at_a_time(void **state)
{
    struct bytes raw = make_data(TEXT, 6 * CHUNK_LEN, 54), expected = {NULL, 0};

    (void)state;
    for (unsigned threads = 1; threads <= 3; threads++) {
        pith_options options = make_options(1, CHUNK_LEN, threads);
        struct bytes packed =
            stream_compress(raw, &options, (struct steps){CHUNK_LEN, STREAM_BUFFER_LEN});

        if (threads == 1)
            expected = packed;
        assert_true(is_same(packed, expected));
        if (threads > 1)
            free(packed.data);
    }
    free(expected.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structs_of_later_versions),
        cmocka_unit_test(allocators_in_part),
        cmocka_unit_test(more_threads_than_are_of_use),
        cmocka_unit_test(failures_last),
        cmocka_unit_test(cancelled_at_the_last_word),
        cmocka_unit_test(a_fill_can_be_cancelled_while_it_is_read),
        cmocka_unit_test(whole_chunks_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
