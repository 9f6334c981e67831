/* Codec "bytes": any data, predicted byte by byte.
 *
 * A chunk is cut into segments by what they look like (segments.h).  Fill and stored segments carry
 * their bytes in the table or as they are; the others are transformed into one model stream, which
 * the engine codes.  Payload: segment table, stored bytes, coder's bytes.  See docs/bytes.md. */
#include "codec/codec.h"
#include "engine/engine.h"

#define PARAMS_LEN 1

struct layout {
    struct pith_engine *engine;
    struct pith_arena arena;
};

static void lay_out(struct layout *layout, int level, uint64_t raw_len, void *memory)
{
    layout->arena.base = memory;
    layout->arena.used = 0;
    layout->engine = pith_arena_take(&layout->arena, 1, sizeof *layout->engine);
    struct pith_engine sizing;
    struct pith_engine *engine = memory ? layout->engine : &sizing;

    pith_engine_layout(engine, &layout->arena, pith_profile_for(level), pith_profile_lines_log2(level, raw_len),
                       pith_profile_heads_log2(level, raw_len));
}

static uint64_t encode_need(int level, uint64_t raw_len)
{
    struct layout layout;

    lay_out(&layout, level, raw_len, NULL);
    return layout.arena.used;
}

static void plan(struct pith_codec_packed *packed, int level, uint64_t raw_len)
{
    (void)raw_len;
    packed->params[0] = (uint8_t)level;
    packed->params_len = PARAMS_LEN;
}

static pith_status decode_need(uint64_t *need, const uint8_t *params, size_t params_len,
                               uint64_t raw_len, pith_error *error)
{
    if (params_len != PARAMS_LEN)
        return pith_fail(error, PITH_E_CORRUPT, 0, "codec parameters have %zu bytes, expected %d",
                         params_len, PARAMS_LEN);
    if (params[0] < PITH_LEVEL_MIN || params[0] > PITH_LEVEL_MAX)
        return pith_fail(error, PITH_E_UNSUPPORTED, 0,
                         "made by a newer version of pith (bytes codec level %d, known: %d to %d)",
                         params[0], PITH_LEVEL_MIN, PITH_LEVEL_MAX);
    *need = encode_need(params[0], raw_len);
    return PITH_OK;
}

#define REPORT_EVERY 4096

static pith_status encode(struct pith_codec_packed *packed, uint8_t *payload, size_t cap,
                          uint8_t *raw, size_t raw_len, void *memory,
                          const struct pith_codec_hooks *hooks, pith_error *error)
{
    struct layout layout;
    struct pith_coder coder;

    lay_out(&layout, packed->params[0], raw_len, memory);
    pith_engine_init(layout.engine, raw);
    pith_coder_begin_encode(&coder, payload, cap);
    for (size_t i = 0; i < raw_len; i++) {
        pith_engine_byte(layout.engine, &coder, raw[i]);
        if (i % REPORT_EVERY == REPORT_EVERY - 1 && hooks) {
            if (hooks->published)
                hooks->published(hooks->opaque, coder.pos);
            if (hooks->progress && hooks->progress(hooks->opaque, i + 1))
                return pith_fail(error, PITH_E_CANCELLED, i + 1, "cancelled");
        }
        if (coder.is_full)
            break;
    }
    pith_coder_finish_encode(&coder);
    if (coder.is_full)
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0, "the payload is larger than its bound");
    packed->payload_len = coder.pos;
    packed->final_state = coder.range;
    if (hooks && hooks->published)
        hooks->published(hooks->opaque, coder.pos);
    return PITH_OK;
}

static pith_status decode(uint32_t *final_state, uint8_t *raw, size_t raw_len,
                          const uint8_t *params, size_t params_len, const uint8_t *payload,
                          size_t payload_len, void *memory, const struct pith_codec_hooks *hooks,
                          pith_error *error)
{
    struct layout layout;
    struct pith_coder coder;

    (void)params_len;
    lay_out(&layout, params[0], raw_len, memory);
    pith_engine_init(layout.engine, raw);
    if (hooks && hooks->wait_more)
        pith_coder_begin_decode(&coder, payload, 0, hooks->wait_more, hooks->opaque);
    else
        pith_coder_begin_decode(&coder, payload, payload_len, NULL, NULL);
    for (size_t i = 0; i < raw_len; i++) {
        pith_engine_byte(layout.engine, &coder, 0);
        if (coder.overrun > PITH_CODER_OVERRUN_MAX)
            return pith_fail(error, PITH_E_CORRUPT, payload_len,
                             "coded data ends before the chunk's %zu bytes", raw_len);
        if (i % REPORT_EVERY == REPORT_EVERY - 1 && hooks && hooks->progress &&
            hooks->progress(hooks->opaque, i + 1))
            return pith_fail(error, PITH_E_CANCELLED, i + 1, "cancelled");
    }
    if (coder.pos != payload_len)
        return pith_fail(error, PITH_E_CORRUPT, coder.pos, "coded data goes on after the chunk's end");
    *final_state = coder.range;
    return PITH_OK;
}

const struct pith_codec pith_codec_bytes = {
    PITH_CODEC_BYTES, "bytes", encode_need, plan, decode_need, encode, decode,
};
