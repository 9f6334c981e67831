/* Messages as the codec packs them: each comes back, whatever was packed before; and whatever is unpacked,
 * nothing is read or written beyond its bounds. */
#include "api/messages.h"

#include "codec/bytes/compact.h"
#include "num/fpmode.h"
#include "prior/prior.h"

#define CAP (2 * MESSAGE_MAX)

struct coder {
    struct pith_message message;
    struct pith_arena arena;
    pith_prior *prior;
    size_t len_max;
};

static const int levels[] = {1, 2, 5, 8};
static pith_prior *priors[COUNT(levels)];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct bytes bytes = train_prior(levels[i], 0, 40);

        priors[i] = open_prior(bytes);
        free(bytes.data);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(levels); i++)
        pith_prior_close(priors[i]);
    return 0;
}

static void lay_out(struct coder *c)
{
    pith_message_layout(&c->message, &c->arena, c->prior->info.level, c->len_max,
                        c->prior->codec.start);
}

/* In memory that is not zero. */
static struct coder *make_coder(size_t level_at, size_t len_max)
{
    struct coder *c = get_memory(sizeof *c);

    memset(c, 0, sizeof *c);
    c->prior = priors[level_at];
    c->len_max = len_max;
    lay_out(c);
    c->arena.base = aligned_alloc(PITH_ARENA_ALIGN, (size_t)c->arena.used);
    assert_non_null(c->arena.base);
    memset(c->arena.base, 0xa5, (size_t)c->arena.used);
    c->arena.used = 0;
    lay_out(c);
    pith_message_init(&c->message, c->prior->codec.head);
    return c;
}

static void drop(struct coder *c)
{
    free(c->arena.base);
    free(c);
}

/* data NULL: it does not suit. */
static struct bytes encode(struct coder *c, struct bytes raw, size_t cap)
{
    struct bytes packed = {get_memory(cap), 0};
    uint64_t mode = pith_fpmode_pin();

    packed.len = pith_message_encode(&c->message, packed.data, cap, raw.data, raw.len);
    pith_fpmode_restore(mode);
    assert_true(packed.len <= cap || packed.len == SIZE_MAX);
    if (packed.len == SIZE_MAX) {
        free(packed.data);
        return (struct bytes){NULL, 0};
    }
    return packed;
}

/* raw has exactly cap bytes, the payload its own: sanitizers see what is touched beyond. */
static size_t decode(struct coder *c, struct bytes *raw, size_t cap, size_t len_max,
                     struct bytes packed)
{
    struct bytes exact = {get_memory(packed.len), packed.len};
    uint64_t mode = pith_fpmode_pin();
    size_t len;

    if (packed.len > 0)
        memcpy(exact.data, packed.data, packed.len);
    raw->data = get_memory(cap);
    len = pith_message_decode(&c->message, raw->data, cap, len_max, exact.data, exact.len);
    raw->len = len;
    pith_fpmode_restore(mode);
    free(exact.data);
    CHECK(len == SIZE_MAX || (len >= 1 && len <= len_max), "%zu", len);
    return len;
}

static void check_decodes(struct coder *c, struct bytes packed, struct bytes expected)
{
    struct bytes raw;

    CHECK(decode(c, &raw, expected.len, MESSAGE_MAX, packed) == expected.len &&
              is_same(raw, expected),
          "%zu bytes, packed %zu", expected.len, packed.len);
    free(raw.data);
}

/* Or neither suits. */
static int are_alike(struct bytes a, struct bytes b)
{
    return a.data && b.data ? is_same(a, b) : !a.data && !b.data;
}

static size_t n_due(size_t level_at)
{
    return levels[level_at] < 8 ? N_MESSAGES : N_MESSAGES / 3;
}

static void messages_come_back(void **state)
{
    (void)state;
    for (size_t l = 0; l < COUNT(levels); l++) {
        struct coder *c = make_coder(l, MESSAGE_MAX), *other = make_coder(l, MESSAGE_MAX);
        size_t n_packed = 0;

        for (size_t i = 0; i < n_due(l); i++) {
            struct bytes raw = message_at(i), packed;

            packed = raw.len > 0 ? encode(c, raw, CAP) : (struct bytes){NULL, 0};
            if (packed.data) {
                check_decodes(other, packed, raw);
                check_decodes(c, packed, raw); /* on the coder that has packed it as well */
                n_packed++;
            }
            free(packed.data);
            free(raw.data);
        }
        CHECK(n_packed >= n_due(l) / 2, "level %d: %zu", levels[l], n_packed);
        drop(other);
        drop(c);
    }
}

/* What was packed or unpacked before, be it damaged, changes nothing. */
static void nothing_leaks_into_the_next(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (size_t l = 0; l < COUNT(levels) - 1; l++) {
        struct coder *one = make_coder(l, MESSAGE_MAX);

        for (size_t round = 0; round < N_MESSAGES; round++) {
            struct bytes raw = message_at((size_t)(next_random(&random) % N_MESSAGES)), a, b, out;
            struct coder *fresh;

            if (raw.len == 0) {
                free(raw.data);
                continue;
            }
            fresh = make_coder(l, MESSAGE_MAX);
            a = encode(one, raw, CAP);
            b = encode(fresh, raw, CAP);
            CHECK(are_alike(a, b), "level %d, %zu bytes: %zu, fresh %zu", levels[l], raw.len, a.len,
                  b.len);
            if (a.data) {
                if (round % 3 == 0)
                    check_decodes(one, a, raw);
                a.data[next_random(&random) % a.len] ^= 0x40;
                decode(one, &out, MESSAGE_MAX, MESSAGE_MAX, a);
                free(out.data);
            }
            drop(fresh);
            free(a.data);
            free(b.data);
            free(raw.data);
        }
        drop(one);
    }
}

/* From 32 KiB on other words are coded: a longer message is nothing to the shorter ones after it. */
static void long_messages_leave_nothing(void **state)
{
    static const size_t lengths[] = {900, 40000, 900, 33000, 32767, 32768, 900};
    struct coder *one = make_coder(0, 40000);

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct coder *fresh = make_coder(0, 40000);
        struct bytes raw = golden_data(OPEN_TEXT, lengths[i]);
        struct bytes a = encode(one, raw, 50000), b = encode(fresh, raw, 50000), out;

        assert_true(a.data && are_alike(a, b));
        assert_int_equal(decode(fresh, &out, raw.len, 40000, a), raw.len);
        assert_true(is_same(out, raw));
        free(out.data);
        free(a.data);
        free(b.data);
        free(raw.data);
        drop(fresh);
    }
    drop(one);
}

/* How long messages may be is the coder's own business: both sides need not agree. */
static void coders_of_other_lengths_agree(void **state)
{
    (void)state;
    for (size_t l = 0; l < COUNT(levels); l++)
        for (size_t i = 0; i < n_due(l); i += getenv("PITH_TEST_FULL") ? 3 : 9) {
            struct bytes raw = message_at(i), a, b;
            struct coder *snug, *wide;

            if (raw.len == 0) {
                free(raw.data);
                continue;
            }
            snug = make_coder(l, raw.len);
            wide = make_coder(l, 200000);
            a = encode(snug, raw, CAP);
            b = encode(wide, raw, CAP);
            CHECK(are_alike(a, b), "level %d, %zu bytes", levels[l], raw.len);
            if (a.data) {
                struct bytes out;

                check_decodes(wide, a, raw);
                assert_int_equal(decode(snug, &out, raw.len, raw.len, a), raw.len);
                assert_true(is_same(out, raw));
                free(out.data);
            }
            drop(snug);
            drop(wide);
            free(a.data);
            free(b.data);
            free(raw.data);
        }
}

/* Of the destination, and of what a reader takes. */
static void bounds_are_kept(void **state)
{
    struct coder *c = make_coder(2, MESSAGE_MAX);

    (void)state;
    for (size_t i = 0; i < N_MESSAGES; i += getenv("PITH_TEST_FULL") ? 1 : 5) {
        struct bytes raw = message_at(i), packed, out;

        packed = raw.len > 0 ? encode(c, raw, CAP) : (struct bytes){NULL, 0};
        if (packed.data) {
            struct bytes again =
                encode(c, raw, packed.len + 5); /* the end is five bytes at first */

            assert_true(again.data && is_same(again, packed));
            free(again.data);
            for (size_t cap = 0; cap < packed.len; cap += cap < 8 ? 1 : cap / 4)
                assert_null(encode(c, raw, cap).data);
            for (size_t cap = packed.len > 0 ? packed.len - 1 : 0; cap < packed.len + 5; cap++) {
                again = encode(c, raw, cap);
                assert_true(!again.data || (cap >= packed.len && is_same(again, packed)));
                free(again.data);
            }
            for (size_t cap = 0; cap < raw.len; cap += cap / 3 + 1) { /* told, not written */
                assert_int_equal(decode(c, &out, cap, MESSAGE_MAX, packed), raw.len);
                free(out.data);
            }
            assert_true(decode(c, &out, raw.len, raw.len - 1, packed) == SIZE_MAX);
            free(out.data);
        }
        free(packed.data);
        free(raw.data);
    }
    drop(c);
}

/* Decodes a damaged payload; returns 1 if it passes for another message. */
static size_t decode_damaged(struct coder *c, struct bytes packed, struct bytes truth)
{
    struct bytes out;
    size_t is_wrong = decode(c, &out, truth.len, MESSAGE_MAX, packed) != SIZE_MAX &&
                      (out.len != truth.len || memcmp(out.data, truth.data, out.len) != 0);

    free(out.data);
    return is_wrong;
}

/* Every byte changed, every length, bytes added: the coder's end tells of most of it. */
static void damage_is_harmless(void **state)
{
    static const size_t due[] = {0, 1, 2, 3, 4, 14, 18, 29, 30};
    const size_t step = getenv("PITH_TEST_FULL") ? 1 : 5;
    uint64_t random = test_seed();
    size_t n = 0, n_wrong = 0;

    (void)state;
    for (size_t l = 0; l < 3; l++) {
        struct coder *c = make_coder(l, MESSAGE_MAX);

        for (size_t d = 0; d < COUNT(due); d++) {
            struct bytes raw = message_at(due[d]), packed = encode(c, raw, CAP);

            for (size_t i = d % step; packed.data && i < packed.len; i += step, n += 2) {
                uint8_t was = packed.data[i];

                packed.data[i] ^= (uint8_t)(1 + next_random(&random) % 255);
                n_wrong += decode_damaged(c, packed, raw);
                packed.data[i] = was;
                n_wrong += decode_damaged(c, (struct bytes){packed.data, i}, raw);
            }
            if (packed.data) {
                append(&packed, (const uint8_t *)"\x81\x35\x46\xd1\x62\x93", 6);
                n_wrong += decode_damaged(c, packed, raw);
                packed.len -= 6;
                check_decodes(c, packed, raw);
            }
            free(packed.data);
            free(raw.data);
        }
        drop(c);
    }
    printf("%zu of %zu pass for other messages\n", n_wrong, n);
    assert_true(n > 1500 / step && n_wrong <= n / 10);
}

/* The head claims a message far longer than the payload lasts: that ends soon, and badly. */
static void claims_are_not_believed(void **state)
{
    (void)state;
    for (size_t l = 0; l < COUNT(levels); l++) {
        struct coder *c = make_coder(l, MESSAGE_MAX);
        struct bytes raw = message_at(13), packed = encode(c, raw, CAP);

        assert_non_null(packed.data);
        for (size_t len = 8; len < packed.len; len += len) {
            struct bytes cut = {packed.data, len}, out;

            assert_true(decode(c, &out, raw.len, MESSAGE_MAX, cut) == SIZE_MAX);
            CHECK(c->message.engine.history.pos < raw.len - 1, "%zu bytes were decoded of %zu",
                  (size_t)c->message.engine.history.pos, len);
            free(out.data);
        }
        free(packed.data);
        free(raw.data);
        drop(c);
    }
}

/* Payloads of chance, and such as claim what cannot be. */
static void any_payload_is_harmless(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (size_t l = 0; l < 3; l++) {
        struct coder *c = make_coder(l, 1000);

        for (int round = 0; round < (getenv("PITH_TEST_FULL") ? 300 : 60); round++) {
            uint8_t bytes[40];
            struct bytes packed = {bytes, (size_t)(next_random(&random) % sizeof bytes)}, out;

            for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i] = round % 3 == 0   ? (uint8_t)next_random(&random)
                           : round % 3 == 1 ? (uint8_t)(i < 4 ? next_random(&random) : 0xff)
                                            : (uint8_t)(i < 4 ? next_random(&random) : 0);
            decode(c, &out, (size_t)round % 2 * 1000, 1000, packed);
            free(out.data);
        }
        drop(c);
    }
}

/* --- how messages begin --- */

static struct pith_segment code_head(int is_encoding, struct pith_segment segment, size_t len_max,
                                     int *is_good, struct pith_message_head *head)
{
    static uint8_t bytes[100];
    static size_t n_bytes;
    struct pith_stream stream = {.segments = &segment};
    struct pith_coder coder;

    if (is_encoding)
        pith_coder_begin_encode(&coder, bytes, sizeof bytes);
    else
        pith_coder_begin_decode(&coder, bytes, n_bytes, NULL, NULL);
    *is_good = pith_message_head_code(head, &stream, len_max, &coder);
    if (is_encoding) {
        pith_coder_finish_encode(&coder);
        n_bytes = coder.pos;
    } else if (*is_good) {
        assert_int_equal(stream.len, segment.model_len);
        assert_int_equal(stream.n_segments, 1);
    }
    return segment;
}

static void beginnings_are_checked(void **state)
{
    static const struct {
        struct pith_segment segment;
        size_t len_max;
        int is_good;
    } cases[] = {
        {{.tag = PITH_KIND_TEXT, .model_len = 1}, 1, 1},
        {{.tag = PITH_KIND_TEXT, .model_len = 1}, 0, 0},
        {{.tag = PITH_KIND_TEXT | PITH_SEGMENT_TRANSFORMED, .model_len = 77}, 77, 1},
        {{.tag = PITH_KIND_MARKUP, .model_len = 78}, 77, 0},
        {{.tag = PITH_KIND_RECORDS, .model_len = 1 << 20, .record_len = 12}, 1 << 20, 1},
        {{.tag = PITH_KIND_RECORDS, .model_len = 100, .record_len = PITH_RECORD_LEN_MAX}, 100, 1},
        {{.tag = PITH_KIND_RECORDS, .model_len = 100, .record_len = PITH_RECORD_LEN_MAX + 1},
         100,
         0},
        {{.tag = PITH_KIND_RECORDS, .model_len = 100, .record_len = UINT32_MAX - 2}, 100, 0},
        {{.tag = PITH_KIND_RECORDS | PITH_SEGMENT_TRANSFORMED, .model_len = 100}, 100, 0},
        {{.tag = PITH_KIND_X86 | PITH_SEGMENT_TRANSFORMED, .model_len = 100}, 100, 1},
        {{.tag = PITH_KIND_TEXT, .model_len = UINT32_MAX - 1}, 1 << 20, 0},
    };
    struct pith_message_head to, from;

    (void)state;
    pith_message_head_init(&to);
    pith_message_head_init(&from);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pith_segment expected = cases[i].segment, none, got;
        int is_good;

        memset(&none, 0, sizeof none);
        code_head(1, expected, cases[i].len_max, &is_good, &to);
        assert_int_equal(is_good, cases[i].is_good);
        got = code_head(0, none, cases[i].len_max, &is_good, &from);
        assert_int_equal(is_good, cases[i].is_good);
        assert_memory_equal(&to, &from, sizeof to); /* both have learnt the same */
        CHECK(!is_good || (got.tag == expected.tag && got.model_len == expected.model_len &&
                           got.record_len == expected.record_len),
              "case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_back),
        cmocka_unit_test(nothing_leaks_into_the_next),
        cmocka_unit_test(long_messages_leave_nothing),
        cmocka_unit_test(coders_of_other_lengths_agree),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(damage_is_harmless),
        cmocka_unit_test(claims_are_not_believed),
        cmocka_unit_test(any_payload_is_harmless),
        cmocka_unit_test(beginnings_are_checked),
    };

    return cmocka_run_group_tests_name("message", tests, set_up, tear_down);
}
