/* See tensor.h. */
#include "codec/tensor/tensor.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/tensor/counts.h"
#include "codec/tensor/fast.h"
#include "codec/tensor/fitting.h"
#include "codec/tensor/grid.h"
#include "codec/tensor/model.h"
#include "codec/tensor/palette.h"
#include "codec/tensor/records.h"

#define PARAMS_LEN      1 /* level */
#define BASE_PARAMS_LEN (PARAMS_LEN + PITH_CODEC_BASE_ID_LEN)
#define TELL_EVERY      4096

struct work {
    int level;
    struct pith_tensor_model model;
    struct pith_tensor_fast fast;
    struct pith_tensor_layout layout;
    struct pith_tensor_scratch scratch;
    struct pith_tensor_census census; /* encoding */
    struct pith_coder coder;
    const struct pith_codec_hooks *hooks;
    uint8_t *raw;
    uint8_t
        *base; /* what raw bytes are compared with, where their run has a base; NULL = none has */
    int is_cancelled;
};

static uint64_t lay_out(struct work *work, int level, uint64_t raw_len, int is_encoding,
                        int has_base, void *memory)
{
    struct pith_arena arena = {memory, 0};

    memset(work, 0, sizeof *work);
    work->level = level;
    if (level < PITH_TENSOR_MODEL_LEVEL_MIN)
        pith_tensor_fast_layout(&work->fast, &arena, level, raw_len, is_encoding);
    else
        pith_tensor_model_layout(&work->model, &arena, level, raw_len);
    work->layout.runs =
        pith_arena_take(&arena, pith_tensor_runs_room(raw_len), sizeof *work->layout.runs);
    work->layout.values =
        pith_arena_take(&arena, pith_tensor_values_room(raw_len), sizeof *work->layout.values);
    work->layout.has_base = has_base;
    pith_tensor_scratch_layout(&work->scratch, &arena, raw_len);
    if (is_encoding)
        pith_tensor_census_layout(&work->census, &arena, pith_tensor_values_room(raw_len));
    if (has_base)
        work->base = pith_arena_take(&arena, raw_len, 1);
    return arena.used;
}

static uint64_t encode_need(int level, uint64_t raw_len, int is_aided)
{
    struct work work;

    return lay_out(&work, level, raw_len, 1, is_aided, NULL);
}

static void plan(struct pith_codec_packed *packed, int level, uint64_t raw_len,
                 const struct pith_codec_prior *prior, const struct pith_codec_base *base)
{
    (void)raw_len;
    (void)prior;
    packed->params[0] = (uint8_t)level;
    packed->params_len = PARAMS_LEN;
    if (!base)
        return;
    memcpy(packed->params + PARAMS_LEN, base->id, PITH_CODEC_BASE_ID_LEN);
    packed->params_len = BASE_PARAMS_LEN;
}

static const uint8_t *base_id(const uint8_t *params, size_t params_len)
{
    return params_len == BASE_PARAMS_LEN ? params + PARAMS_LEN : NULL;
}

static pith_status decode_need(uint64_t *need, const uint8_t *params, size_t params_len,
                               uint64_t raw_len, pith_error *error)
{
    struct work work;

    if (params_len != PARAMS_LEN && params_len != BASE_PARAMS_LEN)
        return pith_fail(error, PITH_E_CORRUPT, 0,
                         "the tensor codec has %zu bytes of parameters, not %d or %d", params_len,
                         PARAMS_LEN, BASE_PARAMS_LEN);
    if (params[0] < PITH_LEVEL_MIN || params[0] > PITH_LEVEL_MAX)
        return pith_fail(error, PITH_E_UNSUPPORTED, 0,
                         "made by a newer version of pith (tensor codec level %d, known: %d to %d)",
                         params[0], PITH_LEVEL_MIN, PITH_LEVEL_MAX);
    *need = lay_out(&work, params[0], raw_len, 0, params_len == BASE_PARAMS_LEN, NULL);
    return PITH_OK;
}

typedef void records_fn(const struct pith_tensor_run *fields, uint8_t *data,
                        const struct pith_tensor_scratch *scratch);

static void each_record(const struct work *work, records_fn *move)
{
    uint64_t at = 0;

    for (uint32_t i = 0; i < work->layout.n_runs; i++) {
        const struct pith_tensor_run *run = &work->layout.runs[i];

        if (run->n_fields > 0)
            move(run, work->raw + at, &work->scratch);
        at += pith_tensor_run_len(run);
    }
}

/* Gets len bytes of the base. */
static pith_status read_base_at(const struct work *work, uint64_t base_at, uint64_t at,
                                uint64_t len, pith_error *error)
{
    const struct pith_codec_base *base = work->hooks ? work->hooks->base : NULL;

    if (!base || base->len < len || base_at > base->len - len)
        return pith_fail(error, PITH_E_CORRUPT, 0,
                         "is compared with what lies after the end of its base");
    if (base->read_at(base->opaque, base_at, work->base + at, (size_t)len) != 0)
        return pith_fail(error, PITH_E_IO, 0, "cannot read the base");
    return PITH_OK;
}

/* All of a record, if one of its fields is compared with it. */
static pith_status read_record_base(const struct work *work, const struct pith_tensor_run *fields,
                                    uint64_t at, pith_error *error)
{
    for (uint32_t k = 0; k < fields->n_fields; k++)
        if (fields[k].has_base) {
            TRY(read_base_at(work, fields[k].base_at, at, pith_tensor_records_len(fields), error));
            pith_tensor_records_part(fields, work->base + at, &work->scratch);
            break;
        }
    return PITH_OK;
}

/* Gets what the layout says of the base. */
static pith_status read_base(struct work *work, pith_error *error)
{
    uint64_t at = 0;

    for (uint32_t i = 0; i < work->layout.n_runs; i++) {
        const struct pith_tensor_run *run = &work->layout.runs[i];

        if (run->n_fields > 0)
            TRY(read_record_base(work, run, at, error));
        else if (run->has_base && run->n_records == 0)
            TRY(read_base_at(work, run->base_at, at, pith_tensor_run_len(run), error));
        at += pith_tensor_run_len(run);
    }
    return PITH_OK;
}

/* How often each symbol of a type comes, and each piece of low bits. */
static void count_elements(const struct work *work, enum pith_tensor_type type,
                           struct pith_tensor_counts *counts)
{
    uint64_t at = 0;

    memset(counts, 0, sizeof *counts);
    for (uint32_t r = 0; r < work->layout.n_runs; r++) {
        const struct pith_tensor_run *run = &work->layout.runs[r];

        if (pith_tensor_run_type(run) == type)
            (void)pith_tensor_count(counts, run, work->raw + at + pith_tensor_run_skip(run),
                                    run->has_base ? work->base + at : NULL, 0,
                                    pith_tensor_run_n(run));
        at += pith_tensor_run_len(run);
    }
}

static void code_trees(struct work *work)
{
    struct pith_tensor_counts counts;
    uint32_t types = 0;

    for (uint32_t r = 0; r < work->layout.n_runs; r++)
        types |= 1u << pith_tensor_run_type(&work->layout.runs[r]);
    for (uint32_t type = 0; type < PITH_TENSOR_TYPES; type++) {
        struct pith_tensor_tree *tree = &work->model.trees[type];

        if (!(types >> type & 1))
            continue;
        if (work->coder.out) {
            count_elements(work, (enum pith_tensor_type)type, &counts);
            pith_symbol_tree_count(&tree->symbols, counts.symbols,
                                   pith_tensor_symbols((enum pith_tensor_type)type));
            pith_tensor_tree_count_pieces(tree, counts.pieces);
        }
        pith_tensor_tree_code(tree, (enum pith_tensor_type)type, &work->coder);
    }
}

/* Puts elements in the place of indices.  Returns 0 if an index is none. */
static int expand(struct work *work)
{
    const uint64_t *values = work->layout.values;
    uint64_t at = 0;

    for (uint32_t r = 0; r < work->layout.n_runs; r++) {
        const struct pith_tensor_run *run = &work->layout.runs[r];

        if (run->is_grid)
            pith_tensor_grid_expand(run, work->raw + at, values);
        else if (run->n_values > 0 && !pith_tensor_palette_expand(run, work->raw + at, values))
            return 0;
        values += run->n_values;
        at += pith_tensor_run_len(run);
    }
    return 1;
}

static int on_elements(void *opaque, uint64_t raw_done)
{
    struct work *work = opaque;
    const struct pith_codec_hooks *hooks = work->hooks;

    if (hooks && work->coder.out && hooks->published)
        hooks->published(hooks->opaque, work->coder.pos);
    if (hooks && hooks->progress)
        work->is_cancelled |= hooks->progress(hooks->opaque, raw_done);
    return work->is_cancelled || work->coder.is_full ||
           work->coder.overrun > PITH_CODER_OVERRUN_MAX;
}

static pith_status code(struct work *work, size_t raw_len, pith_error *error)
{
    struct pith_tensor_watch watch = {on_elements, work, 0};
    uint64_t told = 0; /* elements since it was told how far this is */

    if (!pith_tensor_layout_code(&work->layout, &work->coder, raw_len))
        return pith_fail(error, PITH_E_CORRUPT, work->coder.pos,
                         "the layout is not one of %zu bytes", raw_len);
    if (!work->coder.out)
        TRY(read_base(work, error));
    code_trees(work);
    pith_tensor_model_init(&work->model);
    for (uint32_t r = 0; r < work->layout.n_runs; r++) {
        const struct pith_tensor_run *run = &work->layout.runs[r];

        uint8_t *raw = work->raw + watch.raw_done;

        if (pith_tensor_model_run(&work->model, &work->coder, run, r,
                                  raw + pith_tensor_run_skip(run),
                                  run->has_base ? work->base + watch.raw_done : NULL, &watch))
            break;
        watch.raw_done += pith_tensor_run_len(run);
        told += pith_tensor_run_n(run);
        if (told >= TELL_EVERY) { /* short runs tell nothing themselves */
            told = 0;
            if (on_elements(work, watch.raw_done))
                break;
        }
    }
    if (work->is_cancelled)
        return pith_fail(error, PITH_E_CANCELLED, 0, "cancelled");
    return PITH_OK;
}

static int count_cancels(void *opaque, uint64_t raw_done)
{
    struct work *work = opaque;
    const struct pith_codec_hooks *hooks = work->hooks;

    if (hooks && hooks->progress)
        work->is_cancelled |= hooks->progress(hooks->opaque, raw_done);
    return work->is_cancelled;
}

static pith_status encode_fast(struct pith_codec_packed *packed, struct work *work,
                               uint8_t *payload, size_t cap, size_t raw_len, pith_error *error)
{
    struct pith_codec_hooks hooks = {.progress = count_cancels, .opaque = work};
    struct pith_tensor_source source = {work->raw, work->base, NULL, NULL};

    packed->payload_len = pith_tensor_fast_encode(&work->fast, &work->layout, payload, cap, &source,
                                                  raw_len, &hooks, &packed->final_state);
    if (work->is_cancelled)
        return pith_fail(error, PITH_E_CANCELLED, 0, "cancelled");
    if (packed->payload_len == 0)
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0, "the payload is larger than its bound");
    return PITH_OK;
}

static pith_status encode_modelled(struct pith_codec_packed *packed, struct work *work,
                                   uint8_t *payload, size_t cap, size_t raw_len, pith_error *error)
{
    pith_coder_begin_encode(&work->coder, payload, cap);
    TRY(code(work, raw_len, error));
    pith_coder_finish_encode(&work->coder);
    if (work->coder.is_full)
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0, "the payload is larger than its bound");
    packed->payload_len = work->coder.pos;
    packed->final_state = work->coder.range;
    return PITH_OK;
}

static pith_status encode(struct pith_codec_packed *packed, uint8_t *payload, size_t cap,
                          uint8_t *raw, size_t raw_len, void *memory,
                          const struct pith_codec_hooks *hooks, pith_error *error)
{
    struct pith_tensor_fitting fitting;
    struct work work;
    pith_status status;

    lay_out(&work, packed->params[0], raw_len, 1, packed->params_len == BASE_PARAMS_LEN, memory);
    work.hooks = hooks;
    work.raw = raw;
    pith_tensor_fit_length(&work.layout, hooks ? hooks->layout : NULL, raw_len);
    TRY(read_base(&work, error));
    each_record(&work, pith_tensor_records_part);
    fitting = (struct pith_tensor_fitting){&work.layout, &work.census, raw, work.base, raw_len};
    pith_tensor_fit_runs(&fitting);
    status = (work.level < PITH_TENSOR_MODEL_LEVEL_MIN ? encode_fast : encode_modelled)(
        packed, &work, payload, cap, raw_len, error);
    (void)expand(&work);
    each_record(&work, pith_tensor_records_join);
    TRY(status);
    if (hooks && hooks->published)
        hooks->published(hooks->opaque, packed->payload_len);
    return PITH_OK;
}

static pith_status on_layout(void *opaque, pith_error *error)
{
    return read_base(opaque, error);
}

/* The head comes last, so all of a growing payload has to be there. */
static pith_status decode_fast(uint32_t *final_state, struct work *work, size_t raw_len,
                               const uint8_t *payload, size_t payload_len, pith_error *error)
{
    const struct pith_codec_hooks *hooks = work->hooks;
    struct pith_tensor_source source = {work->raw, work->base, on_layout, work};
    size_t have = 0, more = 0;

    if (hooks && hooks->wait_more) {
        while ((more = hooks->wait_more(hooks->opaque, have)) > have)
            have = more;
        payload_len = have;
    }
    return pith_tensor_fast_decode(&work->fast, &work->layout, &source, raw_len, payload,
                                   payload_len, hooks, final_state, error);
}

static pith_status decode_modelled(uint32_t *final_state, struct work *work, size_t raw_len,
                                   const uint8_t *payload, size_t payload_len, pith_error *error)
{
    const struct pith_codec_hooks *hooks = work->hooks;
    struct pith_coder *coder = &work->coder;
    int is_growing = hooks && hooks->wait_more;

    pith_coder_begin_decode(coder, payload, is_growing ? 0 : payload_len,
                            is_growing ? hooks->wait_more : NULL, hooks ? hooks->opaque : NULL);
    TRY(code(work, raw_len, error));
    TRY(pith_coder_check_end(coder, error));
    *final_state = coder->range;
    return PITH_OK;
}

static pith_status decode(uint32_t *final_state, uint8_t *raw, size_t raw_len,
                          const uint8_t *params, size_t params_len, const uint8_t *payload,
                          size_t payload_len, void *memory, const struct pith_codec_hooks *hooks,
                          pith_error *error)
{
    struct work work;

    lay_out(&work, params[0], raw_len, 0, params_len == BASE_PARAMS_LEN, memory);
    work.hooks = hooks;
    work.raw = raw;
    TRY((work.level < PITH_TENSOR_MODEL_LEVEL_MIN ? decode_fast : decode_modelled)(
        final_state, &work, raw_len, payload, payload_len, error));
    if (!expand(&work))
        return pith_fail(error, PITH_E_CORRUPT, 0, "an index is none of its palette");
    each_record(&work, pith_tensor_records_join);
    return PITH_OK;
}

const struct pith_codec pith_codec_tensor = {
    .id = PITH_CODEC_TENSOR,
    .name = "tensor",
    .encode_need = encode_need,
    .plan = plan,
    .base_id = base_id,
    .decode_need = decode_need,
    .encode = encode,
    .decode = decode,
};
