/* Packing with priors: whatever is packed with one comes back with it, in one call, in streams, by threads,
 * through readers and salvage; without it, or with another, that is said, and decoding can go on. */
#include "api/priors.h"

static struct bytes files[3]; /* two of level 1, one of level 5 */
static pith_prior *priors[3];
static pith_prior_info infos[3];

static int begin(void **state)
{
    (void)state;
    files[0] = train_prior(1, 1000, 200);
    files[1] = train_prior(1, 2000, 30);
    files[2] = train_prior(5, 1000, 60);
    for (size_t i = 0; i < COUNT(files); i++) {
        priors[i] = open_prior(files[i]);
        pith_prior_describe(priors[i], &infos[i]);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        pith_prior_close(priors[i]);
        free(files[i].data);
    }
    return 0;
}

static pith_options options_with(const pith_prior *prior, uint64_t chunk_len, unsigned threads)
{
    pith_options options = make_options(0, chunk_len, threads);

    options.prior = prior;
    return options;
}

static void check_decodes(struct bytes packed, struct bytes raw, const pith_options *options)
{
    static const struct steps steps[] = {{1, 7}, {100, 100}, {50000, 50000}};
    pith_error error = {.status = PITH_OK};
    struct bytes again;
    pith_status status = decompress_with(&again, raw.len, packed, options, &error);

    CHECK(status == PITH_OK && is_same(again, raw), "length %zu: %d %s", raw.len, status,
          error.text);
    free(again.data);
    for (size_t i = raw.len > 20000 ? 2 : 0; i < COUNT(steps); i++) {
        status = stream_decompress(&again, packed, options, steps[i], &error);
        CHECK(status == PITH_END && is_same(again, raw), "length %zu: %d %s", raw.len, status,
              error.text);
        free(again.data);
    }
}

static void messages_come_back(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT(priors); p++) {
        pith_options options = options_with(priors[p], 0, 1),
                     plain = make_options(infos[p].level, 0, 1);
        size_t packed_len = 0, plain_len = 0;

        plain.no_builtin = 1;

        for (uint64_t number = 0; number < 12; number++) {
            struct bytes raw = make_message(number), packed, without;

            packed = compress(raw, &options);
            without = compress(raw, &plain);
            packed_len += packed.len;
            plain_len += without.len;
            check_decodes(packed, raw, &options);
            check_decodes(without, raw, &options); /* a prior that is not needed */
            free(without.data);
            free(packed.data);
            free(raw.data);
        }
        CHECK(packed_len * 2 < plain_len, "%zu with the prior, %zu without", packed_len, plain_len);
    }
}

static void any_data_come_back(void **state)
{
    static const size_t lengths[] = {0, 1, 2, 3000};

    (void)state;
    for (enum kind kind = RANDOM; kind < N_KINDS; kind++)
        for (size_t i = 0; i < COUNT(lengths); i++) {
            struct bytes raw = make_data(kind, lengths[i], 20), packed;
            pith_options options = options_with(priors[kind % 3], 0, 1);

            packed = compress(raw, &options);
            check_decodes(packed, raw, &options);
            free(packed.data);
            packed = stream_compress(raw, &options, (struct steps){700, 300});
            check_decodes(packed, raw, &options);
            free(packed.data);
            free(raw.data);
        }
}

/* Chunks, threads, verification: the bytes are the same, and all come back. */
static void many_chunks_come_back(void **state)
{
    struct bytes raw = make_messages(3 * CHUNK_LEN + 1000, 0), first = {NULL, 0};
    pith_error error;

    (void)state;
    memset(raw.data + CHUNK_LEN, 0, CHUNK_LEN); /* one chunk that needs no prior */
    for (unsigned threads = 1; threads <= 3; threads += 2)
        for (int no_verify = 0; no_verify < 2; no_verify++) {
            pith_options options = options_with(priors[0], CHUNK_LEN, threads);
            struct bytes packed, streamed, again;

            options.no_verify = no_verify;
            packed = compress(raw, &options);
            if (!first.data)
                append(&first, packed.data, packed.len);
            assert_true(is_same(packed, first));
            options.size_hint = raw.len;
            streamed = stream_compress(raw, &options, (struct steps){9000, 9000});
            check_decodes(packed, raw, &options);
            check_decodes(streamed, raw, &options);
            options.prior = priors[1];
            assert_int_equal(decompress_with(&again, raw.len, packed, &options, &error),
                             PITH_E_PRIOR);
            free(again.data);
            free(streamed.data);
            free(packed.data);
        }
    free(first.data);
    free(raw.data);
}

/* The strongest levels have tables of their own that a prior fills. */
static void a_strong_level_comes_back(void **state)
{
    struct bytes file = train_prior(8, 1000, 17), raw = make_message(3), packed;
    pith_prior *prior = open_prior(file);
    pith_options options = options_with(prior, 0, 1);

    (void)state;
    packed = compress(raw, &options);
    check_decodes(packed, raw, &options);
    pith_prior_close(prior);
    free(file.data);
    free(packed.data);
    free(raw.data);
}

static void check_refused(struct bytes packed, size_t raw_len, const pith_prior *prior)
{
    pith_options options = options_with(prior, 0, 1);
    pith_error error = {.status = PITH_OK};
    char id[2 * PITH_PRIOR_ID_LEN + 1];
    struct bytes raw;

    for (size_t i = 0; i < PITH_PRIOR_ID_LEN; i++)
        snprintf(id + 2 * i, 3, "%02x", infos[0].id[i]);
    assert_int_equal(decompress_with(&raw, raw_len, packed, &options, &error), PITH_E_PRIOR);
    assert_int_equal(error.status, PITH_E_PRIOR);
    CHECK(strstr(error.text, id), "%s", error.text);
    assert_int_equal(raw.len, 0);
    free(raw.data);
    assert_int_equal(stream_decompress(&raw, packed, &options, (struct steps){5000, 5000}, &error),
                     PITH_E_PRIOR);
    CHECK(strstr(error.text, id), "%s", error.text);
    assert_int_equal(raw.len, 0);
    free(raw.data);
}

static void a_missing_prior_is_named(void **state)
{
    static const size_t lengths[] = {90, 2 * CHUNK_LEN + 50};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct bytes raw = make_messages(lengths[i], 5), packed;
        pith_options options = options_with(priors[0], CHUNK_LEN, 1);

        packed = compress(raw, &options);
        check_refused(packed, raw.len, NULL);
        check_refused(packed, raw.len, priors[1]);
        check_refused(packed, raw.len, priors[2]);
        free(packed.data);
        free(raw.data);
    }
}

/* Frames of two priors, and of none: the decoder asks for each and goes on. */
static void decoding_goes_on_with_the_prior(void **state)
{
    struct bytes raw = {NULL, 0}, packed = {NULL, 0};
    static const size_t lengths[] = {100, CHUNK_LEN + 100, 200, 300, 100};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct bytes part = make_messages(lengths[i], i), part_packed;
        pith_options options = options_with(i == 2 ? NULL : priors[i % 2], CHUNK_LEN, 1);

        part_packed = compress(part, &options);
        append(&raw, part.data, part.len);
        append(&packed, part_packed.data, part_packed.len);
        free(part_packed.data);
        free(part.data);
    }
    for (unsigned threads = 1; threads <= 3; threads += 2)
        for (size_t step = 11; step < 100000; step *= 20) {
            pith_options options = make_options(0, 0, threads);
            struct bytes again = {NULL, 0};
            size_t taken = 0, n_asked = 0;
            uint8_t buffer[1000];
            pith_decoder *decoder;
            pith_error error = {.status = PITH_OK};
            pith_status status = pith_decoder_create(&decoder, &options, &error);

            while (status == PITH_OK) {
                size_t n = packed.len - taken < step ? packed.len - taken : step;
                pith_in in = {packed.data + taken, n, 0};
                pith_out out = {buffer, sizeof buffer, 0};

                status = pith_decoder_run(decoder, &out, &in,
                                          taken + n == packed.len ? PITH_FINISH : PITH_RUN, &error);
                taken += in.pos;
                append(&again, buffer, out.pos);
                if (status == PITH_E_PRIOR && n_asked < 10) {
                    /* the first one is not there yet, then it is the other */
                    assert_int_equal(error.status, PITH_E_PRIOR);
                    status = pith_decoder_use_prior(decoder, priors[(n_asked++ + 1) % 2]);
                }
            }
            CHECK(status == PITH_END && is_same(again, raw), "%d %s", status, error.text);
            assert_true(n_asked >= 3);
            pith_decoder_destroy(decoder);
            free(again.data);
        }
    assert_int_equal(pith_decoder_use_prior(NULL, priors[0]), PITH_E_ARGUMENT);
    free(packed.data);
    free(raw.data);
}

static void levels_must_agree(void **state)
{
    struct bytes raw = make_message(1), packed;
    uint8_t dst[500];
    size_t len;
    pith_error error = {.status = PITH_OK};
    pith_options options = options_with(priors[2], 0, 1);
    pith_encoder *encoder;
    pith_explanation explanation = {.struct_size = sizeof explanation};
    pith_frame_info info;

    (void)state;
    options.level = 1;
    assert_int_equal(pith_compress(dst, sizeof dst, &len, raw.data, raw.len, &options, &error),
                     PITH_E_ARGUMENT);
    assert_int_equal(error.status, PITH_E_ARGUMENT);
    assert_int_equal(pith_encoder_create(&encoder, &options, &error), PITH_E_ARGUMENT);
    options.level = 5;
    packed = compress(raw, &options);
    assert_int_equal(pith_peek(&info, packed.data, packed.len, &error), PITH_OK);
    assert_int_equal(info.level, 5);
    assert_int_equal(pith_explain(&explanation, raw.data, raw.len, 0, NULL, NULL, &options, &error),
                     PITH_E_ARGUMENT);
    free(packed.data);
    free(raw.data);
}

struct seen {
    pith_chunk_info chunks[8];
    size_t n;
};

static int see(void *opaque, const pith_chunk_info *chunk)
{
    struct seen *seen = opaque;

    assert_true(seen->n < COUNT(seen->chunks));
    seen->chunks[seen->n++] = *chunk;
    return 0;
}

static void peeking_and_listing_tell_the_prior(void **state)
{
    struct bytes single = make_message(1), many = make_messages(2 * CHUNK_LEN + 900, 0), packed[2];
    pith_options options = options_with(priors[0], CHUNK_LEN, 1);
    struct archive archive = {.bytes = {NULL, 0}};
    struct seen seen = {.n = 0};
    pith_archive_info sum;
    pith_frame_info info;
    pith_error error;

    (void)state;
    memset(many.data + CHUNK_LEN, 7, CHUNK_LEN);
    packed[0] = compress(single, &options);
    packed[1] = compress(many, &options);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pith_peek(&info, packed[i].data, packed[i].len, &error), PITH_OK);
        assert_true(info.has_prior);
        assert_memory_equal(info.prior_id, infos[0].id, sizeof info.prior_id);
        append(&archive.bytes, packed[i].data, packed[i].len);
    }
    assert_int_equal(pith_peek(&info, packed[1].data, info.header_len, &error), PITH_OK);
    assert_false(info.has_prior); /* not known before the first chunk's header */
    assert_int_equal(pith_list(&sum, read_archive, &archive, archive.bytes.len, see, &seen, &error),
                     PITH_OK);
    assert_int_equal(seen.n, 4);
    for (size_t i = 0; i < seen.n; i++) {
        assert_int_equal(seen.chunks[i].has_prior, i != 2); /* the fill chunk */
        if (i != 2)
            assert_memory_equal(seen.chunks[i].prior_id, infos[0].id, PITH_PRIOR_ID_LEN);
    }
    options.prior = NULL;
    free(packed[0].data);
    packed[0] = compress(single, &options);
    assert_int_equal(pith_peek(&info, packed[0].data, packed[0].len, &error), PITH_OK);
    assert_false(info.has_prior);
    free(archive.bytes.data);
    free(packed[0].data);
    free(packed[1].data);
    free(single.data);
    free(many.data);
}

/* The stated needs of decoding hold with a prior, too; the prior's own memory is not part of them. */
static void stated_needs_hold(void **state)
{
    struct bytes raw = make_messages(5000, 0), packed, again;
    pith_options options = options_with(priors[0], 0, 1);
    pith_error error = {.status = PITH_OK};
    pith_frame_info info;

    (void)state;
    packed = compress(raw, &options);
    assert_int_equal(pith_peek(&info, packed.data, packed.len, &error), PITH_OK);
    options.memory_limit = info.decode_memory;
    CHECK(stream_decompress(&again, packed, &options, (struct steps){99, 99}, &error) == PITH_END,
          "%s", error.text);
    assert_true(is_same(again, raw));
    free(again.data);
    options.memory_limit = info.decode_memory / 2;
    assert_int_equal(stream_decompress(&again, packed, &options, (struct steps){99, 99}, &error),
                     PITH_E_MEMORY_LIMIT);
    free(again.data);
    free(packed.data);
    free(raw.data);
}

static pith_status read_range(struct archive *archive, const pith_prior *prior, struct bytes dst,
                              uint64_t offset, size_t *got)
{
    pith_options options = options_with(prior, 0, 2);
    pith_reader *reader;
    pith_error error = {.status = PITH_OK};
    pith_status status;

    CHECK(pith_reader_create(&reader, read_archive, archive, archive->bytes.len, &options,
                             &error) == PITH_OK,
          "%s", error.text);
    status = pith_reader_read(reader, dst.data, dst.len, got, offset, &error);
    assert_true(status == PITH_OK || error.status == status);
    pith_reader_destroy(reader);
    return status;
}

static void readers_use_priors(void **state)
{
    struct bytes raw = make_messages(3 * CHUNK_LEN, 0);
    pith_options options = options_with(priors[0], CHUNK_LEN, 1);
    struct archive archive = {.bytes = compress(raw, &options)};
    struct bytes dst = {get_memory(1000), 1000};
    size_t got = 0;

    (void)state;
    for (uint64_t offset = 0; offset < raw.len; offset += CHUNK_LEN - 500) {
        size_t n = raw.len - offset < dst.len ? (size_t)(raw.len - offset) : dst.len;

        assert_int_equal(read_range(&archive, priors[0], dst, offset, &got), PITH_OK);
        assert_true(got == n);
        assert_memory_equal(dst.data, raw.data + offset, n);
    }
    assert_int_equal(read_range(&archive, NULL, dst, 70000, &got), PITH_E_PRIOR);
    assert_int_equal(read_range(&archive, priors[1], dst, 70000, &got), PITH_E_PRIOR);
    free(dst.data);
    free(archive.bytes.data);
    free(raw.data);
}

struct salvaged {
    struct bytes truth;
    uint64_t found, lost;
};

static int on_part(void *opaque, const pith_salvage_part *part, const void *data)
{
    struct salvaged *salvaged = opaque;

    if (part->is_lost) {
        assert_null(data);
        salvaged->lost += part->raw_len;
        return 0;
    }
    assert_true(part->raw_offset + part->raw_len <= salvaged->truth.len);
    assert_memory_equal(data, salvaged->truth.data + part->raw_offset, (size_t)part->raw_len);
    salvaged->found += part->raw_len;
    return 0;
}

static void salvage_uses_priors(void **state)
{
    struct bytes raw = make_messages(3 * CHUNK_LEN, 0);
    pith_options options = options_with(priors[0], CHUNK_LEN, 1);
    struct archive archive = {.bytes = compress(raw, &options)};
    pith_salvage_info info;
    pith_error error = {.status = PITH_OK};

    (void)state;
    for (int damage = 0; damage < 3; damage++) {
        struct salvaged salvaged = {raw, 0, 0};

        options.prior = damage < 2 ? priors[0] : priors[1];
        if (damage == 1)
            archive.bytes.data[archive.bytes.len / 2] ^= 1;
        pith_salvage(&info, read_archive, &archive, archive.bytes.len, &options, on_part, &salvaged,
                     &error);
        CHECK(salvaged.found == (damage == 0   ? raw.len
                                 : damage == 1 ? raw.len - CHUNK_LEN
                                               : 0),
              "damage %d: %llu found, %llu lost", damage, (unsigned long long)salvaged.found,
              (unsigned long long)salvaged.lost);
    }
    free(archive.bytes.data);
    free(raw.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_back),
        cmocka_unit_test(any_data_come_back),
        cmocka_unit_test(many_chunks_come_back),
        cmocka_unit_test(a_strong_level_comes_back),
        cmocka_unit_test(a_missing_prior_is_named),
        cmocka_unit_test(decoding_goes_on_with_the_prior),
        cmocka_unit_test(levels_must_agree),
        cmocka_unit_test(peeking_and_listing_tell_the_prior),
        cmocka_unit_test(stated_needs_hold),
        cmocka_unit_test(readers_use_priors),
        cmocka_unit_test(salvage_uses_priors),
    };

    return cmocka_run_group_tests_name("prior", tests, begin, end);
}
