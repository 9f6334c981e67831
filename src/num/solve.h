/* Small systems of linear equations, in double precision and a fixed order. */
#ifndef PITH_NUM_SOLVE_H
#define PITH_NUM_SOLVE_H

#include <stdint.h>

#define PITH_UNKNOWNS_MAX 10

/* Normal equations of least squares: left is symmetric, of which the half on and above the diagonal counts, and definite, as with something
 * added to its diagonal. */
struct pith_equations {
    double left[PITH_UNKNOWNS_MAX][PITH_UNKNOWNS_MAX], right[PITH_UNKNOWNS_MAX];
};

/* One more observation: the sum of x[i] * row[i] is y. */
void pith_equations_add(struct pith_equations *equations, uint32_t n, const double *row, double y);

/* The first n unknowns, by elimination without pivots.  The equations are used up. */
void pith_equations_solve(double *x, struct pith_equations *equations, uint32_t n);

#endif
