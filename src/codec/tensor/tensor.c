/* See tensor.h. */
#include "codec/tensor/tensor.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/tensor/fast.h"
#include "codec/tensor/grid.h"
#include "codec/tensor/model.h"
#include "codec/tensor/palette.h"
#include "num/log2.h"

#define PARAMS_LEN      1 /* level */
#define BASE_PARAMS_LEN (PARAMS_LEN + PITH_CODEC_BASE_ID_LEN)
#define TELL_EVERY      4096
#define SAMPLES         4 /* parts of a run by which it is estimated what it takes */
#define SAMPLE_N        16384

struct work {
    int level;
    struct pith_tensor_model model;
    struct pith_tensor_fast fast;
    struct pith_tensor_layout layout;
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

static void add_run(struct pith_tensor_layout *layout, enum pith_tensor_type type, uint64_t n)
{
    layout->runs[layout->n_runs++] =
        (struct pith_tensor_run){.dims = {1, 1, 1, n}, .type = (uint8_t)type};
}

/* The first n elements of a run: whole rows, and what is left over in a line. */
static void add_cut(struct pith_tensor_layout *layout, const struct pith_tensor_run *run,
                    uint64_t n)
{
    uint64_t row = pith_tensor_run_n(run) / run->dims[0];
    struct pith_tensor_run cut = *run;

    cut.dims[0] = n / row;
    cut.has_base = 0;
    if (cut.dims[0] > 0)
        layout->runs[layout->n_runs++] = cut;
    if (n % row > 0)
        add_run(layout, (enum pith_tensor_type)run->type, n % row);
}

/* Whether each exponent has a symbol. */
static int has_symbols(const struct pith_tensor_run *run, const uint8_t *raw)
{
    uint64_t n = pith_tensor_run_n(run);

    for (uint64_t i = 0; run->type == PITH_TENSOR_F64 && i < n; i++) {
        uint32_t exponent = (uint32_t)(pith_load_le64(raw + 8 * i) >> 52) & 2047;

        if (exponent != 0 && (exponent <= PITH_TENSOR_F64_BASE ||
                              exponent - PITH_TENSOR_F64_BASE >= PITH_TENSOR_SYMBOLS))
            return 0;
    }
    return 1;
}

/* As bytes, in rows of one element. */
static void make_bytes(struct pith_tensor_run *run)
{
    uint64_t n = pith_tensor_run_n(run), width = pith_tensor_forms[run->type].width;

    *run = (struct pith_tensor_run){.dims = {1, 1, n, width}, .type = PITH_TENSOR_U8};
}

static uint8_t median(const struct pith_tensor_run *run, const uint8_t *raw)
{
    uint64_t n = pith_tensor_run_n(run), counts[256] = {0}, below = 0;
    uint32_t middle = 0;

    for (uint64_t i = 0; i < n; i++)
        counts[raw[i] ^ pith_tensor_forms[run->type].centre]++;
    while (below + counts[middle] <= n / 2 && middle < 255)
        below += counts[middle++];
    return (uint8_t)middle;
}

struct counts {
    uint32_t symbols[PITH_TENSOR_SYMBOLS], pieces[PITH_TENSOR_PIECES][16];
};

static void count_element(struct counts *counts, const struct pith_tensor_value *value)
{
    uint32_t n = value->n_low / PITH_TENSOR_PIECE_BITS; /* whole ones */

    counts->symbols[value->symbol]++;
    for (uint32_t k = 0; k < n; k++)
        counts->pieces[k][value->low >> (PITH_TENSOR_PIECE_BITS * k) & 15]++;
}

/* Counts elements of a run, from `first` on: as differences from the base, unless NULL.  Returns the bits that stand for
 * themselves. */
static uint64_t count_part(struct counts *counts, const struct pith_tensor_run *run,
                           const uint8_t *raw, const uint8_t *base, uint64_t first, uint64_t n)
{
    enum pith_tensor_type plain = (enum pith_tensor_type)run->type;
    enum pith_tensor_type type = base ? pith_tensor_difference(plain) : plain;
    uint32_t width = pith_tensor_forms[plain].width;
    uint64_t past = first > 0 ? pith_load_le(raw + (first - 1) * width, width) : 0, bits, sum = 0;

    for (uint64_t i = first; i < first + n; i++, past = bits) {
        struct pith_tensor_value value;

        bits = pith_load_le(raw + i * width, width);
        if (base) {
            bits = pith_tensor_ordered(plain, bits);
            past = pith_tensor_ordered(plain, pith_load_le(base + i * width, width));
        }
        value = pith_tensor_split(type, run->middle, past, bits);
        value.symbol &= PITH_TENSOR_SYMBOLS - 1;
        count_element(counts, &value);
        sum += value.n_low % PITH_TENSOR_PIECE_BITS;
        sum += (uint32_t)pith_tensor_has_sign(type, value.symbol);
    }
    return sum;
}

/* Estimated bits of a part of a run's elements, as differences from the base or by themselves. */
static uint64_t estimate(const struct pith_tensor_run *run, const uint8_t *raw, const uint8_t *base)
{
    struct counts counts = {{0}, {{0}}};
    uint64_t n = pith_tensor_run_n(run), step = n / SAMPLES + 1, bits = 0;

    for (uint64_t first = 0; first<n; first += step> SAMPLE_N ? step : SAMPLE_N)
        bits +=
            count_part(&counts, run, raw, base, first, n - first < SAMPLE_N ? n - first : SAMPLE_N);
    bits += pith_entropy_bits(counts.symbols, PITH_TENSOR_SYMBOLS);
    for (uint32_t k = 0; k < PITH_TENSOR_PIECES; k++)
        bits += pith_entropy_bits(counts.pieces[k], 16);
    return bits;
}

/* Runs keep their base only where that helps. */
static void choose_differences(struct work *work)
{
    uint64_t at = 0;

    for (uint32_t i = 0; i < work->layout.n_runs; i++) {
        struct pith_tensor_run *run = &work->layout.runs[i];

        if (run->has_base &&
            estimate(run, work->raw + at, work->base + at) >= estimate(run, work->raw + at, NULL))
            run->has_base = 0;
        at += pith_tensor_run_len(run);
    }
}

/* Takes over the caller's layout, as far as there are bytes for it; what it leaves over are bytes. */
static void take_layout(struct work *work, size_t raw_len)
{
    const struct pith_tensor_layout *given = work->hooks ? work->hooks->layout : NULL;
    struct pith_tensor_layout *layout = &work->layout;
    uint64_t at = 0;

    for (uint32_t i = 0; given && i < given->n_runs && i + 3 < PITH_TENSOR_RUNS_MAX; i++) {
        const struct pith_tensor_run *run = &given->runs[i];
        uint64_t width = pith_tensor_forms[run->type].width, len = pith_tensor_run_len(run);

        if (len <= raw_len - at) {
            layout->runs[layout->n_runs] = *run;
            layout->runs[layout->n_runs++].has_base &= (uint8_t)layout->has_base;
        } else {
            len = (raw_len - at) / width * width;
            add_cut(layout, run, len / width);
        }
        at += len;
    }
    if (at < raw_len)
        add_run(layout, PITH_TENSOR_U8, raw_len - at);
}

/* Of what a whole run takes, the share of its part that is estimated. */
static uint64_t estimated_share(const struct pith_tensor_run *run, uint64_t bits)
{
    uint64_t n = pith_tensor_run_n(run);

    return n > SAMPLES * SAMPLE_N ? bits * (SAMPLES * SAMPLE_N) / n : bits;
}

/* Grids become integers, and runs of few values indices where those take less. */
static void choose_palettes(struct work *work, size_t raw_len)
{
    uint32_t room = pith_tensor_values_room(raw_len), n_values = 0;
    uint64_t at = 0;

    for (uint32_t i = 0; i < work->layout.n_runs; i++) {
        struct pith_tensor_run *run = &work->layout.runs[i], indices;
        uint64_t *values = work->layout.values + n_values, plain, bits;
        uint8_t *raw = work->raw + at;

        at += pith_tensor_run_len(run);
        if (run->has_base)
            continue;
        if (pith_tensor_grid_find(&indices, values, room - n_values, run, raw)) {
            pith_tensor_grid_shrink(&indices, raw, values);
            *run = indices;
            n_values += indices.n_values;
            continue;
        }
        if (!pith_tensor_census_take(&work->census, &indices, values, room - n_values, run, raw))
            continue;
        plain = estimate(run, raw, NULL);
        pith_tensor_palette_shrink(&indices, raw, &work->census);
        bits = estimate(&indices, raw + pith_tensor_run_skip(&indices), NULL);
        bits += estimated_share(run, (uint64_t)indices.n_values * 4 *
                                         pith_tensor_forms[run->type].width);
        if (bits < plain - plain / 16) {
            *run = indices;
            n_values += indices.n_values;
        } else {
            (void)pith_tensor_palette_expand(&indices, raw, values);
        }
    }
}

/* Runs as they are coded best. */
static void fit_layout(struct work *work, size_t raw_len)
{
    struct pith_tensor_layout *layout = &work->layout;
    uint64_t at = 0;

    if (layout->has_base)
        choose_differences(work);
    choose_palettes(work, raw_len);
    for (uint32_t i = 0; i < layout->n_runs; i++) {
        struct pith_tensor_run *run = &layout->runs[i];

        if (!run->has_base && !has_symbols(run, work->raw + at))
            make_bytes(run);
        if (run->type == PITH_TENSOR_U8 || run->type == PITH_TENSOR_I8)
            run->middle = median(run, work->raw + at + pith_tensor_run_skip(run));
        at += pith_tensor_run_len(run);
    }
}

/* Gets what the layout says of the base. */
static pith_status read_base(struct work *work, pith_error *error)
{
    const struct pith_codec_base *base = work->hooks ? work->hooks->base : NULL;
    uint64_t at = 0;

    for (uint32_t i = 0; i < work->layout.n_runs; i++) {
        const struct pith_tensor_run *run = &work->layout.runs[i];
        uint64_t len = pith_tensor_run_len(run);

        if (run->has_base && (!base || base->len < len || run->base_at > base->len - len))
            return pith_fail(error, PITH_E_CORRUPT, 0,
                             "is compared with what lies after the end of its base");
        if (run->has_base &&
            base->read_at(base->opaque, run->base_at, work->base + at, (size_t)len) != 0)
            return pith_fail(error, PITH_E_IO, 0, "cannot read the base");
        at += len;
    }
    return PITH_OK;
}

/* How often each symbol of a type comes, and each piece of low bits. */
static void count_elements(const struct work *work, enum pith_tensor_type type,
                           struct counts *counts)
{
    uint64_t at = 0;

    memset(counts, 0, sizeof *counts);
    for (uint32_t r = 0; r < work->layout.n_runs; r++) {
        const struct pith_tensor_run *run = &work->layout.runs[r];

        if (pith_tensor_run_type(run) == type)
            (void)count_part(counts, run, work->raw + at + pith_tensor_run_skip(run),
                             run->has_base ? work->base + at : NULL, 0, pith_tensor_run_n(run));
        at += pith_tensor_run_len(run);
    }
}

static void code_trees(struct work *work)
{
    struct counts counts;
    uint32_t types = 0;

    for (uint32_t r = 0; r < work->layout.n_runs; r++)
        types |= 1u << pith_tensor_run_type(&work->layout.runs[r]);
    for (uint32_t type = 0; type < PITH_TENSOR_TYPES; type++) {
        struct pith_tensor_tree *tree = &work->model.trees[type];

        if (!(types >> type & 1))
            continue;
        memset(tree->classes, 0, sizeof tree->classes);
        if (work->coder.out) {
            count_elements(work, (enum pith_tensor_type)type, &counts);
            pith_tensor_tree_count(tree, counts.symbols);
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
    struct work work;
    pith_status status;

    lay_out(&work, packed->params[0], raw_len, 1, packed->params_len == BASE_PARAMS_LEN, memory);
    work.hooks = hooks;
    work.raw = raw;
    take_layout(&work, raw_len);
    TRY(read_base(&work, error));
    fit_layout(&work, raw_len);
    status = (work.level < PITH_TENSOR_MODEL_LEVEL_MIN ? encode_fast : encode_modelled)(
        packed, &work, payload, cap, raw_len, error);
    (void)expand(&work);
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
    if (coder->overrun > PITH_CODER_OVERRUN_MAX)
        return pith_fail(error, PITH_E_CORRUPT, coder->pos, "the coded data ends too early");
    if (coder->pos == coder->cap && is_growing)
        coder->cap = hooks->wait_more(hooks->opaque, coder->cap);
    if (coder->pos != coder->cap)
        return pith_fail(error, PITH_E_CORRUPT, coder->pos,
                         "the coded data goes on after the chunk's end");
    if (!pith_coder_ends_well(coder))
        return pith_fail(error, PITH_E_CORRUPT, coder->pos,
                         "the coded data does not end as an encoder ends it");
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
