/* Points packed and restored by a codec alone, in memory that holds other things before. */
#ifndef TESTS_SUPPORT_PACKED_POINTS_H
#define TESTS_SUPPORT_PACKED_POINTS_H

#include "codec/points/points.h"
#include "support/testing.h"

#define LEN_MAX ((size_t)1 << 20)

static uint8_t raw[LEN_MAX], was[LEN_MAX], back[LEN_MAX], payload[2 * LEN_MAX];

struct packed {
    struct pith_codec_packed packed;
    void *memory;
    uint64_t need;
};

static uint64_t points_before; /* points of the file before the chunk */

static inline pith_status encode(struct packed *p, const struct pith_codec *codec,
                                 const struct pith_points_layout *layout, int level, size_t len,
                                 size_t cap, pith_error *error)
{
    struct pith_codec_hooks hooks = {.points = layout, .points_before = points_before};
    uint64_t need;
    pith_status status;

    codec->plan(&p->packed, level, len, NULL, NULL);
    p->need = codec->encode_need(level, len, 0);
    assert_int_equal(codec->decode_need(&need, p->packed.params, p->packed.params_len, len, error),
                     PITH_OK);
    p->need = p->need > need ? p->need : need;
    p->memory = aligned_alloc(64, (size_t)p->need);
    assert_non_null(p->memory);
    memset(p->memory, 0x5a, p->need < 1 << 20 ? (size_t)p->need : 1 << 20);
    memcpy(was, raw, len);
    status = codec->encode(&p->packed, payload, cap, raw, len, p->memory, &hooks, error);
    assert_memory_equal(was, raw, len);
    return status;
}

static inline pith_status decode(const struct packed *p, size_t len, size_t payload_len,
                                 uint32_t *state, pith_error *error)
{
    const struct pith_codec_hooks hooks = {.points = NULL};
    uint8_t *copy = get_memory(payload_len);
    pith_status status;

    memcpy(copy, payload, payload_len);
    memset(p->memory, 0xa5, p->need < 1 << 20 ? (size_t)p->need : 1 << 20);
    status = pith_codec_points.decode(state, back, len, p->packed.params, p->packed.params_len,
                                      copy, payload_len, p->memory, &hooks, error);
    free(copy);
    return status;
}

/* Returns the bytes that it took. */
static inline size_t check_comes_back(const struct pith_points_layout *layout, int level,
                                      size_t len, const char *what)
{
    struct packed p;
    pith_error error = {.status = PITH_OK};
    uint32_t state = 0;

    CHECK(encode(&p, &pith_codec_points, layout, level, len, sizeof payload, &error) == PITH_OK,
          "%s: %s", what, error.text);
    CHECK(decode(&p, len, p.packed.payload_len, &state, &error) == PITH_OK, "%s: %s", what,
          error.text);
    CHECK(memcmp(raw, back, len) == 0, "%s, level %d, %zu bytes", what, level, len);
    assert_int_equal(state, p.packed.final_state);
    free(p.memory);
    return p.packed.payload_len;
}

#endif
