/* Regression: predicts a number from a few others by what has been so far (recursive least squares with forgetting; A. Sayed,
 * "Adaptive Filters", 2008, chapter 30). */
#ifndef PITH_CODEC_POINTS_REGRESSION_H
#define PITH_CODEC_POINTS_REGRESSION_H

#include <stdint.h>

#define PITH_REGRESSION_N 6

struct pith_regression {
    double weights[PITH_REGRESSION_N];
    double inverse[PITH_REGRESSION_N][PITH_REGRESSION_N]; /* of the inputs' correlation */
    double miss;                                          /* mean error of late */
};

void pith_regression_begin(struct pith_regression *regression);

double pith_regression_predict(const struct pith_regression *regression,
                               const double inputs[PITH_REGRESSION_N]);

/* It was this, and what it was predicted as. */
void pith_regression_learn(struct pith_regression *regression,
                           const double inputs[PITH_REGRESSION_N], double was, double predicted);

#endif
