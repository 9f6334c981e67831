/* Messages: the public side of codec/bytes/compact.h, and compact frames.
 *
 * A compact frame is one byte that says so, the first byte of the prior's id, a check of two bytes, then
 * the payload up to the frame's end. */
#include "api/settings.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/memory.h"
#include "codec/bytes/compact.h"
#include "container/format.h"
#include "num/fpmode.h"
#include "prior/prior.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#define HEAD_LEN PITH_COMPACT_HEAD_LEN
#define END_ROOM 4 /* that the coder takes at its end, and mostly gives back */

struct pith_message_coder {
    struct pith_memory memory;
    const struct pith_codec_prior *prior;
    size_t len_max;
    struct pith_message message;
    void *block;
};

pith_status pith_message_coder_create(pith_message_coder **coder, size_t len_max,
                                      const pith_options *options, pith_error *error)
{
    struct pith_arena arena = {NULL, 0};
    struct pith_memory memory;
    struct pith_message_coder *made;
    pith_options settings;
    pith_status status;
    void *block;

    if (!coder)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "coder is NULL");
    *coder = NULL;
    TRY(pith_settings_take_encoding(&settings, options, error));
    if (!settings.prior)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "messages need a prior");
    if (len_max < 1 || len_max > PITH_MESSAGE_LEN_MAX)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "len_max is %zu, allowed are 1 to %zu", len_max,
                         PITH_MESSAGE_LEN_MAX);
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    TRY(pith_memory_take(&memory, &block, sizeof *made, "a message coder", 0, error));
    made = block;
    memset(made, 0, sizeof *made);
    made->prior = &settings.prior->codec;
    made->len_max = len_max;
    pith_message_layout(&made->message, &arena, settings.level, len_max, made->prior->start);
    status = pith_memory_take(&memory, &made->block, arena.used, "a message coder", 0, error);
    made->memory = memory;
    if (status != PITH_OK) {
        pith_message_coder_destroy(made);
        return status;
    }
    arena = (struct pith_arena){made->block, 0};
    pith_message_layout(&made->message, &arena, settings.level, len_max, made->prior->start);
    pith_message_init(&made->message, made->prior->head);
    *coder = made;
    return PITH_OK;
}

void pith_message_coder_destroy(pith_message_coder *coder)
{
    struct pith_memory memory;

    if (!coder)
        return;
    memory = coder->memory;
    pith_memory_give(&memory, coder->block);
    pith_memory_give(&memory, coder);
}

size_t pith_message_bound(size_t len)
{
    return len > SIZE_MAX - HEAD_LEN - END_ROOM ? 0 : len + HEAD_LEN + END_ROOM;
}

/* Of the raw bytes, the form and the whole id: another prior of the same first byte does not pass. */
static uint32_t check_of(const struct pith_message_coder *coder, uint8_t form, const uint8_t *raw,
                         size_t len)
{
    uint64_t seed = XXH3_64bits_withSeed(coder->prior->id, sizeof coder->prior->id, form);

    return XXH3_64bits_withSeed(raw, len, seed) & 0xffff;
}

pith_status pith_message_pack(pith_message_coder *coder, void *dst, size_t dst_cap, size_t *dst_len,
                              const void *src, size_t src_len, pith_error *error)
{
    uint8_t *to = dst, form = PITH_COMPACT_MODELLED;
    size_t len = SIZE_MAX;
    uint64_t mode;

    if (dst_len)
        *dst_len = 0;
    if (!coder || !dst || !dst_len || (!src && src_len > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL",
                         !coder     ? "coder"
                         : !dst     ? "dst"
                         : !dst_len ? "dst_len"
                                    : "src");
    if (src_len > coder->len_max)
        return pith_fail(error, PITH_E_ARGUMENT, 0,
                         "the message has %zu bytes, at most %zu were "
                         "planned for",
                         src_len, coder->len_max);
    if (dst_cap < pith_message_bound(src_len))
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0,
                         "the destination has %zu bytes; pith_message_bound() is %zu", dst_cap,
                         pith_message_bound(src_len));
    mode = pith_fpmode_pin();
    if (src_len > 1)
        len = pith_message_encode(&coder->message, to + HEAD_LEN, src_len + END_ROOM, src, src_len);
    pith_fpmode_restore(mode);
    if (len >= src_len) {
        form = PITH_COMPACT_STORED;
        len = src_len;
        if (len > 0)
            memcpy(to + HEAD_LEN, src, len);
    }
    to[0] = form;
    to[1] = coder->prior->id[0];
    pith_store_le(to + 2, check_of(coder, form, src, src_len), 2);
    *dst_len = HEAD_LEN + len;
    return PITH_OK;
}

static pith_status check_head(const struct pith_message_coder *coder, const uint8_t *from,
                              size_t len, pith_error *error)
{
    if (len < HEAD_LEN)
        return pith_fail(error, PITH_E_TRUNCATED, len,
                         "a compact frame has %u bytes at least, "
                         "not %zu",
                         HEAD_LEN, len);
    if (from[0] != PITH_COMPACT_MODELLED && from[0] != PITH_COMPACT_STORED)
        return pith_fail(error, PITH_E_FORMAT, 0, "not a compact frame: it begins with %02x",
                         from[0]);
    if (from[1] != coder->prior->id[0])
        return pith_fail(error, PITH_E_PRIOR, 1,
                         "needs a prior whose id begins with %02x, that of the one at hand begins "
                         "with %02x",
                         from[1], coder->prior->id[0]);
    return PITH_OK;
}

pith_status pith_message_unpack(pith_message_coder *coder, void *dst, size_t dst_cap,
                                size_t *dst_len, const void *src, size_t src_len, pith_error *error)
{
    const uint8_t *from = src;
    size_t len = src_len - HEAD_LEN;
    uint64_t mode;

    if (dst_len)
        *dst_len = 0;
    if (!coder || (!dst && dst_cap > 0) || !dst_len || (!src && src_len > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL",
                         !coder     ? "coder"
                         : !dst_len ? "dst_len"
                         : !src     ? "src"
                                    : "dst");
    TRY(check_head(coder, from, src_len, error));
    if (from[0] == PITH_COMPACT_MODELLED) {
        mode = pith_fpmode_pin();
        len = pith_message_decode(&coder->message, dst, dst_cap, coder->len_max, from + HEAD_LEN,
                                  len);
        pith_fpmode_restore(mode);
    } else if (len > coder->len_max) {
        len = SIZE_MAX;
    } else if (len > 0 && len <= dst_cap) {
        memcpy(dst, from + HEAD_LEN, len);
    }
    if (len == SIZE_MAX)
        return pith_fail(error, PITH_E_CORRUPT, HEAD_LEN,
                         "the message is damaged, or longer than the %zu bytes planned for",
                         coder->len_max);
    *dst_len = len;
    if (len > dst_cap)
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0,
                         "the message has %zu bytes, the destination %zu", len, dst_cap);
    if (!pith_check_matches(check_of(coder, from[0], dst, len), pith_load_le(from + 2, 2))) {
        *dst_len = 0;
        return pith_fail(error, PITH_E_CORRUPT, 2,
                         "the message's check does not fit what was decoded: it is damaged, or of "
                         "another prior");
    }
    return PITH_OK;
}
