/* What other parts of the library ask a reader for. */
#ifndef PITH_API_READER_H
#define PITH_API_READER_H

#include "base/memory.h"

/* Where its memory comes from. */
struct pith_memory *pith_reader_memory(pith_reader *reader);

/* Packed bytes of the chunks that a range of the content is in, each chunk's in proportion. */
uint64_t pith_reader_packed_len(const pith_reader *reader, uint64_t offset, uint64_t len);

#endif
