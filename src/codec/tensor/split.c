/* See split.h. */
#include "codec/tensor/split.h"

#include <string.h>

/* A tensor that does not fit into what is left of a chunk begins the next, if the chunk is filled by this part
 * already. */
#define FULL_ENOUGH 4

void pith_split_init(struct pith_split *split, uint64_t chunk_len, int is_on)
{
    memset(split, 0, sizeof *split);
    split->chunk_len = chunk_len;
    split->state = is_on ? PITH_SPLIT_PEEK : PITH_SPLIT_BYTES;
    split->limit = is_on ? PITH_TENSOR_PEEK_LEN : chunk_len;
}

void pith_split_free(struct pith_split *split, struct pith_memory *memory)
{
    pith_block_free(&split->entries, memory);
}

int pith_split_has_tensors(const struct pith_split *split)
{
    return split->state == PITH_SPLIT_TENSORS;
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

/* What comes next in a chunk that has `used` bytes already; len 0: nothing more. */
static struct stretch next_stretch(const struct pith_split *split, size_t next, uint64_t taken,
                                   uint64_t used)
{
    const struct pith_tensor_entry *entry = (const void *)split->entries.data;
    uint64_t at = split->start + used, room = split->chunk_len - used, left, unit;

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
    if (used >= split->chunk_len / FULL_ENOUGH)
        return (struct stretch){NULL, 0, 1};
    unit = row_len(entry) <= room ? row_len(entry) : pith_tensor_forms[entry->type].width;
    return (struct stretch){entry, room / unit * unit, 1};
}

static void describe(struct pith_tensor_run *run, const struct stretch *stretch)
{
    const struct pith_tensor_entry *entry = stretch->entry;

    *run = (struct pith_tensor_run){.dims = {1, 1, 1, stretch->len}, .type = PITH_TENSOR_U8};
    if (!entry)
        return;
    run->type = entry->type;
    if (stretch->len % row_len(entry) == 0) {
        memcpy(run->dims, entry->dims, sizeof run->dims);
        run->dims[0] = stretch->len / row_len(entry);
    } else {
        run->dims[PITH_TENSOR_DIMS_MAX - 1] = stretch->len / pith_tensor_forms[entry->type].width;
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

    while (!stretch.is_last && n_runs < PITH_TENSOR_RUNS_MAX - 2) {
        stretch = next_stretch(split, next, taken, used);
        if (stretch.len == 0)
            break;
        if (layout)
            describe(&layout->runs[n_runs], &stretch);
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

/* After the head: its tensors, if memory for the list can be had. */
static void list(struct pith_split *split, const uint8_t *raw, size_t raw_len,
                 struct pith_memory *memory)
{
    size_t n = pith_tensor_list(NULL, 0, raw, raw_len);

    if (n > 0 && pith_block_reserve(&split->entries, memory, n * sizeof(struct pith_tensor_entry),
                                    "the list of tensors", 0, NULL) == PITH_OK)
        split->n_entries = pith_tensor_list((void *)split->entries.data, n, raw, raw_len);
}

int pith_split_ends(struct pith_split *split, const uint8_t *raw, size_t raw_len,
                    struct pith_memory *memory)
{
    uint64_t head_len;

    if (split->state == PITH_SPLIT_HEAD && split->n_entries == 0) {
        list(split, raw, raw_len, memory);
        if (split->n_entries == 0)
            go_on_as_bytes(split);
    }
    if (split->state == PITH_SPLIT_PEEK) {
        head_len = pith_tensor_head_len(raw);
        if (head_len >= PITH_TENSOR_PEEK_LEN && head_len <= split->chunk_len) {
            split->state = PITH_SPLIT_HEAD;
            split->limit = head_len;
        } else {
            go_on_as_bytes(split);
        }
    }
    return raw_len == split->limit;
}

void pith_split_end(struct pith_split *split, struct pith_tensor_layout *layout, size_t raw_len)
{
    layout->n_runs = 0;
    if (split->state == PITH_SPLIT_TENSORS)
        (void)walk(split, layout);
    split->start += raw_len;
    if (split->state == PITH_SPLIT_HEAD && split->n_entries > 0)
        split->state = PITH_SPLIT_TENSORS;
    if (split->state == PITH_SPLIT_TENSORS)
        split->limit = walk(split, NULL);
    if (split->state != PITH_SPLIT_TENSORS || split->limit == 0)
        go_on_as_bytes(split);
}
