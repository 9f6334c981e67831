/* Fit of firing: finds where a spinning scanner was, its lasers and their order, from points in the order in which they were seen.  Encoding only;
 * whatever it finds, the points come back. */
#ifndef PITH_CODEC_POINTS_FIRING_FIT_H
#define PITH_CODEC_POINTS_FIRING_FIT_H

#include "codec/points/firing_place.h"

void pith_firing_fit_layout(struct pith_firing_fit *fit, struct pith_arena *arena);

/* Sets blocks and lasers.  Returns 0 if no order of firing is seen in the points. */
int pith_firing_fit(struct pith_firing_fit *fit, struct pith_firing *firing);

/* A scanner that moved on from turn to turn, maybe back to where each began: a block for each, after a fit.  Returns 0 if there
 * are not several turns, or no order is seen then. */
int pith_firing_split_turns(struct pith_firing_fit *fit, struct pith_firing *firing);

#endif
