/* Profiles: which predictors and selectors an engine has, for a level and a kind of data. */
#ifndef PITH_ENGINE_PROFILE_H
#define PITH_ENGINE_PROFILE_H

#include <stdint.h>

#define PITH_PROFILE_ORDERS_MAX 10

struct pith_profile {
    uint8_t orders[PITH_PROFILE_ORDERS_MAX]; /* hashed byte orders */
    uint8_t n_orders;
    uint8_t n_words, n_sparse, n_indirect, n_structure;
    uint8_t rungs[4]; /* minimum lengths of the match ladder */
    uint8_t n_rungs;
    uint8_t n_sets; /* mixer weight sets */
};

const struct pith_profile *pith_profile_for(int level);
/* Table sizes for an input of raw_len bytes. */
uint32_t pith_profile_lines_log2(int level, uint64_t raw_len);
uint32_t pith_profile_heads_log2(int level, uint64_t raw_len);

#endif
