/* The golden archives of tensors that are compared with a base: how each is made.  The base is the content TENSORS. */
#ifndef TESTS_GOLDEN_BASED_H
#define TESTS_GOLDEN_BASED_H

#include "golden/golden.h"

static const struct based {
    const char *name; /* of the file, without ".pith" */
    size_t len;
    int level;
} based_goldens[] = {
    {"based-large-level-1", LARGE_TENSORS_LEN, 1},
    {"based-large-level-3", LARGE_TENSORS_LEN, 3},
    {"based-level-5", TENSORS_LEN, 5},
    {"based-level-7", TENSORS_LEN, 7},
    {"based-level-9", TENSORS_LEN, 9},
};

static inline int read_based(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct bytes *file = opaque;

    assert_true(offset <= file->len && len <= file->len - offset);
    memcpy(buffer, file->data + offset, len);
    return 0;
}

/* file: stays where it is as long as the base is open. */
static inline pith_base *open_based(struct bytes *file)
{
    pith_base *base;

    assert_int_equal(pith_base_open(&base, read_based, file, file->len, NULL, NULL), PITH_OK);
    return base;
}

static inline struct bytes make_based(const struct based *golden)
{
    struct bytes raw = golden_data(TENSORS_LATER, golden->len), packed;
    struct bytes file = golden_data(TENSORS, golden->len);
    pith_options options = make_options(golden->level, CHUNK_LEN, 1);
    pith_base *base = open_based(&file);

    options.base = base;
    packed = compress(raw, &options);
    pith_base_close(base);
    free(file.data);
    free(raw.data);
    return packed;
}

#endif
