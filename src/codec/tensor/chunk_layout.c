/* See chunk_layout.h. */
#include "codec/tensor/chunk_layout.h"

#include "coder/bitcode.h"

struct model {
    struct pith_bitcode_number n_runs, type, middle, dims[PITH_TENSOR_RUN_DIMS];
};

/* Returns the bytes of the run, or 0 if it has none or more than `left`. */
static uint64_t code_run(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run,
                         uint64_t left)
{
    uint32_t type = pith_bitcode_number(coder, &m->type, run->type);
    uint32_t middle = pith_bitcode_number(coder, &m->middle, run->middle);
    uint64_t n = 1;

    if (type >= PITH_TENSOR_TYPES || middle > UINT8_MAX)
        return 0;
    run->type = (uint8_t)type;
    run->middle = (uint8_t)middle;
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++) {
        run->dims[k] = pith_bitcode_number(coder, &m->dims[k], (uint32_t)run->dims[k] - 1) + 1ull;
        if (run->dims[k] > left) /* both are below 2^31: no product overflows */
            return 0;
        n *= run->dims[k];
        if (n > left)
            return 0;
    }
    n *= pith_tensor_forms[run->type].width;
    return n <= left ? n : 0;
}

int pith_tensor_layout_code(struct pith_tensor_layout *layout, struct pith_coder *coder,
                            uint64_t raw_len)
{
    uint64_t left = raw_len;
    struct model m;

    pith_bitcode_number_init(&m.n_runs);
    pith_bitcode_number_init(&m.type);
    pith_bitcode_number_init(&m.middle);
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        pith_bitcode_number_init(&m.dims[k]);
    layout->n_runs = pith_bitcode_number(coder, &m.n_runs, layout->n_runs);
    if (layout->n_runs > PITH_TENSOR_RUNS_MAX)
        return 0;
    for (uint32_t i = 0; i < layout->n_runs; i++) {
        uint64_t len = code_run(&m, coder, &layout->runs[i], left);

        if (len == 0 || coder->overrun > PITH_CODER_OVERRUN_MAX)
            return 0;
        left -= len;
    }
    return left == 0;
}
