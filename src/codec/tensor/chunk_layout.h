/* Layout of a chunk: the runs of elements that it holds, one after the other. */
#ifndef PITH_CODEC_TENSOR_CHUNK_LAYOUT_H
#define PITH_CODEC_TENSOR_CHUNK_LAYOUT_H

#include "base/status.h"
#include "codec/tensor/type.h"
#include "coder/coder.h"

#define PITH_TENSOR_RUNS_MAX   4096
#define PITH_TENSOR_RUN_DIMS   4
#define PITH_TENSOR_FIELDS_MAX 15

/* What bytes are that come in blocks of fields. */
struct pith_tensor_record {
    uint16_t len; /* bytes of a block */
    uint8_t n_fields;
    struct {
        uint8_t type;
        uint16_t n; /* elements of it in a block */
    } fields[PITH_TENSOR_FIELDS_MAX];
};

/* Whole rows of a tensor, or elements in a line: one of a chunk's stretches. */
struct pith_tensor_run {
    uint64_t dims
        [PITH_TENSOR_RUN_DIMS]; /* slowest first, 1 where there are fewer; their product is below 2^30 */
    uint8_t type;               /* enum pith_tensor_type */
    uint8_t middle;             /* of bytes: the median; set when a chunk is encoded */
    uint8_t has_base;
    uint8_t
        stands_for; /* if n_values > 0: of what type they are, which the elements are indices of (palette.h) */
    uint8_t is_grid; /* the values are scales of rows (grid.h) */
    uint32_t n_values;
    uint64_t
        base_at; /* if has_base: where in the base the elements stand that these are compared with */
    uint8_t
        n_fields; /* if > 0: this run and those that follow are, together, the fields of records */
    uint32_t n_records; /* if so, or if it is one of those that follow */
    const struct pith_tensor_record
        *record; /* encoding: of bytes that are whole records; or NULL */
};

/* Places in a file are below this. */
#define PITH_TENSOR_FILE_MAX ((uint64_t)1 << 60)

/* Values of all palettes and grids of a chunk. */
#define PITH_TENSOR_VALUES_MAX ((uint32_t)1 << 16)

struct pith_tensor_layout {
    struct pith_tensor_run *runs; /* room for pith_tensor_runs_room() */
    uint32_t n_runs;
    uint64_t *
        values; /* room for pith_tensor_values_room(): of the runs that have some, in their order */
    int has_base; /* the chunk has one, and runs may have it */
};

/* Of a chunk of raw_len bytes: a run has one at least, and a value stands for 16 elements of two. */
static inline uint32_t pith_tensor_runs_room(uint64_t raw_len)
{
    return raw_len < PITH_TENSOR_RUNS_MAX ? (uint32_t)raw_len : PITH_TENSOR_RUNS_MAX;
}

static inline uint32_t pith_tensor_values_room(uint64_t raw_len)
{
    return raw_len / 32 < PITH_TENSOR_VALUES_MAX ? (uint32_t)(raw_len / 32)
                                                 : PITH_TENSOR_VALUES_MAX;
}

static inline uint64_t pith_tensor_run_n(const struct pith_tensor_run *run)
{
    return run->dims[0] * run->dims[1] * run->dims[2] * run->dims[3];
}

static inline uint64_t pith_tensor_run_len(const struct pith_tensor_run *run)
{
    uint32_t type = run->n_values > 0 ? run->stands_for : run->type;

    return pith_tensor_run_n(run) * pith_tensor_forms[type].width;
}

/* Bytes before the first element: indices stand at the end of the room of what they stand for. */
static inline uint64_t pith_tensor_run_skip(const struct pith_tensor_run *run)
{
    return pith_tensor_run_len(run) - pith_tensor_run_n(run) * pith_tensor_forms[run->type].width;
}

/* What its elements are to the model. */
static inline enum pith_tensor_type pith_tensor_run_type(const struct pith_tensor_run *run)
{
    enum pith_tensor_type type = (enum pith_tensor_type)run->type;

    return run->has_base ? pith_tensor_difference(type) : type;
}

/* Codes a layout of raw_len bytes, in either direction.  Returns 0 if what was decoded is none. */
int pith_tensor_layout_code(struct pith_tensor_layout *layout, struct pith_coder *coder,
                            uint64_t raw_len);

#endif
