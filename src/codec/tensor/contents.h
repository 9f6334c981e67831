/* Listing of a tensor file: which tensors it has and where, from its first bytes.
 *
 * safetensors: 8 bytes with the length of a JSON object, that object, then the tensors.
 * NPY: a header with type and shape, then one array. */
#ifndef PITH_CODEC_TENSOR_CONTENTS_H
#define PITH_CODEC_TENSOR_CONTENTS_H

#include "codec/tensor/chunk_layout.h"

/* Bytes from which pith_tensor_head_len() tells whether a file is one. */
#define PITH_TENSOR_PEEK_LEN 16

struct pith_tensor_entry {
    uint64_t start, len;                 /* in the file */
    uint64_t dims[PITH_TENSOR_DIMS_MAX]; /* as of a run; their product times the width is len */
    const uint8_t *name;                 /* in the head; escapes as they are; NULL = it has none */
    size_t name_len;
    uint8_t type;
};

/* The bytes that the head of a tensor file takes, told from its first PITH_TENSOR_PEEK_LEN, or 0: it is
 * none. */
uint64_t pith_tensor_head_len(const uint8_t *peek);

/* Lists the tensors of a file that begins with this head.  Entries come in the order of the file and do not
 * overlap; empty tensors have none.  Returns how many, of which the first `room` are filled in; 0 if the head is
 * not as it should be. */
size_t pith_tensor_list(struct pith_tensor_entry *entries, size_t room, const uint8_t *head,
                        size_t head_len);

#endif
