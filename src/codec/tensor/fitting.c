/* See fitting.h. */
#include "codec/tensor/fitting.h"

#include "base/bytes.h"
#include "codec/tensor/counts.h"
#include "codec/tensor/grid.h"
#include "codec/tensor/records.h"

static void add_run(struct pith_tensor_layout *layout, enum pith_tensor_type type, uint64_t n)
{
    layout->runs[layout->n_runs++] =
        (struct pith_tensor_run){.dims = {1, 1, 1, n}, .type = (uint8_t)type};
}

/* A run as it is, or those of its fields if it has whole records and there is room beside n_others. */
static void add_fields(struct pith_tensor_layout *layout, const struct pith_tensor_run *run,
                       uint32_t n_others)
{
    struct pith_tensor_run *to = &layout->runs[layout->n_runs];

    if (run->record && pith_tensor_run_n(run) % run->record->len == 0 &&
        run->record->n_fields + layout->n_runs + n_others < PITH_TENSOR_RUNS_MAX) {
        pith_tensor_records_describe(to, run);
        layout->n_runs += to->n_fields;
        return;
    }
    *to = *run;
    to->record = NULL;
    layout->n_runs++;
}

/* The first n elements of a run: whole rows, and what is left over in a line. */
static void add_cut(struct pith_tensor_layout *layout, const struct pith_tensor_run *run,
                    uint64_t n, uint32_t n_others)
{
    uint64_t row = pith_tensor_run_n(run) / run->dims[0];
    struct pith_tensor_run cut = *run;

    cut.dims[0] = n / row;
    cut.has_base = 0;
    if (cut.dims[0] > 0)
        add_fields(layout, &cut, n_others);
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

    run->dims[0] = run->dims[1] = 1;
    run->dims[2] = n;
    run->dims[3] = width;
    run->type = PITH_TENSOR_U8;
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

void pith_tensor_fit_length(struct pith_tensor_layout *layout,
                            const struct pith_tensor_layout *given, uint64_t raw_len)
{
    uint64_t at = 0;

    layout->n_runs = 0;
    for (uint32_t i = 0; given && i < given->n_runs && i + 3 < PITH_TENSOR_RUNS_MAX; i++) {
        struct pith_tensor_run run = given->runs[i];
        uint64_t width = pith_tensor_forms[run.type].width, len = pith_tensor_run_len(&run);
        uint32_t n_others =
            given->n_runs - i + 2; /* to come, and two that bytes are left over for */

        run.has_base &= (uint8_t)layout->has_base;
        if (len <= raw_len - at) {
            add_fields(layout, &run, n_others);
        } else {
            len = (raw_len - at) / width * width;
            add_cut(layout, &run, len / width, n_others);
        }
        at += len;
    }
    if (at < raw_len)
        add_run(layout, PITH_TENSOR_U8, raw_len - at);
}

/* Runs keep their base only where that helps. */
static void choose_differences(const struct pith_tensor_fitting *fitting)
{
    uint64_t at = 0;

    for (uint32_t i = 0; i < fitting->layout->n_runs; i++) {
        struct pith_tensor_run *run = &fitting->layout->runs[i];

        if (run->has_base && pith_tensor_estimate(run, fitting->raw + at, fitting->base + at) >=
                                 pith_tensor_estimate(run, fitting->raw + at, NULL))
            run->has_base = 0;
        at += pith_tensor_run_len(run);
    }
}

/* Grids become integers, and runs of few values indices where those take less. */
static void choose_palettes(const struct pith_tensor_fitting *fitting)
{
    uint32_t room = pith_tensor_values_room(fitting->raw_len), n_values = 0;
    uint64_t at = 0;

    for (uint32_t i = 0; i < fitting->layout->n_runs; i++) {
        struct pith_tensor_run *run = &fitting->layout->runs[i], indices;
        uint64_t *values = fitting->layout->values + n_values, plain, bits;
        uint8_t *raw = fitting->raw + at;

        at += pith_tensor_run_len(run);
        if (run->has_base)
            continue;
        if (pith_tensor_grid_find(&indices, values, room - n_values, run, raw)) {
            pith_tensor_grid_shrink(&indices, raw, values);
            *run = indices;
            n_values += indices.n_values;
            continue;
        }
        if (!pith_tensor_census_take(fitting->census, &indices, values, room - n_values, run, raw))
            continue;
        plain = pith_tensor_estimate(run, raw, NULL);
        pith_tensor_palette_shrink(&indices, raw, fitting->census);
        bits = pith_tensor_estimate(&indices, raw + pith_tensor_run_skip(&indices), NULL);
        bits += pith_tensor_estimated_share(run, (uint64_t)indices.n_values * 4 *
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
void pith_tensor_fit_runs(const struct pith_tensor_fitting *fitting)
{
    struct pith_tensor_layout *layout = fitting->layout;
    uint64_t at = 0;

    if (layout->has_base)
        choose_differences(fitting);
    choose_palettes(fitting);
    for (uint32_t i = 0; i < layout->n_runs; i++) {
        struct pith_tensor_run *run = &layout->runs[i];

        if (!run->has_base && !has_symbols(run, fitting->raw + at))
            make_bytes(run);
        if (run->type == PITH_TENSOR_U8 || run->type == PITH_TENSOR_I8)
            run->middle = median(run, fitting->raw + at + pith_tensor_run_skip(run));
        at += pith_tensor_run_len(run);
    }
}
