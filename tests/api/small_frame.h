/* Frames of many short chunks.  Encoders cut at 64 KiB or more; decoders accept any length, so tests
 * that go through every bit or byte of a full frame use these. */
#ifndef TESTS_API_SMALL_FRAME_H
#define TESTS_API_SMALL_FRAME_H

#include "api/cases.h"

#include "api/encode_slot.h"
#include "container/index.h"

/* Encodes one part as a chunk of the full form, without verification; `slot` keeps the payload. */
static inline void encode_part(struct pith_encode_slot *slot, struct pith_memory *memory,
                               const uint8_t *part, size_t len)
{
    assert_int_equal(pith_block_reserve(&slot->raw, memory, len, "a test", 0, NULL), PITH_OK);
    memcpy(slot->raw.data, part, len);
    slot->raw_len = len;
    assert_int_equal(pith_encode_slot_plan(slot, memory, 0, NULL), PITH_OK);
    pith_encode_slot_run(slot, NULL, 1);
    assert_int_equal(pith_encode_slot_verdict(slot, NULL), PITH_OK);
}

/* raw in chunks of part_len bytes, level 1, with content size. */
static inline struct bytes small_frame(struct bytes raw, size_t part_len)
{
    pith_options options = make_options(1, 0, 1);
    struct pith_memory memory;
    struct pith_watch watch;
    struct pith_encode_slot slot = {.watch = &watch, .codec = &pith_codec_bytes, .level = 1};
    struct pith_frame_header frame = {.chunk_len = CHUNK_LEN, .content_size = raw.len};
    struct pith_index_sum sum;
    struct bytes packed = {NULL, 0}, entries = {NULL, 0};
    uint8_t bytes[2 * PITH_HEADER_MAX];
    size_t len;

    pith_memory_init(&memory, NULL, 0);
    assert_int_equal(pith_watch_init(&watch, &options, NULL), PITH_OK);
    pith_index_sum_init(&sum);
    frame.flags = pith_frame_flags(1, PITH_FLAG_SIZED);
    for (size_t at = 0; at < raw.len; at += part_len) {
        struct pith_chunk_header *header = &slot.header;
        size_t n = raw.len - at < part_len ? raw.len - at : part_len;

        encode_part(&slot, &memory, raw.data + at, n);
        if (at == 0)
            append(&packed, bytes,
                   pith_frame_write(bytes, &frame, (uint64_t)1 << 32, slot.raw_hash));
        header->id = frame.id;
        header->raw_offset = at;
        pith_chunk_write(header, slot.raw_hash);
        append(&packed, header->bytes, header->len);
        append(&packed, header->codec.id == PITH_CODEC_STORED ? slot.raw.data : slot.payload.data,
               (size_t)header->packed_len);
        assert_int_equal(pith_index_sum_chunk(&sum, bytes, &len, header, 0, NULL), PITH_OK);
        append(&entries, bytes, len);
    }
    append(&packed, bytes, pith_index_head_write(bytes, &frame, &sum));
    append(&packed, entries.data, entries.len);
    append(&packed, bytes, pith_index_end_write(bytes, &frame, &sum));
    free(entries.data);
    pith_encode_slot_free(&slot, &memory);
    pith_watch_destroy(&watch);
    return packed;
}

#endif
