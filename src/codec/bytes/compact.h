/* Messages: a chunk with a prior and as little around it as can be.  docs/format.md, compact frames.
 *
 * Kind and length are coded with probabilities that the prior has learnt, then the model stream, all by
 * one coder.  There is no table and no length outside of it. */
#ifndef PITH_CODEC_BYTES_COMPACT_H
#define PITH_CODEC_BYTES_COMPACT_H

#include "codec/bytes/stream.h"
#include "coder/bitcode.h"
#include "engine/engine.h"

#define PITH_MESSAGE_TAGS 16

/* How messages begin: what one segment is, and how long. */
struct pith_message_head {
    uint16_t tag[PITH_MESSAGE_TAGS];
    struct pith_bitcode_number len[PITH_KINDS], record_len;
};

/* Memory of one encode or decode, for any number of messages one after the other. */
struct pith_message {
    struct pith_stream stream;
    struct pith_engine engine;
    const struct pith_message_head *head;
};

void pith_message_head_init(struct pith_message_head *head);

/* Codes how a stream begins, in either direction, and learns from it.  Returns 0 if what is decoded is
 * longer than len_max bytes in the stream, or cannot be. */
int pith_message_head_code(struct pith_message_head *head, struct pith_stream *stream,
                           size_t len_max, struct pith_coder *coder);

/* Lays out for messages of at most len_max bytes, with start. */
void pith_message_layout(struct pith_message *message, struct pith_arena *arena, int level,
                         size_t len_max, const struct pith_start *start);
/* Before the first message. */
void pith_message_init(struct pith_message *message, const struct pith_message_head *head);

/* Returns the payload's bytes, or SIZE_MAX if they are more than cap or the message does not suit: then it
 * is stored.  raw_len > 0. */
size_t pith_message_encode(struct pith_message *message, uint8_t *payload, size_t cap,
                           const uint8_t *raw, size_t raw_len);
/* Returns the raw bytes' number, at most len_max, or SIZE_MAX if the payload is none that
 * pith_message_encode() makes.  If they are more than cap, none are written. */
size_t pith_message_decode(struct pith_message *message, uint8_t *raw, size_t cap, size_t len_max,
                           const uint8_t *payload, size_t len);

#endif
