/* See regression.h. */
#include "codec/points/regression.h"

#include <string.h>

#define FORGETTING  0.998
#define START       0.01
#define INVERSE_MAX 1e9 /* then it has come apart, and begins again */
#define CLIP        4   /* errors count no more than so many times their mean */

static void begin_inverse(struct pith_regression *regression)
{
    memset(regression->inverse, 0, sizeof regression->inverse);
    for (uint32_t i = 0; i < PITH_REGRESSION_N; i++)
        regression->inverse[i][i] = START;
}

void pith_regression_begin(struct pith_regression *regression)
{
    memset(regression, 0, sizeof *regression);
    regression->miss = 1;
    begin_inverse(regression);
}

double pith_regression_predict(const struct pith_regression *regression,
                               const double inputs[PITH_REGRESSION_N])
{
    double sum = 0;

    for (uint32_t i = 0; i < PITH_REGRESSION_N; i++)
        sum += regression->weights[i] * inputs[i];
    return sum;
}

/* The error as it counts; numbers that are none do not. */
static double clipped(struct pith_regression *regression, double error)
{
    double size = error < 0 ? -error : error, most = CLIP * regression->miss;

    if (!(size < 1e15))
        return 0;
    regression->miss += (size - regression->miss) * (1.0 / 64);
    return size <= most ? error : error < 0 ? -most : most;
}

void pith_regression_learn(struct pith_regression *regression,
                           const double inputs[PITH_REGRESSION_N], double was, double predicted)
{
    double error = clipped(regression, was - predicted), gain[PITH_REGRESSION_N],
           scale = FORGETTING, share;
    int is_sound = 1;

    for (uint32_t i = 0; i < PITH_REGRESSION_N; i++) {
        gain[i] = 0;
        for (uint32_t j = 0; j < PITH_REGRESSION_N; j++)
            gain[i] += regression->inverse[i][j] * inputs[j];
        scale += gain[i] * inputs[i];
    }
    share = 1 / scale;
    for (uint32_t i = 0; i < PITH_REGRESSION_N; i++) {
        regression->weights[i] += gain[i] * share * error;
        is_sound &= regression->weights[i] < 1e9 && regression->weights[i] > -1e9;
    }
    for (uint32_t i = 0; i < PITH_REGRESSION_N; i++)
        for (uint32_t j = 0; j < PITH_REGRESSION_N; j++)
            regression->inverse[i][j] =
                (regression->inverse[i][j] - gain[i] * gain[j] * share) * (1 / FORGETTING);
    for (uint32_t i = 0; i < PITH_REGRESSION_N; i++)
        is_sound &= regression->inverse[i][i] > 0 && regression->inverse[i][i] < INVERSE_MAX;
    if (is_sound)
        return;
    memset(regression->weights, 0, sizeof regression->weights);
    begin_inverse(regression);
}
