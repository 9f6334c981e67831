/* Encoding on the fast path: see fast.h. */
#include <string.h>

#include "base/bytes.h"
#include "base/cursor.h"
#include "codec/tensor/fast_run.h"

#define BLOCK_BITS 600  /* what coding a plane of a block takes beside its symbols, roughly */
#define SAMPLES    256  /* of a run's elements, by which the range of its type's scales is found */
#define SCALES     4096 /* that are told apart there */
#define PARTS      4    /* of a run, by which it is chosen how its planes are coded */
#define PART_N     4096
#define NOISE_N    32768
#define NOISE_BITS 799 /* of a hundred symbols, from where on no plane is worth coding */

/* Where most of a type's scales lie. */
static int32_t find_least(struct pith_tensor_fast *fast, const struct pith_tensor_layout *layout,
                          const struct pith_tensor_source *source, uint32_t type)
{
    uint32_t *counts = fast->counts[0][0]; /* free as yet, and long enough */
    uint64_t all = 0, below = 0, step;
    int32_t middle = 0;
    struct pith_tensor_fast_run at;

    memset(counts, 0, SCALES * sizeof *counts);
    for (uint32_t r = 0; r < layout->n_runs; r++) {
        pith_tensor_fast_next_run(&at, fast, layout, source, r);
        at.scale = fast->own_scales[r];
        step = (at.n + SAMPLES - 1) / SAMPLES;
        if (pith_tensor_run_type(at.run) != type)
            continue;
        for (uint64_t i = 0; i < at.n; i += step) {
            int32_t scale = pith_tensor_scale_at(at.scales, at.run, &at.axes, at.scale, at.base, i);

            counts[(uint32_t)(scale + SCALES / 2) % SCALES] += (uint32_t)step;
            all += step;
        }
    }
    while (below + counts[middle] <= all / 2 && middle < SCALES - 1)
        below += counts[middle++];
    return middle - SCALES / 2 - PITH_TENSOR_CLASSES / 2;
}

/* Counts symbols of a plane, by classes unless NULL.  Equal ones in a row would wait for each other in one counter. */
static void count_plane(uint32_t (*counts)[256], const uint8_t *plane, const uint8_t *classes,
                        size_t n)
{
    uint32_t by_turns[4][256] = {{0}};
    size_t i = 0;

    for (; classes && i < n; i++)
        counts[classes[i]][plane[i]]++;
    for (; i + 4 <= n; i += 4)
        for (uint32_t k = 0; k < 4; k++)
            by_turns[k][plane[i + k]]++;
    for (; i < n; i++)
        by_turns[0][plane[i]]++;
    for (uint32_t k = 0; !classes && k < 256; k++)
        counts[0][k] += by_turns[0][k] + by_turns[1][k] + by_turns[2][k] + by_turns[3][k];
}

static void clear_counts(struct pith_tensor_fast *fast, uint32_t n_planes, uint32_t n_classes)
{
    for (uint32_t k = 0; k < n_planes; k++)
        memset(fast->counts[k], 0, n_classes * sizeof fast->counts[k][0]);
}

/* Counts the planes of a run's part, by single classes; noise: bits of planes that are left out. */
static void count_part(struct pith_tensor_fast *fast, const struct pith_tensor_fast_run *at,
                       int32_t least, const uint8_t *raw, uint64_t first, size_t n, uint32_t noise)
{
    int has_classes = fast->has_scales || at->base;

    if (has_classes)
        pith_tensor_fast_classify(fast, at, least, NULL, first, n);
    pith_tensor_planes_cut(fast->planes, at->run, raw + first * at->n_planes,
                           pith_tensor_fast_base_at(at, first), n);
    for (uint32_t k = 0; k < at->n_planes; k++)
        if (!(noise >> k & 1))
            count_plane(fast->counts[k], fast->planes[k], has_classes ? fast->classes : NULL, n);
}

/* Which planes, so far, look like noise: bits of them. */
static uint32_t find_noise(struct pith_tensor_fast *fast, uint32_t n_planes)
{
    uint32_t noise = 0, all[256];

    for (uint32_t k = 0; k < n_planes; k++) {
        uint64_t n = 0;

        memset(all, 0, sizeof all);
        for (uint32_t c = 0; c < PITH_TENSOR_CLASSES; c++)
            for (uint32_t i = 0; i < 256; i++)
                all[i] += fast->counts[k][c][i];
        for (uint32_t i = 0; i < 256; i++)
            n += all[i];
        if (n >= NOISE_N && 100 * pith_tensor_entropy(all) > NOISE_BITS * n)
            noise |= 1u << k;
    }
    return noise;
}

/* Returns the bits that classes gain. */
static uint64_t make_shared(struct pith_tensor_fast *fast, const struct pith_tensor_layout *layout,
                            const struct pith_tensor_source *source, uint32_t type)
{
    struct pith_tensor_shared *shared = &fast->shared[type];
    uint32_t n_planes = pith_tensor_forms[type].width, noise = 0;
    uint64_t counted = 0, next_look = NOISE_N;
    struct pith_tensor_fast_run at;

    shared->least = find_least(fast, layout, source, type);
    clear_counts(fast, n_planes, PITH_TENSOR_CLASSES);
    for (uint32_t r = 0; r < layout->n_runs; r++) {
        pith_tensor_fast_next_run(&at, fast, layout, source, r);
        at.scale = fast->own_scales[r];
        if (pith_tensor_run_type(at.run) != type)
            continue;
        pith_tensor_scales_begin(&fast->scales, at.scales, &at.axes);
        for (uint64_t first = 0; first < at.n; first += PITH_TENSOR_BLOCK) {
            size_t n = pith_tensor_fast_block_n(&at, first);

            count_part(fast, &at, shared->least, at.raw, first, n, noise);
            counted += n;
            if (noise == 0 && counted >= next_look) {
                noise = find_noise(fast, n_planes);
                next_look = 2 * counted;
            }
        }
    }
    for (uint32_t k = 0; k < n_planes; k++)
        if (noise >> k &
            1) /* what was counted of it is not all: it counts as what cannot be coded */
            memset(fast->counts[k], 0, sizeof fast->counts[k]);
    return pith_tensor_shared_make(shared, n_planes, fast->counts, fast->least_gain);
}

static uint64_t make_all_shared(struct pith_tensor_fast *fast,
                                const struct pith_tensor_layout *layout,
                                const struct pith_tensor_source *source)
{
    uint32_t types = pith_tensor_fast_types_of(layout);
    uint64_t gain = 0;

    for (uint32_t type = 0; type < PITH_TENSOR_TYPES; type++)
        if (types >> type & 1)
            gain += make_shared(fast, layout, source, type);
    return gain;
}

static void count_scales(struct pith_tensor_fast *fast, size_t n)
{
    clear_counts(fast, 1, 1);
    for (size_t i = 0; i < n; i++)
        fast->counts[0][0][fast->scales.coded[i]]++;
}

/* Scales of all runs, and what types share; all but the scales' own table is then known.  Where rows and columns are alike
 * there are none. */
static void prepare(struct pith_tensor_fast *fast, const struct pith_tensor_layout *layout,
                    const struct pith_tensor_source *source)
{
    uint8_t *scales = fast->scales.coded;
    struct pith_tensor_fast_run at;
    uint64_t gain;

    memset(fast->own_scales, 0, layout->n_runs * sizeof *fast->own_scales);
    for (uint32_t r = 0; fast->has_scales && r < layout->n_runs; r++) {
        pith_tensor_fast_next_run(&at, fast, layout, source, r);
        if (pith_tensor_has_scale(at.run))
            fast->own_scales[r] =
                pith_tensor_scales_find(&fast->scales, scales, at.run, &at.axes, at.raw, at.base);
        scales += at.axes.n_rows + at.axes.n_columns;
    }
    gain = make_all_shared(fast, layout, source);
    if (!fast->has_scales)
        return;
    count_scales(fast, (size_t)(scales - fast->scales.coded));
    if (gain > pith_tensor_entropy(fast->counts[0][0]) + PITH_TENSOR_TABLE_BITS)
        return;
    fast->has_scales = 0;
    memset(fast->own_scales, 0, layout->n_runs * sizeof *fast->own_scales);
    (void)make_all_shared(fast, layout, source);
}

/* Bits of the counted symbols of a plane by what its type shares. */
static uint64_t shared_bits(const struct pith_tensor_fast *fast,
                            const struct pith_tensor_shared *shared, uint32_t k)
{
    uint32_t n_tables = shared->kinds[k] == PITH_TENSOR_CLASSED ? shared->n_tables : 1;
    uint64_t bits = 0;

    for (uint32_t t = 0; t < n_tables; t++)
        bits += pith_tensor_bits(fast->counts[k][t],
                                 n_tables > 1 ? &shared->classed[k][t] : &shared->single[k]);
    return bits;
}

static void add_up(uint32_t (*counts)[256], uint32_t n_tables)
{
    for (uint32_t t = 1; t < n_tables; t++)
        for (uint32_t i = 0; i < 256; i++)
            counts[0][i] += counts[t][i];
}

/* Counts parts of a run's planes, by tables.  Returns the elements. */
static size_t count_parts(struct pith_tensor_fast *fast, const struct pith_tensor_fast_run *at,
                          const uint8_t *raw)
{
    const struct pith_tensor_shared *shared = &fast->shared[pith_tensor_run_type(at->run)];
    int has_classes = shared->n_tables > 1;
    uint64_t step = at->n / PARTS > PART_N ? at->n / PARTS : PART_N;
    size_t counted = 0, n;

    clear_counts(fast, at->n_planes, shared->n_tables);
    pith_tensor_scales_begin(&fast->scales, at->scales, &at->axes);
    for (uint64_t first = 0; first < at->n; first += step) {
        n = at->n - first < PART_N ? (size_t)(at->n - first) : PART_N;
        if (has_classes)
            pith_tensor_fast_classify(fast, at, shared->least, shared->map, first, n);
        pith_tensor_planes_cut(fast->planes, at->run, raw + first * at->n_planes,
                               pith_tensor_fast_base_at(at, first), n);
        for (uint32_t k = 0; k < at->n_planes; k++)
            count_plane(fast->counts[k], fast->planes[k],
                        has_classes && k < PITH_TENSOR_CLASSED_PLANES ? fast->classes : NULL, n);
        counted += n;
    }
    return counted;
}

/* How each plane takes the least room. */
static void choose_modes(struct pith_tensor_fast *fast, struct pith_tensor_fast_run *at,
                         const uint8_t *raw)
{
    const struct pith_tensor_shared *shared = &fast->shared[pith_tensor_run_type(at->run)];
    uint64_t n = count_parts(fast, at, raw);

    for (uint32_t k = 0; k < at->n_planes; k++) {
        uint32_t kind = shared->kinds[k];
        uint64_t stored = 8 * n, own, with_shared = UINT64_MAX;

        if (kind == PITH_TENSOR_CLASSED)
            with_shared = shared_bits(fast, shared, k) + BLOCK_BITS;
        add_up(fast->counts[k], k < PITH_TENSOR_CLASSED_PLANES ? shared->n_tables : 1);
        if (kind == PITH_TENSOR_ONE_TABLE)
            with_shared = shared_bits(fast, shared, k) + BLOCK_BITS;
        own = pith_tensor_entropy(fast->counts[k][0]) + BLOCK_BITS;
        own += PITH_TENSOR_TABLE_BITS * n / at->n;
        at->modes[k] = with_shared <= own ? PITH_TENSOR_PLANE_SHARED : PITH_TENSOR_PLANE_OWN;
        if ((with_shared <= own ? with_shared : own) > stored - stored / fast->least_gain)
            at->modes[k] = PITH_TENSOR_PLANE_STORED;
    }
}

/* Tables of planes that have their own. */
static void make_own(struct pith_tensor_fast *fast, const struct pith_tensor_fast_run *at,
                     const uint8_t *raw)
{
    int is_any = 0;

    for (uint32_t k = 0; k < at->n_planes; k++)
        is_any |= at->modes[k] == PITH_TENSOR_PLANE_OWN;
    if (!is_any)
        return;
    clear_counts(fast, at->n_planes, 1);
    for (uint64_t first = 0; first < at->n; first += PITH_TENSOR_BLOCK) {
        size_t n = pith_tensor_fast_block_n(at, first);

        pith_tensor_planes_cut(fast->planes, at->run, raw + first * at->n_planes,
                               pith_tensor_fast_base_at(at, first), n);
        for (uint32_t k = 0; k < at->n_planes; k++)
            if (at->modes[k] == PITH_TENSOR_PLANE_OWN)
                count_plane(fast->counts[k], fast->planes[k], NULL, n);
    }
    for (uint32_t k = 0; k < at->n_planes; k++)
        if (at->modes[k] == PITH_TENSOR_PLANE_OWN)
            pith_rans_normalise(&fast->own[k], fast->counts[k][0]);
}

/* Writes n symbols.  Returns 0 if there is no room. */
static int write_plane(struct pith_tensor_fast *fast, struct pith_writer *writer,
                       const uint8_t *plane, size_t n,
                       const struct pith_tensor_plane_coding *coding)
{
    size_t len;

    if (!coding->tables)
        return pith_writer_bytes(writer, plane, n) == PITH_OK;
    len = pith_rans_encode(fast->coded, plane, coding->classes, n, coding->tables);
    return pith_writer_fixed(writer, len, PITH_TENSOR_LENGTH_LEN) == PITH_OK &&
           pith_writer_bytes(writer, fast->coded + pith_rans_bound(n) - len, len) == PITH_OK;
}

/* Returns 0 if there is no room, or the hooks say stop. */
static int encode_run(struct pith_tensor_fast *fast, struct pith_tensor_head *head,
                      struct pith_writer *writer, struct pith_tensor_fast_run *at,
                      const uint8_t *raw, uint64_t done, const struct pith_codec_hooks *hooks)
{
    const struct pith_tensor_shared *shared = &fast->shared[pith_tensor_run_type(at->run)];
    struct pith_tensor_plane_coding codings[PITH_TENSOR_PLANES_MAX];
    int has_classes;

    choose_modes(fast, at, raw);
    make_own(fast, at, raw);
    (void)pith_tensor_fast_code_run(fast, head, at);
    has_classes = pith_tensor_fast_begin_run(fast, at, codings);
    for (uint64_t first = 0; first < at->n; first += PITH_TENSOR_BLOCK) {
        size_t n = pith_tensor_fast_block_n(at, first);

        if (has_classes)
            pith_tensor_fast_classify(fast, at, shared->least, shared->map, first, n);
        pith_tensor_planes_cut(fast->planes, at->run, raw + first * at->n_planes,
                               pith_tensor_fast_base_at(at, first), n);
        for (uint32_t k = 0; k < at->n_planes; k++)
            if (!write_plane(fast, writer, fast->planes[k], n, &codings[k]))
                return 0;
        if (pith_tensor_fast_tell(hooks, done + first * at->n_planes))
            return 0;
    }
    return !head->coder.is_full;
}

/* Scales of rows and columns, with their table in the head.  Returns 0 if there is no room. */
static int encode_scales(struct pith_tensor_fast *fast, struct pith_tensor_head *head,
                         struct pith_writer *writer, size_t n)
{
    struct pith_tensor_plane_coding coding = {NULL, fast->zeros};

    if (n == 0)
        return 1;
    count_scales(fast, n);
    pith_rans_normalise(&fast->own[0], fast->counts[0][0]);
    (void)pith_tensor_table_code(head, &fast->own[0]);
    pith_tensor_fast_make_ready(fast, fast->own_ready, 0, &fast->own[0]);
    coding.tables = fast->own_ready;
    for (size_t at = 0; at < n; at += PITH_TENSOR_BLOCK)
        if (!write_plane(fast, writer, fast->scales.coded + at,
                         n - at < PITH_TENSOR_BLOCK ? n - at : PITH_TENSOR_BLOCK, &coding))
            return 0;
    return 1;
}

size_t pith_tensor_fast_encode(struct pith_tensor_fast *fast, struct pith_tensor_layout *layout,
                               uint8_t *payload, size_t cap,
                               const struct pith_tensor_source *source, size_t raw_len,
                               const struct pith_codec_hooks *hooks, uint32_t *final_state)
{
    struct pith_writer writer = {payload, cap, 0};
    struct pith_tensor_head head;
    uint32_t types = pith_tensor_fast_types_of(layout);
    struct pith_tensor_fast_run at;
    uint64_t done = 0;

    pith_tensor_fast_begin(fast, &head);
    pith_coder_begin_encode(&head.coder, fast->head, fast->head_cap);
    (void)pith_tensor_layout_code(layout, &head.coder, raw_len);
    prepare(fast, layout, source);
    (void)pith_bitcode_plain(&head.coder, 1, (uint32_t)fast->has_scales);
    if (pith_writer_fixed(&writer, 0, PITH_TENSOR_LENGTH_LEN) != PITH_OK ||
        !encode_scales(fast, &head, &writer, pith_tensor_fast_n_scales(fast, layout)))
        return 0;
    for (uint32_t type = 0; type < PITH_TENSOR_TYPES; type++)
        if (types >> type & 1)
            (void)pith_tensor_shared_code(&head, &fast->shared[type],
                                          pith_tensor_forms[type].width);
    for (uint32_t type = 0; type < PITH_TENSOR_TYPES; type++)
        for (uint32_t r = 0; types >> type & 1 && r < layout->n_runs; r++) {
            pith_tensor_fast_next_run(&at, fast, layout, source, r);
            at.scale = fast->own_scales[r];
            if (pith_tensor_run_type(at.run) != type)
                continue;
            if (!encode_run(fast, &head, &writer, &at, at.raw, done, hooks))
                return 0;
            done += pith_tensor_run_len(at.run);
        }
    pith_store_le32(payload, (uint32_t)(writer.at - PITH_TENSOR_LENGTH_LEN));
    pith_coder_finish_encode(&head.coder);
    if (head.coder.is_full || pith_writer_bytes(&writer, fast->head, head.coder.pos) != PITH_OK)
        return 0;
    *final_state = head.coder.range;
    return writer.at;
}
