/* The golden archives: how each is made and what must become of it.
 *
 * make.c writes them, test_golden.c makes them again and compares, and decodes what is in the files.
 * Archives that no encoder writes are forged from the container's own records, with every check in
 * them right but for the one fault that the name tells. */
#ifndef TESTS_GOLDEN_GOLDEN_H
#define TESTS_GOLDEN_GOLDEN_H

#include "golden/data.h"

#include "base/bytes.h"
#include "container/index.h"

#include <xxhash.h>

#define TENSORS_LEN       3923 /* of the files in data.h */
#define LARGE_TENSORS_LEN 60056
#define QUANTISED_LEN     9215
#define BLOCKS_LEN        4424
#define LARGE_BLOCKS_LEN  54848
#define SCAN_LEN          (sizeof scan_head - 1 + 960 * 16)
#define MOVING_LEN        (32 * 80 * 16)
#define MAP_LEN           (16 * 1800 * 16)
#define SWEPT_LEN         (32 * 900 * 16)
#define FIRED_LEN         (6000 * 16)
#define FLIGHT_LEN        (227 + 500 * 34)
#define LINES_LEN         19000

struct golden {
    const char *name; /* of the file, without ".pith" */
    pith_status expected;
    struct bytes (*make)(const struct golden *golden);
    struct bytes (*content)(const struct golden *golden); /* good ones only */
    int kind;                                             /* of the data, see data.h */
    size_t len;                                           /* raw */
    int level;
    uint64_t tweak;
};

static struct bytes plain_content(const struct golden *golden)
{
    return golden_data(golden->kind, golden->len);
}

static struct bytes make_one_call(const struct golden *golden)
{
    struct bytes raw = plain_content(golden), packed;
    pith_options options = make_options(golden->level, CHUNK_LEN, 1);

    options.no_builtin = 1;
    packed = compress(raw, &options);
    free(raw.data);
    return packed;
}

/* In one chunk. */
static struct bytes make_whole(const struct golden *golden)
{
    struct bytes raw = plain_content(golden), packed;
    pith_options options = make_options(golden->level, 1 << 20, 1);

    packed = compress(raw, &options);
    free(raw.data);
    return packed;
}

static struct bytes make_stream(const struct golden *golden)
{
    struct bytes raw = plain_content(golden), packed;
    pith_options options = make_options(golden->level, CHUNK_LEN, 1);

    options.no_builtin = 1;
    packed = stream_compress(raw, &options, (struct steps){SIZE_MAX, SIZE_MAX});
    free(raw.data);
    return packed;
}

/* Begins with a built-in prior, or the archive is none of these. */
static struct bytes make_begun(const struct golden *golden)
{
    struct bytes raw = plain_content(golden), packed;
    pith_options options = make_options(golden->level, CHUNK_LEN, 1);
    pith_frame_info info;

    packed = compress(raw, &options);
    CHECK(pith_peek(&info, packed.data, packed.len, NULL) == PITH_OK && info.builtin_prior > 0,
          "%s: built-in prior %u", golden->name, info.builtin_prior);
    free(raw.data);
    return packed;
}

/* Two frames of the case's data with an empty one between. */
static struct bytes make_concatenated(const struct golden *golden)
{
    struct golden empty = *golden;
    struct bytes packed = make_one_call(golden), middle, last = make_stream(golden);

    empty.len = 0;
    middle = make_one_call(&empty);
    append(&packed, middle.data, middle.len);
    append(&packed, last.data, last.len);
    free(middle.data);
    free(last.data);
    return packed;
}

static struct bytes twice_content(const struct golden *golden)
{
    struct bytes raw = plain_content(golden), again = plain_content(golden);

    append(&raw, again.data, again.len);
    free(again.data);
    return raw;
}

/* tweak: bytes to leave away at the end. */
static struct bytes make_cut(const struct golden *golden)
{
    struct bytes packed = make_one_call(golden);

    packed.len -= golden->tweak < packed.len ? (size_t)golden->tweak : packed.len;
    return packed;
}

/* tweak: offset * 256 + bits to change there; an offset of 0xffff means the last byte. */
static struct bytes make_flipped(const struct golden *golden)
{
    struct bytes packed = make_one_call(golden);
    size_t at = (size_t)(golden->tweak >> 8);

    packed.data[at == 0xffff ? packed.len - 1 : at] ^= (uint8_t)golden->tweak;
    return packed;
}

static struct bytes make_followed(const struct golden *golden)
{
    struct bytes packed = make_one_call(golden);

    append(&packed, (const uint8_t *)"more", 4);
    return packed;
}

/* Single form, header forged.  The parts of tweak are the cases below. */
enum {
    CLAIM_2_60 = 1,
    CLAIM_LONGEST,
    PAYLOAD_OVER_RAW,
    UNKNOWN_CODEC,
    STORED_PARAMS,
    LEVEL_0,
    SINGLE_AND_SIZED,
    OVERLONG_NUMBER,
    UNKNOWN_LEVEL,
    FILL_SINGLE,
    BUILTIN_0,
    UNKNOWN_BUILTIN,
    BUILTIN_LEVEL_1
};

static struct bytes make_forged_single(const struct golden *golden)
{
    struct bytes raw = golden_data(TEXT, 20), packed = {NULL, 0};
    struct pith_chunk_header header = {.is_single = 1, .raw_len = raw.len, .packed_len = 20};
    uint8_t *check;

    header.flags = pith_frame_flags(golden->tweak == LEVEL_0 ? 0 : 1, PITH_FLAG_SINGLE);
    if (golden->tweak == SINGLE_AND_SIZED)
        header.flags |= PITH_FLAG_SIZED;
    if (golden->tweak == CLAIM_2_60)
        header.raw_len = (uint64_t)1 << 60;
    if (golden->tweak == CLAIM_LONGEST)
        header.raw_len = PITH_CHUNK_LEN_MAX;
    if (golden->tweak == PAYLOAD_OVER_RAW || golden->tweak == UNKNOWN_LEVEL) {
        header.codec = (struct pith_codec_choice){PITH_CODEC_BYTES, 1, {1}};
        header.raw_len = golden->tweak == UNKNOWN_LEVEL ? 20 : 19;
        if (golden->tweak == UNKNOWN_LEVEL)
            header.codec.params[0] = 200;
    }
    if (golden->tweak == BUILTIN_0 || golden->tweak == UNKNOWN_BUILTIN)
        header.codec = (struct pith_codec_choice){
            PITH_CODEC_BYTES, 2, {5, golden->tweak == BUILTIN_0 ? 0 : 255}};
    if (golden->tweak == BUILTIN_LEVEL_1)
        header.codec = (struct pith_codec_choice){PITH_CODEC_BYTES, 2, {1, 1}};
    if (golden->tweak == UNKNOWN_CODEC)
        header.codec.id = 9;
    if (golden->tweak == STORED_PARAMS)
        header.codec.params_len = 2;
    if (golden->tweak == FILL_SINGLE)
        header.codec = (struct pith_codec_choice){PITH_CODEC_FILL, 1, {1}};
    pith_chunk_write(&header, XXH3_64bits(raw.data, raw.len));
    append(&packed, header.bytes, header.len);
    if (golden->tweak == OVERLONG_NUMBER) { /* the raw length, byte 7: 14 00 as 94 00 */
        append(&packed, header.bytes, 1);
        memmove(packed.data + 9, packed.data + 8, header.len - 8);
        packed.data[7] |= 0x80;
        packed.data[8] = 0;
        check = packed.data + packed.len - 2;
        pith_store_le(check, XXH3_64bits(packed.data, packed.len - 2), 2);
    }
    append(&packed, raw.data, raw.len);
    free(raw.data);
    return packed;
}

/* Full form of three stored chunks of 20 bytes, shorter than an encoder makes them but valid.  In
 * those from FILL_PARAMS on the second is a fill chunk, or one that only later versions know. */
enum {
    SOUND,
    SIZED,
    ORDER = 10,
    TWICE,
    MISSING,
    FOREIGN,
    OVER_CHUNK_LEN,
    OVER_CONTENT,
    UNDECLARED,
    NO_CHUNKS,
    SHORT_CONTENT,
    INDEX_COUNT,
    INDEX_ENTRY,
    INDEX_DIGEST,
    INDEX_HEADER_LEN,
    INDEX_FOREIGN,
    FOOTER_LEN,
    FOOTER_MAGIC,
    CHUNK_LEN_SHORT,
    CONTENT_CHECK,
    RAW_OFFSET,
    FILL_PARAMS,
    FILL_OVER_LENGTH,
    FILL_CHECK,
    UNKNOWN_LONG
};

#define PART_LEN 20
#define N_PARTS  3

static void forge_index(struct bytes *packed, const struct golden *golden,
                        const struct pith_frame_header *frame, const struct pith_index_sum *sum,
                        const struct bytes *entries)
{
    struct pith_frame_header told_frame = *frame;
    struct pith_index_sum told = *sum;
    uint8_t bytes[2 * PITH_HEADER_MAX];
    size_t len;

    told.n_chunks += golden->tweak == INDEX_COUNT;
    told.digest += golden->tweak == INDEX_DIGEST;
    told_frame.len += golden->tweak == INDEX_HEADER_LEN;
    told_frame.id ^= golden->tweak == INDEX_FOREIGN;
    append(packed, bytes, pith_index_head_write(bytes, &told_frame, &told));
    if (golden->tweak == INDEX_ENTRY) { /* the first raw length, with a check that agrees */
        struct pith_index_entry none = {.raw_len = 0};

        entries->data[1] ^= 1;
        told.entries = 0;
        for (size_t i = 0; i < N_PARTS; i++)
            (void)pith_index_sum_entry(&told, &none, entries->data + i * entries->len / N_PARTS,
                                       entries->len / N_PARTS, 0, NULL);
        told.n_chunks = sum->n_chunks;
        told.entries_len = sum->entries_len;
    }
    append(packed, entries->data, entries->len);
    told.entries_len += golden->tweak == FOOTER_LEN;
    len = pith_index_end_write(bytes, &told_frame, &told);
    if (golden->tweak == FOOTER_MAGIC)
        bytes[len - 1] ^= 1;
    append(packed, bytes, len);
}

static struct bytes make_forged_frame(const struct golden *golden)
{
    static const int orders[][N_PARTS + 2] = {
        {0, 1, 2, -1}, {0, 2, 1, -1}, {0, 1, 1, 2, -1}, {0, 2, -1}, {-1},
    };
    const uint64_t t = golden->tweak;
    const int *order = orders[t == ORDER       ? 1
                              : t == TWICE     ? 2
                              : t == MISSING   ? 3
                              : t == NO_CHUNKS ? 4
                                               : 0];
    struct bytes raw = golden_data(TEXT, N_PARTS * PART_LEN), packed = {NULL, 0};
    struct bytes entries = {NULL, 0};
    struct pith_frame_header frame = {.chunk_len = CHUNK_LEN, .content_size = raw.len};
    struct pith_index_sum sum;
    uint8_t bytes[PITH_HEADER_MAX];
    size_t len;

    frame.flags = pith_frame_flags(
        1, t == SIZED || t == OVER_CONTENT || t == SHORT_CONTENT ? PITH_FLAG_SIZED : 0);
    frame.content_size -= t == OVER_CONTENT ? 1 : 0;
    frame.content_size += t == SHORT_CONTENT ? 1 : 0;
    frame.chunk_len -= t == CHUNK_LEN_SHORT ? 1 : 0;
    append(&packed, bytes,
           pith_frame_write(bytes, &frame, t == UNDECLARED ? 0 : CHUNK_LEN,
                            XXH3_64bits(raw.data, PART_LEN)));
    pith_index_sum_init(&sum);
    for (size_t i = 0; order[i] >= 0; i++) {
        const uint8_t *part = raw.data + order[i] * PART_LEN;
        struct pith_chunk_header chunk = {.id = frame.id, .raw_len = PART_LEN};

        chunk.packed_len = PART_LEN;
        chunk.raw_offset = (uint64_t)order[i] * PART_LEN + (t == RAW_OFFSET && i == 1);
        chunk.id ^= t == FOREIGN && i == 1;
        if (t == OVER_CHUNK_LEN && i == 1)
            chunk.raw_len = chunk.packed_len = CHUNK_LEN + 1;
        if (t >= FILL_PARAMS && i == 1) {
            pith_chunk_plan_fill(&chunk, 7, t == FILL_OVER_LENGTH ? PITH_FILL_LEN_MAX + 1 : 20);
            chunk.id = frame.id;
            chunk.raw_offset = PART_LEN;
            chunk.codec.params_len += t == FILL_PARAMS;
            if (t == UNKNOWN_LONG) {
                chunk.codec.id = 9;
                chunk.raw_len = CHUNK_LEN + 1;
            }
            pith_chunk_write(&chunk, t == FILL_CHECK);
            append(&packed, chunk.bytes, chunk.len);
        } else {
            pith_chunk_write(&chunk, XXH3_64bits(part, PART_LEN) + (t == CONTENT_CHECK && i == 1));
            append(&packed, chunk.bytes, chunk.len);
            append(&packed, part, PART_LEN);
        }
        (void)pith_index_sum_chunk(&sum, bytes, &len, &chunk, 0, NULL);
        append(&entries, bytes, len);
    }
    forge_index(&packed, golden, &frame, &sum, &entries);
    free(entries.data);
    free(raw.data);
    return packed;
}

static struct bytes parts_content(const struct golden *golden)
{
    (void)golden;
    return golden_data(TEXT, N_PARTS * PART_LEN);
}

#define GOOD(name, make, kind, len, level)                      \
    {                                                           \
        name, PITH_OK, make, plain_content, kind, len, level, 0 \
    }
#define BAD(name, status, make, kind, len, tweak)     \
    {                                                 \
        name, status, make, NULL, kind, len, 1, tweak \
    }
#define FORGED(name, status, make, tweak)           \
    {                                               \
        name, status, make, NULL, TEXT, 0, 1, tweak \
    }

static const struct golden goldens[] = {
    GOOD("good-empty", make_one_call, TEXT, 0, 5),
    GOOD("good-one-byte", make_one_call, TEXT, 1, 5),
    GOOD("good-text-level-1", make_one_call, TEXT, 600, 1),
    GOOD("good-text-level-2", make_one_call, TEXT, 600, 2),
    GOOD("good-text-level-3", make_one_call, TEXT, 600, 3),
    GOOD("good-text-level-4", make_one_call, TEXT, 600, 4),
    GOOD("good-text-level-5", make_one_call, TEXT, 600, 5),
    GOOD("good-text-level-6", make_one_call, TEXT, 600, 6),
    GOOD("good-text-level-7", make_one_call, TEXT, 600, 7),
    GOOD("good-zeros", make_one_call, ZERO, 9000, 3),
    GOOD("good-random", make_one_call, RANDOM, 500, 3),
    GOOD("good-two-chunks", make_one_call, PERIOD, CHUNK_LEN + 10, 1),
    GOOD("good-two-chunks-stream", make_stream, PERIOD, CHUNK_LEN + 10, 1),
    GOOD("good-fill", make_one_call, ZERO, 3 * CHUNK_LEN + 10, 1),
    GOOD("good-fill-stream", make_stream, ZERO, 3 * CHUNK_LEN + 10, 1),
    GOOD("good-fill-between", make_one_call, HOLES, 4 * CHUNK_LEN, 1),
    GOOD("good-second-chunk-stored", make_stream, MIXED, CHUNK_LEN + 100, 1),
    {"good-concatenated", PITH_OK, make_concatenated, twice_content, TEXT, 200, 2, 0},
    {"good-short-chunks", PITH_OK, make_forged_frame, parts_content, TEXT, 0, 1, SOUND},
    {"good-short-chunks-sized", PITH_OK, make_forged_frame, parts_content, TEXT, 0, 1, SIZED},

    GOOD("good-tensors-level-1", make_one_call, TENSORS, TENSORS_LEN, 1),
    GOOD("good-tensors-level-4", make_stream, TENSORS, TENSORS_LEN, 4),
    GOOD("good-tensors-level-5", make_one_call, TENSORS, TENSORS_LEN, 5),
    GOOD("good-tensors-level-6", make_stream, TENSORS, TENSORS_LEN, 6),
    GOOD("good-tensors-level-7", make_one_call, TENSORS, TENSORS_LEN, 7),
    GOOD("good-tensors-level-8", make_one_call, TENSORS, TENSORS_LEN, 8),
    GOOD("good-tensors-level-9", make_one_call, TENSORS, TENSORS_LEN, 9),
    GOOD("good-large-tensors-level-1", make_one_call, TENSORS, LARGE_TENSORS_LEN, 1),
    GOOD("good-large-tensors-level-3", make_stream, TENSORS, LARGE_TENSORS_LEN, 3),
    GOOD("good-quantised-level-1", make_one_call, QUANTISED, QUANTISED_LEN, 1),
    GOOD("good-quantised-level-3", make_stream, QUANTISED, QUANTISED_LEN, 3),
    GOOD("good-quantised-level-5", make_one_call, QUANTISED, QUANTISED_LEN, 5),
    GOOD("good-quantised-level-8", make_stream, QUANTISED, QUANTISED_LEN, 8),
    GOOD("good-large-blocks-level-3", make_stream, BLOCKS, LARGE_BLOCKS_LEN, 3),
    GOOD("good-scan-level-3", make_one_call, SCAN, SCAN_LEN, 3),
    GOOD("good-scan-level-5", make_stream, SCAN, SCAN_LEN, 5),
    GOOD("good-scan-level-9", make_one_call, SCAN, SCAN_LEN, 9),
    GOOD("good-large-moving-level-3", make_stream, MOVING, MOVING_LEN, 3),
    GOOD("good-large-moving-level-7", make_one_call, MOVING, MOVING_LEN, 7),
    GOOD("good-large-map-level-7", make_one_call, MAP, MAP_LEN, 7),
    GOOD("good-large-swept-level-3", make_whole, SWEPT, SWEPT_LEN, 3),
    GOOD("good-large-fired-level-3", make_one_call, FIRED, FIRED_LEN, 3),
    GOOD("good-large-fired-level-7", make_whole, FIRED_STILL, FIRED_LEN, 7),
    GOOD("good-flight-level-1", make_one_call, FLIGHT, FLIGHT_LEN, 1),
    GOOD("good-flight-level-8", make_stream, FLIGHT, FLIGHT_LEN, 8),
    GOOD("good-lines-level-3", make_stream, LINES, LINES_LEN, 3),
    GOOD("good-lines-level-7", make_one_call, LINES, LINES_LEN, 7),
    GOOD("good-blocks-level-5", make_one_call, BLOCKS, BLOCKS_LEN, 5),

    GOOD("good-builtin-text-5", make_begun, TEXT, 600, 5),
    GOOD("good-builtin-text-6", make_begun, TEXT, 600, 6),
    GOOD("good-builtin-text-7", make_begun, TEXT, 600, 7),
    GOOD("good-builtin-json-5", make_begun, JSON, 1200, 5),
    GOOD("good-builtin-csv-7", make_begun, CSV, 1000, 7),
    GOOD("good-builtin-x86-5", make_begun, X86_CODE, 1000, 5),
    GOOD("good-builtin-open-text-8", make_begun, OPEN_TEXT, 1500, 8),
    GOOD("good-builtin-open-text-9", make_begun, OPEN_TEXT, 1500, 9),

    GOOD("good-two-bytes", make_one_call, TEXT, 2, 1),
    GOOD("good-three-bytes", make_stream, TEXT, 3, 7),
    GOOD("good-two-zeros", make_one_call, ZERO, 2, 4),
    GOOD("good-three-random", make_one_call, RANDOM, 3, 2),
    GOOD("good-records-level-1", make_one_call, RECORDS, 1200, 1),
    GOOD("good-records-level-2", make_stream, RECORDS, 1200, 2),
    GOOD("good-records-level-3", make_one_call, RECORDS, 1200, 3),
    GOOD("good-records-level-4", make_stream, RECORDS, 1200, 4),
    GOOD("good-records-level-5", make_one_call, RECORDS, 1200, 5),
    GOOD("good-records-level-6", make_stream, RECORDS, 1200, 6),
    GOOD("good-records-level-7", make_one_call, RECORDS, 1200, 7),
    GOOD("good-x86-level-1", make_one_call, X86_CODE, 1000, 1),
    GOOD("good-x86-level-2", make_stream, X86_CODE, 1000, 2),
    GOOD("good-x86-level-3", make_one_call, X86_CODE, 1000, 3),
    GOOD("good-x86-level-4", make_stream, X86_CODE, 1000, 4),
    GOOD("good-x86-level-5", make_one_call, X86_CODE, 1000, 5),
    GOOD("good-x86-level-6", make_stream, X86_CODE, 1000, 6),
    GOOD("good-x86-level-7", make_one_call, X86_CODE, 1000, 7),
    GOOD("good-csv-level-1", make_one_call, CSV, 1000, 1),
    GOOD("good-csv-level-2", make_stream, CSV, 1000, 2),
    GOOD("good-csv-level-3", make_one_call, CSV, 1000, 3),
    GOOD("good-csv-level-4", make_stream, CSV, 1000, 4),
    GOOD("good-csv-level-5", make_one_call, CSV, 1000, 5),
    GOOD("good-csv-level-6", make_stream, CSV, 1000, 6),
    GOOD("good-csv-level-7", make_one_call, CSV, 1000, 7),
    GOOD("good-json-level-1", make_one_call, JSON, 1200, 1),
    GOOD("good-json-level-2", make_stream, JSON, 1200, 2),
    GOOD("good-json-level-3", make_one_call, JSON, 1200, 3),
    GOOD("good-json-level-4", make_stream, JSON, 1200, 4),
    GOOD("good-json-level-5", make_one_call, JSON, 1200, 5),
    GOOD("good-json-level-6", make_stream, JSON, 1200, 6),
    GOOD("good-json-level-7", make_one_call, JSON, 1200, 7),
    GOOD("good-open-text-level-1", make_one_call, OPEN_TEXT, 1500, 1),
    GOOD("good-open-text-level-3", make_one_call, OPEN_TEXT, 1500, 3),
    GOOD("good-open-text-level-5", make_one_call, OPEN_TEXT, 1500, 5),
    GOOD("good-open-text-level-7", make_one_call, OPEN_TEXT, 1500, 7),
    GOOD("good-assorted-level-1", make_one_call, ASSORTED, 2800, 1),
    GOOD("good-assorted-level-2", make_one_call, ASSORTED, 2800, 2),
    GOOD("good-assorted-level-4", make_one_call, ASSORTED, 2800, 4),
    GOOD("good-assorted-level-6", make_one_call, ASSORTED, 2800, 6),
    GOOD("good-zeros-two-chunks-level-6", make_one_call, ZERO, 2 * CHUNK_LEN, 6),
    GOOD("good-fill-stream-level-2", make_stream, ZERO, 2 * CHUNK_LEN + 1, 2),
    GOOD("good-fill-level-7", make_one_call, ZERO, 5 * CHUNK_LEN, 7),
    GOOD("good-digits-level-1", make_one_call, DIGITS, 700, 1),
    GOOD("good-digits-level-5", make_stream, DIGITS, 700, 5),
    GOOD("good-text-level-8", make_one_call, TEXT, 300, 8),
    GOOD("good-text-level-9", make_one_call, TEXT, 300, 9),
    GOOD("good-three-bytes-level-9", make_stream, TEXT, 3, 9),
    GOOD("good-records-level-8", make_stream, RECORDS, 400, 8),
    GOOD("good-records-level-9", make_one_call, RECORDS, 400, 9),
    GOOD("good-x86-level-8", make_stream, X86_CODE, 400, 8),
    GOOD("good-x86-level-9", make_one_call, X86_CODE, 400, 9),
    GOOD("good-csv-level-8", make_stream, CSV, 400, 8),
    GOOD("good-csv-level-9", make_one_call, CSV, 400, 9),
    GOOD("good-json-level-8", make_stream, JSON, 500, 8),
    GOOD("good-json-level-9", make_one_call, JSON, 500, 9),
    GOOD("good-open-text-level-9", make_one_call, OPEN_TEXT, 600, 9),
    GOOD("good-assorted-level-8", make_one_call, ASSORTED, 1400, 8),
    GOOD("good-assorted-level-9", make_stream, ASSORTED, 1400, 9),
    GOOD("good-fill-level-9", make_one_call, ZERO, 5 * CHUNK_LEN, 9),
    {"good-concatenated-stored", PITH_OK, make_concatenated, twice_content, RANDOM, 90, 1, 0},
    {"good-concatenated-fill", PITH_OK, make_concatenated, twice_content, ZERO, 2 * CHUNK_LEN, 3,
     0},
    {"good-concatenated-json", PITH_OK, make_concatenated, twice_content, JSON, 300, 5, 0},

    GOOD("good-large-open-text-1", make_one_call, OPEN_TEXT, CHUNK_LEN + 20000, 1),
    GOOD("good-large-open-text-3", make_stream, OPEN_TEXT, 2 * CHUNK_LEN, 3),
    GOOD("good-large-open-text-5", make_one_call, OPEN_TEXT, CHUNK_LEN + 5000, 5),
    GOOD("good-large-open-text-7", make_stream, OPEN_TEXT, CHUNK_LEN + 15000, 7),
    GOOD("good-large-csv-1", make_stream, CSV, 2 * CHUNK_LEN + 999, 1),
    GOOD("good-large-csv-2", make_one_call, CSV, CHUNK_LEN + 3000, 2),
    GOOD("good-large-csv-4", make_one_call, CSV, CHUNK_LEN + 5000, 4),
    GOOD("good-large-csv-6", make_stream, CSV, 95000, 6),
    GOOD("good-large-json-1", make_one_call, JSON, 3 * CHUNK_LEN, 1),
    GOOD("good-large-json-5", make_stream, JSON, 2 * CHUNK_LEN + 60000, 5),
    GOOD("good-large-records-1", make_one_call, RECORDS, 3 * CHUNK_LEN + 24, 1),
    GOOD("good-large-records-2", make_stream, RECORDS, CHUNK_LEN + 10000, 2),
    GOOD("good-large-records-7", make_one_call, RECORDS, CHUNK_LEN + 9000, 7),
    GOOD("good-large-x86-1", make_stream, X86_CODE, 2 * CHUNK_LEN, 1),
    GOOD("good-large-x86-6", make_one_call, X86_CODE, CHUNK_LEN + 3, 6),
    GOOD("good-large-assorted-1", make_one_call, ASSORTED, 3 * CHUNK_LEN, 1),
    GOOD("good-large-assorted-2", make_stream, ASSORTED, 4 * CHUNK_LEN + 77, 2),
    GOOD("good-large-assorted-3", make_one_call, ASSORTED, 65000, 3),
    GOOD("good-large-assorted-6", make_one_call, ASSORTED, 2 * CHUNK_LEN + 5, 6),
    GOOD("good-large-text-1", make_stream, TEXT, 2 * CHUNK_LEN + 2, 1),
    GOOD("good-large-halves-2", make_one_call, HALVES, 65000, 2),
    GOOD("good-large-random-1", make_one_call, RANDOM, CHUNK_LEN + 1000, 1),
    GOOD("good-large-open-text-8", make_stream, OPEN_TEXT, CHUNK_LEN + 5000, 8),
    GOOD("good-large-open-text-9", make_one_call, OPEN_TEXT, CHUNK_LEN + 5000, 9),
    GOOD("good-large-records-8", make_one_call, RECORDS, CHUNK_LEN + 900, 8),
    GOOD("good-large-x86-9", make_one_call, X86_CODE, CHUNK_LEN + 3, 9),
    GOOD("good-large-assorted-9", make_stream, ASSORTED, 65000, 9),

    BAD("bad-no-bytes", PITH_E_TRUNCATED, make_cut, TEXT, 0, 99),
    BAD("bad-magic", PITH_E_FORMAT, make_flipped, TEXT, 100, 0x01),
    BAD("bad-cut-magic", PITH_E_TRUNCATED, make_cut, TEXT, 0, 16),
    BAD("bad-cut-header", PITH_E_TRUNCATED, make_cut, TEXT, 0, 5),
    BAD("bad-cut-payload", PITH_E_TRUNCATED, make_cut, RANDOM, 100, 1),
    BAD("bad-cut-footer", PITH_E_TRUNCATED, make_cut, PERIOD, CHUNK_LEN + 1, 1),
    BAD("bad-cut-fill", PITH_E_TRUNCATED, make_cut, ZERO, CHUNK_LEN + 1, 60),
    BAD("bad-cut-index", PITH_E_TRUNCATED, make_cut, PERIOD, CHUNK_LEN + 1, 20),
    BAD("bad-followed", PITH_E_CORRUPT, make_followed, TEXT, 100, 0),
    BAD("bad-header-flip", PITH_E_CORRUPT, make_flipped, TEXT, 100, 0x0701),
    BAD("bad-payload-flip", PITH_E_CORRUPT, make_flipped, RANDOM, 100, 0xffff01),
    FORGED("bad-claim-2-60", PITH_E_CORRUPT, make_forged_single, CLAIM_2_60),
    FORGED("bad-claim-longest", PITH_E_TRUNCATED, make_forged_single, CLAIM_LONGEST),
    FORGED("bad-payload-over-raw", PITH_E_CORRUPT, make_forged_single, PAYLOAD_OVER_RAW),
    FORGED("bad-stored-parameters", PITH_E_CORRUPT, make_forged_single, STORED_PARAMS),
    FORGED("bad-fill-single", PITH_E_CORRUPT, make_forged_single, FILL_SINGLE),
    FORGED("bad-level-0", PITH_E_CORRUPT, make_forged_single, LEVEL_0),
    FORGED("bad-single-and-sized", PITH_E_CORRUPT, make_forged_single, SINGLE_AND_SIZED),
    FORGED("bad-overlong-number", PITH_E_CORRUPT, make_forged_single, OVERLONG_NUMBER),
    FORGED("bad-chunk-order", PITH_E_CORRUPT, make_forged_frame, ORDER),
    FORGED("bad-chunk-twice", PITH_E_CORRUPT, make_forged_frame, TWICE),
    FORGED("bad-chunk-missing", PITH_E_CORRUPT, make_forged_frame, MISSING),
    FORGED("bad-chunk-foreign", PITH_E_CORRUPT, make_forged_frame, FOREIGN),
    FORGED("bad-chunk-offset", PITH_E_CORRUPT, make_forged_frame, RAW_OFFSET),
    FORGED("bad-chunk-over-length", PITH_E_CORRUPT, make_forged_frame, OVER_CHUNK_LEN),
    FORGED("bad-chunk-check", PITH_E_CORRUPT, make_forged_frame, CONTENT_CHECK),
    FORGED("bad-fill-parameters", PITH_E_CORRUPT, make_forged_frame, FILL_PARAMS),
    FORGED("bad-fill-over-length", PITH_E_CORRUPT, make_forged_frame, FILL_OVER_LENGTH),
    FORGED("bad-fill-check", PITH_E_CORRUPT, make_forged_frame, FILL_CHECK),
    FORGED("bad-chunks-none", PITH_E_CORRUPT, make_forged_frame, NO_CHUNKS),
    FORGED("bad-content-over", PITH_E_CORRUPT, make_forged_frame, OVER_CONTENT),
    FORGED("bad-content-short", PITH_E_CORRUPT, make_forged_frame, SHORT_CONTENT),
    FORGED("bad-memory-undeclared", PITH_E_CORRUPT, make_forged_frame, UNDECLARED),
    FORGED("bad-chunk-length", PITH_E_CORRUPT, make_forged_frame, CHUNK_LEN_SHORT),
    FORGED("bad-index-count", PITH_E_CORRUPT, make_forged_frame, INDEX_COUNT),
    FORGED("bad-index-entry", PITH_E_CORRUPT, make_forged_frame, INDEX_ENTRY),
    FORGED("bad-index-digest", PITH_E_CORRUPT, make_forged_frame, INDEX_DIGEST),
    FORGED("bad-index-header-length", PITH_E_CORRUPT, make_forged_frame, INDEX_HEADER_LEN),
    FORGED("bad-index-foreign", PITH_E_CORRUPT, make_forged_frame, INDEX_FOREIGN),
    FORGED("bad-footer-length", PITH_E_CORRUPT, make_forged_frame, FOOTER_LEN),
    FORGED("bad-footer-magic", PITH_E_CORRUPT, make_forged_frame, FOOTER_MAGIC),

    BAD("unsupported-version", PITH_E_UNSUPPORTED, make_flipped, TEXT, 100, 0x0401),
    BAD("unsupported-flag", PITH_E_UNSUPPORTED, make_flipped, TEXT, 100, 0x0580),
    BAD("unsupported-level", PITH_E_UNSUPPORTED, make_flipped, TEXT, 100, 0x0528),
    FORGED("unsupported-codec", PITH_E_UNSUPPORTED, make_forged_single, UNKNOWN_CODEC),
    FORGED("unsupported-codec-long", PITH_E_UNSUPPORTED, make_forged_frame, UNKNOWN_LONG),
    FORGED("unsupported-codec-level", PITH_E_UNSUPPORTED, make_forged_single, UNKNOWN_LEVEL),
    FORGED("unsupported-builtin", PITH_E_UNSUPPORTED, make_forged_single, UNKNOWN_BUILTIN),
    FORGED("unsupported-builtin-level", PITH_E_UNSUPPORTED, make_forged_single, BUILTIN_LEVEL_1),
    FORGED("bad-builtin-0", PITH_E_CORRUPT, make_forged_single, BUILTIN_0),
};

#define GOLDEN_SMALL_CAP ((size_t)4096)
#define GOLDEN_LARGE_CAP ((size_t)200000)

static inline int golden_is_large(const char *name)
{
    return strncmp(name, "good-large-", 11) == 0 || strncmp(name, "based-large-", 12) == 0;
}

/* Large ones take a second each where a machine is emulated: a short run takes few. */
static inline int golden_is_due(size_t i)
{
    return !golden_is_large(goldens[i].name) || (goldens[i].level <= 2 && i % 3 == 0) ||
           getenv("PITH_TEST_FULL");
}

#endif
