/* Codec: what the container knows of a kind of data.
 *
 * A codec turns one chunk (raw bytes) into a payload and back, in memory that its caller gives it.
 * It allocates nothing, starts no thread and keeps nothing between calls.  Encoder and decoder run
 * the same model code, so the same chunk, level and codec give the same payload everywhere. */
#ifndef PITH_CODEC_CODEC_H
#define PITH_CODEC_CODEC_H

#include "base/status.h"
#include "engine/study.h"

/* Codec numbers on the wire.  Never reused. */
enum pith_codec_id {
    PITH_CODEC_STORED = 0, /* payload = raw bytes; handled by the container itself */
    PITH_CODEC_BYTES = 1,
    PITH_CODEC_FILL = 2, /* one byte repeated, no payload; handled by the container itself */
    PITH_CODEC_TENSOR = 3,
    PITH_CODEC_POINTS = 4
};

/* Whether a model makes the payload: the others are plain, and have nothing to check but the header. */
static inline int pith_codec_is_modelled(uint64_t id)
{
    return id != PITH_CODEC_STORED && id != PITH_CODEC_FILL;
}

#define PITH_CODEC_PARAMS_MAX 32

#define PITH_CODEC_PRIOR_ID_LEN 16

/* Bytes of memory that built-in priors take once they are open, at most, beside what their level has learnt:
 * the contexts of two, which an encoder tries, and what two other levels have learnt. */
#define PITH_CODEC_BUILTIN_NEED ((uint64_t)16 << 20)

struct pith_start;         /* engine/engine.h */
struct pith_tensor_layout; /* codec/tensor/chunk_layout.h */
struct pith_tensor_entry;  /* codec/tensor/contents.h */
struct pith_points_layout; /* codec/points/fields.h */
struct pith_message_head;  /* codec/bytes/compact.h */

/* A prior, as codecs see it. */
struct pith_codec_prior {
    uint8_t id[PITH_CODEC_PRIOR_ID_LEN];
    uint8_t number; /* of a built-in one, known by that alone; 0 = it is not */
    int level;      /* that it was made for */
    const struct pith_start *start;
    const struct pith_message_head *head;
};

#define PITH_CODEC_BASE_ID_LEN 16

/* A file that tensors are compared with. */
struct pith_codec_base {
    uint8_t id[PITH_CODEC_BASE_ID_LEN];
    uint64_t len;
    /* Exactly len bytes from offset, in any thread; 0 = done. */
    int (*read_at)(void *opaque, uint64_t offset, void *buffer, size_t len);
    void *opaque;
    const struct pith_tensor_entry *entries; /* by name; not needed to decode */
    size_t n_entries;
};

/* A piece of a chunk that was taken as one kind of data. */
struct pith_codec_part {
    const char *kind; /* static: "text", "markup", "records", "x86", "stored", "fill" */
    uint32_t raw_len;
};

/* What a study is told of one chunk. */
struct pith_codec_study {
    struct pith_study model;
    /* If model.is_watching: each raw byte's cost in 1/256 bits, and the chunk's parts.  Room for as many
     * as the chunk has raw bytes, and segments (pith_segments_max()). */
    uint16_t *costs;
    struct pith_codec_part *parts;
    size_t n_parts;
};

/* What an encoder of points need not find out again (codec/points/points.h). */
enum pith_points_seen {
    PITH_POINTS_UNSEEN,
    PITH_POINTS_NO_SCAN, /* there is none */
    PITH_POINTS_KEPT     /* all, which is in the encoder's memory */
};

/* Hooks of one running encode or decode.  All may be NULL. */
struct pith_codec_hooks {
    /* raw bytes done so far in this chunk, which may be as many as before; nonzero return cancels with
     * PITH_E_CANCELLED.  Called many times a second at every level. */
    int (*progress)(void *opaque, uint64_t raw_done);
    /* Encoding: payload[0..packed_len) is final; called every few KiB and once at the end. */
    void (*published)(void *opaque, size_t packed_len);
    /* Decoding while the payload is still being written: blocks until more than `have` bytes are
     * final, and returns how many are; returns `have` itself when there will be no more. */
    size_t (*wait_more)(void *opaque, size_t have);
    void *opaque;
    /* Encoding: what is to be watched or left out.  With parts left out the payload is good for
     * nothing but its length. */
    struct pith_codec_study *study;
    /* Encoding tensors: what the chunk holds, or NULL if that is not known. */
    const struct pith_tensor_layout *layout;
    /* Encoding points: what records they are, or NULL. */
    const struct pith_points_layout *points;
    enum pith_points_seen points_seen;
    uint64_t points_before; /* of the file before the chunk, or 0 */
    /* The prior that the parameters name; NULL only if they name none. */
    const struct pith_codec_prior *prior;
    /* The base that the parameters name; the same. */
    const struct pith_codec_base *base;
};

/* What long work asks every so often whether to go on. */
struct pith_pace {
    const struct pith_codec_hooks *hooks; /* may be NULL */
    uint64_t raw_done;                    /* to tell */
    int is_cancelled;
};

/* Bytes that are only read, not coded, between two questions. */
#define PITH_PACE_LEN ((size_t)1 << 20)

/* Nonzero: stop.  pace may be NULL. */
static inline int pith_pace_ask(struct pith_pace *pace)
{
    if (!pace || !pace->hooks || !pace->hooks->progress)
        return 0;
    pace->is_cancelled |= pace->hooks->progress(pace->hooks->opaque, pace->raw_done);
    return pace->is_cancelled;
}

struct pith_codec_packed {
    uint8_t params[PITH_CODEC_PARAMS_MAX]; /* what decode_need() and decode() are given */
    size_t params_len;
    size_t payload_len;
    uint32_t final_state; /* the coder's state after the last symbol: a check against desync */
};

struct pith_codec {
    uint32_t id;
    const char *name; /* for listings */

    /* Bytes of working memory that encode() takes for raw_len bytes at a level, with or without a prior or base. */
    uint64_t (*encode_need)(int level, uint64_t raw_len, int is_aided);

    /* Parameters for raw_len bytes at a level, with a prior for that level, a base, or NULL.  They depend on the raw bytes not at all, so that
     * they can be written before encoding starts and decode_need() be told from them. */
    void (*plan)(struct pith_codec_packed *packed, int level, uint64_t raw_len,
                 const struct pith_codec_prior *prior, const struct pith_codec_base *base);

    /* The id of the prior that parameters name, or NULL.  They are those that decode_need() has passed.  A codec that has no
     * priors has no such function, and none of the next two. */
    const uint8_t *(*prior_id)(const uint8_t *params, size_t params_len);

    /* The same for built-in ones: the number, or 0. */
    uint32_t (*prior_number)(const uint8_t *params, size_t params_len);

    /* The id of the base that parameters name, or NULL. */
    const uint8_t *(*base_id)(const uint8_t *params, size_t params_len);

    /* Checks params (PITH_E_CORRUPT, PITH_E_UNSUPPORTED) and states the bytes of working memory that
     * decode() takes. Error position is 0: the caller knows where the chunk is. */
    pith_status (*decode_need)(uint64_t *need, const uint8_t *params, size_t params_len,
                               uint64_t raw_len, pith_error *error);

    /* Encodes raw into payload (cap bytes) with the parameters in *packed.  PITH_E_OUTPUT_FULL when
     * the payload would pass cap: the caller then stores the chunk.  memory: encode_need() bytes,
     * 64-byte aligned, contents undefined.  The raw buffer may be changed during the call but is
     * as before when it returns. */
    pith_status (*encode)(struct pith_codec_packed *packed, uint8_t *payload, size_t cap,
                          uint8_t *raw, size_t raw_len, void *memory,
                          const struct pith_codec_hooks *hooks, pith_error *error);

    /* Decodes exactly raw_len bytes.  memory: decode_need() bytes, 64-byte aligned.  payload_len is
     * the final length; with wait_more, only a bound of it: what wait_more() ends with counts.  A payload that is short, long or
     * inconsistent is PITH_E_CORRUPT, with position = offset in the payload.  *final_state receives
     * the coder's state to compare. */
    pith_status (*decode)(uint32_t *final_state, uint8_t *raw, size_t raw_len,
                          const uint8_t *params, size_t params_len, const uint8_t *payload,
                          size_t payload_len, void *memory, const struct pith_codec_hooks *hooks,
                          pith_error *error);
};

extern const struct pith_codec pith_codec_bytes;

#endif
