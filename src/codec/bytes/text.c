/* See text.h. */
#include "codec/bytes/text.h"

#include <string.h>

enum { ESCAPE = 1, CAPITAL = 2, UPPER = 3, UTF8 = 4, LAST_FLAG = 4 };
enum {
    SHORT = 64,
    MIDDLE_LEADS = 52,
    LONG_LEADS = 12,
    MIDDLE = MIDDLE_LEADS * 128,
    LAST = 128 * 128
};
#define WORD_LEN_MAX 24
#define FEW          (1u << 15) /* fewer bytes are encoded without the words behind the first LAST */

static int is_lower(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z';
}

static int is_upper(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static int is_letter(uint8_t byte)
{
    return is_lower(byte | 32);
}

static uint32_t word_hash(const uint8_t *word, size_t len)
{
    uint32_t h = (uint32_t)len;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (word[i] | 32u)) * 0x01000193u;
    return (h ^ h >> 15) * 0x2c1b3c6du;
}

void pith_text_words_init(struct pith_text_words *words)
{
    memset(words->is_scanned, 0, sizeof words->is_scanned);
}

static void scan_block(struct pith_text_words *words, uint32_t block)
{
    const char *at = pith_text_word_list + pith_text_block_start[block];
    uint32_t w = block * PITH_TEXT_BLOCK, end = w + PITH_TEXT_BLOCK;

    if (end > pith_text_n_words)
        end = pith_text_n_words;
    /* one start more than words: the end of the last word; the next block writes the same there */
    words->start[w] = pith_text_block_start[block];
    while (w < end) {
        at = strchr(at, ' ') + 1;
        words->start[++w] = (uint32_t)(at - pith_text_word_list);
    }
    words->is_scanned[block] = 1;
}

const uint8_t *pith_text_word(struct pith_text_words *words, uint32_t word, size_t *len)
{
    if (!words->is_scanned[word / PITH_TEXT_BLOCK])
        scan_block(words, word / PITH_TEXT_BLOCK);
    *len = words->start[word + 1] - words->start[word] - 1;
    return (const uint8_t *)pith_text_word_list + words->start[word];
}

static uint32_t next_bucket(uint32_t b)
{
    return (b + 1) & ((1u << PITH_TEXT_BUCKETS_LOG2) - 1);
}

int pith_text_index_suits(size_t indexed_len, size_t len)
{
    return (indexed_len < FEW) == (len < FEW);
}

void pith_text_index_init(struct pith_text_index *index, struct pith_text_words *words, size_t len)
{
    uint32_t n = len < FEW ? SHORT + MIDDLE + LAST : pith_text_n_words;

    memset(index->bucket, 0, sizeof index->bucket);
    for (uint32_t w = 0; w < n; w++) {
        size_t word_len;
        const uint8_t *word = pith_text_word(words, w, &word_len);
        uint32_t h = word_hash(word, word_len), b = h >> (32 - PITH_TEXT_BUCKETS_LOG2);

        while (index->bucket[b])
            b = next_bucket(b);
        index->bucket[b] = h << PITH_TEXT_BUCKETS_LOG2 | (w + 1);
    }
}

/* The number of the word, case folded, or -1. */
static int32_t find_word(struct pith_text_words *words, const struct pith_text_index *index,
                         const uint8_t *word, size_t len)
{
    uint32_t h, low = (1u << PITH_TEXT_BUCKETS_LOG2) - 1;

    if (len < 2 || len > WORD_LEN_MAX)
        return -1;
    h = word_hash(word, len);
    for (uint32_t b = h >> (32 - PITH_TEXT_BUCKETS_LOG2); index->bucket[b]; b = next_bucket(b)) {
        uint32_t found = (index->bucket[b] & low) - 1;
        size_t found_len, i = 0;
        const uint8_t *letters;

        if ((index->bucket[b] ^ h << PITH_TEXT_BUCKETS_LOG2) > low)
            continue;
        letters = pith_text_word(words, found, &found_len);
        while (found_len == len && i < len && letters[i] == (word[i] | 32))
            i++;
        if (i == len)
            return (int32_t)found;
    }
    return -1;
}

struct writer {
    uint8_t *out;
    size_t len, cap;
};

static void put(struct writer *writer, uint8_t byte)
{
    if (writer->len < writer->cap)
        writer->out[writer->len] = byte;
    writer->len++;
}

static void put_code(struct writer *writer, uint32_t word)
{
    if (word < SHORT) {
        put(writer, (uint8_t)(128 + word));
    } else if (word < SHORT + MIDDLE) {
        word -= SHORT;
        put(writer, (uint8_t)(192 + word / 128));
        put(writer, (uint8_t)(128 + word % 128));
    } else {
        word -= SHORT + MIDDLE;
        put(writer, (uint8_t)(192 + MIDDLE_LEADS + word / LAST));
        put(writer, (uint8_t)(128 + word / 128 % 128));
        put(writer, (uint8_t)(128 + word % 128));
    }
}

/* A flag before the space that was just written, so that what follows a space looks the same for
 * both cases. */
static void put_flag(struct writer *writer, uint8_t flag)
{
    if (writer->len > 0 && writer->len <= writer->cap && writer->out[writer->len - 1] == ' ') {
        writer->out[writer->len - 1] = flag;
        put(writer, ' ');
    } else {
        put(writer, flag);
    }
}

/* The length of the case-uniform piece at the start of a run of n letters: "Java" of "JavaScript",
 * "XML" of "XMLParser". */
static size_t piece_len(const uint8_t *in, size_t n)
{
    size_t len = 1;

    if (is_upper(in[0])) {
        while (len < n && is_upper(in[len]))
            len++;
        if (len > 1 && len < n)
            return len - 1;
        if (len > 1)
            return len;
    }
    while (len < n && is_lower(in[len]))
        len++;
    return len;
}

static void put_letters(struct writer *writer, const uint8_t *in, size_t len, uint8_t fold)
{
    for (size_t i = 0; i < len; i++)
        put(writer, in[i] | fold);
}

static void put_piece(struct writer *writer, const uint8_t *in, size_t len, int more_follow,
                      struct pith_text_words *words, const struct pith_text_index *index)
{
    int32_t word = find_word(words, index, in, len);
    int is_all_upper = len > 1 && is_upper(in[1]);

    if (is_all_upper && more_follow) {
        put_letters(writer, in, len, 0);
        return;
    }
    if (is_upper(in[0]))
        put_flag(writer, is_all_upper ? UPPER : CAPITAL);
    if (word >= 0)
        put_code(writer, (uint32_t)word);
    else
        put_letters(writer, in, len, 32);
}

/* Bytes of the well-formed UTF-8 character of two or more bytes at in, or 0. */
static size_t utf8_len(const uint8_t *in, size_t n)
{
    size_t len = in[0] >= 0xf0 && in[0] < 0xf5   ? 4
                 : in[0] >= 0xe0 && in[0] < 0xf0 ? 3
                 : in[0] >= 0xc2 && in[0] < 0xe0 ? 2
                                                 : 0;

    if (len > n)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((in[i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}

size_t pith_text_encode(uint8_t *out, size_t cap, const uint8_t *in, size_t len,
                        struct pith_text_words *words, const struct pith_text_index *index,
                        struct pith_pace *pace)
{
    struct writer writer = {out, 0, cap};
    size_t asks_at = PITH_PACE_LEN;

    for (size_t i = 0; i < len && writer.len <= cap;) {
        size_t n = 0;

        if (i >= asks_at) {
            if (pith_pace_ask(pace))
                return SIZE_MAX;
            asks_at = i + PITH_PACE_LEN;
        }
        if (is_letter(in[i])) {
            while (i + n < len && is_letter(in[i + n]))
                n++;
            for (size_t left = n; left > 0;) {
                size_t piece = piece_len(in + i, left);

                left -= piece;
                put_piece(&writer, in + i, piece, left > 0, words, index);
                i += piece;
            }
        } else if (in[i] >= 128 && (n = utf8_len(in + i, len - i)) > 0) {
            put(&writer, UTF8);
            for (; n > 0; n--)
                put(&writer, in[i++]);
        } else {
            if (in[i] >= 128 || (in[i] >= ESCAPE && in[i] <= LAST_FLAG))
                put(&writer, ESCAPE);
            put(&writer, in[i++]);
        }
    }
    return writer.len <= cap ? writer.len : SIZE_MAX;
}

struct reader {
    const uint8_t *in;
    size_t at, len;
    struct writer to;
    int capital, upper;
};

static int get_code(struct reader *reader, uint8_t lead, uint32_t *word)
{
    uint32_t n_more = lead < 192 ? 0 : lead < 192 + MIDDLE_LEADS ? 1 : 2;

    *word = lead < 192 ? lead - 128u : n_more == 1 ? lead - 192u : lead - 192u - MIDDLE_LEADS;
    for (uint32_t i = 0; i < n_more; i++) {
        if (reader->at == reader->len || reader->in[reader->at] < 128)
            return 0;
        *word = *word * 128 + reader->in[reader->at++] - 128;
    }
    if (n_more)
        *word += n_more == 1 ? SHORT : SHORT + MIDDLE;
    return *word < pith_text_n_words;
}

static int put_literal(struct reader *reader, size_t n)
{
    if (n > reader->len - reader->at)
        return 0;
    for (; n > 0; n--)
        put(&reader->to, reader->in[reader->at++]);
    return 1;
}

static void put_cased(struct reader *reader, uint8_t letter)
{
    if (reader->capital || reader->upper)
        letter = (uint8_t)(letter & ~32);
    reader->capital = 0;
    put(&reader->to, letter);
}

/* Decodes one element; returns 0 if it is malformed. */
static int step(struct reader *reader, struct pith_text_words *words)
{
    uint8_t byte = reader->in[reader->at++];
    uint32_t word;

    if (byte >= 128) {
        const uint8_t *letters;
        size_t n;

        if (!get_code(reader, byte, &word))
            return 0;
        letters = pith_text_word(words, word, &n);
        for (size_t i = 0; i < n; i++)
            put_cased(reader, letters[i]);
        return 1;
    }
    if (is_letter(byte)) {
        put_cased(reader, byte);
        return 1;
    }
    if (byte == CAPITAL || byte == UPPER) {
        reader->capital = byte == CAPITAL;
        reader->upper = byte == UPPER;
        /* the flag stands before the space that it belongs behind */
        if (reader->at < reader->len && reader->in[reader->at] == ' ')
            put(&reader->to, reader->in[reader->at++]);
        return 1;
    }
    reader->capital = reader->upper = 0;
    if (byte == ESCAPE)
        return put_literal(reader, 1);
    if (byte == UTF8) {
        size_t n = reader->at < reader->len
                       ? utf8_len(reader->in + reader->at, reader->len - reader->at)
                       : 0;

        return n > 0 && put_literal(reader, n);
    }
    put(&reader->to, byte);
    return 1;
}

int pith_text_decode(uint8_t *out, size_t out_len, const uint8_t *in, size_t len,
                     struct pith_text_words *words, struct pith_pace *pace)
{
    struct reader reader = {in, 0, len, {out, 0, out_len}, 0, 0};
    size_t asks_at = PITH_PACE_LEN;

    while (reader.at < len && reader.to.len <= out_len) {
        if (reader.at >= asks_at) {
            if (pith_pace_ask(pace))
                return 0;
            asks_at = reader.at + PITH_PACE_LEN;
        }
        if (!step(&reader, words))
            return 0;
    }
    return reader.at == len && reader.to.len == out_len;
}

size_t pith_text_measure(const uint8_t *in, size_t len, size_t *raw_len,
                         struct pith_text_words *words)
{
    struct reader reader = {in, 0, len, {NULL, 0, 0}, 0, 0};

    *raw_len = 0;
    if (in[0] == CAPITAL || in[0] == UPPER)
        return 1;
    step(&reader, words);
    *raw_len = reader.to.len;
    return reader.at;
}
