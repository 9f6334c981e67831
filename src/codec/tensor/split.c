/* See split.h. */
#include "codec/tensor/split.h"

#include <string.h>

#include "codec/points/points.h"

/* A tensor that does not fit into what is left of a chunk begins the next, if the chunk is filled by this part
 * already. */
#define FULL_ENOUGH 4

/* The list of tensors has this part of the memory at most. */
#define LIST_SHARE 16

/* Text is about so much longer than the same points in binary. */
#define TEXT_FACTOR 2

/* For the last line of a chunk of them. */
#define LINE_SHARE 64

/* From so many bytes formats are told apart. */
#define PEEK_LEN 12

void pith_split_init(struct pith_split *split, uint64_t chunk_len, uint64_t tensors_len,
                     const struct pith_codec_base *base)
{
    memset(split, 0, sizeof *split);
    split->chunk_len = chunk_len;
    split->tensors_len = tensors_len;
    split->points_len = PITH_POINTS_CHUNK_MAX;
    split->base = base;
    split->state = tensors_len ? PITH_SPLIT_HEAD : PITH_SPLIT_BYTES;
    split->limit = tensors_len ? PEEK_LEN : chunk_len;
}

void pith_split_free(struct pith_split *split, struct pith_memory *memory)
{
    pith_block_free(&split->entries, memory);
}

int pith_split_has_tensors(const struct pith_split *split)
{
    return split->state == PITH_SPLIT_TENSORS || split->state == PITH_SPLIT_LINES;
}

uint64_t pith_split_points_before(const struct pith_split *split)
{
    return split->has_points && split->state == PITH_SPLIT_TENSORS
               ? split->taken / pith_points_stride(&split->points)
               : 0;
}

uint64_t pith_split_most(const struct pith_split *split)
{
    return split->state == PITH_SPLIT_TENSORS ? split->limit
           : split->state == PITH_SPLIT_LINES ? split->tensors_len
                                              : split->chunk_len;
}

/* In the order of the file. */
static struct pith_tensor_entry *entries_of(struct pith_split *split)
{
    return split->array.len > 0 ? &split->array : (void *)split->entries.data;
}

static void go_on_as_bytes(struct pith_split *split)
{
    split->state = PITH_SPLIT_BYTES;
    split->limit = split->chunk_len;
}

/* A chunk's stretch: of an entry, or of what stands between two. */
struct stretch {
    const struct pith_tensor_entry *entry; /* NULL: bytes between */
    uint64_t len;
    int is_last; /* nothing follows it in the chunk */
};

static uint64_t row_len(const struct pith_tensor_entry *entry)
{
    return entry->len / entry->dims[0];
}

/* What is not cut: an element, or a record of them. */
static uint64_t element_len(const struct pith_tensor_entry *entry)
{
    return entry->record ? entry->record->len : pith_tensor_forms[entry->type].width;
}

/* What comes next in a chunk that has `used` bytes already; len 0: nothing more. */
static struct stretch next_stretch(struct pith_split *split, size_t next, uint64_t taken,
                                   uint64_t used)
{
    const struct pith_tensor_entry *entry = entries_of(split);
    uint64_t at = split->start + used, room = split->tensors_len - used, left, unit;

    if (next == split->n_entries)
        return (struct stretch){NULL, 0, 1};
    entry += next;
    if (at < entry->start + taken) {
        left = entry->start + taken - at;
        return (struct stretch){NULL, left < room ? left : room, left >= room};
    }
    left = entry->len - taken;
    if (left <= room)
        return (struct stretch){entry, left, left == room};
    if (used >= split->tensors_len / FULL_ENOUGH)
        return (struct stretch){NULL, 0, 1};
    unit = row_len(entry) <= room ? row_len(entry) : element_len(entry);
    return (struct stretch){entry, room / unit * unit, 1};
}

/* taken: bytes of the entry before the stretch. */
static void describe(struct pith_tensor_run *run, const struct stretch *stretch, uint64_t taken)
{
    const struct pith_tensor_entry *entry = stretch->entry;

    *run = (struct pith_tensor_run){.dims = {1, 1, 1, stretch->len}, .type = PITH_TENSOR_U8};
    if (!entry)
        return;
    run->type = entry->type;
    run->record = entry->record;
    run->has_base = entry->base_at != PITH_TENSOR_NO_BASE;
    run->base_at = run->has_base ? entry->base_at + taken : 0;
    if (stretch->len % row_len(entry) == 0) {
        memcpy(run->dims, entry->dims, sizeof run->dims);
        run->dims[0] = stretch->len / row_len(entry);
    } else {
        uint64_t width = pith_tensor_forms[entry->type].width;

        run->dims[PITH_TENSOR_RUN_DIMS - 1] = stretch->len / width;
        if (entry->record) {
            run->dims[PITH_TENSOR_RUN_DIMS - 1] = element_len(entry) / width;
            run->dims[PITH_TENSOR_RUN_DIMS - 2] = stretch->len / element_len(entry);
        }
    }
}

/* Goes through the chunk being filled: describes its runs unless layout is NULL, and moves on to the next one if
 * so told.  Returns its bytes. */
static uint64_t walk(struct pith_split *split, struct pith_tensor_layout *layout)
{
    size_t next = split->next;
    uint64_t taken = split->taken, used = 0;
    uint32_t n_runs = 0;
    struct stretch stretch = {NULL, 0, 0};

    while (!stretch.is_last && n_runs < PITH_TENSOR_RUNS_MAX - 3) {
        stretch = next_stretch(split, next, taken, used);
        if (stretch.len == 0)
            break;
        if (layout)
            describe(&layout->runs[n_runs], &stretch, taken);
        if (layout)
            layout->has_base |= layout->runs[n_runs].has_base;
        n_runs++;
        used += stretch.len;
        if (!stretch.entry)
            continue;
        taken += stretch.len;
        if (taken == stretch.entry->len) {
            next++;
            taken = 0;
        }
    }
    if (layout) {
        layout->n_runs = n_runs;
        split->next = next;
        split->taken = taken;
    }
    return used;
}

/* The names are those of the head, which does not stay. */
static void find_in_base(struct pith_split *split)
{
    struct pith_tensor_entry *entries = (void *)split->entries.data;

    for (size_t i = 0; i < split->n_entries; i++) {
        const struct pith_tensor_entry *found =
            pith_tensor_find(split->base->entries, split->base->n_entries, &entries[i]);

        if (found && found->len <= split->base->len &&
            found->start <= split->base->len - found->len)
            entries[i].base_at = found->start; /* else the base ends too early */
    }
}

/* The tensors of a whole head, unless the list would take too much of the memory. */
static pith_status list(struct pith_split *split, enum pith_tensor_format format,
                        const uint8_t *head, size_t head_len, struct pith_memory *memory,
                        pith_error *error)
{
    size_t n = pith_tensor_list(NULL, 0, format, head, head_len, 0);

    if (n == 0 || n > memory->limit / LIST_SHARE / sizeof(struct pith_tensor_entry))
        return PITH_OK;
    TRY(pith_block_reserve(&split->entries, memory, n * sizeof(struct pith_tensor_entry),
                           "the list of tensors", 0, error));
    split->n_entries = pith_tensor_list((void *)split->entries.data, n, format, head, head_len, 0);
    if (split->base)
        find_in_base(split);
    return PITH_OK;
}

/* Bytes of an entry whose end is not known. */
#define ENDLESS ((uint64_t)1 << 59)

/* The only entry: records from start on. */
static void set_records(struct pith_split *split, const struct pith_points_file *file)
{
    uint64_t stride = pith_points_stride(&file->layout), n = file->n;
    uint64_t most = split->points_len * (file->layout.is_text ? TEXT_FACTOR : 1);

    split->points = file->layout;
    split->has_points = 1;
    split->n_lines = file->layout.is_text ? (n < ENDLESS / stride ? n : ENDLESS / stride) : 0;
    split->counted = file->start;
    n = n < ENDLESS / stride ? n : ENDLESS / stride;
    split->array = (struct pith_tensor_entry){.start = file->start,
                                              .len = n * stride,
                                              .dims = {n, 1, 1, stride},
                                              .type = PITH_TENSOR_U8,
                                              .base_at = PITH_TENSOR_NO_BASE};
    split->n_entries = n > 0;
    if (split->tensors_len > most)
        split->tensors_len = most;
}

/* A line has two bytes for each field at least.  Chunks of them leave room for the last. */
static uint64_t least_line(const struct pith_split *split)
{
    return 2 * (uint64_t)split->points.n_fields;
}

static int has_lines(const struct pith_split *split)
{
    return split->points.is_text && split->state != PITH_SPLIT_BYTES;
}

static uint64_t lines_len(const struct pith_split *split)
{
    return split->tensors_len - split->tensors_len / LINE_SHARE;
}

static uint64_t next_limit(const struct pith_split *split, uint64_t raw_len, uint64_t more)
{
    uint64_t least = 1 + (split->n_lines - 1) * least_line(split); /* one may have begun */

    return raw_len + (more < least ? more : least);
}

static void begin_lines(struct pith_split *split)
{
    split->state = PITH_SPLIT_LINES;
    split->counted = 0;
    split->limit = next_limit(split, 0, lines_len(split));
}

/* Counts the lines that end in a chunk, and says how far it goes on: not beyond the last line, and then to the end of one.  Returns
 * whether it ends here. */
static int count_lines(struct pith_split *split, const uint8_t *raw, size_t raw_len)
{
    uint64_t most = split->state == PITH_SPLIT_HEAD ? split->chunk_len : split->tensors_len;
    int is_full = split->state == PITH_SPLIT_HEAD || raw_len >= lines_len(split);

    for (; split->counted < raw_len; split->counted++)
        split->n_lines -= raw[split->counted] == '\n' && split->n_lines > 0;
    if (split->n_lines == 0 || raw_len >= most || (is_full && raw[raw_len - 1] == '\n'))
        return 1;
    split->limit = next_limit(split, raw_len, is_full ? 1 : lines_len(split) - raw_len);
    return 0;
}

static void begin_at_once(struct pith_split *split)
{
    split->state = PITH_SPLIT_TENSORS;
    split->limit = walk(split, NULL);
}

/* What is no file of tensors may be one of points.  *need: as of tensor files, or 0 if it is none. */
static void look_for_points(struct pith_split *split, const uint8_t *raw, size_t raw_len,
                            uint64_t *need)
{
    struct pith_points_file file;
    uint64_t stride;

    if (!pith_points_find_file(&file, raw, raw_len, need) ||
        (*need <= raw_len && !pith_points_fit(&file.layout))) {
        *need = 0;
        return;
    }
    if (*need > raw_len)
        return;
    set_records(split, &file);
    stride = pith_points_stride(&file.layout);
    if (file.layout.is_text)
        return;
    if (split->n_entries > 0 && file.start == 0)
        begin_at_once(split);
    else if (split->n_entries > 0) /* the head's chunk ends where a record does */
        split->limit = file.start + (raw_len - file.start + stride - 1) / stride * stride;
    if (split->limit > split->chunk_len) { /* a head that is too long */
        split->n_entries = 0;
        split->has_points = 0;
        *need = 0;
    }
}

pith_status pith_split_ends(struct pith_split *split, int *ends, const uint8_t *raw, size_t raw_len,
                            struct pith_memory *memory, pith_error *error)
{
    if (split->state == PITH_SPLIT_HEAD && split->n_entries == 0) {
        uint64_t need;
        enum pith_tensor_format format = pith_tensor_find_head(raw, raw_len, &need);

        if (format == PITH_TENSOR_NO_FORMAT)
            look_for_points(split, raw, raw_len, &need);
        else if (need <= raw_len)
            TRY(list(split, format, raw, (size_t)need, memory, error));
        if (split->n_entries > 0 && !split->has_points)
            split->limit = raw_len;
        if (split->n_entries == 0) {
            if (need > raw_len && need <= split->chunk_len)
                split->limit = need;
            else
                go_on_as_bytes(split);
        }
    }
    *ends = raw_len == split->limit;
    if (*ends && has_lines(split))
        *ends = count_lines(split, raw, raw_len);
    return PITH_OK;
}

/* What the head's chunk has of tensors is coded already, up to the next row. */
static void skip_begun(struct pith_split *split)
{
    const struct pith_tensor_entry *entries = entries_of(split);

    while (split->next < split->n_entries) {
        const struct pith_tensor_entry *entry = &entries[split->next];
        uint64_t past = split->start > entry->start ? split->start - entry->start : 0;
        uint64_t row = row_len(entry);

        split->taken = (past + row - 1) / row * row;
        if (past == 0 || split->taken < entry->len)
            return;
        split->taken = 0;
        split->next++;
    }
}

void pith_split_end(struct pith_split *split, struct pith_tensor_layout *layout, size_t raw_len)
{
    layout->n_runs = 0;
    layout->has_base = 0;
    if (split->state == PITH_SPLIT_TENSORS)
        (void)walk(split, layout);
    split->start += raw_len;
    if (split->state == PITH_SPLIT_HEAD && split->n_entries > 0 && !has_lines(split)) {
        split->state = PITH_SPLIT_TENSORS;
        skip_begun(split);
    }
    if (has_lines(split) && split->n_lines > 0) {
        begin_lines(split);
        return;
    }
    if (split->state == PITH_SPLIT_TENSORS)
        split->limit = walk(split, NULL);
    if (split->state != PITH_SPLIT_TENSORS || split->limit == 0)
        go_on_as_bytes(split);
}

void pith_split_set_array(struct pith_split *split, const struct pith_tensor_entry *array)
{
    split->array = *array;
    split->n_entries = 1;
    begin_at_once(split);
}

void pith_split_set_points(struct pith_split *split, const struct pith_points_layout *points)
{
    const struct pith_points_file file = {.layout = *points, .n = UINT64_MAX};

    set_records(split, &file);
    begin_at_once(split);
}
