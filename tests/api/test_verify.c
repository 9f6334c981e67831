/* Verification: a chunk that would not come back is never written.
 *
 * A slot is run with a codec that is wrong on purpose: raw bytes are one byte value, repeated, and
 * the payload is that byte and then as many zeros as make it worth publishing in steps. */
#include "api/cases.h"

#include "api/encode_slot.h"

enum fault {
    NONE,
    OTHER_BYTE,
    OTHER_STATE,
    REFUSES,
    KEEPS_RAW_CHANGED,
    PAYLOAD_FULL,
    STRICT_LEN,
    NOT_ENCODED,
    CANCELLED
};

#define PAYLOAD_LEN 1000
#define FINAL_STATE 77

static enum fault fault;
static uint64_t fault_at;
static unsigned n_decodes;

static uint64_t fake_need(int level, uint64_t raw_len, int has_prior)
{
    (void)level;
    (void)raw_len;
    (void)has_prior;
    return 100;
}

static pith_status fake_encode(struct pith_codec_packed *packed, uint8_t *payload, size_t cap,
                               uint8_t *raw, size_t raw_len, void *memory,
                               const struct pith_codec_hooks *hooks, pith_error *error)
{
    (void)raw_len;
    memset(memory, 0, 100);
    assert_true(cap >= PAYLOAD_LEN);
    for (size_t i = 0; i < PAYLOAD_LEN; i++) {
        payload[i] = i == 0 ? raw[0] : 0;
        if (i % 100 == 99)
            hooks->published(hooks->opaque, i + 1);
    }
    if (fault == KEEPS_RAW_CHANGED)
        raw[5] ^= 1;
    if (fault == KEEPS_RAW_CHANGED || fault == PAYLOAD_FULL)
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0, "full");
    if (fault == NOT_ENCODED)
        return pith_fail(error, PITH_E_INTERNAL, 7, "not encoded");
    packed->payload_len = PAYLOAD_LEN;
    packed->final_state = FINAL_STATE;
    return PITH_OK;
}

static pith_status fake_decode(uint32_t *final_state, uint8_t *raw, size_t raw_len,
                               const uint8_t *params, size_t params_len, const uint8_t *payload,
                               size_t payload_len, void *memory,
                               const struct pith_codec_hooks *hooks, pith_error *error)
{
    size_t have = hooks->wait_more ? 0 : payload_len, more = have;

    (void)params;
    (void)params_len;
    (void)memory;
    n_decodes++;
    while (hooks->wait_more && (more = hooks->wait_more(hooks->opaque, have)) > have)
        have = more;
    if (have < PAYLOAD_LEN)
        return pith_fail(error, PITH_E_CORRUPT, have, "short");
    if (fault == CANCELLED && n_decodes == 2)
        pith_watch_cancel(((struct pith_encode_slot *)hooks->opaque)->watch);
    if (fault == REFUSES ||
        ((fault == STRICT_LEN || fault == CANCELLED) && payload_len != PAYLOAD_LEN))
        return pith_fail(error, PITH_E_CORRUPT, have, "refused");
    memset(raw, payload[0], raw_len);
    if (fault == OTHER_BYTE)
        raw[fault_at] ^= 0x10;
    *final_state = fault == OTHER_STATE ? FINAL_STATE + 1 : FINAL_STATE;
    return PITH_OK;
}

static pith_status run_slot(enum fault with, size_t raw_len, int with_pool, pith_error *error)
{
    static struct pith_codec fake;
    pith_options options = make_options(1, 0, 1);
    struct pith_memory memory;
    struct pith_watch watch;
    struct pith_pool *pool = NULL;
    struct pith_encode_slot slot = {.level = 1, .is_verified = 1, .raw_len = raw_len};
    pith_status status;

    fake = pith_codec_bytes;
    fake.encode_need = fake_need;
    fake.encode = fake_encode;
    fake.decode = fake_decode;
    fault = with;
    n_decodes = 0;
    pith_memory_init(&memory, NULL, 0);
    assert_int_equal(pith_watch_init(&watch, &options, NULL), PITH_OK);
    if (with_pool)
        assert_int_equal(pith_pool_create(&pool, with_pool == 3 ? 0 : 2, NULL, &memory, NULL),
                         PITH_OK);
    slot.codec = &fake;
    slot.watch = &watch;
    slot.raw_start = 1000000;
    assert_int_equal(pith_block_reserve(&slot.raw, &memory, raw_len, "a test", 0, NULL), PITH_OK);
    memset(slot.raw.data, 0x5a, raw_len);
    assert_int_equal(pith_encode_slot_plan(&slot, &memory, 1, error), PITH_OK);
    pith_encode_slot_run(&slot, pool, with_pool != 2);
    pith_watch_wait(&watch, &slot.n_running);
    status = pith_encode_slot_verdict(&slot, error);
    assert_true(status != PITH_OK || (with == PAYLOAD_FULL) == (slot.header.codec.id == 0));
    pith_pool_destroy(pool, &memory);
    pith_encode_slot_free(&slot, &memory);
    pith_watch_destroy(&watch);
    assert_true(memory.used == 0);
    return status;
}

/* Each fault, beside the encoder and after it, in the caller's thread and in another, and with a pool
 * that has no thread left. */
static void faults_are_caught(void **state)
{
    static const size_t lengths[] = {5000, 200000};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (int with_pool = 0; with_pool < 4; with_pool++)
            for (int with = NONE; with <= CANCELLED; with++) {
                pith_error error = {.status = PITH_OK};
                pith_status status;
                int is_sound = with == NONE || with == PAYLOAD_FULL || with == STRICT_LEN;
                pith_status expected = is_sound ? PITH_OK : PITH_E_INTERNAL;

                fault_at = lengths[i] - 9;
                status = run_slot((enum fault)with, lengths[i], with_pool, &error);
                if (with == CANCELLED) /* in the decode that is tried again, if there is one */
                    expected = n_decodes == 2 ? PITH_E_CANCELLED : PITH_OK;
                CHECK(status == expected, "fault %d: %d %s", with, status, error.text);
                if (status != PITH_OK && with != CANCELLED)
                    CHECK(error.position == 1000000 + (with == OTHER_BYTE    ? fault_at
                                                       : with == NOT_ENCODED ? 7
                                                                             : 0),
                          "fault %d: %s", with, error.text);
                CHECK(with != NONE || n_decodes == 1, "%u decodes", n_decodes);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_caught),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
