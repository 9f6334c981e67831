/* Worth: how often contexts must have been passed to be taken into a prior of a given size. */
#ifndef PITH_PRIOR_WORTH_H
#define PITH_PRIOR_WORTH_H

#include "engine/study.h"
#include "prior/select.h"

struct pith_worth {
    struct pith_gains gains;
    int64_t costs[PITH_STORE_TABLES][2][PITH_COLLECTOR_CLASSES]; /* bits when written, roughly */
};

/* Sums up what the collector's groups cost.  Without gains (NULL) visits alone are to count. */
void pith_worth_init(struct pith_worth *worth, const struct pith_collector *collector,
                     const struct pith_gains *gains);

/* The thresholds with the greatest gain of those that cost about `bits` or less. */
void pith_worth_choose(struct pith_thresholds *thresholds, const struct pith_worth *worth,
                       int64_t bits);

/* What everything costs. */
int64_t pith_worth_cost(const struct pith_worth *worth);

#endif
