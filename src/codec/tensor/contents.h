/* Contents of a tensor file: which tensors it has and where, from its first bytes.
 *
 * safetensors (safetensors.c), GGUF (gguf.c), NPY (npy.c). */
#ifndef PITH_CODEC_TENSOR_CONTENTS_H
#define PITH_CODEC_TENSOR_CONTENTS_H

#include "codec/tensor/chunk_layout.h"

/* Dimensions as files have them; formats allow few. */
#define PITH_TENSOR_SHAPE_MAX 8

#define PITH_TENSOR_NO_BASE UINT64_MAX

struct pith_tensor_entry {
    uint64_t start, len;                 /* in the file */
    uint64_t dims[PITH_TENSOR_RUN_DIMS]; /* as of a run; their product times the width is len */
    const uint8_t *name;                 /* in the head; escapes as they are; NULL = it has none */
    size_t name_len;
    uint8_t type;
    const struct pith_tensor_record
        *record;      /* of blocks of bytes, of which its rows are made; NULL = it has none */
    uint64_t base_at; /* where it stands in the base; PITH_TENSOR_NO_BASE */
    /* As the file has them: for listings. */
    const char *dtype; /* static */
    uint64_t shape[PITH_TENSOR_SHAPE_MAX];
    uint32_t n_shape; /* more than fit: not known */
};

/* Formats of tensor files. */
enum pith_tensor_format {
    PITH_TENSOR_SAFETENSORS,
    PITH_TENSOR_GGUF,
    PITH_TENSOR_NPY,
    PITH_TENSOR_FORMATS,
    PITH_TENSOR_NO_FORMAT = PITH_TENSOR_FORMATS
};

/* Which format a file has that begins like this, as far as these bytes tell.  *need: the bytes of its head if it is no
 * more than len, else those that have to be seen to know more.  A file that is none may be taken for one until then. */
enum pith_tensor_format pith_tensor_find_head(const uint8_t *data, size_t len, uint64_t *need);

/* Lists the tensors of a file from its head.  Entries come in the order of the file and do not overlap.  Returns how many, of which the first `room` are filled in if there are no more; 0 if the
 * head is not as it should be. */
size_t pith_tensor_list(struct pith_tensor_entry *entries, size_t room,
                        enum pith_tensor_format format, const uint8_t *head, size_t head_len,
                        int with_empty);

/* Puts entries in the order of their names. */
void pith_tensor_sort_by_name(struct pith_tensor_entry *entries, size_t n);

/* The one of entries in that order that has the name, type and shape of another; NULL if none. */
const struct pith_tensor_entry *pith_tensor_find(const struct pith_tensor_entry *entries, size_t n,
                                                 const struct pith_tensor_entry *alike);

/* A list while it is made. */
struct pith_tensor_entries {
    struct pith_tensor_entry *list;
    int with_empty; /* tensors without elements are listed too */
    size_t room, n; /* n may grow beyond room: those are only counted */
};

/* Appends a tensor: dims may be any numbers; type and dims that do not give its length are
 * replaced by those of bytes. */
void pith_tensor_add(struct pith_tensor_entries *entries, struct pith_tensor_entry *entry);

/* A length is known only to lie above what has been seen. */
#define PITH_TENSOR_MORE(len) ((len) + 1024 + (len) / 8)

/* One format.  find: 0 = it is another; else as pith_tensor_find_head().  list: 0 = the head is broken. */
struct pith_tensor_reader {
    int (*find)(const uint8_t *data, size_t len, uint64_t *need);
    int (*list)(struct pith_tensor_entries *entries, const uint8_t *head, size_t head_len);
};

extern const struct pith_tensor_reader pith_tensor_safetensors, pith_tensor_gguf, pith_tensor_npy;

#endif
