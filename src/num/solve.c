/* See solve.h. */
#include "num/solve.h"

void pith_equations_add(struct pith_equations *equations, uint32_t n, const double *row, double y)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = i; j < n; j++)
            equations->left[i][j] += row[i] * row[j];
        equations->right[i] += row[i] * y;
    }
}

void pith_equations_solve(double *x, struct pith_equations *equations, uint32_t n)
{
    double(*left)[PITH_UNKNOWNS_MAX] = equations->left, *right = equations->right;

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < i; j++)
            left[i][j] = left[j][i];
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t r = i + 1; r < n; r++) {
            double factor = left[r][i] / left[i][i];

            for (uint32_t j = i; j < n; j++)
                left[r][j] -= factor * left[i][j];
            right[r] -= factor * right[i];
        }
    for (uint32_t i = n; i-- > 0;) {
        double sum = right[i];

        for (uint32_t j = i + 1; j < n; j++)
            sum -= left[i][j] * x[j];
        x[i] = sum / left[i][i];
    }
}
