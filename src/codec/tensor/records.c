/* See records.h.
 *
 * Few records are moved through the scratch memory.  More are parted half by half, and the halves' fields brought together by
 * rotations, as merge sort in place does it: log2(n) times over the bytes. */
#include "codec/tensor/records.h"

#include <string.h>

#define SCRATCH_MAX   ((uint64_t)1 << 16)
#define SCRATCH_SHARE 8 /* of a chunk that is short */

struct shape {
    uint64_t lens[PITH_TENSOR_FIELDS_MAX]; /* of the fields of one record */
    uint32_t n_fields;
    uint64_t len; /* all of them */
    const struct pith_tensor_scratch *scratch;
};

void pith_tensor_scratch_layout(struct pith_tensor_scratch *scratch, struct pith_arena *arena,
                                uint64_t raw_len)
{
    uint64_t len = raw_len / SCRATCH_SHARE < SCRATCH_MAX ? raw_len / SCRATCH_SHARE : SCRATCH_MAX;

    scratch->data = pith_arena_take(arena, len, 1);
    scratch->len = (size_t)len;
}

void pith_tensor_records_describe(struct pith_tensor_run *fields, const struct pith_tensor_run *run)
{
    const struct pith_tensor_record *record = run->record;
    uint32_t last = PITH_TENSOR_RUN_DIMS - 1; /* the place in the record */

    while (run->dims[last] == 1)
        last--;
    for (uint32_t k = 0; k < record->n_fields; k++) {
        fields[k] = *run;
        fields[k].record = NULL;
        fields[k].type = record->fields[k].type;
        fields[k].dims[last] = record->fields[k].n;
        fields[k].n_fields = k == 0 ? record->n_fields : 0;
        fields[k].n_records = (uint32_t)(pith_tensor_run_n(run) / record->len);
    }
}

uint64_t pith_tensor_records_len(const struct pith_tensor_run *fields)
{
    uint64_t len = 0;

    for (uint32_t k = 0; k < fields->n_fields; k++)
        len += pith_tensor_run_len(&fields[k]);
    return len;
}

static void shape_of(struct shape *shape, const struct pith_tensor_run *fields,
                     const struct pith_tensor_scratch *scratch)
{
    shape->n_fields = fields->n_fields;
    shape->len = 0;
    shape->scratch = scratch;
    for (uint32_t k = 0; k < fields->n_fields; k++) {
        shape->lens[k] = pith_tensor_run_len(&fields[k]) / fields->n_records;
        shape->len += shape->lens[k];
    }
}

static void swap_bytes(uint8_t *a, uint8_t *b, uint64_t len)
{
    for (uint64_t i = 0; i < len; i++) {
        uint8_t byte = a[i];

        a[i] = b[i];
        b[i] = byte;
    }
}

/* The first a bytes change places with the b that follow. */
static void rotate(uint8_t *data, uint64_t a, uint64_t b, const struct pith_tensor_scratch *scratch)
{
    while (a > 0 && b > 0 && a > scratch->len && b > scratch->len) {
        if (a <= b) { /* the first of b are where they belong */
            swap_bytes(data, data + a, a);
            data += a;
            b -= a;
        } else { /* the last of a are */
            swap_bytes(data + a - b, data + a, b);
            a -= b;
        }
    }
    if (a == 0 || b == 0)
        return;
    if (a <= b) {
        memcpy(scratch->data, data, a);
        memmove(data, data + a, b);
        memcpy(data + b, scratch->data, a);
    } else {
        memcpy(scratch->data, data + a, b);
        memmove(data + b, data, a);
        memcpy(data, scratch->data, b);
    }
}

static void part(const struct shape *shape, uint8_t *data, uint64_t n)
{
    uint64_t half = n / 2, after = n * shape->len;

    if (n < 2)
        return;
    if (after <= shape->scratch->len) {
        const uint8_t *from = shape->scratch->data;

        memcpy(shape->scratch->data, data, (size_t)after);
        for (uint32_t k = 0; k < shape->n_fields; from += shape->lens[k++])
            for (uint64_t i = 0; i < n; i++, data += shape->lens[k])
                memcpy(data, from + i * shape->len, (size_t)shape->lens[k]);
        return;
    }
    part(shape, data, half);
    part(shape, data + half * shape->len, n - half);
    after = half * shape->len; /* bytes of the first half's fields from this on */
    for (uint32_t k = 0; k + 1 < shape->n_fields; k++) {
        data += half * shape->lens[k];
        after -= half * shape->lens[k];
        rotate(data, after, (n - half) * shape->lens[k], shape->scratch);
        data += (n - half) * shape->lens[k];
    }
}

/* part() backwards. */
static void join(const struct shape *shape, uint8_t *data, uint64_t n)
{
    uint64_t half = n / 2, after = n * shape->len;
    uint8_t *at = data + after;

    if (n < 2)
        return;
    if (after <= shape->scratch->len) {
        uint8_t *to = shape->scratch->data;

        at = data;
        for (uint32_t k = 0; k < shape->n_fields; to += shape->lens[k++])
            for (uint64_t i = 0; i < n; i++, at += shape->lens[k])
                memcpy(to + i * shape->len, at, (size_t)shape->lens[k]);
        memcpy(data, shape->scratch->data, (size_t)after);
        return;
    }
    after = half * shape->lens[shape->n_fields - 1];
    at -= n * shape->lens[shape->n_fields - 1];
    for (uint32_t k = shape->n_fields - 1; k-- > 0;) {
        at -= (n - half) * shape->lens[k];
        rotate(at, (n - half) * shape->lens[k], after, shape->scratch);
        at -= half * shape->lens[k];
        after += half * shape->lens[k];
    }
    join(shape, data, half);
    join(shape, data + half * shape->len, n - half);
}

void pith_tensor_records_part(const struct pith_tensor_run *fields, uint8_t *data,
                              const struct pith_tensor_scratch *scratch)
{
    struct shape shape;

    shape_of(&shape, fields, scratch);
    part(&shape, data, fields->n_records);
}

void pith_tensor_records_join(const struct pith_tensor_run *fields, uint8_t *data,
                              const struct pith_tensor_scratch *scratch)
{
    struct shape shape;

    shape_of(&shape, fields, scratch);
    join(&shape, data, fields->n_records);
}
