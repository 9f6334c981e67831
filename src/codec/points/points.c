/* See points.h. */
#include "codec/points/points.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/points/attributes.h"
#include "codec/points/firing_fit.h"
#include "codec/points/lines.h"
#include "codec/points/neighbours.h"
#include "codec/points/points_kind.h"
#include "codec/points/scan_fit.h"
#include "codec/points/sweep_fit.h"
#include "codec/points/ticks.h"
#include "num/fpmode.h"

struct level {
    uint8_t n_contexts, cells_log2;
};

static const struct level levels[PITH_LEVEL_MAX + 1] = {
    {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {6, 16}, {8, 17}, {8, 18}, {12, 18}, {15, 19}};

struct work {
    struct pith_points_layout layout;
    struct pith_columns columns;
    struct pith_lines lines; /* if the layout is of text */
    struct pith_scan scan;
    struct pith_scan_fit fit; /* encoding */
    struct pith_scan_model model;
    struct pith_firing firing;
    struct pith_firing_fit firing_fit; /* encoding */
    struct pith_values values;
    struct pith_attributes attributes;
    int64_t *rests; /* of times */
    uint32_t *cells;
    struct pith_coder coder;
    const struct pith_codec_hooks *hooks;
    struct pith_points_params params;
    uint32_t sizes[PITH_POINTS_SHARES_MAX]; /* encoding: bytes of the payload */
    uint64_t raw_len;
    uint32_t n_done; /* columns */
    int is_cancelled;
};

/* Of chunks of which nothing is known. */
static const struct pith_points_layout unknown = {.n_fields = 1,
                                                  .fields = {{PITH_POINT_U16, PITH_POINT_OTHER}}};

/* Columns take no more than this for a byte. */
#define COLUMNS_SHARE 4

int pith_points_fit(const struct pith_points_layout *layout)
{
    if (layout->is_text) /* a number and what is behind it */
        return layout->n_fields > 0;
    return layout->n_fields > 0 &&
           layout->n_fields * sizeof(int64_t) <= COLUMNS_SHARE * (size_t)pith_points_stride(layout);
}

/* What is not needed at one time shares memory. */
static void lay_out_fits(struct work *work, struct pith_arena *arena)
{
    struct pith_arena other = *arena;

    pith_scan_polish_layout(&work->fit, &other);
    pith_firing_fit_layout(&work->firing_fit, arena);
    arena->used = arena->used > other.used ? arena->used : other.used;
    work->firing_fit.reals = work->model.reals;
    work->firing_fit.shares = work->fit.angles;
    work->firing.lasers = (uint8_t *)work->fit.repeated; /* of scans in columns */
}

static uint64_t lay_out(struct work *work, int level, uint64_t raw_len, int is_encoding,
                        void *memory)
{
    struct pith_arena arena = {memory, 0};

    if (is_encoding)
        (void)pith_arena_take(&arena, 1, sizeof *work); /* itself */
    memset(work, 0, sizeof *work);
    work->raw_len = raw_len;
    work->columns.values = pith_arena_take(&arena, raw_len, COLUMNS_SHARE);
    work->columns.exceptions = pith_arena_take(&arena, pith_exceptions_room((size_t)raw_len / 2),
                                               sizeof *work->columns.exceptions);
    pith_scan_layout(&work->scan, &arena);
    pith_scan_model_layout(&work->model, &arena, (size_t)raw_len / PITH_SCAN_STRIDE_MIN);
    pith_firing_layout(&work->firing, &arena);
    pith_values_layout(&work->values, &arena, levels[level].n_contexts, levels[level].cells_log2,
                       raw_len);
    work->rests = pith_arena_take(&arena, raw_len, 1); /* times have as many bytes */
    work->cells = pith_arena_take(&arena, raw_len / PITH_SCAN_STRIDE_MIN * PITH_NEIGHBOURS_CELLS,
                                  sizeof *work->cells);
    pith_attributes_layout(&work->attributes, &arena, (size_t)raw_len / 2);
    if (is_encoding) {
        pith_scan_fit_layout(&work->fit, &work->model, &arena,
                             (size_t)raw_len / PITH_SCAN_STRIDE_MIN);
        lay_out_fits(work, &arena);
    }
    work->columns.layout = &work->layout;
    work->lines.layout = &work->layout;
    work->lines.columns = &work->columns;
    work->model.columns = &work->columns;
    work->model.values = &work->values;
    work->firing.befores = work->model.ups;
    work->firing.model = &work->model;
    work->firing.columns = &work->columns;
    work->firing.values = &work->values;
    work->attributes.scan = &work->model;
    work->attributes.columns = &work->columns;
    work->attributes.values = &work->values;
    return arena.used;
}

static uint64_t encode_need(int level, uint64_t raw_len, int is_aided)
{
    struct work work;

    (void)is_aided;
    return lay_out(&work, level, raw_len, 1, NULL);
}

static void plan(struct pith_codec_packed *packed, int level, uint64_t raw_len,
                 const struct pith_codec_prior *prior, const struct pith_codec_base *base)
{
    (void)raw_len;
    (void)prior;
    (void)base;
    packed->params_len =
        pith_points_params_write(packed->params, &(struct pith_points_params){.level = level});
}

static pith_status decode_need(uint64_t *need, const uint8_t *params, size_t params_len,
                               uint64_t raw_len, pith_error *error)
{
    struct pith_points_params read;
    struct work work;

    TRY(pith_points_params_read(&read, params, params_len, error));
    *need = lay_out(&work, read.level, raw_len, 0, NULL);
    return PITH_OK;
}

/* Bytes of a payload before the coder's. */
static size_t table_len(const struct work *work)
{
    return (size_t)work->params.n_shares * PITH_POINTS_SHARE_LEN;
}

/* A field is a share of the work, whatever it takes. */
static int on_values(void *opaque)
{
    struct work *work = opaque;
    const struct pith_codec_hooks *hooks = work->hooks;

    if (hooks && work->coder.out && hooks->published)
        hooks->published(hooks->opaque, table_len(work) + work->coder.pos);
    if (hooks && hooks->progress)
        work->is_cancelled |= hooks->progress(hooks->opaque, work->raw_len * work->n_done /
                                                                 (work->layout.n_fields + 1));
    return work->is_cancelled || work->coder.is_full ||
           work->coder.overrun > PITH_CODER_OVERRUN_MAX;
}

static int is_coordinate(const struct work *work, uint32_t field)
{
    for (uint32_t axis = 0; axis < 3; axis++)
        if ((work->model.scan && work->scan.fields[axis] == field) ||
            (work->firing.is_there && work->firing.fields[axis] == field))
            return 1;
    return 0;
}

/* Fields in the order in which they are coded: what tells much of others comes first. */
static void sort_fields(uint32_t *order, const struct pith_points_layout *layout)
{
    static const uint8_t ranks[PITH_POINT_ROLES] = {
        [PITH_POINT_SOURCE] = 0, [PITH_POINT_RETURN] = 0,    [PITH_POINT_TIME] = 1,
        [PITH_POINT_RING] = 2,   [PITH_POINT_X] = 3,         [PITH_POINT_Y] = 4,
        [PITH_POINT_Z] = 5,      [PITH_POINT_INTENSITY] = 6, [PITH_POINT_OTHER] = 7};

    for (uint32_t k = 0; k < layout->n_fields; k++) {
        uint32_t at = k;

        for (; at > 0 && ranks[layout->fields[order[at - 1]].role] > ranks[layout->fields[k].role];
             at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
}

/* Times are ticks and rests if that is less.  Returns nonzero if the watch says so. */
static int code_time(struct work *work, uint32_t field, int64_t *values,
                     const int64_t *const before[2], const struct pith_value_watch *watch)
{
    const int64_t *const told[2] = {values, before[0]};
    uint64_t sample[PITH_TICK_SAMPLE], tick = 0;
    struct pith_coder *coder = &work->coder;
    struct pith_ticks ticks = {0, 1};

    if (coder->out)
        ticks = pith_ticks_find(values, work->columns.n, sample);
    for (uint32_t k = 0; k < 64; k += 16)
        tick |= (uint64_t)pith_bitcode_plain(coder, 16, (uint32_t)(ticks.tick >> k) & 0xffff) << k;
    ticks.tick = tick;
    ticks.n_streams = pith_bitcode_plain(coder, 1, ticks.n_streams > 1) ? PITH_STREAMS : 1;
    if (tick == 0)
        return pith_attribute_code(&work->attributes, coder, PITH_KIND_FIELDS + field, values,
                                   before, watch);
    if (coder->out)
        pith_ticks_part(values, work->rests, work->columns.n, &ticks);
    if (pith_attribute_code(&work->attributes, coder, PITH_KIND_TICKS, values, before, watch) ||
        pith_attribute_code(&work->attributes, coder, PITH_KIND_RESTS, work->rests, told, watch))
        return 1;
    pith_ticks_join(values, work->rests, work->columns.n, &ticks);
    return 0;
}

/* Only the first of several. */
static int is_time(const struct work *work, uint32_t field)
{
    return pith_point_widths[work->layout.fields[field].type] == 8 &&
           work->columns.n <= work->raw_len / sizeof *work->rests &&
           pith_points_find(&work->layout, PITH_POINT_TIME) == field;
}

/* Whether there is memory for what is known of points in space. */
static int has_space(const struct work *work)
{
    return work->layout.is_text ? work->columns.n <= work->raw_len / PITH_SCAN_STRIDE_MIN
                                : pith_points_stride(&work->layout) >= PITH_SCAN_STRIDE_MIN;
}

/* When the coordinates in the plane are known. */
static void find_neighbours(struct work *work)
{
    uint32_t x = pith_points_find(&work->layout, PITH_POINT_X);
    uint32_t y = pith_points_find(&work->layout, PITH_POINT_Y);

    if (x == work->layout.n_fields || !has_space(work))
        return;
    pith_neighbours_find(work->model.ups, pith_column(&work->columns, x),
                         pith_column(&work->columns, y), work->columns.n, work->cells);
    work->attributes.has_neighbours = 1;
}

/* All fields that the scan does not code, each with the two before it. */
static int code_attributes(struct work *work, const struct pith_value_watch *watch)
{
    const int64_t *before[2] = {NULL, NULL};
    uint32_t order[PITH_POINT_FIELDS_MAX];

    pith_attributes_init(&work->attributes);
    sort_fields(order, &work->layout);
    work->attributes.has_neighbours = (int)work->firing.is_there;
    if (work->model.scan || work->firing.is_there) {
        const uint32_t *fields = work->model.scan ? work->scan.fields : work->firing.fields;

        before[0] = pith_column(&work->columns, fields[2]);
        before[1] = pith_column(&work->columns, fields[0]);
        work->n_done += 3;
    }
    for (uint32_t k = 0; k < work->layout.n_fields; k++) {
        uint32_t field = order[k];
        uint8_t role = work->layout.fields[field].role;
        int64_t *values = pith_column(&work->columns, field);
        size_t from = work->coder.pos;

        if (is_coordinate(work, field))
            continue;
        if (is_time(work, field)
                ? code_time(work, field, values, before, watch)
                : pith_attribute_code(&work->attributes, &work->coder, PITH_KIND_FIELDS + field,
                                      values, before, watch))
            return 1;
        work->sizes[PITH_POINTS_SCAN_PARTS + field] = (uint32_t)(work->coder.pos - from);
        if (role == PITH_POINT_RETURN || role == PITH_POINT_TIME || role == PITH_POINT_SOURCE)
            pith_attributes_add_key(&work->attributes, field);
        if (role == PITH_POINT_Y)
            find_neighbours(work);
        before[1] = before[0];
        before[0] = values;
        work->n_done++;
    }
    return 0;
}

static pith_status no_layout(const struct work *work, pith_error *error)
{
    return pith_fail(error, PITH_E_CORRUPT, work->coder.pos,
                     "the layout of points is not one of %" PRIu64 " bytes", work->raw_len);
}

/* Bytes that are no whole record. */
static void code_rest(struct pith_coder *coder, uint8_t *rest, size_t len)
{
    for (size_t i = 0; i < len; i++)
        rest[i] = (uint8_t)pith_bitcode_plain(coder, 8, rest[i]);
}

/* What a listing shows, with the layout before it.  Returns 0 if what was decoded is none. */
static int code_kind(struct work *work)
{
    struct pith_scan *scan = work->model.scan;

    if (!(work->layout.is_text
              ? pith_lines_code_notations(&work->lines, &work->coder, work->raw_len)
              : pith_columns_code_grids(&work->columns, &work->coder)) ||
        !pith_points_code_scan(&scan, &work->scan, &work->firing, &work->coder) ||
        ((scan || work->firing.is_there) && !has_space(work)))
        return 0;
    work->model.scan = scan;
    return 1;
}

/* Encoding: what scan and fields took. */
static void note_scan(struct work *work, size_t from)
{
    const size_t *ends = work->model.scan ? work->model.ends : work->firing.ends;

    work->sizes[0] = (uint32_t)(ends[0] - from);
    work->sizes[1] = (uint32_t)(ends[1] - ends[0]);
    work->sizes[2] = (uint32_t)(ends[2] - ends[1]);
}

/* Coordinates that have a model of their own.  Returns nonzero if the watch says so. */
static int code_coordinates(struct work *work, const struct pith_value_watch *watch, size_t from)
{
    if (work->model.scan
            ? pith_scan_model_code(&work->model, &work->coder, watch)
            : work->firing.is_there && pith_firing_code(&work->firing, &work->coder, watch))
        return 1;
    if (work->model.scan || work->firing.is_there)
        note_scan(work, from);
    return 0;
}

static pith_status code(struct work *work, pith_error *error)
{
    struct pith_value_watch watch = {on_values, work};
    size_t from = work->coder.pos;

    if (!code_kind(work) ||
        !(work->layout.is_text ? pith_lines_code_exceptions(&work->lines, &work->coder)
                               : pith_columns_code_exceptions(&work->columns, &work->coder)) ||
        ((work->model.scan || work->firing.exact) &&
         !pith_scan_code_lasers(&work->scan, &work->coder, work->columns.n)))
        return no_layout(work, error);
    pith_values_init(&work->values);
    if (!code_coordinates(work, &watch, from))
        (void)code_attributes(work, &watch);
    if (work->is_cancelled)
        return pith_fail(error, PITH_E_CANCELLED, 0, "cancelled");
    return PITH_OK;
}

/* Looks for an order of firing in coordinates that are float32 of any bits. */
static void find_firing(struct work *work)
{
    struct pith_firing *firing = &work->firing;
    int is_fit;

    memcpy(firing->fields, work->scan.fields, sizeof firing->fields);
    for (uint32_t axis = 0; axis < 3; axis++)
        if (work->columns.decimals[firing->fields[axis]] != PITH_POINT_NO_GRID)
            return;
    is_fit = pith_firing_fit(&work->firing_fit, firing);
    if (is_fit && firing->n_blocks == 1) {
        work->model.scan = &work->scan;
        work->scan.n_lasers = firing->blocks[0].n_lasers;
        if (pith_scan_fit_lasers(&work->fit, &work->model, firing->lasers))
            firing->exact = &work->scan;
        work->model.scan = NULL;
    }
    if (!firing->exact && work->firing_fit.n_turns > 0)
        is_fit = pith_firing_split_turns(&work->firing_fit, firing) ||
                 (is_fit && pith_firing_fit(&work->firing_fit, firing));
    firing->is_there = firing->exact || (is_fit && pith_firing_is_better(firing));
}

/* Looks for a scan in coordinates that are float32, or of text decimal fractions, and if there is none for one in what they were before a sweep. */
static void find_scan(struct work *work, const uint8_t *raw)
{
    static const enum pith_point_role roles[3] = {PITH_POINT_X, PITH_POINT_Y, PITH_POINT_Z};
    int is_fit = has_space(work), has_grid = 0;
    enum pith_sweep_found found;

    for (uint32_t axis = 0; axis < 3; axis++) {
        uint32_t field = pith_points_find(&work->layout, roles[axis]);

        work->scan.fields[axis] = field;
        is_fit = is_fit && field < work->layout.n_fields &&
                 (pith_point_is_narrow(work->layout.fields[field].type) ||
                  (work->layout.fields[field].type == PITH_POINT_F64 &&
                   work->columns.decimals[field] != PITH_POINT_NO_GRID) ||
                  (work->layout.is_text && work->layout.fields[field].type != PITH_POINT_I64));
        has_grid |= is_fit && work->columns.decimals[field] != PITH_POINT_NO_GRID;
    }
    work->model.scan = &work->scan;
    if (is_fit && pith_scan_fit(&work->fit, &work->model))
        return;
    work->model.scan = NULL;
    if (!is_fit || has_grid || work->layout.is_text)
        return;
    found = pith_sweep_fit(&work->columns, work->scan.fields, work->model.reals);
    if (found == PITH_SWEEP_SPOILT)
        pith_columns_take(&work->columns, raw);
    work->model.scan = &work->scan;
    if (found == PITH_SWEEP_FOUND && pith_scan_fit(&work->fit, &work->model))
        return;
    work->model.scan = NULL;
    if (found != PITH_SWEEP_FOUND)
        find_firing(work);
}

/* Takes a chunk apart.  One whose layout is not known, or that is not the lines that it should be, is numbers of 16 bits. */
static void take_records(struct work *work, const uint8_t *raw)
{
    const struct pith_points_layout *given = work->hooks ? work->hooks->points : NULL;

    work->layout = unknown;
    if (given && pith_points_fit(given))
        work->layout = *given;
    if (work->layout.is_text && pith_lines_take(&work->lines, raw, (size_t)work->raw_len))
        return;
    if (work->layout.is_text)
        work->layout = unknown;
    work->columns.n = (size_t)(work->raw_len / pith_points_stride(&work->layout));
    pith_points_narrow(&work->layout, raw, work->columns.n);
    pith_columns_take(&work->columns, raw);
}

/* Encoding: the work stands where its memory begins. */
static struct work *begin_encode(void *memory, int level, size_t raw_len,
                                 const struct pith_codec_hooks *hooks)
{
    struct work *work = memory;

    if (!hooks || hooks->points_seen != PITH_POINTS_KEPT)
        lay_out(work, level, raw_len, 1, memory);
    work->hooks = hooks;
    work->fit.before = hooks ? hooks->points_before : 0;
    return work;
}

void pith_points_look_at(struct pith_points_look *look, const struct pith_points_layout *layout,
                         uint64_t before, int level, const uint8_t *raw, size_t raw_len,
                         void *memory)
{
    const struct pith_codec_hooks hooks = {.points = layout, .points_before = before};
    uint64_t mode = pith_fpmode_pin();
    struct work *work = begin_encode(memory, level, raw_len, &hooks);

    take_records(work, raw);
    look->is_fit = work->layout.is_text == layout->is_text;
    if (look->is_fit)
        find_scan(work, raw);
    look->has_scan = work->model.scan != NULL || work->firing.is_there;
    pith_fpmode_restore(mode);
}

/* In either direction; decoding, lines come to be here. */
static pith_status code_lines(struct work *work, uint8_t *raw, pith_error *error)
{
    TRY(code(work, error));
    if (work->coder.overrun > PITH_CODER_OVERRUN_MAX || work->coder.is_full)
        return PITH_OK; /* which is told later */
    return pith_lines_put(&work->lines, &work->coder, raw, (size_t)work->raw_len)
               ? PITH_OK
               : no_layout(work, error);
}

static pith_status code_records(struct work *work, uint8_t *raw, pith_error *error)
{
    uint32_t stride;

    if (!pith_points_layout_code(&work->layout, &work->coder) || !pith_points_fit(&work->layout))
        return no_layout(work, error);
    if (work->layout.is_text)
        return code_lines(work, raw, error);
    stride = pith_points_stride(&work->layout);
    work->columns.n = (size_t)(work->raw_len / stride);
    if (work->columns.n > 0)
        TRY(code(work, error));
    code_rest(&work->coder, raw + work->columns.n * stride, (size_t)(work->raw_len % stride));
    return PITH_OK;
}

/* Beside the coder's bytes: no decoder reads it. */
static void store_shares(uint8_t *to, const struct work *work)
{
    for (uint32_t k = 0; k < work->params.n_shares; k++)
        pith_store_le(to + k * (size_t)PITH_POINTS_SHARE_LEN,
                      (uint64_t)work->sizes[k] * PITH_POINTS_SHARE_ALL / (work->coder.pos + 1),
                      PITH_POINTS_SHARE_LEN);
}

static pith_status encode_pinned(struct pith_codec_packed *packed, uint8_t *payload, size_t cap,
                                 uint8_t *raw, size_t raw_len, void *memory,
                                 const struct pith_codec_hooks *hooks, pith_error *error)
{
    struct work *work = begin_encode(memory, packed->params[0], raw_len, hooks);
    enum pith_points_seen seen = hooks ? hooks->points_seen : PITH_POINTS_UNSEEN;
    size_t table;

    TRY(pith_points_params_read(&work->params, packed->params, packed->params_len, error));
    if (seen != PITH_POINTS_KEPT)
        take_records(work, raw);
    if (seen == PITH_POINTS_UNSEEN)
        find_scan(work, raw);
    table = table_len(work);
    if (cap < table)
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0, "the payload is larger than its bound");
    pith_coder_begin_encode(&work->coder, payload + table, cap - table);
    TRY(code_records(work, raw, error));
    pith_coder_finish_encode(&work->coder);
    if (work->coder.is_full)
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0, "the payload is larger than its bound");
    store_shares(payload, work);
    packed->payload_len = table + work->coder.pos;
    packed->final_state = work->coder.range;
    if (hooks && hooks->published)
        hooks->published(hooks->opaque, packed->payload_len);
    return PITH_OK;
}

/* As hooks->wait_more, for what is behind the table. */
static size_t wait_behind_table(void *opaque, size_t have)
{
    const struct work *work = opaque;
    size_t table = table_len(work), got = work->hooks->wait_more(work->hooks->opaque, have + table);

    return got > table ? got - table : 0;
}

static pith_status decode_pinned(uint32_t *final_state, uint8_t *raw, size_t raw_len,
                                 const uint8_t *params, size_t params_len, const uint8_t *payload,
                                 size_t payload_len, void *memory,
                                 const struct pith_codec_hooks *hooks, pith_error *error)
{
    int is_growing = hooks && hooks->wait_more;
    struct work work;
    struct pith_coder *coder = &work.coder;
    size_t table;

    lay_out(&work, params[0], raw_len, 0, memory);
    work.hooks = hooks;
    TRY(pith_points_params_read(&work.params, params, params_len, error));
    table = table_len(&work);
    if (payload_len < table)
        return pith_fail(error, PITH_E_CORRUPT, payload_len, "the payload ends in its table");
    pith_coder_begin_decode(coder, payload + table, is_growing ? 0 : payload_len - table,
                            is_growing ? wait_behind_table : NULL, &work);
    TRY(code_records(&work, raw, error));
    if (!work.layout.is_text && work.columns.n > 0 && coder->overrun <= PITH_CODER_OVERRUN_MAX)
        pith_columns_put(&work.columns, raw);
    TRY(pith_coder_check_end(coder, error));
    *final_state = coder->range;
    return PITH_OK;
}

/* Places are computed in floating point: whatever mode the caller's thread is in. */
static pith_status encode(struct pith_codec_packed *packed, uint8_t *payload, size_t cap,
                          uint8_t *raw, size_t raw_len, void *memory,
                          const struct pith_codec_hooks *hooks, pith_error *error)
{
    uint64_t mode = pith_fpmode_pin();
    pith_status status = encode_pinned(packed, payload, cap, raw, raw_len, memory, hooks, error);

    pith_fpmode_restore(mode);
    return status;
}

static pith_status decode(uint32_t *final_state, uint8_t *raw, size_t raw_len,
                          const uint8_t *params, size_t params_len, const uint8_t *payload,
                          size_t payload_len, void *memory, const struct pith_codec_hooks *hooks,
                          pith_error *error)
{
    uint64_t mode = pith_fpmode_pin();
    pith_status status = decode_pinned(final_state, raw, raw_len, params, params_len, payload,
                                       payload_len, memory, hooks, error);

    pith_fpmode_restore(mode);
    return status;
}

const struct pith_codec pith_codec_points = {
    .id = PITH_CODEC_POINTS,
    .name = "points",
    .encode_need = encode_need,
    .plan = plan,
    .decode_need = decode_need,
    .encode = encode,
    .decode = decode,
};
