/* See fast.h.
 *
 * Payload: length of the blocks (4 bytes), the scales of rows and columns, the blocks, then the head, one run of the coder: the
 * layout, the table of scales, what types share, and for each run its scale and how its planes are coded, with its own
 * tables.  A block has its planes one after the other, the highest first: as they are, or the length of what was coded (4
 * bytes) and that. */
#include "codec/tensor/fast.h"

#include <string.h>

#include "base/cursor.h"
#include "codec/tensor/fast_run.h"

#define HEAD_LEN 512 /* of each run at most: with the tables of all its planes */
#define TYPE_LEN (128 * PITH_TENSOR_CLASSES * PITH_TENSOR_CLASSED_PLANES)

void pith_tensor_fast_layout(struct pith_tensor_fast *fast, struct pith_arena *arena, int level,
                             uint64_t raw_len, int is_encoding)
{
    uint32_t n_runs = pith_tensor_runs_room(raw_len);
    size_t ready = is_encoding ? sizeof(struct pith_rans_steps) : sizeof(struct pith_rans_slots);

    fast->is_encoding = is_encoding;
    fast->has_scales = level >= PITH_TENSOR_SCALES_LEVEL_MIN;
    fast->least_gain = fast->has_scales ? 128 : 56;
    for (uint32_t k = 0; k < PITH_TENSOR_PLANES_MAX; k++) {
        fast->planes[k] = pith_arena_take(arena, PITH_TENSOR_BLOCK, 1);
        fast->ready.single[k] = pith_arena_take(arena, 1, ready);
    }
    for (uint32_t k = 0; k < PITH_TENSOR_CLASSED_PLANES; k++)
        fast->ready.classed[k] = pith_arena_take(arena, PITH_TENSOR_CLASSES, ready);
    fast->own_ready = pith_arena_take(arena, PITH_TENSOR_PLANES_MAX, ready);
    fast->classes = pith_arena_take(arena, PITH_TENSOR_BLOCK, 1);
    fast->zeros = pith_arena_take(arena, PITH_TENSOR_BLOCK, 1);
    pith_tensor_scales_layout(&fast->scales, arena, raw_len, is_encoding);
    fast->shared = pith_arena_take(arena, PITH_TENSOR_TYPES, sizeof *fast->shared);
    if (!is_encoding)
        return;
    fast->coded = pith_arena_take(arena, pith_rans_bound(PITH_TENSOR_BLOCK), 1);
    fast->counts = pith_arena_take(arena, PITH_TENSOR_PLANES_MAX, sizeof *fast->counts);
    fast->own_scales = pith_arena_take(arena, n_runs, sizeof *fast->own_scales);
    fast->head_cap = (size_t)HEAD_LEN * n_runs + PITH_TENSOR_TYPES * TYPE_LEN;
    fast->head = pith_arena_take(arena, fast->head_cap, 1);
}

void pith_tensor_fast_begin(struct pith_tensor_fast *fast, struct pith_tensor_head *head)
{
    memset(fast->zeros, 0, PITH_TENSOR_BLOCK);
    fast->ready.done = 0;
    pith_tensor_head_init(head);
}

void pith_tensor_fast_next_run(struct pith_tensor_fast_run *at, const struct pith_tensor_fast *fast,
                               const struct pith_tensor_layout *layout,
                               const struct pith_tensor_source *source, uint32_t r)
{
    if (r == 0)
        *at = (struct pith_tensor_fast_run){.scales = fast->scales.coded};
    else {
        at->at += pith_tensor_run_len(at->run);
        at->scales += at->axes.n_rows + at->axes.n_columns;
    }
    at->run = &layout->runs[r];
    at->scale = 0;
    at->raw = source->raw + at->at + pith_tensor_run_skip(at->run);
    at->axes = pith_tensor_axes_of(at->run, fast->has_scales);
    at->base = at->run->has_base ? source->base + at->at : NULL;
    at->n_planes = pith_tensor_forms[at->run->type].width;
    at->n = pith_tensor_run_n(at->run);
}

void pith_tensor_fast_classify(const struct pith_tensor_fast *fast,
                               const struct pith_tensor_fast_run *at, int32_t least,
                               const uint8_t *map, uint64_t first, size_t n)
{
    uint8_t *restrict classes = fast->classes;

    pith_tensor_classes_of(&fast->scales, classes, at->scales, at->run, &at->axes, at->scale, least,
                           pith_tensor_fast_base_at(at, first), first, n);
    for (size_t i = 0; map && i < n; i++)
        classes[i] = map[classes[i]];
}

static int is_classed(const struct pith_tensor_shared *shared,
                      const struct pith_tensor_fast_run *at)
{
    int is_any = 0;

    for (uint32_t k = 0; k < at->n_planes; k++)
        is_any |=
            at->modes[k] == PITH_TENSOR_PLANE_SHARED && shared->kinds[k] == PITH_TENSOR_CLASSED;
    return is_any;
}

void pith_tensor_fast_make_ready(const struct pith_tensor_fast *fast, void *to, uint32_t i,
                                 const struct pith_rans_table *table)
{
    if (fast->is_encoding)
        pith_rans_spread_steps((struct pith_rans_steps *)to + i, table);
    else
        pith_rans_spread((struct pith_rans_slots *)to + i, table);
}

/* Tables of the type's plane as the coder takes them; made once as long as the type is the same. */
static const void *shared_ready(struct pith_tensor_fast *fast, uint32_t type, uint32_t k)
{
    const struct pith_tensor_shared *shared = &fast->shared[type];
    struct pith_tensor_ready *ready = &fast->ready;
    int is_done = ready->done >> k & 1 && ready->type == type;

    if (ready->type != type)
        ready->done = 0;
    ready->type = type;
    ready->done |= 1u << k;
    if (shared->kinds[k] != PITH_TENSOR_CLASSED) {
        if (!is_done)
            pith_tensor_fast_make_ready(fast, ready->single[k], 0, &shared->single[k]);
        return ready->single[k];
    }
    for (uint32_t t = 0; !is_done && t < shared->n_tables; t++)
        pith_tensor_fast_make_ready(fast, ready->classed[k], t, &shared->classed[k][t]);
    return ready->classed[k];
}

int pith_tensor_fast_begin_run(struct pith_tensor_fast *fast, const struct pith_tensor_fast_run *at,
                               struct pith_tensor_plane_coding *codings)
{
    uint32_t type = pith_tensor_run_type(at->run);
    size_t size =
        fast->is_encoding ? sizeof(struct pith_rans_steps) : sizeof(struct pith_rans_slots);

    for (uint32_t k = 0; k < at->n_planes; k++) {
        codings[k] = (struct pith_tensor_plane_coding){NULL, fast->zeros};
        if (at->modes[k] == PITH_TENSOR_PLANE_SHARED) {
            codings[k].tables = shared_ready(fast, type, k);
            if (fast->shared[type].kinds[k] == PITH_TENSOR_CLASSED)
                codings[k].classes = fast->classes;
        } else if (at->modes[k] == PITH_TENSOR_PLANE_OWN) {
            codings[k].tables = (const uint8_t *)fast->own_ready + k * size;
            pith_tensor_fast_make_ready(fast, fast->own_ready, k, &fast->own[k]);
        }
    }
    if (!is_classed(&fast->shared[type], at))
        return 0;
    pith_tensor_scales_begin(&fast->scales, at->scales, &at->axes);
    return 1;
}

int pith_tensor_fast_code_run(struct pith_tensor_fast *fast, struct pith_tensor_head *head,
                              struct pith_tensor_fast_run *at)
{
    const struct pith_tensor_shared *shared = &fast->shared[pith_tensor_run_type(at->run)];

    if (fast->has_scales && pith_tensor_has_scale(at->run))
        at->scale = pith_bitcode_signed(&head->coder, &head->scales, at->scale);
    if (at->scale < INT16_MIN / 2 || at->scale > INT16_MAX / 2)
        return 0;
    for (uint32_t k = 0; k < at->n_planes; k++) {
        uint32_t mode = pith_bitcode_tree(&head->coder, head->modes, 2, at->modes[k]);

        if (mode > PITH_TENSOR_PLANE_SHARED ||
            (mode == PITH_TENSOR_PLANE_SHARED && shared->kinds[k] == PITH_TENSOR_NO_TABLES))
            return 0;
        at->modes[k] = mode;
        if (mode == PITH_TENSOR_PLANE_OWN && !pith_tensor_table_code(head, &fast->own[k]))
            return 0;
    }
    return head->coder.overrun <= PITH_CODER_OVERRUN_MAX;
}

uint32_t pith_tensor_fast_types_of(const struct pith_tensor_layout *layout)
{
    uint32_t types = 0;

    for (uint32_t r = 0; r < layout->n_runs; r++)
        types |= 1u << pith_tensor_run_type(&layout->runs[r]);
    return types;
}

size_t pith_tensor_fast_n_scales(const struct pith_tensor_fast *fast,
                                 const struct pith_tensor_layout *layout)
{
    size_t n = 0;

    for (uint32_t r = 0; r < layout->n_runs; r++) {
        struct pith_tensor_axes axes = pith_tensor_axes_of(&layout->runs[r], fast->has_scales);

        n += axes.n_rows + axes.n_columns;
    }
    return n;
}

/* Reads n symbols: into room if they are coded.  Returns where they are, NULL if they are broken. */
static const uint8_t *read_plane(uint8_t *room, struct pith_reader *reader, size_t n,
                                 const struct pith_tensor_plane_coding *coding)
{
    uint64_t len = n;
    const uint8_t *from;

    if (coding->tables && pith_reader_fixed(reader, &len, PITH_TENSOR_LENGTH_LEN) != PITH_OK)
        return NULL;
    if (len > reader->len - reader->at)
        return NULL;
    from = reader->data + reader->at;
    reader->at += (size_t)len;
    if (!coding->tables)
        return from;
    return pith_rans_decode(room, coding->classes, n, from, (size_t)len, coding->tables) ? room
                                                                                         : NULL;
}

/* Returns 0 if the blocks are broken; *is_cancelled if the hooks say stop. */
static int decode_run(struct pith_tensor_fast *fast, struct pith_reader *reader,
                      const struct pith_tensor_fast_run *at, uint8_t *raw, uint64_t done,
                      const struct pith_codec_hooks *hooks, int *is_cancelled)
{
    const struct pith_tensor_shared *shared = &fast->shared[pith_tensor_run_type(at->run)];
    struct pith_tensor_plane_coding codings[PITH_TENSOR_PLANES_MAX];
    const uint8_t *planes[PITH_TENSOR_PLANES_MAX] = {NULL};
    int has_classes = pith_tensor_fast_begin_run(fast, at, codings);

    for (uint64_t first = 0; first < at->n && !*is_cancelled; first += PITH_TENSOR_BLOCK) {
        size_t n = pith_tensor_fast_block_n(at, first);

        if (has_classes)
            pith_tensor_fast_classify(fast, at, shared->least, shared->map, first, n);
        for (uint32_t k = 0; k < at->n_planes; k++) {
            planes[k] = read_plane(fast->planes[k], reader, n, &codings[k]);
            if (!planes[k])
                return 0;
        }
        pith_tensor_planes_join(planes, at->run, raw + first * at->n_planes,
                                pith_tensor_fast_base_at(at, first), n);
        *is_cancelled = pith_tensor_fast_tell(hooks, done + first * at->n_planes);
    }
    return 1;
}

/* Returns 0 if they are broken. */
static int decode_scales(struct pith_tensor_fast *fast, struct pith_tensor_head *head,
                         struct pith_reader *reader, size_t n)
{
    struct pith_tensor_plane_coding coding = {fast->own_ready, fast->zeros};

    if (n == 0)
        return 1;
    if (!pith_tensor_table_code(head, &fast->own[0]))
        return 0;
    pith_tensor_fast_make_ready(fast, fast->own_ready, 0, &fast->own[0]);
    for (size_t at = 0; at < n; at += PITH_TENSOR_BLOCK)
        if (!read_plane(fast->scales.coded + at, reader,
                        n - at < PITH_TENSOR_BLOCK ? n - at : PITH_TENSOR_BLOCK, &coding))
            return 0;
    return 1;
}

static int decode_shared(struct pith_tensor_fast *fast, struct pith_tensor_head *head,
                         const struct pith_tensor_layout *layout)
{
    uint32_t types = pith_tensor_fast_types_of(layout);

    for (uint32_t type = 0; type < PITH_TENSOR_TYPES; type++)
        if (types >> type & 1 &&
            !pith_tensor_shared_code(head, &fast->shared[type], pith_tensor_forms[type].width))
            return 0;
    return 1;
}

static pith_status broken(pith_error *error, size_t position, const char *what)
{
    return pith_fail(error, PITH_E_CORRUPT, position, "%s of the tensors are broken", what);
}

static pith_status decode_runs(struct pith_tensor_fast *fast, struct pith_tensor_head *head,
                               struct pith_reader *reader, const struct pith_tensor_layout *layout,
                               const struct pith_tensor_source *source,
                               const struct pith_codec_hooks *hooks, pith_error *error)
{
    uint32_t types = pith_tensor_fast_types_of(layout);
    uint64_t done = 0;
    int is_cancelled = 0;
    struct pith_tensor_fast_run at;

    for (uint32_t type = 0; type < PITH_TENSOR_TYPES; type++)
        for (uint32_t r = 0; types >> type & 1 && r < layout->n_runs && !is_cancelled; r++) {
            pith_tensor_fast_next_run(&at, fast, layout, source, r);
            if (pith_tensor_run_type(at.run) != type)
                continue;
            if (!pith_tensor_fast_code_run(fast, head, &at))
                return broken(error, reader->len + head->coder.pos, "the tables");
            if (!decode_run(fast, reader, &at, at.raw, done, hooks, &is_cancelled))
                return broken(error, reader->at, "the blocks");
            done += pith_tensor_run_len(at.run);
        }
    if (is_cancelled)
        return pith_fail(error, PITH_E_CANCELLED, 0, "cancelled");
    if (reader->at != reader->len)
        return broken(error, reader->at, "the blocks");
    return PITH_OK;
}

pith_status pith_tensor_fast_decode(struct pith_tensor_fast *fast,
                                    struct pith_tensor_layout *layout,
                                    const struct pith_tensor_source *source, size_t raw_len,
                                    const uint8_t *payload, size_t payload_len,
                                    const struct pith_codec_hooks *hooks, uint32_t *final_state,
                                    pith_error *error)
{
    struct pith_reader reader = {payload, payload_len, 0};
    struct pith_tensor_head head;
    uint64_t blocks_len;

    if (pith_reader_fixed(&reader, &blocks_len, PITH_TENSOR_LENGTH_LEN) != PITH_OK ||
        blocks_len > payload_len - PITH_TENSOR_LENGTH_LEN)
        return broken(error, 0, "the blocks");
    reader.len = PITH_TENSOR_LENGTH_LEN + (size_t)blocks_len;
    pith_tensor_fast_begin(fast, &head);
    pith_coder_begin_decode(&head.coder, payload + reader.len, payload_len - reader.len, NULL,
                            NULL);
    if (!pith_tensor_layout_code(layout, &head.coder, raw_len))
        return broken(error, reader.len, "the tables");
    TRY(source->read_base(source->opaque, error));
    fast->has_scales = (int)pith_bitcode_plain(&head.coder, 1, 0);
    if (!decode_scales(fast, &head, &reader, pith_tensor_fast_n_scales(fast, layout)))
        return broken(error, reader.at, "the scales");
    if (!decode_shared(fast, &head, layout))
        return broken(error, reader.len, "the tables");
    TRY(decode_runs(fast, &head, &reader, layout, source, hooks, error));
    if (head.coder.pos != head.coder.cap || !pith_coder_ends_well(&head.coder))
        return broken(error, reader.len + head.coder.pos, "the tables");
    *final_state = head.coder.range;
    return PITH_OK;
}
