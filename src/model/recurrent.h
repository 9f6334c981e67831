/* Recurrent predictor: a small network over bytes that learns while it codes.
 *
 * Each byte, `width` channels of memory h move by h = a h + (1 - a) b.  The gate a (a logistic) and
 * the new value b (a tanh) are sums of rows looked up by the latest bytes, the match's predicted byte
 * and hashes of contexts: no matrix has to be multiplied, and a channel depends on no other (minimal
 * gated recurrence: L. Feng et al., "Were RNNs All We Needed?", 2024).  The distribution of the next
 * byte is a softmax over h.  The softmax learns from every byte by gradient descent; the rows learn
 * every PITH_RECURRENT_STEPS bytes by back-propagation through these, each channel's steps scaled by
 * how large its gradients are, each row's by how often the row has been seen.
 *
 * Float32, the same bits on every machine (num/neural.h).  What is learnt lives in the arena. */
#ifndef PITH_MODEL_RECURRENT_H
#define PITH_MODEL_RECURRENT_H

#include "base/arena.h"
#include "base/compiler.h"

#define PITH_RECURRENT_WIDTH_MAX 256 /* widths are multiples of 16 */
#define PITH_RECURRENT_STEPS     24  /* bytes that a gradient reaches back, at most */
#define PITH_RECURRENT_HASHES    6   /* contexts given as hashes */
#define PITH_RECURRENT_DIRECT    4   /* rows found without: last three bytes, expected byte */
#define PITH_RECURRENT_FEATURES  (PITH_RECURRENT_DIRECT + PITH_RECURRENT_HASHES)
#define PITH_RECURRENT_CLASSES   16 /* of pith_recurrent_class() */

struct pith_recurrent;

/* Learns from the byte that came, then computes the next one's distribution. */
typedef void pith_recurrent_step(struct pith_recurrent *net, uint32_t last);

/* What one byte's computation leaves for the learning: [step][channel]. */
struct pith_recurrent_tape {
    float *gate, *value, *before; /* a, b and the h that they met; then the gradients of a and b */
    float *pull;                  /* gradient of h from that byte's softmax */
};

struct pith_recurrent {
    pith_recurrent_step *step; /* the variant for this CPU */
    int is_fully_gated;
    uint32_t width, n_rows, n_gate_rows, n_gate_features, rows_log2;
    float *values, *gates;             /* [row][channel] */
    float *value_bias, *gate_bias;     /* [channel] */
    float *value_square, *gate_square; /* [channel]: mean square of the gradient */
    uint16_t *row_seen;                /* [row]: times met, limited */
    float *memory;                     /* [channel]: h */
    float *head, *head_bias;           /* [byte][channel], [byte] */
    uint32_t *byte_seen;               /* [byte] */
    float *byte_rate;                  /* [byte]: of its row of the head */
    float *probabilities;              /* [byte] */
    uint32_t *tree; /* [node]: share of the bytes below; node 1 is all, 256 + byte a leaf */
    struct pith_recurrent_tape tape;
    uint32_t (*rows)[PITH_RECURRENT_FEATURES];   /* of each step on the tape */
    uint32_t next_rows[PITH_RECURRENT_FEATURES]; /* of the step to come */
    uint32_t n_steps;                            /* on the tape */
    uint32_t is_begun;                           /* there is a prediction to learn from */
    uint32_t likeliest, class;
};

/* width: channels; each hashed context gets 2^rows_log2 rows; is_fully_gated: hashed contexts have a
 * say in the gate too. */
void pith_recurrent_layout(struct pith_recurrent *net, struct pith_arena *arena, uint32_t width,
                           uint32_t rows_log2, int is_fully_gated);
/* With 2^rows_log2 rows for each hashed context, no more than it was laid out for. */
void pith_recurrent_init(struct pith_recurrent *net, uint32_t rows_log2);

/* At a byte boundary.  last8: the latest byte lowest; expected: the byte that a match predicts | 256,
 * or 0.  hashes: of contexts whose latest bytes are in; orders 2, 3 and 4 and three that suit the
 * kind of data serve well (text: the word, with the one before, with the one before that).  The first
 * call only predicts. */
void pith_recurrent_next(struct pith_recurrent *net, uint64_t last8, uint32_t expected,
                         const uint32_t hashes[PITH_RECURRENT_HASHES]);

/* P(1) in 1/65536, within 1..65535, of the next bit; bits_seen: those of the byte so far with a
 * leading 1.  A leaf's share is at least 1 and that of all is below 2^23. */
PITH_INLINE uint32_t pith_recurrent_p1(const struct pith_recurrent *net, uint32_t bits_seen)
{
    uint64_t ones = net->tree[2 * bits_seen + 1];
    uint32_t p1 = (uint32_t)((ones << 16) / net->tree[bits_seen]);

    return p1 < 1 ? 1 : p1;
}

/* The likeliest byte. */
static inline uint32_t pith_recurrent_likeliest(const struct pith_recurrent *net)
{
    return net->likeliest;
}

/* How unsure the likeliest byte is: 0 = sure .. 15. */
static inline uint32_t pith_recurrent_class(const struct pith_recurrent *net)
{
    return net->class;
}

#endif
