/* Messages: what is packed comes back, whatever was packed before and with whichever coder; damage, other
 * priors, small destinations and failing memory are told and do no harm. */
#include "api/messages.h"

#include "prior/file.h"

#define CAP (MESSAGE_MAX + 8)

static const int levels[] = {1, 2, 5, 8};
static struct bytes prior_bytes[COUNT(levels)];
static pith_prior *priors[COUNT(levels)];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(levels); i++) {
        prior_bytes[i] = train_prior(levels[i], 0, 40);
        priors[i] = open_prior(prior_bytes[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(levels); i++) {
        pith_prior_close(priors[i]);
        free(prior_bytes[i].data);
    }
    return 0;
}

static pith_options options_of(const pith_prior *prior)
{
    return (pith_options){.struct_size = sizeof(pith_options), .prior = prior};
}

static pith_message_coder *make_coder(const pith_prior *prior, size_t len_max)
{
    pith_options options = options_of(prior);
    pith_message_coder *coder;
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_message_coder_create(&coder, len_max, &options, &error);

    CHECK(status == PITH_OK && coder, "%d %s", status, error.text);
    return coder;
}

static struct bytes pack(pith_message_coder *coder, struct bytes raw)
{
    size_t cap = pith_message_bound(raw.len);
    struct bytes packed = {get_memory(cap), 0};
    pith_error error = {.status = PITH_OK};
    pith_status status =
        pith_message_pack(coder, packed.data, cap, &packed.len, raw.data, raw.len, &error);

    assert_true(cap >= raw.len + 4 && cap <= raw.len + 8);
    CHECK(status == PITH_OK, "%zu bytes: %d %s", raw.len, status, error.text);
    assert_true(packed.len >= 4 && packed.len <= cap);
    return packed;
}

/* Both buffers have exactly their bytes. */
static pith_status unpack(pith_message_coder *coder, struct bytes *raw, size_t cap,
                          struct bytes packed, pith_error *error)
{
    struct bytes exact = {get_memory(packed.len), packed.len};
    pith_status status;

    if (packed.len > 0)
        memcpy(exact.data, packed.data, packed.len);
    raw->data = get_memory(cap);
    raw->len = SIZE_MAX;
    status = pith_message_unpack(coder, raw->data, cap, &raw->len, exact.data, exact.len, error);
    free(exact.data);
    return status;
}

static void check_unpacks(pith_message_coder *coder, struct bytes packed, struct bytes expected)
{
    pith_error error = {.status = PITH_OK};
    struct bytes raw;
    pith_status status = unpack(coder, &raw, expected.len, packed, &error);

    CHECK(status == PITH_OK && is_same(raw, expected), "%zu bytes, packed %zu: %d %s", expected.len,
          packed.len, status, error.text);
    free(raw.data);
}

static size_t n_due(size_t level_at)
{
    return levels[level_at] < 8 ? N_MESSAGES : N_MESSAGES / 3;
}

static void messages_come_back(void **state)
{
    (void)state;
    for (size_t l = 0; l < COUNT(levels); l++) {
        pith_message_coder *coder = make_coder(priors[l], MESSAGE_MAX);
        pith_message_coder *other = make_coder(priors[l], MESSAGE_MAX);
        size_t n_smaller = 0;

        for (size_t i = 0; i < n_due(l); i++) {
            struct bytes raw = message_at(i), packed = pack(coder, raw);

            check_unpacks(other, packed, raw);
            check_unpacks(coder, packed, raw);
            n_smaller += packed.len < raw.len;
            free(packed.data);
            free(raw.data);
        }
        CHECK(n_smaller >= n_due(l) / 2, "level %d: %zu", levels[l], n_smaller);
        pith_message_coder_destroy(coder);
        pith_message_coder_destroy(other);
    }
}

/* Messages like the samples: better than without the prior, by far. */
static void what_was_foreseen_is_small(void **state)
{
    (void)state;
    for (size_t l = 0; l < COUNT(levels); l++) {
        pith_message_coder *coder = make_coder(priors[l], 1000);
        size_t raw_len = 0, packed_len = 0;

        for (uint64_t i = 0; i < 20; i++) {
            struct bytes raw = make_message(5000 + i), packed = pack(coder, raw);

            raw_len += raw.len;
            packed_len += packed.len;
            check_unpacks(coder, packed, raw);
            free(packed.data);
            free(raw.data);
        }
        CHECK(packed_len < raw_len / 4, "level %d: %zu of %zu", levels[l], packed_len, raw_len);
        pith_message_coder_destroy(coder);
    }
}

/* One coder for all, with damaged messages and failures between, packs as fresh coders do. */
static void nothing_leaks_into_the_next(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (size_t l = 0; l < COUNT(levels) - 1; l++) {
        pith_message_coder *one = make_coder(priors[l], MESSAGE_MAX);

        for (size_t round = 0; round < N_MESSAGES; round++) {
            struct bytes raw = message_at((size_t)(next_random(&random) % N_MESSAGES)), a, b, out;
            pith_message_coder *fresh = make_coder(priors[l], MESSAGE_MAX);
            size_t len;
            uint8_t small[6];

            a = pack(one, raw);
            b = pack(fresh, raw);
            CHECK(is_same(a, b), "level %d, %zu bytes: %zu, fresh %zu", levels[l], raw.len, a.len,
                  b.len);
            check_unpacks(one, a, raw);
            a.data[next_random(&random) % a.len] ^= 0x20;
            unpack(one, &out, raw.len, a, NULL);
            pith_message_pack(one, small, sizeof small, &len, raw.data, raw.len, NULL);
            pith_message_coder_destroy(fresh);
            free(out.data);
            free(a.data);
            free(b.data);
            free(raw.data);
        }
        pith_message_coder_destroy(one);
    }
}

/* Counts what passes for a message, though it is another one. */
static size_t unpack_damaged(pith_message_coder *coder, struct bytes packed, struct bytes truth)
{
    pith_error error = {.status = PITH_OK};
    struct bytes raw;
    pith_status status = unpack(coder, &raw, MESSAGE_MAX, packed, &error);
    size_t is_wrong = status == PITH_OK && !(raw.len == truth.len && is_same(raw, truth));

    assert_true(status == PITH_OK || status == PITH_E_CORRUPT || status == PITH_E_TRUNCATED ||
                status == PITH_E_FORMAT || status == PITH_E_PRIOR);
    CHECK(status == PITH_OK || (error.status == status && error.text[0]), "%d", status);
    CHECK(raw.len <= (status == PITH_OK ? MESSAGE_MAX : 0), "%d: %zu", status, raw.len);
    free(raw.data);
    return is_wrong;
}

/* Every byte, changed in a bit and as a whole, and every length. */
static void damage_is_found(void **state)
{
    uint64_t random = test_seed();
    size_t n = 0, n_wrong = 0;

    (void)state;
    for (size_t l = 0; l < 2; l++) {
        pith_message_coder *coder = make_coder(priors[l], MESSAGE_MAX);

        for (size_t m = 0; m < N_MESSAGES; m++) {
            struct bytes raw = message_at(m), packed = pack(coder, raw);
            size_t step = raw.len > 1000 ? 97 : getenv("PITH_TEST_FULL") ? 1 : 6;

            for (size_t i = 0; i < packed.len; i += i < 4 ? 1 : step, n += 3) {
                uint8_t was = packed.data[i];

                packed.data[i] ^= (uint8_t)(1u << next_random(&random) % 8);
                n_wrong += unpack_damaged(coder, packed, raw);
                packed.data[i] = (uint8_t)(was + 1 + next_random(&random) % 255);
                n_wrong += unpack_damaged(coder, packed, raw);
                packed.data[i] = was;
                n_wrong += unpack_damaged(coder, (struct bytes){packed.data, i}, raw);
            }
            free(packed.data);
            free(raw.data);
        }
        pith_message_coder_destroy(coder);
    }
    printf("%zu of %zu pass\n", n_wrong, n);
    assert_true(n > 1000 && n_wrong <= 1 + n / 20000);
}

/* Frames of chance, with a beginning that fits. */
static void any_frame_is_harmless(void **state)
{
    uint64_t random = test_seed();
    struct bytes none = {(uint8_t *)"", 0};
    pith_prior_info info;

    (void)state;
    pith_prior_describe(priors[1], &info);
    {
        pith_message_coder *coder = make_coder(priors[1], MESSAGE_MAX);
        size_t n_wrong = 0;

        for (int round = 0; round < 2000; round++) {
            uint8_t bytes[30] = {(uint8_t)(round % 4 ? 0xf8 : 0xf9), info.id[0]};

            for (size_t i = 2; i < sizeof bytes; i++)
                bytes[i] = (uint8_t)next_random(&random);
            n_wrong += unpack_damaged(
                coder, (struct bytes){bytes, (size_t)(next_random(&random) % sizeof bytes)}, none);
        }
        assert_true(n_wrong <= 1);
        pith_message_coder_destroy(coder);
    }
}

/* The same prior, but that its header says another number of samples: so its id is another. */
static struct bytes rename_prior(struct bytes prior, uint64_t samples)
{
    struct pith_prior_head *head = get_memory(sizeof *head);
    uint8_t bytes[PITH_PRIOR_HEAD_MAX];
    struct bytes renamed = {NULL, 0};
    size_t from;

    assert_int_equal(pith_prior_head_read(head, prior.data, prior.len, NULL), PITH_OK);
    from = head->len;
    head->info.samples = samples;
    append(&renamed, bytes, pith_prior_head_write(bytes, head));
    append(&renamed, prior.data + from, prior.len - from);
    pith_prior_finish(renamed.data, renamed.len - PITH_PRIOR_TAIL_LEN);
    free(head);
    return renamed;
}

static void other_priors_are_refused(void **state)
{
    pith_message_coder *coder = make_coder(priors[1], 1000);
    size_t n_alike = 0, n_others = 0;
    pith_prior_info info;

    (void)state;
    pith_prior_describe(priors[1], &info);
    for (uint64_t samples = 1000; n_alike < 2; samples++) {
        struct bytes renamed = rename_prior(prior_bytes[1], samples);
        pith_prior_info other_info;
        int is_alike;

        assert_int_equal(pith_prior_peek(&other_info, renamed.data, renamed.len, NULL), PITH_OK);
        is_alike = other_info.id[0] == info.id[0];
        if (is_alike || n_others < 2) {
            pith_prior *prior = open_prior(renamed);
            pith_message_coder *other = make_coder(prior, 1000);

            for (size_t m = 0; m < N_MESSAGES; m++) {
                struct bytes raw = message_at(m), packed, out;
                pith_error error = {.status = PITH_OK};

                if (raw.len <= 1000) {
                    pith_status status;

                    packed = pack(coder, raw);
                    status = unpack(other, &out, raw.len, packed, &error);
                    CHECK(status == (is_alike ? PITH_E_CORRUPT : PITH_E_PRIOR), "%d %s", status,
                          error.text);
                    assert_int_equal(out.len, 0);
                    free(out.data);
                    free(packed.data);
                }
                free(raw.data);
            }
            pith_message_coder_destroy(other);
            pith_prior_close(prior);
            n_alike += (size_t)is_alike;
            n_others += (size_t)!is_alike;
        }
        free(renamed.data);
    }
    pith_message_coder_destroy(coder);
}

static void small_destinations_are_told(void **state)
{
    pith_message_coder *coder = make_coder(priors[1], MESSAGE_MAX);

    (void)state;
    for (size_t m = 0; m < N_MESSAGES; m++) {
        struct bytes raw = message_at(m), packed = pack(coder, raw), out;
        pith_error error = {.status = PITH_OK};

        for (size_t cap = 0; cap < raw.len; cap += cap / 2 + 1) {
            assert_int_equal(unpack(coder, &out, cap, packed, &error), PITH_E_OUTPUT_FULL);
            assert_int_equal(out.len, raw.len);
            free(out.data);
        }
        if (raw.len > 0) { /* asking for the length alone */
            assert_int_equal(
                pith_message_unpack(coder, NULL, 0, &out.len, packed.data, packed.len, &error),
                PITH_E_OUTPUT_FULL);
            assert_int_equal(out.len, raw.len);
        }
        for (size_t cap = 0; cap < pith_message_bound(raw.len); cap += cap / 4 + 1) {
            uint8_t *to = get_memory(cap);
            size_t len = 77;

            assert_int_equal(pith_message_pack(coder, to, cap, &len, raw.data, raw.len, &error),
                             PITH_E_OUTPUT_FULL);
            assert_int_equal(len, 0);
            free(to);
        }
        free(packed.data);
        free(raw.data);
    }
    pith_message_coder_destroy(coder);
}

/* What does not compress takes four bytes more. */
static void overhead_is_four_bytes(void **state)
{
    pith_message_coder *coder = make_coder(priors[1], 3000);

    (void)state;
    for (size_t len = 0; len <= 3000; len += len / 3 + 1) {
        struct bytes raw = golden_data(RANDOM, len), packed = pack(coder, raw);

        assert_int_equal(packed.len, len + 4);
        assert_int_equal(packed.data[0], 0xf9);
        check_unpacks(coder, packed, raw);
        free(packed.data);
        free(raw.data);
    }
    assert_int_equal(pith_message_bound(0), 8);
    assert_int_equal(pith_message_bound(SIZE_MAX - 8), SIZE_MAX);
    assert_int_equal(pith_message_bound(SIZE_MAX - 7), 0);
    pith_message_coder_destroy(coder);
}

/* As long as planned for, and not a byte longer, in either direction. */
static void lengths_have_a_limit(void **state)
{
    static const int kinds[] = {TEXT, RANDOM, ZERO};
    pith_message_coder *coder = make_coder(priors[0], 700), *wide = make_coder(priors[0], 100000);

    (void)state;
    for (size_t k = 0; k < COUNT(kinds); k++)
        for (size_t len = 699; len <= 702; len++) {
            struct bytes raw = golden_data(kinds[k], 702), packed, out;
            pith_error error = {.status = PITH_OK};

            raw.len = len;
            packed = pack(wide, raw);
            check_unpacks(wide, packed, raw);
            if (len <= 700) {
                struct bytes again = pack(coder, raw);

                assert_true(is_same(again, packed));
                check_unpacks(coder, packed, raw);
                free(again.data);
            } else {
                uint8_t to[CAP];
                pith_status status = unpack(coder, &out, 1000, packed, &error);

                CHECK(status == PITH_E_CORRUPT && out.len == 0, "kind %d, %zu bytes: %d, %zu",
                      kinds[k], len, status, out.len);
                free(out.data);
                assert_int_equal(
                    pith_message_pack(coder, to, CAP, &out.len, raw.data, raw.len, &error),
                    PITH_E_ARGUMENT);
                assert_int_equal(out.len, 0);
            }
            free(packed.data);
            free(raw.data);
        }
    pith_message_coder_destroy(coder);
    pith_message_coder_destroy(wide);
}

static void the_longest_of_all(void **state)
{
    pith_message_coder *coder = make_coder(priors[0], PITH_MESSAGE_LEN_MAX);
    struct bytes raw = golden_data(OPEN_TEXT, PITH_MESSAGE_LEN_MAX), packed = pack(coder, raw);

    (void)state;
    assert_true(packed.len < raw.len / 2);
    check_unpacks(coder, packed, raw);
    free(packed.data);
    free(raw.data);
    pith_message_coder_destroy(coder);
}

static void nth_allocation_fails(void **state)
{
    (void)state;
    for (size_t l = 0; l < COUNT(levels); l++)
        for (size_t n = 1;; n++) {
            struct allocations allocations = {.fails_at = n};
            pith_allocator allocator = {allocate_counted, release_counted, &allocations};
            pith_options options = options_of(priors[l]);
            pith_error error = {.status = PITH_OK};
            pith_message_coder *coder;
            pith_status status;

            options.allocator = &allocator;
            status = pith_message_coder_create(&coder, 500, &options, &error);
            if (status == PITH_OK) { /* coding allocates nothing */
                struct bytes raw = message_at(2), packed = pack(coder, raw);
                size_t n_calls = allocations.n_calls;

                check_unpacks(coder, packed, raw);
                assert_true(n_calls < n && allocations.n_calls == n_calls);
                free(packed.data);
                free(raw.data);
            }
            assert_true(status == PITH_OK || (status == PITH_E_MEMORY && !coder));
            pith_message_coder_destroy(coder);
            assert_int_equal(allocations.n_blocks, 0);
            if (status == PITH_OK) {
                assert_true(n > 1);
                break;
            }
        }
}

static void memory_has_a_limit(void **state)
{
    pith_options options = options_of(priors[0]);
    pith_message_coder *coder;

    (void)state;
    for (options.memory_limit = 1000; options.memory_limit < 1 << 30; options.memory_limit *= 2) {
        pith_status status = pith_message_coder_create(&coder, 500, &options, NULL);

        assert_true(status == PITH_OK ? coder != NULL
                                      : status == PITH_E_MEMORY_LIMIT && coder == NULL);
        pith_message_coder_destroy(coder);
        if (status == PITH_OK)
            break;
    }
    assert_true(options.memory_limit > 10000 && options.memory_limit < 1 << 30);
}

static void arguments_are_checked(void **state)
{
    pith_options options = options_of(priors[1]), plain = options_of(NULL), other = options;
    pith_message_coder *coder = (void *)&options;
    pith_error error;
    uint8_t to[100], from[10] = "0123456789";
    size_t len;

    (void)state;
    assert_int_equal(pith_message_coder_create(NULL, 100, &options, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_coder_create(&coder, 100, NULL, &error), PITH_E_ARGUMENT);
    assert_null(coder);
    assert_int_equal(pith_message_coder_create(&coder, 100, &plain, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_coder_create(&coder, 0, &options, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_coder_create(&coder, PITH_MESSAGE_LEN_MAX + 1, &options, &error),
                     PITH_E_ARGUMENT);
    assert_int_equal(pith_message_coder_create(&coder, SIZE_MAX, &options, NULL), PITH_E_ARGUMENT);
    other.level = 3; /* the prior's is 2 */
    assert_int_equal(pith_message_coder_create(&coder, 100, &other, &error), PITH_E_ARGUMENT);
    assert_null(coder);
    pith_message_coder_destroy(NULL);

    coder = make_coder(priors[1], 100);
    assert_int_equal(pith_message_pack(NULL, to, 100, &len, from, 10, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_pack(coder, NULL, 100, &len, from, 10, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_pack(coder, to, 100, NULL, from, 10, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_pack(coder, to, 100, &len, NULL, 10, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_pack(coder, to, 100, &len, NULL, 0, NULL), PITH_OK);
    assert_int_equal(len, 4);
    assert_int_equal(pith_message_unpack(coder, NULL, 0, &len, to, 4, &error), PITH_OK);
    assert_int_equal(len, 0);
    assert_int_equal(pith_message_unpack(NULL, from, 10, &len, to, 4, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_unpack(coder, NULL, 10, &len, to, 4, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_unpack(coder, from, 10, NULL, to, 4, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_unpack(coder, from, 10, &len, NULL, 4, &error), PITH_E_ARGUMENT);
    assert_int_equal(pith_message_unpack(coder, from, 10, &len, NULL, 0, &error), PITH_E_TRUNCATED);
    for (size_t n = 0; n < 4; n++)
        assert_int_equal(pith_message_unpack(coder, from, 10, &len, to, n, NULL), PITH_E_TRUNCATED);
    to[0] = 0xc1;
    assert_int_equal(pith_message_unpack(coder, from, 10, &len, to, 4, &error), PITH_E_FORMAT);
    assert_memory_equal(from, "0123456789", 10);
    pith_message_coder_destroy(coder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_back),          cmocka_unit_test(what_was_foreseen_is_small),
        cmocka_unit_test(nothing_leaks_into_the_next), cmocka_unit_test(damage_is_found),
        cmocka_unit_test(any_frame_is_harmless),       cmocka_unit_test(other_priors_are_refused),
        cmocka_unit_test(small_destinations_are_told), cmocka_unit_test(overhead_is_four_bytes),
        cmocka_unit_test(lengths_have_a_limit),        cmocka_unit_test(the_longest_of_all),
        cmocka_unit_test(nth_allocation_fails),        cmocka_unit_test(memory_has_a_limit),
        cmocka_unit_test(arguments_are_checked),
    };

    return cmocka_run_group_tests_name("messages", tests, set_up, tear_down);
}
