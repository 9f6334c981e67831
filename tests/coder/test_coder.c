/* The arithmetic coder: what goes in comes out whatever the probabilities, at the cost that they
 * say; it never writes past its room, counts what it lacks, and passes carries on. */
#include "support/testing.h"

#include <math.h>

#include "coder/coder.h"

#define BITS 40000
#define CAP  (BITS * 2 + 64) /* 16 bits and a little for each bit, at worst */

struct message {
    uint32_t p1[BITS];
    uint8_t bit[BITS];
    size_t n;
    double entropy; /* bits */
};

static struct message message;
static uint8_t payload[CAP + 16];

static void add(uint32_t p1, int bit)
{
    message.p1[message.n] = p1;
    message.bit[message.n++] = (uint8_t)bit;
    message.entropy -= log2((bit ? p1 : 65536 - p1) / 65536.0);
}

/* How unlikely the bits are: a shift of 0 takes every probability, 12 only those near 0 and 1. */
static void make_message(uint64_t *random, size_t n, uint32_t shift, int is_honest)
{
    message.n = 0;
    message.entropy = 0;
    while (message.n < n) {
        uint32_t p1 = random_below(random, 65536 >> shift) + (shift < 16);

        if (p1 > 65535)
            p1 = 65535;
        if (next_random(random) & 1)
            p1 = 65536 - p1;
        add(p1, is_honest ? random_below(random, 65536) < p1 : (int)(next_random(random) & 1));
    }
}

static size_t encode(struct pith_coder *coder, size_t cap)
{
    memset(payload, 0x5a, sizeof payload);
    pith_coder_begin_encode(coder, payload, cap);
    for (size_t i = 0; i < message.n; i++)
        assert_int_equal(pith_coder_bit(coder, message.p1[i], message.bit[i]), message.bit[i]);
    pith_coder_finish_encode(coder);
    CHECK(coder->pos <= cap, "%zu of %zu", coder->pos, cap);
    for (size_t i = cap; i < sizeof payload && i < cap + 16; i++)
        CHECK(payload[i] == 0x5a, "byte %zu behind a room of %zu was written", i, cap);
    return coder->pos;
}

/* Returns the bits before the first wrong one.  The payload is a copy of just its length. */
static size_t decode(struct pith_coder *coder, size_t len)
{
    uint8_t *copy = get_memory(len);
    size_t right = message.n;

    memcpy(copy, payload, len);
    pith_coder_begin_decode(coder, copy, len, NULL, NULL);
    for (size_t i = 0; i < message.n; i++) {
        /* the bit that is passed must not matter */
        int bit = pith_coder_bit(coder, message.p1[i], !message.bit[i]);

        if (bit != message.bit[i] && i < right)
            right = i;
    }
    free(copy);
    return right;
}

static void check_round_trip(const char *what)
{
    struct pith_coder encoder, decoder;
    size_t len = encode(&encoder, CAP), right;

    assert_false(encoder.is_full);
    right = decode(&decoder, len);
    CHECK(right == message.n, "%s: bit %zu of %zu, payload %zu", what, right, message.n, len);
    CHECK(decoder.overrun <= PITH_CODER_OVERRUN_MAX, "%s: overrun %u", what, decoder.overrun);
    CHECK(decoder.pos == len, "%s: read %zu of %zu", what, decoder.pos, len);
    CHECK(pith_coder_ends_well(&decoder), "%s: payload %zu: not a well-formed end", what, len);
    CHECK(decoder.range == encoder.range, "%s: range %u, not %u", what, (unsigned)decoder.range,
          (unsigned)encoder.range);
    CHECK(8.0 * (double)len <= message.entropy * 1.002 + 40, "%s: %zu bytes for %f bits", what, len,
          message.entropy);
    /* what is dropped at the end is less than five bytes of zeros */
    CHECK(8.0 * (double)len >= message.entropy * 0.998 - 40, "%s: %zu bytes for %f bits", what, len,
          message.entropy);
}

static void random_bits_come_back(void **state)
{
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t shift = 0; shift <= 15; shift += 3) {
        make_message(&random, BITS, shift, 1);
        check_round_trip("honest");
        make_message(&random, BITS / 2, shift, 0);
        check_round_trip("not honest");
    }
}

static void short_messages_come_back(void **state)
{
    uint64_t random = test_seed() + 1;

    (void)state;
    for (size_t i = 0; i < 4000; i++) {
        make_message(&random, i % 80, (uint32_t)i % 14, (int)(i & 1));
        check_round_trip("short");
    }
}

/* Many payloads decode to the same bits; only the encoder's own is accepted. */
static void no_flip_goes_unseen(void **state)
{
    uint64_t random = test_seed() + 2;

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        struct pith_coder encoder, decoder;
        size_t len;

        make_message(&random, 1 + i % 90, (uint32_t)i % 14, (int)(i & 1));
        len = encode(&encoder, CAP);
        for (size_t b = 0; b < 8 * len; b++) {
            payload[b / 8] ^= (uint8_t)(1 << b % 8);
            CHECK(decode(&decoder, len) < message.n || !pith_coder_ends_well(&decoder),
                  "message %zu of %zu bits: bit %zu of the payload may be flipped", i, message.n,
                  b);
            payload[b / 8] ^= (uint8_t)(1 << b % 8);
        }
    }
}

static void extreme_probabilities(void **state)
{
    (void)state;
    for (int kind = 0; kind < 8; kind++) {
        message.n = 0;
        message.entropy = 0;
        for (int i = 0; i < 6000; i++)
            add(kind & 1 ? 1 : 65535, kind & 4 ? i % 50 == 0 : kind >> 1 & 1);
        check_round_trip("extreme");
    }
}

static void nothing_takes_nothing(void **state)
{
    struct pith_coder coder;

    (void)state;
    message.n = 0;
    assert_true(encode(&coder, 4) == 0);
    assert_false(coder.is_full);
    assert_true(decode(&coder, 0) == 0);
    assert_true(coder.overrun == PITH_CODER_OVERRUN_MAX);
}

static void full_buffers_are_noticed(void **state)
{
    uint64_t random = test_seed() + 2;
    struct pith_coder coder;
    size_t len;

    (void)state;
    make_message(&random, 2000, 0, 0);
    len = encode(&coder, CAP);
    assert_true(len > 200);
    for (size_t cap = 0; cap < len; cap++) {
        assert_true(encode(&coder, cap) <= cap);
        CHECK(coder.is_full, "%zu of %zu", cap, len);
    }
}

static void missing_bytes_are_counted(void **state)
{
    uint64_t random = test_seed() + 3;
    struct pith_coder encoder, decoder;
    size_t len;

    (void)state;
    make_message(&random, 2000, 0, 0);
    len = encode(&encoder, CAP);
    for (size_t kept = 0; kept <= len; kept++) {
        decode(&decoder, kept);
        assert_true(decoder.pos == kept);
        if (kept + 4 < len)
            CHECK(decoder.overrun > PITH_CODER_OVERRUN_MAX, "%zu of %zu: %u", kept, len,
                  (unsigned)decoder.overrun);
    }
    assert_true(decoder.overrun <= PITH_CODER_OVERRUN_MAX);
}

/* The coder is led to keep one point inside its interval, the one where the first byte turns from
 * 7f to 80: every byte after it is ff and may yet turn over.  One last bit decides. */
static void check_carry(int is_over)
{
    uint64_t random = test_seed() + 4;
    struct pith_coder coder;
    uint64_t ahead = 0x80000000u; /* from low to the point */
    size_t settled = 0, held_most;
    uint32_t p1 = 0, split;

    message.n = 0;
    message.entropy = 0;
    pith_coder_begin_encode(&coder, payload, CAP);
    do {
        int bit;

        p1 = 1 + random_below(&random, 65535);
        split = (uint32_t)(((uint64_t)coder.range * p1) >> 16);
        bit = split > ahead;
        if (coder.held > 60 && bit == is_over)
            break;
        if (!bit)
            ahead -= split;
        add(p1, bit);
        pith_coder_bit(&coder, p1, bit);
        ahead <<= 8 * (coder.settled - settled);
        settled = coder.settled;
    } while (message.n < BITS - 1000);
    held_most = (size_t)coder.held;
    assert_true(held_most > 60);
    add(p1, !is_over); /* a 0 puts low past the point, a 1 the high end before it */
    for (int i = 0; i < 500; i++)
        add(40000, i & 1);
    check_round_trip(is_over ? "carry" : "no carry");
    assert_int_equal(payload[0], is_over ? 0x80 : 0x7f);
    for (size_t i = 1; i < held_most - 1; i++)
        assert_int_equal(payload[i], is_over ? 0x00 : 0xff);
}

static void carries_pass_through(void **state)
{
    (void)state;
    check_carry(1);
    check_carry(0);
}

struct feed {
    size_t len, calls;
};

static size_t one_more(void *opaque, size_t have)
{
    struct feed *feed = opaque;

    feed->calls++;
    return have < feed->len ? have + 1 : have;
}

static void decoding_waits_for_bytes(void **state)
{
    uint64_t random = test_seed() + 5;
    struct pith_coder coder;
    struct feed feed = {0, 0};

    (void)state;
    make_message(&random, 3000, 2, 1);
    feed.len = encode(&coder, CAP);
    pith_coder_begin_decode(&coder, payload, 0, one_more, &feed);
    for (size_t i = 0; i < message.n; i++)
        assert_int_equal(pith_coder_bit(&coder, message.p1[i], 0), message.bit[i]);
    assert_true(coder.pos == feed.len && feed.calls >= feed.len);
    assert_true(coder.overrun == feed.calls - feed.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bits_come_back),     cmocka_unit_test(short_messages_come_back),
        cmocka_unit_test(no_flip_goes_unseen),       cmocka_unit_test(extreme_probabilities),
        cmocka_unit_test(nothing_takes_nothing),     cmocka_unit_test(full_buffers_are_noticed),
        cmocka_unit_test(missing_bytes_are_counted), cmocka_unit_test(carries_pass_through),
        cmocka_unit_test(decoding_waits_for_bytes),
    };

    return cmocka_run_group_tests_name("coder", tests, NULL, NULL);
}
