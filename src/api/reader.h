/* What other parts of the library ask a reader for. */
#ifndef PITH_API_READER_H
#define PITH_API_READER_H

#include "base/memory.h"
#include "container/frame.h"

/* Where its memory comes from. */
struct pith_memory *pith_reader_memory(pith_reader *reader);

/* Packed bytes of the chunks that a range of the content is in, each chunk's in proportion. */
uint64_t pith_reader_packed_len(const pith_reader *reader, uint64_t offset, uint64_t len);

/* Chunks that have bytes. */
uint64_t pith_reader_n_chunks(const pith_reader *reader);

/* Header of chunk n, where it stands in the content, and the first bytes of its payload, good until the reader is used again. */
pith_status pith_reader_peek(pith_reader *reader, uint64_t n, struct pith_chunk_header *header,
                             uint64_t *raw_offset, const uint8_t **payload, size_t *len,
                             pith_error *error);

#endif
