/* Profiles: which predictors, selectors and tables an engine has, for a level and a kind of data.
 *
 * A level sets the bounds that hold for every kind; a profile lists how many contexts of each family
 * a kind gets.  All numbers here are part of the format. */
#ifndef PITH_ENGINE_PROFILE_H
#define PITH_ENGINE_PROFILE_H

#include <stdint.h>

#include "model/match.h"

#define PITH_PROFILE_ORDERS_MAX 12
#define PITH_LEVEL_PLAIN_SETS   7 /* a level with more weight sets has all of them */

/* Kinds of data on the wire.  Never reused. */
enum pith_kind {
    PITH_KIND_TEXT = 0,
    PITH_KIND_MARKUP = 1,
    PITH_KIND_RECORDS = 2, /* binary data, with or without a record length */
    PITH_KIND_X86 = 3,
    PITH_KINDS = 4
};

/* Families in the order in which their contexts stand in the slots. */
struct pith_profile {
    uint8_t orders[PITH_PROFILE_ORDERS_MAX]; /* hashed byte orders */
    uint8_t n_orders;
    uint8_t n_words, n_structure, n_indirect, n_sparse, n_record, n_x86, n_phrases, n_match;
};

struct pith_level {
    struct pith_profile kinds[PITH_KINDS];
    uint8_t rungs[PITH_MATCH_RUNGS_MAX]; /* minimum lengths of the match ladder */
    uint8_t n_rungs;
    uint8_t n_sets;        /* mixer weight sets at work at once */
    uint8_t n_calibrators; /* 0, 1, 2, 4 or 5 */
    uint32_t n_lines;      /* at most so many slot lines of 64 bytes */
    uint8_t heads_log2;    /* at most 2^this match table entries a rung */
    /* Only the strongest levels have these. */
    uint8_t has_estimates, has_runs, has_joint, has_denoiser;
    uint8_t runs_log2;      /* at most 2^this entries of runs */
    uint8_t network_width;  /* channels of the recurrent network; 0 = none */
    uint8_t rows_log2;      /* at most 2^this rows of the network for each hashed context */
    uint8_t is_fully_gated; /* see model/recurrent.h */
};

/* Where the inputs of the mixer stand: logits of all contexts, their leanings (the strongest levels: estimates
 * or nothing), rungs, direct contexts,
 * the bias, then what the strongest levels add. */
struct pith_places {
    uint32_t rungs, direct, bias, runs, joint, network, n_inputs;
};

/* level is PITH_LEVEL_MIN..PITH_LEVEL_MAX. */
const struct pith_level *pith_level_get(int level);

/* Contexts of a profile in the slots. */
static inline uint32_t pith_profile_n_contexts(const struct pith_profile *p)
{
    return (uint32_t)p->n_orders + p->n_words + p->n_structure + p->n_indirect + p->n_sparse +
           p->n_record + p->n_x86 + p->n_phrases + p->n_match;
}

struct pith_places pith_level_places(const struct pith_level *level, uint32_t n_contexts);

/* Bounds of tables stay whatever a study leaves out, so this holds for what is left of a level too. */
static inline int pith_level_is_strong(const struct pith_level *level)
{
    return level->runs_log2 > 0 || level->rows_log2 > 0;
}

/* The numbers of a profile's contexts in a prior's store, in the order of the slots: the same context has
 * the same number at every level and in every kind.  Part of the format of priors. */
void pith_profile_ids(const struct pith_profile *p, uint8_t *ids);

/* Table sizes for an input of raw_len bytes: what it can fill, within the level's bounds. */
uint32_t pith_level_lines(const struct pith_level *level, uint64_t raw_len);
uint32_t pith_level_heads_log2(const struct pith_level *level, uint64_t raw_len);
uint32_t pith_level_calibrator_log2(uint64_t raw_len);
uint32_t pith_level_runs_log2(const struct pith_level *level, uint64_t raw_len);
uint32_t pith_level_rows_log2(const struct pith_level *level, uint64_t raw_len);

#endif
