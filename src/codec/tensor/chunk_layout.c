/* See chunk_layout.h. */
#include "codec/tensor/chunk_layout.h"

#include "coder/bitcode.h"

#define PLACE_LOG2 31 /* places go in two numbers */

struct model {
    struct pith_bitcode_number n_runs, type, middle, dims[PITH_TENSOR_RUN_DIMS], places[2];
    uint16_t has_base[1];
    uint64_t base_end; /* of the run before that has one */
};

/* Where in the base, from where the run before ended there.  Returns 0 if that is nowhere. */
static int code_place(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run)
{
    int64_t off = (int64_t)(run->base_at - m->base_end);
    uint64_t folded = off < 0 ? ~((uint64_t)off << 1) : (uint64_t)off << 1;
    uint32_t low = (uint32_t)folded & ((1u << PLACE_LOG2) - 1);

    folded = (uint64_t)pith_bitcode_number(coder, &m->places[0], (uint32_t)(folded >> PLACE_LOG2))
             << PLACE_LOG2;
    folded |= pith_bitcode_number(coder, &m->places[1], low);
    run->base_at = m->base_end + (folded & 1 ? ~(folded >> 1) : folded >> 1);
    return run->base_at <= PITH_TENSOR_FILE_MAX;
}

/* Returns the bytes of the run, or 0 if it has none or more than `left`. */
static uint64_t code_run(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run,
                         uint64_t left)
{
    uint32_t type = pith_bitcode_number(coder, &m->type, run->type);
    uint32_t middle = pith_bitcode_number(coder, &m->middle, run->middle);
    uint64_t n = 1;

    if (type >= PITH_TENSOR_PLAIN_TYPES || middle > UINT8_MAX)
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

/* Returns 0 if what is decoded is none. */
static int code_base(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run)
{
    run->has_base = (uint8_t)pith_bitcode_bit(coder, m->has_base, run->has_base);
    if (!run->has_base)
        return 1;
    if (!code_place(m, coder, run))
        return 0;
    m->base_end = run->base_at + pith_tensor_run_len(run);
    return 1;
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
    pith_bitcode_number_init(&m.places[0]);
    pith_bitcode_number_init(&m.places[1]);
    pith_bitcode_init(m.has_base, 1);
    m.base_end = 0;
    layout->n_runs = pith_bitcode_number(coder, &m.n_runs, layout->n_runs);
    if (layout->n_runs > PITH_TENSOR_RUNS_MAX)
        return 0;
    for (uint32_t i = 0; i < layout->n_runs; i++) {
        uint64_t len = code_run(&m, coder, &layout->runs[i], left);

        if (!layout->has_base)
            layout->runs[i].has_base = 0;
        else if (len > 0 && !code_base(&m, coder, &layout->runs[i]))
            return 0;
        if (len == 0 || coder->overrun > PITH_CODER_OVERRUN_MAX)
            return 0;
        left -= len;
    }
    return left == 0;
}
