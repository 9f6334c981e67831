/* Index and footer of a frame in the full form: which chunks there are, found from the end.
 *
 *   index := head entry* tail      footer := length of the index, magic
 *
 * Writer, decoder and lister gather the same sums chunk by chunk or entry by entry: a chained hash,
 * h' = XXH3-64(bytes, seed h), stands for everything seen so far.  So a decoder compares an index of
 * any length with what it has decoded, in constant memory. */
#ifndef PITH_CONTAINER_INDEX_H
#define PITH_CONTAINER_INDEX_H

#include "container/frame.h"

/* What the index will say, gathered chunk by chunk by writer and reader alike. */
struct pith_index_sum {
    uint64_t n_chunks;
    uint64_t raw_len;
    uint64_t records_len; /* packed bytes of all chunks, headers included */
    uint64_t entries_len; /* bytes of the entries */
    uint64_t entries;     /* chained hash of the entries */
    uint64_t digest;      /* chained hash of the chunks' checks */
};

struct pith_index_head {
    uint64_t magic, id, header_len, n_chunks;
};

struct pith_index_entry {
    struct pith_codec_choice codec;
    uint64_t raw_len;
    uint64_t record_len; /* chunk header and payload */
};

struct pith_index_tail {
    uint64_t digest, check;
};

struct pith_footer {
    uint64_t index_len, header_check, magic;
};

#define PITH_INDEX_TAIL_LEN 16

void pith_index_sum_init(struct pith_index_sum *sum);

/* Adds one entry as it is on the wire.  PITH_E_CORRUPT when a sum passes PITH_CONTENT_LEN_MAX. */
pith_status pith_index_sum_entry(struct pith_index_sum *sum, const struct pith_index_entry *entry,
                                 const uint8_t *bytes, size_t len, uint64_t position,
                                 pith_error *error);

/* Adds a chunk: its check, and its entry, which is also written to bytes (PITH_HEADER_MAX). */
pith_status pith_index_sum_chunk(struct pith_index_sum *sum, uint8_t *bytes, size_t *len,
                                 const struct pith_chunk_header *header, uint64_t position,
                                 pith_error *error);

/* Nonzero: data (4 bytes) is the magic of an index. */
int pith_index_is_next(const uint8_t *data);

/* Reading as in frame.h.  The head is held to its frame, if that is not NULL. */
pith_status pith_index_head_read(struct pith_index_head *head, size_t *head_len,
                                 const struct pith_frame_header *frame, const uint8_t *data,
                                 size_t len, uint64_t position, pith_error *error);
pith_status pith_index_entry_read(struct pith_index_entry *entry, size_t *entry_len,
                                  const uint8_t *data, size_t len, uint64_t position,
                                  pith_error *error);

/* Compares the tail's check with the head and the entries in *sum. */
pith_status pith_index_tail_read(struct pith_index_tail *tail, const struct pith_index_head *head,
                                 const struct pith_index_sum *sum, const uint8_t *data, size_t len,
                                 uint64_t position, pith_error *error);
pith_status pith_footer_read(struct pith_footer *footer, const uint8_t *data, size_t len,
                             uint64_t position, pith_error *error);

/* The head, and tail and footer together; each returns the bytes written, at most PITH_HEADER_MAX. */
size_t pith_index_head_write(uint8_t *out, const struct pith_frame_header *frame,
                             const struct pith_index_sum *sum);
size_t pith_index_end_write(uint8_t *out, const struct pith_frame_header *frame,
                            const struct pith_index_sum *sum);

#endif
