/* See detect.h. */
#include "codec/bytes/detect.h"

#include <string.h>

#define BLOCK_LEN     16384u /* judged at once */
#define FILL_LEN_MIN  4096u  /* >= 2048: pith_segments_max() counts on it */
#define RECORD_SAMPLE 65536u

static uint64_t load8(const uint8_t *at)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

/* How many of the sampled 8-byte strings of a block have been seen before, of 64.  Strings are
 * sampled by hash, so that the same content is sampled alike wherever it stands. */
static uint32_t repeats_of_64(struct pith_detect *detect, const uint8_t *block, size_t len)
{
    uint32_t n_sampled = 1, n_seen = 0;

    for (size_t i = 0; i + 8 <= len; i++) {
        uint64_t h = load8(block + i) * 0x9e3779b97f4a7c15u;
        uint32_t *entry, check = (uint32_t)(h >> 8) | 1;

        if (h >> 59)
            continue;
        entry = &detect->repeats[h >> 40 & (PITH_DETECT_REPEATS - 1)];
        n_sampled++;
        n_seen += *entry == check;
        *entry = check;
    }
    return n_seen * 64 / n_sampled;
}

/* Bytes as evenly spread as random ones, nearly: with chi-square below 3 a degree of freedom, order 0
 * would save less than 0.4 % of a block. */
static int is_flat(const uint32_t counts[256], size_t len)
{
    uint64_t squares = 0;

    for (int i = 0; i < 256; i++)
        squares += (uint64_t)counts[i] * counts[i];
    return len >= 4096 && squares * 256 < (uint64_t)len * (len + 3 * 256);
}

static int is_control(int byte)
{
    return (byte < 32 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f') ||
           byte == 127;
}

/* Few control characters, a run of one counted once: text files in a tar are padded with zeros. */
static int is_text(const uint8_t *block, const uint32_t counts[256], size_t len)
{
    size_t control = 0, padding = 0, high = 0, common = counts[' '] + counts['\n'];

    for (size_t i = 0; i < len; i++) {
        if (is_control(block[i])) {
            control += i == 0 || block[i] != block[i - 1];
            padding += i > 0 && block[i] == block[i - 1];
        }
    }
    for (int i = 0; i < 256; i++) {
        if (i >= 128)
            high += counts[i];
        else if (((i | 32) >= 'a' && (i | 32) <= 'z') || (i >= '0' && i <= '9'))
            common += counts[i];
    }
    len -= padding;
    return control <= len / 100 && (high <= len / 8 || common >= len / 3);
}

/* Near branches with targets within 16 MiB, and the opcodes that compilers use most. */
static int is_x86(const uint8_t *block, const uint32_t counts[256], size_t len)
{
    uint32_t branches = 0;
    uint32_t usual = counts[0x8b] + counts[0x89] + counts[0xff] + counts[0x0f] + counts[0x83] +
                     counts[0xe8] + counts[0x74] + counts[0x75] + counts[0x48];

    for (size_t i = 0; i + 5 <= len; i++)
        branches += (block[i] == 0xe8 || block[i] == 0xe9) &&
                    (block[i + 4] == 0x00 || block[i + 4] == 0xff) && block[i + 3] != block[i + 4];
    return branches > len / 400 && usual > len / 12;
}

static uint8_t block_tag(struct pith_detect *detect, const uint8_t *block, size_t len)
{
    uint32_t counts[256] = {0}, repeated = repeats_of_64(detect, block, len);

    for (size_t i = 0; i < len; i++)
        counts[block[i]]++;
    if (is_text(block, counts, len))
        return PITH_KIND_TEXT;
    if (is_flat(counts, len) && repeated < 16)
        return PITH_SEGMENT_STORED;
    return is_x86(block, counts, len) ? PITH_KIND_X86 : PITH_KIND_RECORDS;
}

/* Text whose brackets, tags and quotes carry it. */
static int is_markup(const uint8_t *text, size_t len, struct pith_pace *pace)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        n += text[i] == '<' || text[i] == '>' || text[i] == '{' || text[i] == '}' ||
             text[i] == '"' || text[i] == '=' || text[i] == ';';
        if (i % PITH_PACE_LEN == PITH_PACE_LEN - 1 && pith_pace_ask(pace))
            return 0;
    }
    return n > len / 25;
}

/* The distance at which bytes agree most often, if that is far more often than side by side and than
 * chance; else 0. */
static uint32_t find_record_len(const uint8_t *data, size_t len)
{
    size_t n = len < RECORD_SAMPLE ? len : RECORD_SAMPLE;
    size_t best = 0, best_agree = 0, total = 0, n_distances = 0;

    data += (len - n) / 2;
    for (size_t distance = 2; distance <= 1024 && distance * 4 <= n; distance++) {
        size_t agree = 0;

        for (size_t i = distance; i < n; i++)
            agree += data[i] == data[i - distance];
        agree = agree * n / (n - distance);
        total += agree;
        n_distances++;
        /* a multiple of the length agrees about as often: it must be clearly better to win */
        if (agree > best_agree + best_agree / 16) {
            best_agree = agree;
            best = distance;
        }
    }
    if (n_distances == 0 || best_agree * n_distances < total + total / 4 || best_agree < n / 32)
        return 0;
    return (uint32_t)best;
}

static size_t run_len(const uint8_t *at, size_t len)
{
    size_t n = 1;

    while (n < len && at[n] == at[0])
        n++;
    return n;
}

/* The start of the first run of FILL_LEN_MIN or more at or after `from`, and its length; raw_len when
 * there is none.  Looking at one byte in FILL_LEN_MIN / 2 is enough to meet each of them. */
static size_t find_fill(const uint8_t *raw, size_t raw_len, size_t from, size_t *len)
{
    for (size_t i = from + FILL_LEN_MIN / 2; i < raw_len; i += FILL_LEN_MIN / 2) {
        size_t start = i, n;

        if (raw[i] != raw[i - 1] || raw[i] != raw[i - FILL_LEN_MIN / 4])
            continue;
        while (start > from && raw[start - 1] == raw[i])
            start--;
        n = i - start + run_len(raw + i, raw_len - i);
        if (n >= FILL_LEN_MIN) {
            *len = n;
            return start;
        }
    }
    return raw_len;
}

/* Appends a piece, to the last segment if that is of the same kind. */
static size_t append(struct pith_segment *segments, size_t n, uint8_t tag, size_t len, uint8_t fill)
{
    if (n > 0 && segments[n - 1].tag == tag && tag != PITH_SEGMENT_FILL) {
        segments[n - 1].raw_len += (uint32_t)len;
        return n;
    }
    segments[n] = (struct pith_segment){.raw_len = (uint32_t)len, .tag = tag, .fill = fill};
    return n + 1;
}

static void refine(struct pith_segment *segment, const uint8_t *data, struct pith_pace *pace)
{
    if (segment->tag == PITH_KIND_TEXT && is_markup(data, segment->raw_len, pace))
        segment->tag = PITH_KIND_MARKUP;
    if (segment->tag == PITH_KIND_RECORDS)
        segment->record_len = find_record_len(data, segment->raw_len);
}

size_t pith_detect_segments(struct pith_detect *detect, struct pith_segment *segments,
                            const uint8_t *raw, size_t raw_len, struct pith_pace *pace)
{
    size_t n = 0, at = 0, asks_at = PITH_PACE_LEN;

    memset(detect, 0, sizeof *detect);
    while (at < raw_len) {
        size_t fill_len = 0;
        size_t fill_at = find_fill(raw, raw_len, at, &fill_len);

        while (at < fill_at) {
            size_t len = fill_at - at < BLOCK_LEN ? fill_at - at : BLOCK_LEN;

            /* a short rest goes with what it follows */
            uint8_t tag = len < BLOCK_LEN / 4 && n > 0 && segments[n - 1].tag < PITH_KINDS
                              ? segments[n - 1].tag
                              : block_tag(detect, raw + at, len);

            n = append(segments, n, tag, len, 0);
            at += len;
            if (at < asks_at)
                continue;
            if (pith_pace_ask(pace))
                return n;
            asks_at = at + PITH_PACE_LEN;
        }
        if (fill_len > 0)
            n = append(segments, n, PITH_SEGMENT_FILL, fill_len, raw[at]);
        at += fill_len;
    }
    at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && pith_pace_ask(pace))
            return n;
        refine(&segments[i], raw + at, pace);
        at += segments[i].raw_len;
    }
    return n;
}
