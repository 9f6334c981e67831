/* See chunk_layout.h. */
#include "codec/tensor/chunk_layout.h"

#include "coder/bitcode.h"

#define PLACE_LOG2 31 /* places go in two numbers */

/* Types of runs with a palette begin here, by the type that they stand for: of one byte, then of two; then grids. */
#define INDEX_TYPES 16u
/* Not types: so many fields and this begin a record. */
#define RECORDS 64u

struct model {
    struct pith_bitcode_number n_runs, type, middle, dims[PITH_TENSOR_RUN_DIMS], places[2];
    struct pith_bitcode_number n_values, steps; /* steps: bits from one value to the next */
    struct pith_bitcode_number n_records;
    uint16_t has_base[1];
    uint64_t base_end; /* of the run before that has one */
    /* Of the record whose fields come: */
    uint32_t fields_left, records;
    uint64_t record_len; /* of its fields so far */
    uint64_t base_at;    /* of those that have one; UINT64_MAX = none has yet */
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

static uint32_t type_number(const struct pith_tensor_run *run)
{
    uint32_t kind = run->is_grid ? 3 : run->type == PITH_TENSOR_I16 ? 2 : 1;

    return run->n_values > 0 ? INDEX_TYPES * kind + run->stands_for : run->type;
}

/* Whether a record begins or goes on with this run, and its type.  Returns 0 if what is decoded is none. */
static int code_record(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run,
                       uint32_t *type)
{
    uint32_t number = type_number(run);

    *type = pith_bitcode_number(coder, &m->type,
                                coder->out && run->n_fields > 0 ? RECORDS + run->n_fields : number);
    run->n_fields = 0;
    if (*type > RECORDS) {
        if (m->fields_left > 0 || *type > RECORDS + PITH_TENSOR_FIELDS_MAX)
            return 0;
        m->fields_left = *type - RECORDS;
        run->n_fields = (uint8_t)m->fields_left;
        m->records = pith_bitcode_number(coder, &m->n_records, run->n_records);
        m->record_len = 0;
        m->base_at = UINT64_MAX;
        *type = pith_bitcode_number(coder, &m->type, number);
    }
    run->n_records = m->fields_left > 0 ? m->records : 0;
    if (m->fields_left == 0)
        return 1;
    m->fields_left--;
    return run->n_records > 0;
}

/* Returns 0 if what is decoded is none; n_values is not known yet. */
static int code_type(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run)
{
    uint32_t type;

    if (!code_record(m, coder, run, &type))
        return 0;
    if (type % INDEX_TYPES >= PITH_TENSOR_PLAIN_TYPES || type >= 4 * INDEX_TYPES)
        return 0;
    if (type < INDEX_TYPES) {
        run->type = (uint8_t)type;
        run->is_grid = 0;
        run->n_values = 0;
        return 1;
    }
    run->type = type / INDEX_TYPES == 2 ? PITH_TENSOR_I16 : PITH_TENSOR_U8;
    run->stands_for = (uint8_t)(type % INDEX_TYPES);
    run->is_grid = type >= 3 * INDEX_TYPES;
    run->n_values += run->n_values == 0; /* it has some */
    if (run->is_grid)
        return run->stands_for == PITH_TENSOR_F32;
    return pith_tensor_forms[run->stands_for].width >= pith_tensor_forms[run->type].width;
}

/* Returns the bytes of the run, or 0 if it has none or more than `left`. */
static uint64_t code_run(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run,
                         uint64_t left)
{
    uint64_t n = 1;
    uint32_t middle;

    if (!code_type(m, coder, run))
        return 0;
    middle = pith_bitcode_number(coder, &m->middle, run->middle);
    if (middle > UINT8_MAX)
        return 0;
    run->middle = (uint8_t)middle;
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++) {
        run->dims[k] = pith_bitcode_number(coder, &m->dims[k], (uint32_t)run->dims[k] - 1) + 1ull;
        if (run->dims[k] > left) /* both are below 2^31: no product overflows */
            return 0;
        n *= run->dims[k];
        if (n > left)
            return 0;
    }
    if (run->n_records > 0 && n % run->n_records != 0)
        return 0;
    n = pith_tensor_run_len(run);
    return n <= left ? n : 0;
}

static uint64_t code_step(struct model *m, struct pith_coder *coder, uint64_t step)
{
    uint32_t left = pith_bitcode_number(coder, &m->steps, pith_bit_length(step));
    uint64_t read = 0;

    left = left < 64 ? left : 64;
    for (uint32_t n; left > 0; left -= n) {
        n = left < 16 ? left : 16;
        read = read << n | pith_bitcode_plain(coder, n, (uint32_t)(step >> (left - n)) & 0xffff);
    }
    return read;
}

/* The number of a palette's values, and each as the step from the one before; scales as the bits that differ from those of the
 * one before.  Returns 0 if what is decoded is none. */
static int code_values(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run,
                       uint64_t *values, uint32_t room)
{
    uint64_t most = UINT64_MAX >> (64 - 8 * pith_tensor_forms[run->stands_for].width), past = 0;

    run->n_values = pith_bitcode_number(coder, &m->n_values, run->n_values);
    if (run->n_values == 0 || run->n_values > room ||
        (run->is_grid && run->n_values != run->dims[0]))
        return 0;
    for (uint32_t i = 0; i < run->n_values; i++) {
        uint64_t value = coder->out ? values[i] : 0;
        uint64_t step = code_step(m, coder, run->is_grid ? value ^ past : value - past);

        if (run->is_grid ? step > most : step > most - past)
            return 0;
        past = values[i] = run->is_grid ? past ^ step : past + step;
    }
    return coder->overrun <= PITH_CODER_OVERRUN_MAX;
}

/* Fields that have one have that of their record, which ends with the last.  Returns 0 if what is decoded is none. */
static int code_base(struct model *m, struct pith_coder *coder, struct pith_tensor_run *run)
{
    uint64_t len = pith_tensor_run_len(run);
    int agrees = 1;

    run->has_base = (uint8_t)pith_bitcode_bit(coder, m->has_base, run->has_base);
    if (run->has_base && !code_place(m, coder, run))
        return 0;
    if (run->n_records == 0) {
        m->base_end = run->has_base ? run->base_at + len : m->base_end;
        return 1;
    }
    m->record_len += len;
    if (run->has_base) {
        agrees = m->base_at == UINT64_MAX || m->base_at == run->base_at;
        m->base_at = m->base_end = run->base_at;
    }
    if (m->fields_left == 0 && m->base_at != UINT64_MAX)
        m->base_end = m->base_at + m->record_len;
    return agrees;
}

int pith_tensor_layout_code(struct pith_tensor_layout *layout, struct pith_coder *coder,
                            uint64_t raw_len)
{
    uint64_t left = raw_len;
    uint32_t n_values = 0;
    struct model m;

    pith_bitcode_number_init(&m.n_runs);
    pith_bitcode_number_init(&m.type);
    pith_bitcode_number_init(&m.middle);
    for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
        pith_bitcode_number_init(&m.dims[k]);
    pith_bitcode_number_init(&m.places[0]);
    pith_bitcode_number_init(&m.places[1]);
    pith_bitcode_number_init(&m.n_values);
    pith_bitcode_number_init(&m.steps);
    pith_bitcode_number_init(&m.n_records);
    pith_bitcode_init(m.has_base, 1);
    m.base_end = 0;
    m.fields_left = 0;
    layout->n_runs = pith_bitcode_number(coder, &m.n_runs, layout->n_runs);
    if (layout->n_runs > pith_tensor_runs_room(raw_len))
        return 0;
    for (uint32_t i = 0; i < layout->n_runs; i++) {
        uint64_t len = code_run(&m, coder, &layout->runs[i], left);

        if (!layout->has_base)
            layout->runs[i].has_base = 0;
        else if (len > 0 && !code_base(&m, coder, &layout->runs[i]))
            return 0;
        if (len > 0 && layout->runs[i].n_values > 0) {
            if (layout->runs[i].has_base ||
                !code_values(&m, coder, &layout->runs[i], layout->values + n_values,
                             pith_tensor_values_room(raw_len) - n_values))
                return 0;
            n_values += layout->runs[i].n_values;
        }
        if (len == 0 || coder->overrun > PITH_CODER_OVERRUN_MAX)
            return 0;
        left -= len;
    }
    return left == 0 && m.fields_left == 0;
}
