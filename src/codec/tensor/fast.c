/* See fast.h.
 *
 * Payload: length of the blocks (4 bytes), the blocks, then the head, one run of the coder: the layout, the shared
 * tables, and for each run how its planes are coded, with its own tables.  A block has its planes one after the other, the
 * highest first: as they are, or the length of what was coded (4 bytes) and that. */
#include "codec/tensor/fast.h"

#include <string.h>

#include "base/bytes.h"
#include "base/cursor.h"
#include "coder/bitcode.h"

#define LENGTH_LEN 4
#define SHORT_N    8192 /* elements of runs that share tables */
#define TABLE_BITS 700  /* what a table takes, roughly */
#define HEAD_LEN   512  /* for each run at most: with the tables of all its planes */

enum plane_mode { PLANE_STORED, PLANE_OWN, PLANE_SHARED };

struct table_model {
    struct pith_bitcode_number freqs[2]; /* by whether the symbol before has one */
};

struct head {
    struct pith_coder coder;
    struct table_model tables;
    uint16_t modes[4];
};

void pith_tensor_fast_layout(struct pith_tensor_fast *fast, struct pith_arena *arena,
                             int is_encoding)
{
    for (uint32_t k = 0; k < PITH_TENSOR_PLANES_MAX; k++)
        fast->planes[k] = pith_arena_take(arena, PITH_TENSOR_BLOCK, 1);
    fast->tables = pith_arena_take(arena, PITH_TENSOR_PLANES_MAX, sizeof *fast->tables);
    fast->shared = pith_arena_take(arena, PITH_TENSOR_TYPES, sizeof *fast->shared);
    if (!is_encoding) {
        fast->slots = pith_arena_take(arena, PITH_TENSOR_PLANES_MAX, sizeof *fast->slots);
        return;
    }
    fast->coded = pith_arena_take(arena, pith_rans_bound(PITH_TENSOR_BLOCK), 1);
    fast->counts = pith_arena_take(arena, PITH_TENSOR_PLANES_MAX, sizeof *fast->counts);
    fast->head_cap = (size_t)HEAD_LEN * (PITH_TENSOR_RUNS_MAX + 64);
    fast->head = pith_arena_take(arena, fast->head_cap, 1);
}

static uint32_t n_planes(const struct pith_tensor_run *run)
{
    return pith_tensor_forms[run->type].width;
}

/* n elements of any width into planes; planes[0] has the highest bytes. */
static void cut(uint8_t *const *planes, const uint8_t *raw, size_t n, uint32_t width, int is_turned)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = pith_load_le(raw + i * width, width);

        if (is_turned)
            bits = bits << 1 | bits >> (8 * width - 1);
        for (uint32_t k = 0; k < width; k++)
            planes[k][i] = (uint8_t)(bits >> (8 * (width - 1 - k)));
    }
}

static void join(uint8_t *const *planes, uint8_t *raw, size_t n, uint32_t width, int is_turned)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = 0;

        for (uint32_t k = 0; k < width; k++)
            bits = bits << 8 | planes[k][i];
        if (is_turned)
            bits = bits >> 1 | bits << (8 * width - 1);
        pith_store_le(raw + i * width, bits, width);
    }
}

/* The usual widths with the loops above made for them. */
static void cut_block(uint8_t *const *planes, const uint8_t *raw, size_t n,
                      const struct pith_tensor_form *form)
{
    int is_turned = form->exponent_bits > 0;

    if (form->width == 1)
        memcpy(planes[0], raw, n);
    else if (form->width == 2 && is_turned)
        cut(planes, raw, n, 2, 1);
    else if (form->width == 4 && is_turned)
        cut(planes, raw, n, 4, 1);
    else
        cut(planes, raw, n, form->width, is_turned);
}

static void join_block(uint8_t *const *planes, uint8_t *raw, size_t n,
                       const struct pith_tensor_form *form)
{
    int is_turned = form->exponent_bits > 0;

    if (form->width == 1)
        memcpy(raw, planes[0], n);
    else if (form->width == 2 && is_turned)
        join(planes, raw, n, 2, 1);
    else if (form->width == 4 && is_turned)
        join(planes, raw, n, 4, 1);
    else
        join(planes, raw, n, form->width, is_turned);
}

/* log2(x) in 1/256, of 1 <= x <= 2^12, within 2. */
static uint32_t log2_q8(uint32_t x)
{
    uint32_t n = pith_tensor_n_bits(x) - 1, log2 = n << 8;
    uint64_t y = (uint64_t)x << (16 - n); /* 1..2, in 1/65536 */

    for (uint32_t bit = 128; bit > 0; bit >>= 1) {
        y = y * y >> 16;
        if (y >> 17) {
            y >>= 1;
            log2 += bit;
        }
    }
    return log2;
}

/* Bits that these symbols take, UINT64_MAX if one has no share. */
static uint64_t taken_bits(const uint32_t counts[256], const struct pith_rans_table *table)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < 256; i++) {
        if (counts[i] > 0 && table->freqs[i] == 0)
            return UINT64_MAX;
        if (counts[i] > 0)
            sum += (uint64_t)counts[i] * ((PITH_RANS_LOG2 << 8) - log2_q8(table->freqs[i]));
    }
    return sum >> 8;
}

static void count_run(struct pith_tensor_fast *fast, const struct pith_tensor_run *run,
                      const uint8_t *raw, uint32_t (*counts)[256])
{
    const struct pith_tensor_form *form = &pith_tensor_forms[run->type];
    size_t n = (size_t)pith_tensor_run_n(run);

    for (size_t at = 0; at < n; at += PITH_TENSOR_BLOCK) {
        size_t len = n - at < PITH_TENSOR_BLOCK ? n - at : PITH_TENSOR_BLOCK;

        cut_block(fast->planes, raw + at * form->width, len, form);
        for (uint32_t k = 0; k < form->width; k++)
            for (size_t i = 0; i < len; i++)
                counts[k][fast->planes[k][i]]++;
    }
}

static void begin_head(struct head *head)
{
    pith_bitcode_number_init(&head->tables.freqs[0]);
    pith_bitcode_number_init(&head->tables.freqs[1]);
    pith_bitcode_init(head->modes, 4);
}

/* Returns 0 if what is decoded is no table. */
static int code_table(struct head *head, struct pith_rans_table *table)
{
    for (uint32_t i = 0, before = 0; i < 256; i++) {
        uint32_t freq =
            pith_bitcode_number(&head->coder, &head->tables.freqs[before > 0], table->freqs[i]);

        table->freqs[i] = (uint16_t)(freq < 1u << PITH_RANS_LOG2 ? freq : 0);
        before = freq;
    }
    return pith_rans_complete(table);
}

/* Tables of all short runs of a type, if there are any: a bit says so. */
static int code_shared(struct pith_tensor_fast *fast, struct head *head,
                       const struct pith_tensor_layout *layout, const uint8_t *raw)
{
    for (uint32_t type = 0; type < PITH_TENSOR_TYPES; type++) {
        uint32_t n = 0;

        if (head->coder.out)
            memset(fast->counts, 0, PITH_TENSOR_PLANES_MAX * sizeof *fast->counts);
        for (uint64_t r = 0, at = 0; r < layout->n_runs; r++) {
            const struct pith_tensor_run *run = &layout->runs[r];

            if (run->type == type && pith_tensor_run_n(run) < SHORT_N) {
                n++;
                if (head->coder.out)
                    count_run(fast, run, raw + at, fast->counts);
            }
            at += pith_tensor_run_len(run);
        }
        for (uint32_t k = 0; n > 0 && k < pith_tensor_forms[type].width; k++) {
            if (head->coder.out)
                pith_rans_normalise(&fast->shared[type][k], fast->counts[k]);
            if (!code_table(head, &fast->shared[type][k]))
                return 0;
        }
    }
    return 1;
}

/* How a plane that has been counted takes the least room. */
static uint32_t choose(struct pith_tensor_fast *fast, const struct pith_tensor_run *run, uint32_t k)
{
    uint64_t n = pith_tensor_run_n(run), stored = 8 * n, own, shared = UINT64_MAX;
    uint64_t blocks = (n + PITH_TENSOR_BLOCK - 1) / PITH_TENSOR_BLOCK;

    pith_rans_normalise(&fast->tables[k], fast->counts[k]);
    own = taken_bits(fast->counts[k], &fast->tables[k]) + TABLE_BITS;
    if (n < SHORT_N)
        shared = taken_bits(fast->counts[k], &fast->shared[run->type][k]);
    if (shared < own && shared + 300 * blocks < stored)
        return PLANE_SHARED;
    /* what gains less than a fiftieth is not worth the time */
    return own + 300 * blocks < stored - stored / 50 ? PLANE_OWN : PLANE_STORED;
}

/* Modes of a run's planes, and the tables that they take.  Returns 0 if what is decoded is none. */
static int code_modes(struct pith_tensor_fast *fast, struct head *head,
                      const struct pith_tensor_run *run, uint32_t *modes)
{
    for (uint32_t k = 0; k < n_planes(run); k++) {
        modes[k] = pith_bitcode_tree(&head->coder, head->modes, 2, modes[k]);
        if (modes[k] > PLANE_SHARED ||
            (modes[k] == PLANE_SHARED && pith_tensor_run_n(run) >= SHORT_N))
            return 0;
        if (modes[k] == PLANE_SHARED)
            fast->tables[k] = fast->shared[run->type][k];
        if (modes[k] == PLANE_OWN && !code_table(head, &fast->tables[k]))
            return 0;
    }
    return head->coder.overrun <= PITH_CODER_OVERRUN_MAX;
}

static int tell(const struct pith_codec_hooks *hooks, uint64_t raw_done)
{
    return hooks && hooks->progress && hooks->progress(hooks->opaque, raw_done);
}

/* Writes a plane of n bytes.  Returns 0 if there is no room. */
static int write_plane(struct pith_tensor_fast *fast, struct pith_writer *writer, uint32_t k,
                       size_t n, uint32_t mode)
{
    size_t len;

    if (mode == PLANE_STORED)
        return pith_writer_bytes(writer, fast->planes[k], n) == PITH_OK;
    len = pith_rans_encode(fast->coded, fast->planes[k], n, &fast->tables[k]);
    return pith_writer_fixed(writer, len, LENGTH_LEN) == PITH_OK &&
           pith_writer_bytes(writer, fast->coded + pith_rans_bound(n) - len, len) == PITH_OK;
}

/* Returns 0 if there is no room, or the hooks say stop. */
static int encode_run(struct pith_tensor_fast *fast, struct head *head, struct pith_writer *writer,
                      const struct pith_tensor_run *run, const uint8_t *raw, uint64_t raw_done,
                      const struct pith_codec_hooks *hooks)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[run->type];
    size_t n = (size_t)pith_tensor_run_n(run);
    uint32_t modes[PITH_TENSOR_PLANES_MAX];

    memset(fast->counts, 0, form->width * sizeof *fast->counts);
    count_run(fast, run, raw, fast->counts);
    for (uint32_t k = 0; k < form->width; k++)
        modes[k] = choose(fast, run, k);
    (void)code_modes(fast, head, run, modes);
    for (size_t at = 0; at < n; at += PITH_TENSOR_BLOCK) {
        size_t len = n - at < PITH_TENSOR_BLOCK ? n - at : PITH_TENSOR_BLOCK;

        cut_block(fast->planes, raw + at * form->width, len, form);
        for (uint32_t k = 0; k < form->width; k++)
            if (!write_plane(fast, writer, k, len, modes[k]))
                return 0;
        if (tell(hooks, raw_done + at * form->width))
            return 0;
    }
    return !head->coder.is_full;
}

size_t pith_tensor_fast_encode(struct pith_tensor_fast *fast, struct pith_tensor_layout *layout,
                               uint8_t *payload, size_t cap, const uint8_t *raw, size_t raw_len,
                               const struct pith_codec_hooks *hooks, uint32_t *final_state)
{
    struct pith_writer writer = {payload, cap, 0};
    struct head head;
    uint64_t at = 0;

    begin_head(&head);
    pith_coder_begin_encode(&head.coder, fast->head, fast->head_cap);
    (void)pith_tensor_layout_code(layout, &head.coder, raw_len);
    (void)code_shared(fast, &head, layout, raw);
    if (pith_writer_fixed(&writer, 0, LENGTH_LEN) != PITH_OK)
        return 0;
    for (uint32_t r = 0; r < layout->n_runs; r++) {
        const struct pith_tensor_run *run = &layout->runs[r];

        if (!encode_run(fast, &head, &writer, run, raw + at, at, hooks))
            return 0;
        at += pith_tensor_run_len(run);
    }
    pith_store_le32(payload, (uint32_t)(writer.at - LENGTH_LEN));
    pith_coder_finish_encode(&head.coder);
    if (head.coder.is_full || pith_writer_bytes(&writer, fast->head, head.coder.pos) != PITH_OK)
        return 0;
    *final_state = head.coder.range;
    return writer.at;
}

/* Reads a plane of n bytes; where it lies, or NULL. */
static uint8_t *read_plane(struct pith_tensor_fast *fast, struct pith_reader *reader, uint32_t k,
                           size_t n, uint32_t mode)
{
    uint64_t len = n;
    const uint8_t *from;

    if (mode != PLANE_STORED && pith_reader_fixed(reader, &len, LENGTH_LEN) != PITH_OK)
        return NULL;
    if (len > reader->len - reader->at)
        return NULL;
    from = reader->data + reader->at;
    reader->at += (size_t)len;
    if (mode == PLANE_STORED)
        memcpy(fast->planes[k], from, n);
    else if (!pith_rans_decode(fast->planes[k], n, from, (size_t)len, &fast->slots[k]))
        return NULL;
    return fast->planes[k];
}

/* Returns 0 if the blocks are broken; *is_cancelled if the hooks say stop. */
static int decode_run(struct pith_tensor_fast *fast, struct pith_reader *reader,
                      const struct pith_tensor_run *run, const uint32_t *modes, uint8_t *raw,
                      uint64_t raw_done, const struct pith_codec_hooks *hooks, int *is_cancelled)
{
    const struct pith_tensor_form *form = &pith_tensor_forms[run->type];
    size_t n = (size_t)pith_tensor_run_n(run);

    for (uint32_t k = 0; k < form->width; k++)
        if (modes[k] != PLANE_STORED)
            pith_rans_spread(&fast->slots[k], &fast->tables[k]);
    for (size_t at = 0; at < n && !*is_cancelled; at += PITH_TENSOR_BLOCK) {
        size_t len = n - at < PITH_TENSOR_BLOCK ? n - at : PITH_TENSOR_BLOCK;

        for (uint32_t k = 0; k < form->width; k++)
            if (!read_plane(fast, reader, k, len, modes[k]))
                return 0;
        join_block(fast->planes, raw + at * form->width, len, form);
        *is_cancelled = tell(hooks, raw_done + at * form->width);
    }
    return 1;
}

static pith_status broken(pith_error *error, size_t position, const char *what)
{
    return pith_fail(error, PITH_E_CORRUPT, position, "%s of the tensors are broken", what);
}

pith_status pith_tensor_fast_decode(struct pith_tensor_fast *fast,
                                    struct pith_tensor_layout *layout, uint8_t *raw, size_t raw_len,
                                    const uint8_t *payload, size_t payload_len,
                                    const struct pith_codec_hooks *hooks, uint32_t *final_state,
                                    pith_error *error)
{
    struct pith_reader reader = {payload, payload_len, 0};
    struct head head;
    uint64_t blocks_len, at = 0;
    uint32_t modes[PITH_TENSOR_PLANES_MAX] = {0};
    int is_cancelled = 0;

    if (pith_reader_fixed(&reader, &blocks_len, LENGTH_LEN) != PITH_OK ||
        blocks_len > payload_len - LENGTH_LEN)
        return broken(error, 0, "the blocks");
    reader.len = LENGTH_LEN + (size_t)blocks_len;
    begin_head(&head);
    pith_coder_begin_decode(&head.coder, payload + reader.len, payload_len - reader.len, NULL,
                            NULL);
    if (!pith_tensor_layout_code(layout, &head.coder, raw_len) ||
        !code_shared(fast, &head, layout, NULL))
        return broken(error, reader.len, "the tables");
    for (uint32_t r = 0; r < layout->n_runs && !is_cancelled; r++) {
        const struct pith_tensor_run *run = &layout->runs[r];

        if (!code_modes(fast, &head, run, modes))
            return broken(error, reader.len + head.coder.pos, "the tables");
        if (!decode_run(fast, &reader, run, modes, raw + at, at, hooks, &is_cancelled))
            return broken(error, reader.at, "the blocks");
        at += pith_tensor_run_len(run);
    }
    if (is_cancelled)
        return pith_fail(error, PITH_E_CANCELLED, 0, "cancelled");
    if (reader.at != reader.len)
        return broken(error, reader.at, "the blocks");
    if (head.coder.pos != head.coder.cap || !pith_coder_ends_well(&head.coder))
        return broken(error, reader.len + head.coder.pos, "the tables");
    *final_state = head.coder.range;
    return PITH_OK;
}
