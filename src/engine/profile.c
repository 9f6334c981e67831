/* See profile.h. */
#include "engine/profile.h"

#include <string.h>

#include "model/direct.h"
#include "model/indirect.h"
#include "model/local.h"
#include "model/phrases.h"
#include "model/record.h"
#include "model/slots.h"
#include "model/store.h"
#include "model/structure.h"
#include "model/words.h"
#include "model/x86.h"

/* First numbers of the families in a store; an order's number is the order itself. */
enum {
    ID_WORDS = 17,
    ID_STRUCTURE = ID_WORDS + PITH_WORDS_CONTEXTS,
    ID_INDIRECT = ID_STRUCTURE + PITH_STRUCTURE_CONTEXTS,
    ID_SPARSE = ID_INDIRECT + PITH_INDIRECT_CONTEXTS,
    ID_RECORD = ID_SPARSE + PITH_SPARSE_CONTEXTS,
    ID_X86 = ID_RECORD + PITH_RECORD_CONTEXTS,
    ID_PHRASES = ID_X86 + PITH_X86_CONTEXTS,
    ID_MATCH = ID_PHRASES + PITH_PHRASES_CONTEXTS,
    ID_END = ID_MATCH + PITH_MATCH_CONTEXTS
};

_Static_assert((int)ID_END <= PITH_STORE_TABLES, "a table for each context");

/* clang-format off */
static const struct pith_level levels[9] = {
    [0] = {.kinds = {[PITH_KIND_TEXT] = {{2, 4}, 2, .n_words = 1},
                     [PITH_KIND_MARKUP] = {{2, 3, 5}, 3, .n_words = 1},
                     [PITH_KIND_RECORDS] = {{2, 3}, 2, .n_sparse = 1, .n_record = 2},
                     [PITH_KIND_X86] = {{2, 3}, 2, .n_sparse = 1, .n_x86 = 2}},
           .rungs = {5}, .n_rungs = 1, .n_sets = 1, .n_calibrators = 0,
           .n_lines = 1 << 17, .heads_log2 = 16},
    [1] = {.kinds = {[PITH_KIND_TEXT] = {{2, 4}, 2, .n_words = 2, .n_match = 1},
                     [PITH_KIND_MARKUP] = {{2, 3, 4, 6}, 4, .n_words = 1, .n_structure = 1,
                                           .n_match = 1},
                     [PITH_KIND_RECORDS] = {{2, 3, 4}, 3, .n_sparse = 2, .n_record = 2,
                                            .n_match = 1},
                     [PITH_KIND_X86] = {{2, 3, 4}, 3, .n_sparse = 1, .n_x86 = 3, .n_match = 1}},
           .rungs = {5}, .n_rungs = 1, .n_sets = 2, .n_calibrators = 1,
           .n_lines = 1 << 20, .heads_log2 = 18},
    [2] = {.kinds = {[PITH_KIND_TEXT] = {{2, 3, 4}, 3, .n_words = 2, .n_sparse = 1, .n_match = 1},
                     [PITH_KIND_MARKUP] = {{2, 3, 4, 6}, 4, .n_words = 2, .n_structure = 2,
                                           .n_match = 1},
                     [PITH_KIND_RECORDS] = {{1, 2, 3, 4}, 4, .n_sparse = 3, .n_record = 3,
                                            .n_match = 1},
                     [PITH_KIND_X86] = {{1, 2, 3, 4}, 4, .n_sparse = 2, .n_x86 = 4, .n_match = 1}},
           .rungs = {5, 21}, .n_rungs = 2, .n_sets = 3, .n_calibrators = 1,
           .n_lines = 1 << 20, .heads_log2 = 19},
    [3] = {.kinds = {[PITH_KIND_TEXT] = {{2, 3, 4, 6}, 4, .n_words = 2, .n_structure = 1,
                                         .n_sparse = 1, .n_match = 1},
                     [PITH_KIND_MARKUP] = {{2, 3, 4, 6}, 4, .n_words = 3, .n_structure = 3,
                                           .n_match = 1},
                     [PITH_KIND_RECORDS] = {{1, 2, 3, 4}, 4, .n_sparse = 4, .n_record = 4,
                                            .n_match = 1},
                     [PITH_KIND_X86] = {{1, 2, 3, 4}, 4, .n_indirect = 1, .n_sparse = 2,
                                        .n_x86 = 5, .n_match = 1}},
           .rungs = {5, 21}, .n_rungs = 2, .n_sets = 4, .n_calibrators = 2,
           .n_lines = 1 << 21, .heads_log2 = 20},
    [4] = {.kinds = {[PITH_KIND_TEXT] = {{2, 3, 4, 6}, 4, .n_words = 3, .n_structure = 1,
                                         .n_indirect = 1, .n_sparse = 1, .n_match = 1},
                     [PITH_KIND_MARKUP] = {{2, 3, 4, 6}, 4, .n_words = 3, .n_structure = 4,
                                           .n_indirect = 1, .n_sparse = 1, .n_match = 1},
                     [PITH_KIND_RECORDS] = {{1, 2, 3, 4, 6}, 5, .n_indirect = 1, .n_sparse = 5,
                                            .n_record = 5, .n_match = 1},
                     [PITH_KIND_X86] = {{1, 2, 3, 4}, 4, .n_indirect = 1, .n_sparse = 4,
                                        .n_record = 1, .n_x86 = 8, .n_match = 1}},
           .rungs = {5, 13, 34}, .n_rungs = 3, .n_sets = 5, .n_calibrators = 2,
           .n_lines = 1 << 22, .heads_log2 = 20},
    [5] = {.kinds = {[PITH_KIND_TEXT] = {{1, 2, 3, 4, 5, 6}, 6, .n_words = 6, .n_structure = 3,
                                         .n_indirect = 2, .n_sparse = 4, .n_match = 1},
                     [PITH_KIND_MARKUP] = {{1, 2, 3, 4, 5, 6}, 6, .n_words = 5, .n_structure = 6,
                                           .n_indirect = 2, .n_sparse = 2, .n_match = 1},
                     [PITH_KIND_RECORDS] = {{1, 2, 3, 4, 6}, 5, .n_indirect = 3, .n_sparse = 6,
                                            .n_record = 6, .n_match = 1},
                     [PITH_KIND_X86] = {{1, 2, 3, 4, 6}, 5, .n_indirect = 2, .n_sparse = 6,
                                        .n_record = 1, .n_x86 = 8, .n_match = 1}},
           .rungs = {5, 13, 34}, .n_rungs = 3, .n_sets = 6, .n_calibrators = 4,
           .n_lines = 1 << 23, .heads_log2 = 21},
    [6] = {.kinds = {[PITH_KIND_TEXT] = {{1, 2, 3, 4, 5, 6, 8}, 7, .n_words = 10, .n_structure = 6,
                                         .n_indirect = 3, .n_sparse = 6, .n_match = 1},
                     [PITH_KIND_MARKUP] = {{1, 2, 3, 4, 5, 6, 8}, 7, .n_words = 10,
                                           .n_structure = 6, .n_indirect = 3, .n_sparse = 5,
                                           .n_match = 1},
                     [PITH_KIND_RECORDS] = {{1, 2, 3, 4, 5, 6}, 6, .n_indirect = 4, .n_sparse = 8,
                                            .n_record = 6, .n_match = 1},
                     [PITH_KIND_X86] = {{1, 2, 3, 4, 5, 6}, 6, .n_indirect = 4, .n_sparse = 8,
                                        .n_record = 3, .n_x86 = 8, .n_match = 1}},
           .rungs = {5, 8, 21, 55}, .n_rungs = 4, .n_sets = 7, .n_calibrators = 4,
           .n_lines = 1 << 23, .heads_log2 = 22},
    [7] = {.kinds = {[PITH_KIND_TEXT] = {{1, 2, 3, 4, 5, 6, 7, 8}, 8, .n_words = 10,
                                         .n_structure = 6, .n_indirect = 3, .n_sparse = 4,
                                         .n_phrases = 6, .n_match = 3},
                     [PITH_KIND_MARKUP] = {{1, 2, 3, 4, 5, 6, 7, 8}, 8, .n_words = 10,
                                           .n_structure = 6, .n_indirect = 3, .n_sparse = 4,
                                           .n_phrases = 6, .n_match = 3},
                     [PITH_KIND_RECORDS] = {{1, 2, 3, 4, 5, 6}, 6, .n_indirect = 4, .n_sparse = 19,
                                            .n_record = 6, .n_match = 3},
                     [PITH_KIND_X86] = {{1, 2, 3, 4, 6}, 5, .n_indirect = 3, .n_sparse = 4,
                                        .n_record = 2, .n_x86 = 12, .n_match = 2}},
           .rungs = {5, 8, 21, 55}, .n_rungs = 4, .n_sets = 10, .n_calibrators = 5,
           .n_lines = 1 << 23, .heads_log2 = 22, .has_runs = 1, .has_denoiser = 1, .runs_log2 = 24,
           .network_width = 32, .rows_log2 = 13},
    [8] = {.kinds = {[PITH_KIND_TEXT] = {{1, 2, 3, 4, 5, 6, 7, 8, 11}, 9, .n_words = 10,
                                         .n_structure = 6, .n_indirect = 4, .n_sparse = 13,
                                         .n_phrases = 21, .n_match = 3},
                     [PITH_KIND_MARKUP] = {{1, 2, 3, 4, 5, 6, 7, 8, 11}, 9, .n_words = 10,
                                           .n_structure = 6, .n_indirect = 4, .n_sparse = 13,
                                           .n_phrases = 21, .n_match = 3},
                     [PITH_KIND_RECORDS] = {{1, 2, 3, 4, 5, 6, 8, 11, 16}, 9, .n_indirect = 4,
                                            .n_sparse = 19, .n_record = 6, .n_match = 3},
                     [PITH_KIND_X86] = {{1, 2, 3, 4, 5, 6, 7, 9, 11, 16}, 10, .n_indirect = 4,
                                        .n_sparse = 19, .n_record = 6, .n_x86 = 20, .n_match = 3}},
           .rungs = {5, 8, 21, 55}, .n_rungs = 4, .n_sets = 12, .n_calibrators = 5,
           .n_lines = 22 << 20, .heads_log2 = 22, .has_estimates = 1, .has_runs = 1, .has_joint = 1,
           .has_denoiser = 1, .runs_log2 = 26, .network_width = 128, .rows_log2 = 14, .is_fully_gated = 1},
};
/* clang-format on */

const struct pith_level *pith_level_get(int level)
{
    return &levels[level - 1];
}

/* The least log2 with 2^log2 >= value, within low..high. */
static uint32_t fitting_log2(uint64_t value, uint32_t low, uint32_t high)
{
    uint32_t log2 = low;

    while (log2 < high && ((uint64_t)1 << log2) < value)
        log2++;
    return log2;
}

/* A byte takes two groups a context, a line holds four, and about half of the contexts are new. */
uint32_t pith_level_lines(const struct pith_level *level, uint64_t raw_len)
{
    uint64_t n = pith_profile_n_contexts(&level->kinds[PITH_KIND_TEXT]);

    uint32_t n_lines =
        1u << fitting_log2(raw_len < UINT32_MAX ? raw_len * n / 4 : UINT32_MAX, 8, 26);

    return n_lines < level->n_lines ? n_lines : level->n_lines;
}

uint32_t pith_level_heads_log2(const struct pith_level *level, uint64_t raw_len)
{
    return fitting_log2(raw_len, 8, level->heads_log2);
}

uint32_t pith_level_calibrator_log2(uint64_t raw_len)
{
    return fitting_log2(raw_len, 10, 16);
}

/* A run for each context and byte, a fifth of them new. */
uint32_t pith_level_runs_log2(const struct pith_level *level, uint64_t raw_len)
{
    return fitting_log2(raw_len < UINT32_MAX ? raw_len * 16 : UINT32_MAX, 10, level->runs_log2);
}

uint32_t pith_level_rows_log2(const struct pith_level *level, uint64_t raw_len)
{
    return fitting_log2(raw_len / 16, 6, level->rows_log2);
}

struct pith_places pith_level_places(const struct pith_level *level, uint32_t n_contexts)
{
    struct pith_places places = {0};

    places.rungs = n_contexts;
    if (level->has_estimates || !pith_level_is_strong(level))
        places.rungs += n_contexts;
    places.direct = places.rungs + level->n_rungs * (uint32_t)PITH_MATCH_INPUTS;
    places.bias = places.direct + PITH_DIRECT_INPUTS;
    places.runs = places.bias + 1;
    places.joint = places.runs + (level->has_runs ? n_contexts : 0);
    places.network = places.joint + (level->has_joint ? 1 : 0);
    places.n_inputs = places.network + (level->network_width > 0 ? 2 : 0);
    return places;
}

void pith_profile_ids(const struct pith_profile *p, uint8_t *ids)
{
    const struct {
        uint32_t first, n;
    } families[] = {
        {ID_WORDS, p->n_words},     {ID_STRUCTURE, p->n_structure}, {ID_INDIRECT, p->n_indirect},
        {ID_SPARSE, p->n_sparse},   {ID_RECORD, p->n_record},       {ID_X86, p->n_x86},
        {ID_PHRASES, p->n_phrases}, {ID_MATCH, p->n_match},
    };

    memcpy(ids, p->orders, p->n_orders);
    ids += p->n_orders;
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
        for (uint32_t i = 0; i < families[f].n; i++)
            *ids++ = (uint8_t)(families[f].first + i);
}
