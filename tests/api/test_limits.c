/* Limits: memory that is stated, refused, raised, failing; cancelling; callers' mistakes. */
#include "api/cases.h"

/* An allocator that counts, and fails the nth call from now on (0 = never). */
struct counting {
    size_t n_calls, fails_at;
    uint64_t now, peak;
    size_t n_blocks;
};

#define PREFIX_LEN 64

static void *count_allocate(void *opaque, size_t len)
{
    struct counting *counting = opaque;
    uint8_t *base;

    if (++counting->n_calls == counting->fails_at)
        return NULL;
    base = malloc(len + PREFIX_LEN);
    if (!base)
        return NULL;
    memcpy(base, &len, sizeof len);
    counting->now += len;
    counting->n_blocks++;
    if (counting->now > counting->peak)
        counting->peak = counting->now;
    return base + PREFIX_LEN;
}

static void count_release(void *opaque, void *memory)
{
    struct counting *counting = opaque;
    size_t len;

    memcpy(&len, (uint8_t *)memory - PREFIX_LEN, sizeof len);
    counting->now -= len;
    counting->n_blocks--;
    free((uint8_t *)memory - PREFIX_LEN);
}

static pith_status try_round_trip(struct bytes raw, const pith_options *options, pith_error *error)
{
    struct bytes packed = {get_memory(pith_compress_bound(raw.len)), 0}, again = {NULL, 0};
    pith_status status = pith_compress(packed.data, pith_compress_bound(raw.len), &packed.len,
                                       raw.data, raw.len, options, error);

    if (status == PITH_OK) {
        status = stream_decompress(&again, packed, options, (struct steps){5000, 5000}, error);
        CHECK(status != PITH_END || is_same(again, raw), "wrong bytes");
    }
    free(again.data);
    free(packed.data);
    return status;
}

static void nth_allocation_fails(void **state)
{
    static const size_t lengths[] = {0, 300, CHUNK_LEN + 1};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (unsigned threads = 1; threads <= 2; threads++) {
            struct bytes raw = make_data(i == 2 ? ZERO : TEXT, lengths[i], 30);
            pith_status status = PITH_E_MEMORY;
            size_t n = 0;

            while (status != PITH_END) {
                struct counting counting = {.fails_at = ++n};
                pith_allocator allocator = {count_allocate, count_release, &counting};
                pith_options options = make_options(1, CHUNK_LEN, threads);
                pith_error error = {.status = PITH_OK};

                options.allocator = &allocator;
                status = try_round_trip(raw, &options, &error);
                CHECK(status == PITH_END || (status == PITH_E_MEMORY && error.status == status),
                      "call %zu: %d %s", n, status, error.text);
                CHECK(counting.n_blocks == 0, "call %zu: %zu blocks lost", n, counting.n_blocks);
                CHECK(status != PITH_END || counting.n_calls < n, "call %zu did not fail", n);
            }
            free(raw.data);
        }
}

/* What is stated suffices, and is not far above what is taken: built-in priors are, but once for all. */
static void stated_needs_hold(void **state)
{
    static const size_t lengths[] = {0, 200, 5000, CHUNK_LEN + 1};

    (void)state;
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level += level < 7 ? 3 : 1)
        for (size_t i = 0; i < COUNT(lengths) - (level > 1); i++) {
            struct bytes raw = make_data(TEXT, lengths[i], 31);
            struct counting counting = {.fails_at = 0};
            pith_allocator allocator = {count_allocate, count_release, &counting};
            pith_options options = make_options(level, CHUNK_LEN, 1);
            uint64_t slack = (uint64_t)(level < 5 ? 2 : level < 8 ? 24 : 72) << 20;
            uint64_t encode_need = pith_encode_need(level, raw.len, CHUNK_LEN);
            uint64_t decode_need = pith_decode_need(level, raw.len, CHUNK_LEN);
            struct bytes packed, again;
            pith_frame_info info;
            pith_error error = {.status = PITH_OK};
            pith_status status;

            options.allocator = &allocator;
            options.memory_limit = encode_need;
            packed = compress(raw, &options);
            CHECK(counting.peak <= encode_need, "level %d, length %zu: %llu taken, %llu stated",
                  level, raw.len, (unsigned long long)counting.peak,
                  (unsigned long long)encode_need);
            CHECK(raw.len < 1000 || (counting.peak + slack) * 100 > encode_need * 95,
                  "level %d, length %zu: %llu taken, %llu stated", level, raw.len,
                  (unsigned long long)counting.peak, (unsigned long long)encode_need);
            counting.peak = 0;
            options.memory_limit = decode_need;
            status = stream_decompress(&again, packed, &options, (struct steps){777, 777}, &error);
            CHECK(status == PITH_END, "level %d, length %zu: %s", level, raw.len, error.text);
            CHECK(counting.peak <= decode_need, "level %d, length %zu: %llu taken, %llu stated",
                  level, raw.len, (unsigned long long)counting.peak,
                  (unsigned long long)decode_need);
            free(again.data);

            assert_int_equal(pith_peek(&info, packed.data, packed.len, &error), PITH_OK);
            assert_int_equal(info.level, level);
            options.memory_limit = info.decode_memory;
            status = stream_decompress(&again, packed, &options, (struct steps){777, 777}, &error);
            CHECK(status == PITH_END, "level %d, length %zu: %s", level, raw.len, error.text);
            free(again.data);
            free(packed.data);
            free(raw.data);
        }
    assert_true(pith_encode_need(0, 0, 0) == 0 && pith_decode_need(PITH_LEVEL_MAX + 1, 0, 0) == 0);
    assert_true(pith_encode_need(1, UINT64_MAX, 0) > 0 && pith_decode_need(1, 0, 1) == 0);
}

/* The need that the error's text states is the limit that suffices. */
static uint64_t need_in_text(const char *text)
{
    const char *at = strstr(text, "needs ");

    assert_non_null(at);
    return strtoull(at + 6, NULL, 10);
}

static void a_limit_can_be_raised(void **state)
{
    struct bytes raw = make_data(TEXT, CHUNK_LEN + 5000, 32);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct bytes packed = compress(raw, &options), room = {get_memory(raw.len), raw.len};
    static const unsigned threads[] = {1, 4};

    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++) {
        pith_in in = {packed.data, packed.len, 0};
        pith_out out = {room.data, room.len, 0};
        pith_decoder *decoder;
        pith_error error = {.status = PITH_OK};
        pith_status status = PITH_OK;

        options.threads = threads[i];
        options.memory_limit = 100000;
        assert_int_equal(pith_decoder_create(&decoder, &options, &error), PITH_OK);
        memset(room.data, 1, room.len);
        for (int tries = 0; status == PITH_OK; tries++) {
            status = pith_decoder_run(decoder, &out, &in, PITH_FINISH, &error);
            if (status == PITH_E_MEMORY_LIMIT && tries < 4) {
                assert_int_equal(error.status, PITH_E_MEMORY_LIMIT);
                assert_non_null(strstr(error.text, "limit is 100000"));
                /* Again without more gives the same. */
                assert_int_equal(pith_decoder_run(decoder, &out, &in, PITH_FINISH, &error),
                                 PITH_E_MEMORY_LIMIT);
                assert_int_equal(
                    pith_decoder_set_memory_limit(decoder, need_in_text(error.text) + 20000),
                    PITH_OK);
                status = PITH_OK;
            }
        }
        CHECK(status == PITH_END && is_same(room, raw), "%d %s", status, error.text);
        pith_decoder_destroy(decoder);
    }
    free(room.data);
    free(packed.data);
    free(raw.data);
}

/* The least limit is what coding takes; verifying then follows in the same memory. */
static void an_encoder_has_a_limit(void **state)
{
    struct bytes raw = make_data(TEXT, 30000, 33), packed, wide;
    pith_options options = make_options(5, 0, 1);
    uint8_t *dst = get_memory(pith_compress_bound(raw.len));
    pith_error error;
    size_t len;

    (void)state;
    options.no_builtin = 1; /* a low limit does without them, see test_builtin.c */
    options.memory_limit = 50000;
    assert_int_equal(
        pith_compress(dst, pith_compress_bound(raw.len), &len, raw.data, raw.len, &options, &error),
        PITH_E_MEMORY_LIMIT);
    options.memory_limit = need_in_text(error.text) + 4096;
    assert_true(options.memory_limit < pith_encode_need(5, raw.len, 0) * 2 / 3);
    packed = compress(raw, &options);
    options.threads = 8;
    wide = compress(raw, &options);
    assert_true(is_same(packed, wide));
    free(wide.data);
    options.memory_limit = 0;
    wide = compress(raw, &options);
    assert_true(is_same(packed, wide));
    free(wide.data);
    free(packed.data);
    free(dst);
    free(raw.data);
}

/* Under every limit from the least that is told, with chunks of two lengths and an index that grows,
 * the archive comes out, and the same. */
static void any_limit_above_the_least_will_do(void **state)
{
    struct bytes raw = make_data(PERIOD, 300 * CHUNK_LEN + 1000, 35), packed, whole_packed;
    uint8_t *dst = get_memory(pith_compress_bound(raw.len));
    pith_options options = make_options(1, CHUNK_LEN, 1);
    pith_error error;
    size_t len;
    uint64_t least;

    (void)state;
    for (size_t i = 1; i < 300;
         i++) /* chunks of one byte, of which none continues the one before */
        memset(raw.data + i * CHUNK_LEN, (int)i, CHUNK_LEN);
    whole_packed = compress(raw, &options);
    options.memory_limit = 100000;
    assert_int_equal(
        pith_compress(dst, pith_compress_bound(raw.len), &len, raw.data, raw.len, &options, &error),
        PITH_E_MEMORY_LIMIT);
    least = need_in_text(error.text);
    for (unsigned threads = 1; threads <= 3; threads += 2)
        for (uint64_t step = 0; step < 12; step++) {
            options.threads = threads;
            options.memory_limit = least + least * step / 8;
            packed = compress(raw, &options);
            CHECK(is_same(packed, whole_packed), "%u threads, limit %llu", threads,
                  (unsigned long long)options.memory_limit);
            free(packed.data);
        }
    free(whole_packed.data);
    free(dst);
    free(raw.data);
}

/* Below, down to a least that is found by halving, only what idle slots hold makes room for the
 * index: that archive comes out, or none. */
static void limits_below_the_least(void **state)
{
    struct bytes raw = make_data(PERIOD, 60 * CHUNK_LEN + 1000, 35), whole_packed;
    size_t cap = pith_compress_bound(raw.len), len;
    struct bytes packed = {get_memory(cap), 0};
    pith_options options = make_options(1, CHUNK_LEN, 1);
    pith_error error;
    uint64_t enough, too_low = 100000;

    (void)state;
    for (size_t i = 1; i < 60; i++)
        memset(raw.data + i * CHUNK_LEN, (int)i, CHUNK_LEN);
    whole_packed = compress(raw, &options);
    options.memory_limit = too_low;
    assert_int_equal(pith_compress(packed.data, cap, &len, raw.data, raw.len, &options, &error),
                     PITH_E_MEMORY_LIMIT);
    enough = need_in_text(error.text);
    while (enough - too_low > 1) {
        pith_status status;

        options.memory_limit = too_low + (enough - too_low) / 2;
        status = pith_compress(packed.data, cap, &packed.len, raw.data, raw.len, &options, &error);
        CHECK(status == PITH_OK || status == PITH_E_MEMORY_LIMIT, "%s", error.text);
        CHECK(status != PITH_OK || is_same(packed, whole_packed), "wrong bytes");
        if (status == PITH_OK)
            enough = options.memory_limit;
        else
            too_low = options.memory_limit;
    }
    CHECK(enough < need_in_text(error.text), "%llu", (unsigned long long)enough);
    print_message("%llu bytes are enough\n", (unsigned long long)enough);
    free(whole_packed.data);
    free(packed.data);
    free(raw.data);
}

/* Fewer slots than threads when the limit does not hold more; the bytes stay the same. */
static void a_limit_takes_threads_away(void **state)
{
    struct bytes raw = make_data(MIXED, 3 * CHUNK_LEN + 5, 34);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct bytes one = compress(raw, &options), packed, again;
    pith_error error = {.status = PITH_OK};

    (void)state;
    options.threads = 8;
    options.memory_limit = pith_encode_need(1, raw.len, CHUNK_LEN) + 30000;
    packed = compress(raw, &options);
    assert_true(is_same(packed, one));
    options.memory_limit = pith_decode_need(1, raw.len, CHUNK_LEN);
    CHECK(stream_decompress(&again, packed, &options, (struct steps){4000, 4000}, &error) ==
              PITH_END,
          "%s", error.text);
    assert_true(is_same(again, raw));
    free(again.data);
    free(packed.data);
    free(one.data);
    free(raw.data);
}

struct canceller {
    uint64_t n_calls, stops_at, raw_done, packed_done;
};

static int on_progress(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    struct canceller *canceller = opaque;

    assert_true(raw_done >= canceller->raw_done && packed_done >= canceller->packed_done);
    canceller->raw_done = raw_done;
    canceller->packed_done = packed_done;
    return ++canceller->n_calls == canceller->stops_at;
}

static void progress_and_cancel(void **state)
{
    struct bytes raw = make_data(TEXT, CHUNK_LEN + 20000, 35);

    (void)state;
    for (unsigned threads = 1; threads <= 3; threads += 2)
        for (uint64_t stops_at = 0; stops_at <= 6; stops_at += 2) {
            struct canceller canceller = {.stops_at = stops_at};
            pith_options options = make_options(1, CHUNK_LEN, threads);
            struct bytes packed = compress(raw, &options), again;
            uint8_t *dst = get_memory(pith_compress_bound(raw.len));
            pith_error error = {.status = PITH_OK};
            pith_status status;
            size_t len;

            options.progress = on_progress;
            options.progress_opaque = &canceller;
            status = pith_compress(dst, pith_compress_bound(raw.len), &len, raw.data, raw.len,
                                   &options, &error);
            if (stops_at == 0)
                CHECK(status == PITH_OK && canceller.raw_done == raw.len, "%d %s", status,
                      error.text);
            else if (canceller.n_calls >= stops_at)
                CHECK(status == PITH_E_CANCELLED && error.status == status, "%d %s", status,
                      error.text);
            canceller = (struct canceller){.stops_at = stops_at};
            status =
                stream_decompress(&again, packed, &options, (struct steps){9000, 9000}, &error);
            CHECK(is_prefix(again, raw), "unverified bytes");
            if (stops_at == 0)
                CHECK(status == PITH_END && canceller.raw_done == raw.len &&
                          canceller.packed_done > packed.len / 2,
                      "%d %s", status, error.text);
            else if (canceller.n_calls >= stops_at)
                CHECK(status == PITH_E_CANCELLED && error.status == status, "%d %s", status,
                      error.text);
            free(again.data);
            free(dst);
            free(packed.data);
        }
    free(raw.data);
}

/* An object that is dropped in the middle of its work takes its threads with it. */
static void dropped_in_the_middle(void **state)
{
    struct bytes raw = make_data(TEXT, 3 * CHUNK_LEN, 36);
    struct counting counting = {.fails_at = 0};
    pith_allocator allocator = {count_allocate, count_release, &counting};
    pith_options options = make_options(1, CHUNK_LEN, 3);
    struct bytes packed = compress(raw, &options);
    uint8_t byte;
    pith_encoder *encoder;
    pith_decoder *decoder;

    (void)state;
    options.allocator = &allocator;
    for (size_t len = 0; len < raw.len; len += raw.len / 5) {
        pith_in in = {raw.data, len, 0};
        pith_out out = {&byte, 1, 0};

        assert_int_equal(pith_encoder_create(&encoder, &options, NULL), PITH_OK);
        assert_int_equal(pith_encoder_run(encoder, &out, &in, PITH_RUN, NULL), PITH_OK);
        pith_encoder_destroy(encoder);
        in = (pith_in){packed.data, len * packed.len / raw.len, 0};
        out.pos = 0;
        assert_int_equal(pith_decoder_create(&decoder, &options, NULL), PITH_OK);
        assert_int_equal(pith_decoder_run(decoder, &out, &in, PITH_RUN, NULL), PITH_OK);
        pith_decoder_destroy(decoder);
        assert_true(counting.n_blocks == 0);
    }
    free(packed.data);
    free(raw.data);
}

static void mistakes_of_callers(void **state)
{
    uint8_t byte[8] = {0};
    size_t len;
    pith_error error;
    pith_encoder *encoder;
    pith_decoder *decoder;
    pith_frame_info frame;
    pith_archive_info archive;
    pith_options options = make_options(PITH_LEVEL_MAX + 1, 0, 0);
    pith_in in = {byte, 1, 2};
    pith_out out = {byte, 8, 0};

    (void)state;
    assert_int_equal(pith_encoder_create(&encoder, &options, &error), PITH_E_ARGUMENT);
    assert_int_equal(error.status, PITH_E_ARGUMENT);
    assert_null(encoder);
    options.level = -1;
    assert_int_equal(pith_encoder_create(&encoder, &options, NULL), PITH_E_ARGUMENT);
    options = make_options(1, 65535, 0);
    assert_int_equal(pith_encoder_create(&encoder, &options, NULL), PITH_E_ARGUMENT);
    options.chunk_len = ((uint64_t)1 << 30) + 1;
    assert_int_equal(pith_encoder_create(&encoder, &options, NULL), PITH_E_ARGUMENT);
    options = make_options(1, 0, 0);
    options.struct_size = offsetof(pith_options, executor) - 1;
    assert_int_equal(pith_encoder_create(&encoder, &options, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_decoder_create(&decoder, &options, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_encoder_create(NULL, NULL, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_decoder_create(NULL, NULL, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_encoder_run(NULL, &out, &in, PITH_RUN, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_decoder_run(NULL, &out, &in, PITH_RUN, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_decoder_set_memory_limit(NULL, 1), PITH_E_ARGUMENT);
    assert_int_equal(pith_compress(NULL, 1, &len, byte, 1, NULL, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_compress(byte, 8, NULL, byte, 1, NULL, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_decompress(byte, 8, &len, NULL, 1, NULL, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_peek(NULL, byte, 1, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_peek(&frame, NULL, 1, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_list(&archive, NULL, NULL, 1, NULL, NULL, NULL), PITH_E_ARGUMENT);

    assert_int_equal(pith_encoder_create(&encoder, NULL, NULL), PITH_OK);
    assert_int_equal(pith_encoder_run(encoder, &out, &in, PITH_RUN, NULL), PITH_E_ARGUMENT);
    in.pos = 0;
    assert_int_equal(pith_encoder_run(encoder, &out, &in, (pith_action)7, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_encoder_run(encoder, &out, &in, PITH_FINISH, NULL), PITH_OK);
    assert_int_equal(pith_encoder_run(encoder, &out, &in, PITH_RUN, &error), PITH_E_ARGUMENT);
    pith_encoder_destroy(encoder);
    pith_encoder_destroy(NULL);
    pith_decoder_destroy(NULL);
    assert_string_equal(pith_version(), "0.1.0");
    for (int i = PITH_OK; i <= PITH_E_PRIOR + 1; i++)
        assert_non_null(pith_status_text((pith_status)i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nth_allocation_fails),
        cmocka_unit_test(stated_needs_hold),
        cmocka_unit_test(a_limit_can_be_raised),
        cmocka_unit_test(an_encoder_has_a_limit),
        cmocka_unit_test(any_limit_above_the_least_will_do),
        cmocka_unit_test(limits_below_the_least),
        cmocka_unit_test(a_limit_takes_threads_away),
        cmocka_unit_test(progress_and_cancel),
        cmocka_unit_test(dropped_in_the_middle),
        cmocka_unit_test(mistakes_of_callers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
