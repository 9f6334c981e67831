/* Splitting: where an encoder ends its chunks, and what is in them.
 *
 * A file of points is like one of a single tensor, whose rows are records.  A tensor file's head is a chunk of its own, as bytes, with a little of what follows where its length is not known before.  Then come chunks of whole tensors, as many as fit, or
 * whole rows of one that does not; what follows the last tensor is bytes again.  Points that are text are as many lines as fit.  All else is bytes, in
 * chunks of the given length.  Depends on the bytes and the chunk length alone. */
#ifndef PITH_CODEC_TENSOR_SPLIT_H
#define PITH_CODEC_TENSOR_SPLIT_H

#include "base/memory.h"
#include "codec/codec.h"
#include "codec/points/formats.h"
#include "codec/tensor/contents.h"

enum pith_split_state {
    PITH_SPLIT_HEAD, /* the file's first bytes are awaited */
    PITH_SPLIT_TENSORS,
    PITH_SPLIT_LINES, /* points that are text */
    PITH_SPLIT_BYTES
};

struct pith_split {
    enum pith_split_state state;
    uint64_t chunk_len, tensors_len; /* raw bytes of a chunk at most, and of one of tensors */
    uint64_t points_len;             /* and of one of points; PITH_POINTS_CHUNK_MAX unless set */
    uint64_t limit; /* raw bytes of the chunk that is being filled, as far as it is known */
    uint64_t start; /* of that chunk */
    struct pith_block entries;
    size_t n_entries, next; /* the first entry that has bytes in the chunk or after it */
    uint64_t taken;         /* bytes of that entry in chunks before */
    const struct pith_codec_base *base; /* NULL = none */
    struct pith_tensor_entry
        array; /* the only entry, if the caller has said what there is, or it is points */
    int has_points;
    struct pith_points_layout points;
    uint64_t n_lines; /* of points, from `counted` in the chunk being filled on */
    uint64_t counted;
};

/* tensors_len: of chunks of tensors, at most chunk_len; 0 = tensor files are not looked for.  base: that tensors may be
 * compared with, or NULL. */
void pith_split_init(struct pith_split *split, uint64_t chunk_len, uint64_t tensors_len,
                     const struct pith_codec_base *base);
/* After that: the stream is an array, and not looked at. */
void pith_split_set_array(struct pith_split *split, const struct pith_tensor_entry *array);
void pith_split_free(struct pith_split *split, struct pith_memory *memory);

/* The chunk being filled has reached the limit.  *ends: it ends here; else the limit is a later one now.  Fails only
 * for want of memory: whether the list of tensors is too long to be kept is told from memory's limit alone. */
pith_status pith_split_ends(struct pith_split *split, int *ends, const uint8_t *raw, size_t raw_len,
                            struct pith_memory *memory, pith_error *error);

/* The chunk that was being filled has raw_len bytes.  Says what it holds (layout->n_runs is 0 for bytes; room for
 * PITH_TENSOR_RUNS_MAX runs if it has any), and goes on to the next. */
void pith_split_end(struct pith_split *split, struct pith_tensor_layout *layout, size_t raw_len);

/* After that: the stream is points, and not looked at. */
void pith_split_set_points(struct pith_split *split, const struct pith_points_layout *points);

/* Whether the chunk being filled holds tensors, or points. */
int pith_split_has_tensors(const struct pith_split *split);

/* Points before it in the file, if it holds records of them; else 0. */
uint64_t pith_split_points_before(const struct pith_split *split);

/* Bytes that it may have at most, as far as it is known. */
uint64_t pith_split_most(const struct pith_split *split);

#endif
