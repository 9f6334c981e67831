/* Streams: no split of input or output and no number of threads changes a byte. */
#define TESTS_NO_BUILTIN

#include "api/small_frame.h"

static const struct steps whole = {SIZE_MAX, SIZE_MAX};

static void check_all_steps(struct bytes raw, const pith_options *options)
{
    static const size_t steps[] = {1, 2, 7, 1000};
    struct bytes expected = stream_compress(raw, options, whole), packed, again;
    pith_error error = {.status = PITH_OK};

    for (size_t i = 0; i < COUNT(steps); i++)
        for (size_t k = 0; k < COUNT(steps); k++) {
            struct steps step = {steps[i], steps[k]};
            pith_status status;

            packed = stream_compress(raw, options, step);
            CHECK(is_same(packed, expected), "length %zu, steps %zu %zu", raw.len, step.in,
                  step.out);
            free(packed.data);
            status = stream_decompress(&again, expected, options, step, &error);
            CHECK(status == PITH_END && is_same(again, raw), "length %zu, steps %zu %zu: %d %s",
                  raw.len, step.in, step.out, status, error.text);
            free(again.data);
        }
    free(expected.data);
}

static void splits_of_short_inputs(void **state)
{
    static const size_t lengths[] = {0, 1, 5, 300};
    pith_options options = make_options(1, 0, 1);

    (void)state;
    for (int kind = 0; kind < N_KINDS; kind++)
        for (size_t i = 0; i < COUNT(lengths); i++) {
            struct bytes raw = make_data((enum kind)kind, lengths[i], 10);

            check_all_steps(raw, &options);
            free(raw.data);
        }
}

/* Every place where the input can be cut in two, of a frame with several chunks and an index. */
static void each_cut_of_an_archive(void **state)
{
    struct bytes raw = make_data(MIXED, 300, 11), packed = small_frame(raw, 70);
    uint8_t *room = get_memory(raw.len);

    (void)state;
    for (size_t cut = 0; cut <= packed.len; cut++) {
        pith_decoder *decoder;
        pith_in in = {packed.data, cut, 0};
        pith_out out = {room, raw.len, 0};
        pith_error error;
        pith_status status;

        assert_int_equal(pith_decoder_create(&decoder, NULL, &error), PITH_OK);
        status = pith_decoder_run(decoder, &out, &in, PITH_RUN, &error);
        CHECK(status == PITH_OK && in.pos == cut, "cut %zu: %d %s", cut, status, error.text);
        in.size = packed.len;
        status = pith_decoder_run(decoder, &out, &in, PITH_FINISH, &error);
        CHECK(status == PITH_END && out.pos == raw.len, "cut %zu: %d %s", cut, status, error.text);
        assert_memory_equal(room, raw.data, raw.len);
        assert_int_equal(pith_decoder_run(decoder, &out, &in, PITH_FINISH, &error), PITH_END);
        pith_decoder_destroy(decoder);
    }
    free(room);
    free(packed.data);
    free(raw.data);
}

static void threads_change_nothing(void **state)
{
    static const unsigned threads[] = {1, 2, 3, 8};

    (void)state;
    for (int kind = MIXED; kind < N_KINDS; kind++) {
        struct bytes raw = make_data((enum kind)kind, 3 * CHUNK_LEN + 1234, 12);
        pith_options options = make_options(1, CHUNK_LEN, 1);
        struct bytes one = compress(raw, &options),
                     streamed = stream_compress(raw, &options, whole);

        for (size_t i = 0; i < COUNT(threads); i++) {
            struct steps steps = {50000, 30000};
            struct bytes packed, again;
            pith_error error = {.status = PITH_OK};
            pith_status status;

            options.threads = threads[i];
            options.size_hint = i == 2 ? 5 : i == 3 ? raw.len : 0; /* advice only */
            packed = compress(raw, &options);
            CHECK(is_same(packed, one), "kind %d, %u threads", kind, threads[i]);
            free(packed.data);
            packed = stream_compress(raw, &options, steps);
            CHECK(is_same(packed, streamed), "kind %d, %u threads, stream", kind, threads[i]);
            free(packed.data);
            status = stream_decompress(&again, streamed, &options, steps, &error);
            CHECK(status == PITH_END && is_same(again, raw), "kind %d, %u threads: %d %s", kind,
                  threads[i], status, error.text);
            free(again.data);
            again.data = get_memory(raw.len);
            status = pith_decompress(again.data, raw.len, &again.len, one.data, one.len, &options,
                                     &error);
            CHECK(status == PITH_OK && is_same(again, raw), "kind %d, %u threads: %d %s", kind,
                  threads[i], status, error.text);
            free(again.data);
        }
        free(one.data);
        free(streamed.data);
        free(raw.data);
    }
}

/* Chunks by letters: z zeros, o ones, p numbers; a capital is 1,000 bytes of it, for the end. */
static struct bytes make_chunks(const char *letters)
{
    struct bytes raw = {NULL, 0};

    for (; *letters; letters++) {
        int is_capital = *letters < 'a';
        struct bytes part = make_data((*letters | 32) == 'p' ? PERIOD : ZERO,
                                      is_capital ? 1000 : (size_t)CHUNK_LEN, 16);

        if ((*letters | 32) == 'o')
            memset(part.data, 0xff, part.len);
        append(&raw, part.data, part.len);
        free(part.data);
    }
    return raw;
}

static int read_bytes(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct bytes *bytes = opaque;

    memcpy(buffer, bytes->data + offset, len);
    return 0;
}

/* Chunks of one byte join into one, which takes no memory; the rest is as it would be. */
static void fills_join(void **state)
{
    static const struct {
        const char *letters;
        unsigned n_chunks;
    } cases[] = {{"zz", 1},      {"zZ", 1},          {"zzzzzzzzz", 1}, {"zzp", 2},
                 {"pzzp", 3},    {"pzZ", 2},         {"zpzpZ", 5},     {"zoz", 3},
                 {"zzoozzO", 6}, {"pzzzzpppzzO", 7}, {"pP", 2}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (unsigned threads = 1; threads <= 4; threads += threads) {
            struct bytes raw = make_chunks(cases[i].letters);
            pith_options options = make_options(1, CHUNK_LEN, threads);
            struct bytes one = compress(raw, &options), again;
            struct bytes streamed = stream_compress(raw, &options, (struct steps){30000, 7});
            pith_archive_info info;
            pith_error error = {.status = PITH_OK};
            pith_status status = pith_list(&info, read_bytes, &one, one.len, NULL, NULL, &error);

            CHECK(status == PITH_OK && info.chunks == cases[i].n_chunks && info.raw_len == raw.len,
                  "%s: %u chunks, %s", cases[i].letters, (unsigned)info.chunks, error.text);
            CHECK(stream_decompress(&again, streamed, &options, (struct steps){9, 777}, &error) ==
                          PITH_END &&
                      is_same(again, raw),
                  "%s, %u threads: %s", cases[i].letters, threads, error.text);
            free(again.data);
            CHECK(decompress(&again, raw.len, one, &error) == PITH_OK && is_same(again, raw),
                  "%s: %s", cases[i].letters, error.text);
            free(again.data);
            CHECK(decompress(&again, raw.len - 1, one, &error) == PITH_E_OUTPUT_FULL, "%s: %d",
                  cases[i].letters, error.status);
            free(again.data);
            options.threads = 1;
            again = stream_compress(raw, &options, whole);
            CHECK(is_same(again, streamed), "%s, %u threads", cases[i].letters, threads);
            free(again.data);
            free(one.data);
            free(streamed.data);
            free(raw.data);
        }
}

static int stop_at_second(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    int *n_calls = opaque;

    (void)raw_done;
    (void)packed_done;
    return ++*n_calls == 2;
}

/* A fill takes no time to decode but may take long to give out. */
static void a_fill_can_be_cancelled(void **state)
{
    struct bytes raw = make_chunks("zzz"), again;
    int n_calls = 0;
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct bytes packed = compress(raw, &options);
    pith_error error;

    (void)state;
    options.progress = stop_at_second;
    options.progress_opaque = &n_calls;
    assert_int_equal(
        stream_decompress(&again, packed, &options, (struct steps){1000, 1000}, &error),
        PITH_E_CANCELLED);
    assert_int_equal(again.len, 2000);
    free(again.data);
    free(packed.data);
    free(raw.data);
}

/* A chunk cannot pass from one archive to another, even if both begin with a fill. */
static void fills_tell_frames_apart(void **state)
{
    static const char *const letters[] = {"zz", "oo", "zzz", "zzp", "oop", "zzzp"};
    uint32_t ids[COUNT(letters)];
    pith_options options = make_options(1, CHUNK_LEN, 1);

    (void)state;
    for (size_t i = 0; i < COUNT(letters); i++) {
        struct bytes raw = make_chunks(letters[i]);
        struct bytes packed = stream_compress(raw, &options, whole);

        memcpy(&ids[i], packed.data + 7, sizeof ids[i]); /* docs/format.md, section 4.1 */
        for (size_t k = 0; k < i; k++)
            CHECK(ids[k] != ids[i], "%s and %s", letters[k], letters[i]);
        free(packed.data);
        free(raw.data);
    }
}

/* An input of one chunk has one form, whoever knows its length beforehand. */
static void one_chunk_is_the_same_in_one_call(void **state)
{
    static const size_t lengths[] = {0, 1, 999, 65536};
    pith_options options = make_options(1, CHUNK_LEN, 1);

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct bytes raw = make_data(TEXT, lengths[i], 13);
        struct bytes one = compress(raw, &options);
        struct bytes two = stream_compress(raw, &options, (struct steps){4096, 4096});

        CHECK(is_same(one, two), "length %zu", raw.len);
        free(one.data);
        free(two.data);
        free(raw.data);
    }
}

static void frames_concatenate(void **state)
{
    pith_options several = make_options(1, CHUNK_LEN, 2);
    struct bytes packed = {NULL, 0}, raw = {NULL, 0}, again;
    static const size_t lengths[] = {300, 70000, 0, 0, 140000, 1};
    pith_error error = {.status = PITH_OK};
    pith_status status;

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct bytes part = make_data(TEXT, lengths[i], 14 + i);
        struct bytes frame = compress(part, &several);

        append(&raw, part.data, part.len);
        append(&packed, frame.data, frame.len);
        free(part.data);
        free(frame.data);
    }
    status = decompress(&again, raw.len, packed, &error);
    CHECK(status == PITH_OK && is_same(again, raw), "%d %s", status, error.text);
    free(again.data);
    for (size_t step = 1; step < 100000; step = step * 200 + 1) {
        status = stream_decompress(&again, packed, &several, (struct steps){step, 5000}, &error);
        CHECK(status == PITH_END && is_same(again, raw), "step %zu: %d %s", step, status,
              error.text);
        free(again.data);
    }
    free(raw.data);
    free(packed.data);
}

/* A reader of a pipe gets a frame's bytes when the frame is there, without the end of the input. */
static void a_whole_frame_is_let_out_at_once(void **state)
{
    pith_options options = make_options(1, CHUNK_LEN, 4);
    struct bytes raw = make_data(TEXT, 70000, 15), packed = compress(raw, &options);
    struct bytes room = {get_memory(raw.len), raw.len};
    pith_decoder *decoder;
    pith_in in = {packed.data, packed.len, 0};
    pith_out out = {room.data, room.len, 0};

    (void)state;
    assert_int_equal(pith_decoder_create(&decoder, &options, NULL), PITH_OK);
    assert_int_equal(pith_decoder_run(decoder, &out, &in, PITH_RUN, NULL), PITH_OK);
    assert_true(out.pos == raw.len && is_same(room, raw));
    assert_int_equal(pith_decoder_run(decoder, &out, &in, PITH_FINISH, NULL), PITH_END);
    pith_decoder_destroy(decoder);
    free(room.data);
    free(packed.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_of_short_inputs),
        cmocka_unit_test(each_cut_of_an_archive),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(fills_join),
        cmocka_unit_test(a_fill_can_be_cancelled),
        cmocka_unit_test(fills_tell_frames_apart),
        cmocka_unit_test(one_chunk_is_the_same_in_one_call),
        cmocka_unit_test(frames_concatenate),
        cmocka_unit_test(a_whole_frame_is_let_out_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
