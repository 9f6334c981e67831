/* Text transform: words of a fixed list become codes of one to three bytes, capitals become flags.
 *
 * Fewer and more telling bytes: the models see further back, need less memory and less time.
 *   1 ESCAPE   the next byte stands for itself (bytes 1..4 and 128..255 of the source)
 *   2 CAPITAL  the next letter is a capital; written before the space in front of it, if any
 *   3 UPPER    letters and codes up to the next other byte are capitals
 *   4 UTF8     one well-formed UTF-8 character of two to four bytes follows
 *   128..191       words 0..63
 *   192..243 + one byte 128..255    words 64..6719
 *   244..255 + two bytes 128..255   the rest
 * Everything else stands for itself.  The list comes from tools/make_words.py. */
#ifndef PITH_CODEC_BYTES_TEXT_H
#define PITH_CODEC_BYTES_TEXT_H

#include "codec/codec.h"

#include <stddef.h>
#include <stdint.h>

extern const uint32_t pith_text_n_words;
extern const char pith_text_word_list[];       /* each followed by a space */
extern const uint32_t pith_text_block_start[]; /* where in the list words 0, 128, 256, ... are */

#define PITH_TEXT_WORDS_MAX    (1u << 17)
#define PITH_TEXT_BLOCK        128
#define PITH_TEXT_BUCKETS_LOG2 17

/* Where each word is, found out for a block of words when the first of them is asked for: small
 * inputs need few. */
struct pith_text_words {
    uint32_t start[PITH_TEXT_WORDS_MAX + 1];
    uint8_t is_scanned[PITH_TEXT_WORDS_MAX / PITH_TEXT_BLOCK];
};

/* Which word a hash means: open addressing; 15 bits of the hash, then word + 1 in 17 bits; 0 = empty. */
struct pith_text_index {
    uint32_t bucket[1u << PITH_TEXT_BUCKETS_LOG2];
};

void pith_text_words_init(struct pith_text_words *words);
/* Letters of a word; *len gets how many. */
const uint8_t *pith_text_word(struct pith_text_words *words, uint32_t word, size_t *len);
/* For encoding len bytes.  All words take over two milliseconds to index, as long as coding a few KiB,
 * so few bytes have to do with the commoner ones. */
/* Whether an index for one length is the same as for another. */
int pith_text_index_suits(size_t indexed_len, size_t len);
void pith_text_index_init(struct pith_text_index *index, struct pith_text_words *words, size_t len);

/* Returns the length written, or SIZE_MAX if out would need more than cap bytes or pace says
 * cancelled. */
size_t pith_text_encode(uint8_t *out, size_t cap, const uint8_t *in, size_t len,
                        struct pith_text_words *words, const struct pith_text_index *index,
                        struct pith_pace *pace);
/* Decodes exactly out_len bytes from exactly len; returns 0 if the input does not fit that or pace
 * says cancelled, else 1. */
int pith_text_decode(uint8_t *out, size_t out_len, const uint8_t *in, size_t len,
                     struct pith_text_words *words, struct pith_pace *pace);
/* Bytes of what pith_text_encode() wrote that are one element, and how many raw bytes it gives: a flag
 * for capitals is one that gives none. */
size_t pith_text_measure(const uint8_t *in, size_t len, size_t *raw_len,
                         struct pith_text_words *words);

#endif
