/* See tables.h. */
#include "codec/tensor/tables.h"

#include <string.h>

#include "num/log2.h"

void pith_tensor_head_init(struct pith_tensor_head *head)
{
    pith_bitcode_number_init(&head->freqs[0]);
    pith_bitcode_number_init(&head->freqs[1]);
    pith_bitcode_number_init(&head->scales);
    pith_bitcode_init(head->modes, 4);
    pith_bitcode_init(head->kinds, 4);
    pith_bitcode_init(head->parts, 2);
}

int pith_tensor_table_code(struct pith_tensor_head *head, struct pith_rans_table *table)
{
    for (uint32_t i = 0, before = 0; i < 256; i++) {
        uint32_t freq =
            pith_bitcode_number(&head->coder, &head->freqs[before > 0], table->freqs[i]);

        table->freqs[i] = (uint16_t)(freq < 1u << PITH_RANS_LOG2 ? freq : 0);
        before = freq;
    }
    return pith_rans_complete(table);
}

static uint64_t sum_of(const uint32_t counts[256])
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < 256; i++)
        n += counts[i];
    return n;
}

uint64_t pith_tensor_entropy(const uint32_t counts[256])
{
    return pith_entropy_bits(counts, 256);
}

uint64_t pith_tensor_bits(const uint32_t counts[256], const struct pith_rans_table *table)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < 256; i++)
        if (counts[i] > 0)
            sum += (uint64_t)counts[i] * ((PITH_RANS_LOG2 << 8) - pith_log2_q8(table->freqs[i]));
    return sum >> 8;
}

static void add(uint32_t *to, const uint32_t *counts)
{
    for (uint32_t i = 0; i < 256; i++)
        to[i] += counts[i];
}

/* Bits of one class in the planes that may have classes, with their tables. */
static uint64_t class_bits(uint32_t n_planes, uint32_t (*counts)[PITH_TENSOR_CLASSES][256],
                           uint32_t class)
{
    uint64_t bits = 0;

    for (uint32_t k = 0; k < n_planes && k < PITH_TENSOR_CLASSED_PLANES; k++) {
        uint64_t stored = 8 * sum_of(counts[k][class]);
        uint64_t coded = pith_tensor_entropy(counts[k][class]) + PITH_TENSOR_TABLE_BITS;

        bits += coded < stored ? coded : stored;
    }
    return bits;
}

static void join_classes(uint32_t n_planes, uint32_t (*counts)[PITH_TENSOR_CLASSES][256],
                         uint32_t to, uint32_t class, uint32_t sign)
{
    for (uint32_t k = 0; k < n_planes; k++)
        for (uint32_t i = 0; i < 256; i++)
            counts[k][to][i] += sign * counts[k][class][i];
}

/* Puts classes together as long as that costs less than tables of their own. */
static void make_map(struct pith_tensor_shared *shared, uint32_t n_planes,
                     uint32_t (*counts)[PITH_TENSOR_CLASSES][256])
{
    uint64_t last_bits = class_bits(n_planes, counts, 0);

    shared->n_tables = 1;
    shared->map[0] = 0;
    for (uint32_t c = 1; c < PITH_TENSOR_CLASSES; c++) {
        uint32_t last = shared->n_tables - 1;
        uint64_t alone = class_bits(n_planes, counts, c), together;

        join_classes(n_planes, counts, last, c, 1);
        together = class_bits(n_planes, counts, last);
        if (together > last_bits + alone && sum_of(counts[0][c]) > 0) {
            join_classes(n_planes, counts, last, c, 0 - 1u);
            last = shared->n_tables++;
            for (uint32_t k = 0; k < n_planes && last != c; k++)
                memcpy(counts[k][last], counts[k][c], sizeof counts[k][c]);
            last_bits = alone;
        } else {
            last_bits = together;
        }
        shared->map[c] = (uint8_t)last;
    }
}

/* What a plane is coded with, and the tables for that.  Returns the bits that classes gain. */
static uint64_t make_plane(struct pith_tensor_shared *shared, uint32_t k, uint32_t (*counts)[256],
                           uint32_t least_gain)
{
    uint32_t all[256] = {0}, n_tables = k < PITH_TENSOR_CLASSED_PLANES ? shared->n_tables : 1;
    uint64_t n, single, classed = 0;

    for (uint32_t t = 0; t < shared->n_tables; t++) {
        add(all, counts[t]);
        classed += pith_tensor_entropy(counts[t]) + PITH_TENSOR_TABLE_BITS;
    }
    n = sum_of(all);
    single = pith_tensor_entropy(all) + PITH_TENSOR_TABLE_BITS;
    shared->kinds[k] = PITH_TENSOR_NO_TABLES;
    if (n == 0 || (classed < single ? classed : single) > 8 * n - 8 * n / least_gain)
        return 0;
    if (n_tables > 1 && classed < single) {
        shared->kinds[k] = PITH_TENSOR_CLASSED;
        for (uint32_t t = 0; t < n_tables; t++)
            pith_rans_normalise(&shared->classed[k][t], counts[t]);
        return single - classed;
    }
    shared->kinds[k] = PITH_TENSOR_ONE_TABLE;
    pith_rans_normalise(&shared->single[k], all);
    return 0;
}

uint64_t pith_tensor_shared_make(struct pith_tensor_shared *shared, uint32_t n_planes,
                                 uint32_t (*counts)[PITH_TENSOR_CLASSES][256], uint32_t least_gain)
{
    uint64_t gain = 0;

    make_map(shared, n_planes, counts);
    for (uint32_t k = 0; k < n_planes; k++)
        gain += make_plane(shared, k, counts[k], least_gain);
    return gain;
}

/* Where a new table begins, by a bit for each class but the first. */
static void code_map(struct pith_tensor_head *head, struct pith_tensor_shared *shared)
{
    shared->map[0] = 0;
    for (uint32_t c = 1; c < PITH_TENSOR_CLASSES; c++) {
        uint32_t is_new =
            pith_bitcode_bit(&head->coder, &head->parts[0], shared->map[c] != shared->map[c - 1]);

        shared->map[c] = (uint8_t)(shared->map[c - 1] + is_new);
    }
    shared->n_tables = shared->map[PITH_TENSOR_CLASSES - 1] + 1u;
}

int pith_tensor_shared_code(struct pith_tensor_head *head, struct pith_tensor_shared *shared,
                            uint32_t n_planes)
{
    shared->least = pith_bitcode_signed(&head->coder, &head->scales, shared->least);
    if (shared->least < INT16_MIN / 2 || shared->least > INT16_MAX / 2)
        return 0;
    code_map(head, shared);
    for (uint32_t k = 0; k < n_planes; k++) {
        uint32_t kind = pith_bitcode_tree(&head->coder, head->kinds, 2, shared->kinds[k]);
        int has_classes = kind == PITH_TENSOR_CLASSED;

        if (kind > PITH_TENSOR_CLASSED || (has_classes && k >= PITH_TENSOR_CLASSED_PLANES))
            return 0;
        shared->kinds[k] = (uint8_t)kind;
        if (kind == PITH_TENSOR_ONE_TABLE && !pith_tensor_table_code(head, &shared->single[k]))
            return 0;
        for (uint32_t t = 0; has_classes && t < shared->n_tables; t++)
            if (!pith_tensor_table_code(head, &shared->classed[k][t]))
                return 0;
    }
    return head->coder.overrun <= PITH_CODER_OVERRUN_MAX;
}
