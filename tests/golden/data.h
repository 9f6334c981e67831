/* The contents of the golden archives: seeded data of every kind that a codec tells apart.
 *
 * The test's seed does not come in here: golden files are the same for ever, and so is every
 * generator below.  A new kind of content is a new generator, never a change of one. */
#ifndef TESTS_GOLDEN_DATA_H
#define TESTS_GOLDEN_DATA_H

#include "api/cases.h"

#include "support/cloud_text.h"

/* More kinds than those of api/cases.h.  ASSORTED: stretches of all the others, one after the other.
 * HALVES: text, then random bytes.  TENSORS: a safetensors file of 1,000 or 18,000 elements in ten tensors;
 * TENSORS_LATER: the same, of which some have moved.  QUANTISED: tensors of few values, and of integers times scales.
 * BLOCKS: a GGUF file of 27 or 600 blocks of integers with their scales.
 * SCAN: a PCD file of 16 rings; MOVING: records of 32 lasers that take turns and move; MAP: of 16, on a map's lattice; SWEPT: of 32 in rings, swept along; FIRED: of 16 in the order in which they fired, moving; FIRED_STILL: standing; FLIGHT: a LAS file with times; LINES: a PLY file of text, with triangles behind.  OPEN_TEXT: words with numbers between, which shrink less than TEXT. */
enum {
    RECORDS = N_KINDS,
    X86_CODE,
    CSV,
    JSON,
    OPEN_TEXT,
    DIGITS,
    HALVES,
    ASSORTED,
    TENSORS,
    TENSORS_LATER,
    QUANTISED,
    BLOCKS,
    SCAN,
    MOVING,
    MAP,
    SWEPT,
    FIRED,
    FIRED_STILL,
    FLIGHT,
    LINES
};

/* Structures of 24 bytes: number, small delta, two flags, a slowly changing value. */
static inline void fill_records(uint8_t *data, size_t len, uint64_t *state)
{
    uint32_t value = 100000;

    for (size_t i = 0; i < len; i++) {
        size_t row = i / 24, column = i % 24;

        if (column == 0)
            value += (uint32_t)(next_random(state) % 37);
        data[i] = 0;
        if (column < 4)
            data[i] = (uint8_t)(row >> 8 * column);
        else if (column >= 8 && column < 12)
            data[i] = (uint8_t)(value >> 8 * (column - 8));
        else if (column == 12)
            data[i] = (uint8_t)(next_random(state) % 5);
        else if (column >= 16 && column < 18)
            data[i] = (uint8_t)next_random(state);
    }
}

static inline void put_code(uint8_t *data, size_t len, size_t *at, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n && *at < len; i++)
        data[(*at)++] = bytes[i];
}

/* What a compiler makes: moves between registers, calls to few functions, short jumps, returns. */
static inline void fill_x86(uint8_t *data, size_t len, uint64_t *state)
{
    static const uint8_t entry[] = {0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x20};
    static const uint8_t leave[] = {0xc9, 0xc3};
    size_t at = 0;

    while (at < len) {
        uint64_t r = next_random(state);
        uint8_t move[] = {0x48, 0x8b, (uint8_t)(0x45 | (r >> 8 & 0x38)), (uint8_t)(r >> 16 & 0xf8)};
        uint8_t test[] = {0x85, 0xc0, 0x74, (uint8_t)(r >> 24 & 0x1f)};
        uint8_t call[] = {0xe8, 0, 0, 0, 0};
        uint32_t to = (uint32_t)((r >> 32) % 12 * 0x14140 + 0x20000 - at - 5);

        for (int i = 0; i < 4; i++)
            call[1 + i] = (uint8_t)(to >> 8 * i);
        if (r % 16 < 8)
            put_code(data, len, &at, move, sizeof move);
        else if (r % 16 < 11)
            put_code(data, len, &at, test, sizeof test);
        else if (r % 16 < 14)
            put_code(data, len, &at, call, sizeof call);
        else
            put_code(data, len, &at, r % 16 == 14 ? entry : leave,
                     r % 16 == 14 ? sizeof entry : sizeof leave);
    }
}

/* Rows of text made by a printf format of four numbers. */
static inline void fill_rows(uint8_t *data, size_t len, uint64_t *state, int kind)
{
    size_t at = 0;

    for (unsigned row = 0; at < len; row++) {
        uint64_t r = next_random(state);
        unsigned a = (unsigned)(r % 1000), b = (unsigned)(r >> 20) % 7, c = (unsigned)(r >> 40);
        char line[200];
        int n;

        if (kind == CSV)
            n = snprintf(line, sizeof line, "%u,%u.%02u,%s,2024-%02u-%02u\n", row, a, c % 100,
                         b < 4 ? "open" : "closed", 1 + b, 1 + c % 28);
        else if (kind == JSON)
            n = snprintf(line, sizeof line,
                         "{\"id\": %u, \"price\": %u.%u, \"tags\": [\"%c\", \"n%u\"], "
                         "\"sold\": %s},\n",
                         row, a, c % 10, 'a' + (int)b, a % 50, c % 3 ? "true" : "false");
        else if (kind == DIGITS)
            n = snprintf(line, sizeof line, "%u;%u;%u.%02u\n", row, a, b, c % 100);
        else
            n = snprintf(line, sizeof line, "Order %u came %s %u days; the %s said %u of %x.\n", c,
                         b < 3 ? "after" : "within", a, b % 2 ? "customer" : "office", a % 91, c);
        for (int i = 0; i < n && at < len; i++)
            data[at++] = (uint8_t)line[i];
    }
}

/* Elements of each type in turn, around 0 as weights are. */
static inline void fill_tensors(uint8_t *data, size_t len, uint64_t *state)
{
    static const struct {
        const char *dtype;
        unsigned width, exponent, low; /* bits of floating point, else 0 */
    } types[] = {{"F32", 4, 8, 23},    {"BF16", 2, 8, 7}, {"F16", 2, 5, 10}, {"F64", 8, 11, 52},
                 {"F8_E4M3", 1, 4, 3}, {"U8", 1, 0, 0},   {"I8", 1, 0, 0},   {"I16", 2, 0, 0},
                 {"I32", 4, 0, 0},     {"I64", 8, 0, 0}};
    unsigned rows = len < 10000 ? 5 : 40, columns = len < 10000 ? 20 : 45, offset = 0;
    char head[1024] = "{";
    size_t at;

    for (size_t t = 0; t < COUNT(types); t++) {
        sprintf(head + strlen(head),
                "%s\"%zu\":{\"dtype\":\"%s\",\"shape\":[%u,%u],\"data_offsets\":[%u,%u]}",
                t ? "," : "", t, types[t].dtype, rows, columns, offset,
                offset + rows * columns * types[t].width);
        offset += rows * columns * types[t].width;
    }
    at = 8 + strlen(strcat(head, "}"));
    assert_true(len == at + offset);
    for (size_t i = 0; i < 8; i++)
        data[i] = (uint8_t)((at - 8) >> 8 * i);
    memcpy(data + 8, head, at - 8);
    for (size_t t = 0; t < COUNT(types); t++)
        for (unsigned n = 0; n < rows * columns; n++) {
            uint64_t r = next_random(state), bits = r % 11 + (r >> 8) % 11 - 10;

            if (types[t].exponent) {
                bits = (1ull << (types[t].exponent - 1)) - 2 - (r & r >> 2 & 3);
                bits |= (r >> 8 & 1) << types[t].exponent;
                bits = bits << types[t].low | (r >> 12 & ((1ull << types[t].low) - 1));
            }
            for (unsigned i = 0; i < types[t].width; i++)
                data[at++] = (uint8_t)(bits >> 8 * i);
        }
}

static inline void put_float(uint8_t *to, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(bits >> 8 * i);
}

/* Rows of integers times a scale, then tensors of a few patterns of bits. */
static inline void fill_quantised(uint8_t *data, size_t len, uint64_t *state)
{
    static const struct {
        const char *dtype;
        unsigned width, n, n_values;
    } few[] = {{"F32", 4, 480, 9}, {"I32", 4, 480, 25}, {"F64", 8, 320, 20}, {"BF16", 2, 768, 20}};
    char head[600] = "{\"g\":{\"dtype\":\"F32\",\"shape\":[6,40],\"data_offsets\":[0,960]}";
    unsigned offset = 960;
    uint64_t values[32];
    size_t at;

    for (size_t t = 0; t < COUNT(few); t++) {
        sprintf(head + strlen(head),
                ",\"%zu\":{\"dtype\":\"%s\",\"shape\":[%u,16],\"data_offsets\":[%u,%u]}", t,
                few[t].dtype, few[t].n / 16, offset, offset + few[t].n * few[t].width);
        offset += few[t].n * few[t].width;
    }
    at = 8 + strlen(strcat(head, "}"));
    assert_true(len == at + offset);
    for (size_t i = 0; i < 8; i++)
        data[i] = (uint8_t)((at - 8) >> 8 * i);
    memcpy(data + 8, head, at - 8);
    for (unsigned r = 0; r < 6; r++) {
        float scale = (float)(1 + next_random(state) % 16000000) * 0x1p-33f;

        for (unsigned i = 0; i < 40; i++, at += 4)
            put_float(data + at, (float)((int)(next_random(state) % 255) - 127) * scale);
    }
    for (size_t t = 0; t < COUNT(few); t++) {
        for (unsigned i = 0; i < few[t].n_values; i++)
            values[i] = next_random(state);
        for (unsigned n = 0; n < few[t].n; n++) {
            uint64_t value = values[next_random(state) % few[t].n_values];

            for (unsigned i = 0; i < few[t].width; i++)
                data[at++] = (uint8_t)(value >> 8 * i);
        }
    }
}

static inline void put_number(uint8_t **to, uint64_t value, unsigned len)
{
    for (unsigned i = 0; i < len; i++)
        *(*to)++ = (uint8_t)(value >> 8 * i);
}

/* A text as GGUF has it. */
static inline void put_text(uint8_t **to, const char *text)
{
    put_number(to, strlen(text), 8);
    while (*text)
        *(*to)++ = (uint8_t)*text++;
}

/* Tensors of Q8_0, Q4_1 and Q6_K. */
static inline void fill_blocks(uint8_t *data, size_t len, uint64_t *state)
{
    enum { START = 2048 };
    static const struct {
        unsigned number, n, len, scale, n_scales; /* scale: where those of 16 bits stand */
    } types[] = {{8, 32, 34, 0, 1}, {3, 32, 20, 0, 2}, {14, 256, 210, 208, 1}};
    uint8_t *to = data;
    unsigned rows = len < 10000 ? 3 : 40, row = len < 10000 ? 3 : 5, start = 0;

    put_number(&to, 0x46554747, 4);
    put_number(&to, 3, 4);
    put_number(&to, COUNT(types), 8);
    put_number(&to, 1, 8);
    put_text(&to, "general.alignment");
    put_number(&to, 4, 4);
    put_number(&to, START, 4);
    for (size_t t = 0; t < COUNT(types); t++) {
        char name[] = {(char)('a' + t), 0};

        put_text(&to, name);
        put_number(&to, 2, 4);
        put_number(&to, row * types[t].n, 8);
        put_number(&to, rows, 8);
        put_number(&to, types[t].number, 4);
        put_number(&to, start, 8);
        start += rows * row * types[t].len;
    }
    assert_true(len == START + start);
    to = data + START;
    for (size_t t = 0; t < COUNT(types); t++)
        for (unsigned n = 0; n < rows * row; n++, to += types[t].len) {
            for (unsigned i = 0; i < types[t].len; i++)
                to[i] = (uint8_t)(next_random(state) % 40 + next_random(state) % 40 - 40);
            for (unsigned i = 0; i < types[t].n_scales; i++) {
                uint8_t *scale = to + types[t].scale + 2 * i;

                put_number(&scale, 0x2000 + next_random(state) % 0x400, 2);
            }
        }
}

static const char scan_head[] =
    "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\n"
    "WIDTH 960\nHEIGHT 1\nPOINTS 960\nDATA binary\n";

static inline void fill_scan(uint8_t *data, size_t len, uint64_t *state)
{
    static const struct cloud_spec spec = {16, 60, 1, 0.001, 0, 0, 0, 0};

    memcpy(data, scan_head, sizeof scan_head - 1);
    assert_true(make_cloud(data + sizeof scan_head - 1, &spec, state) ==
                len - (sizeof scan_head - 1));
}

static inline void fill_moving(uint8_t *data, size_t len, uint64_t *state)
{
    static const struct cloud_spec spec = {32, 80, 0, 0, 0.2, 0.2, 0, 0};

    assert_true(make_cloud(data, &spec, state) == len);
}

static inline void fill_swept(uint8_t *data, size_t len, uint64_t *state)
{
    static const struct cloud_spec spec = {32, 900, 1, 0, 0, 0, 0.9, 0};

    assert_true(make_cloud(data, &spec, state) == len);
}

static inline void fill_fired(uint8_t *data, size_t len, uint64_t *state, double moves)
{
    static uint8_t records[500 * 16 * 16];

    assert_true(make_fired_cloud(records, 500, moves, state) >= len);
    memcpy(data, records, len);
}

static inline void fill_map(uint8_t *data, size_t len, uint64_t *state)
{
    static const struct cloud_spec spec = {16, 1800, 0, 0, 0.4, 0.2, 0, 1.0 / 8192};

    assert_true(make_cloud(data, &spec, state) == len);
}

/* 640 points, some of which are nothing, then as many triangles as it takes. */
static inline void fill_lines(uint8_t *data, size_t len, uint64_t *state)
{
    static const struct cloud_spec spec = {16, 40, 0, 0.001, 0, 0, 0, 0};
    static const char head[] = "ply\nformat ascii 1.0\nelement vertex 640\nproperty float x\n"
                               "property float y\nproperty float z\nproperty float intensity\n"
                               "element face 40\nproperty list uchar int n\nend_header\n",
                      nothing[] = "nan nan nan -0.00\n", face[] = "3 1 2 3\n";
    static uint8_t records[640 * 16];
    size_t at = sizeof head - 1;

    (void)make_cloud(records, &spec, state);
    memcpy(data, head, at);
    for (size_t i = 0; i < 640; i++) {
        if (i % 77 == 5) {
            memcpy(data + at, nothing, sizeof nothing - 1);
            at += sizeof nothing - 1;
        } else {
            at += print_cloud(data + at, records + 16 * i, 1);
        }
    }
    assert_true(at < len);
    for (size_t i = 0; at < len; i++)
        data[at++] = (uint8_t)face[i % (sizeof face - 1)];
}

/* Point format 3 of LAS 1.2, in lines of 50 points. */
static inline void fill_flight(uint8_t *data, size_t len, uint64_t *state)
{
    enum { START = 227, RECORD = 34 };
    uint32_t n = (uint32_t)((len - START) / RECORD);
    uint64_t time = UINT64_C(0x410d000000000000);
    uint8_t *to = data;

    assert_true(len == START + (size_t)n * RECORD);
    put_number(&to, 0x4653414c, 4);
    data[24] = 1;
    data[25] = 2;
    to = data + 96;
    put_number(&to, START, 4);
    to = data + 104;
    put_number(&to, 3, 1);
    put_number(&to, RECORD, 2);
    put_number(&to, n, 4);
    to = data + START;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t column = i % 50u, noise = (uint32_t)next_random(state);

        time += 347054u * (i % 11 ? 1u : 2u) + noise % 3;
        put_number(&to, 63000000u + 37u * column + i / 50 + (noise >> 4) % 9, 4);
        put_number(&to, 84000000u + 3u * column + 900u * (i / 50) + (noise >> 8) % 9, 4);
        put_number(&to, 41000u + 5u * column + (noise >> 12) % 30, 4);
        put_number(&to, 20u * ((noise >> 16) % 90), 2);
        put_number(&to, i % 11 ? 9 : 18, 1);
        put_number(&to, 2, 1);
        put_number(&to, column / 10, 1);
        put_number(&to, 0, 1);
        put_number(&to, 7326, 2);
        put_number(&to, time, 8);
        for (uint32_t k = 0; k < 3; k++)
            put_number(&to, 256u * (100 + column + (noise >> (20 + k)) % 4), 2);
    }
}

static inline void fill_kind(uint8_t *data, size_t len, uint64_t *state, int kind)
{
    switch (kind) {
    case RANDOM:
        fill_random(data, len, state);
        break;
    case TEXT:
        fill_text(data, len, state);
        break;
    case RECORDS:
        fill_records(data, len, state);
        break;
    case X86_CODE:
        fill_x86(data, len, state);
        break;
    case CSV:
    case JSON:
    case OPEN_TEXT:
    case DIGITS:
        fill_rows(data, len, state, kind);
        break;
    case TENSORS:
        fill_tensors(data, len, state);
        break;
    case TENSORS_LATER:
        fill_tensors(data, len, state);
        for (size_t i = 700; i < len; i += 24)
            data[i]++;
        break;
    case QUANTISED:
        fill_quantised(data, len, state);
        break;
    case BLOCKS:
        fill_blocks(data, len, state);
        break;
    case SCAN:
        fill_scan(data, len, state);
        break;
    case SWEPT:
        fill_swept(data, len, state);
        break;
    case FIRED:
        fill_fired(data, len, state, 1);
        break;
    case FIRED_STILL:
        fill_fired(data, len, state, 0);
        break;
    case MAP:
        fill_map(data, len, state);
        break;
    case MOVING:
        fill_moving(data, len, state);
        break;
    case FLIGHT:
        fill_flight(data, len, state);
        break;
    case LINES:
        fill_lines(data, len, state);
        break;
    default:
        memset(data, 0, len);
    }
}

/* Seven stretches of equal length, in an order that puts unlike neighbours together. */
static inline void fill_assorted(uint8_t *data, size_t len, uint64_t *state)
{
    static const int order[] = {TEXT, X86_CODE, ZERO, CSV, RANDOM, RECORDS, JSON};
    size_t at = 0;

    for (size_t i = 0; i < COUNT(order); i++) {
        size_t end = len / COUNT(order) * (i + 1);

        if (i == COUNT(order) - 1)
            end = len;
        fill_kind(data + at, end - at, state, order[i]);
        at = end;
    }
}

static inline struct bytes golden_data(int kind, size_t len)
{
    struct bytes bytes = {get_memory(len), len};
    uint64_t state = len;

    memset(bytes.data, 0, len ? len : 1);
    if (kind == PERIOD || kind == MIXED || kind == HOLES)
        fill_period(bytes.data, len);
    else if (kind == ASSORTED)
        fill_assorted(bytes.data, len, &state);
    else if (kind == HALVES) {
        fill_text(bytes.data, len / 2, &state);
        fill_random(bytes.data + len / 2, len - len / 2, &state);
    } else
        fill_kind(bytes.data, len, &state, kind);
    if (kind == MIXED && len > 100) /* the first chunk shrinks, the last does not */
        fill_random(bytes.data + len - 100, 100, &state);
    if (kind == HOLES)
        memset(bytes.data + len / 4, 0, len / 2);
    return bytes;
}

#endif
