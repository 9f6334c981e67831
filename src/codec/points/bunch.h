/* Bunch: whether numbers are multiples of one.  Encoding only.
 *
 * What is left of them, as phases, then adds up; coherence is the length of the sum of their unit vectors against their number. */
#ifndef PITH_CODEC_POINTS_BUNCH_H
#define PITH_CODEC_POINTS_BUNCH_H

/* Phases that are added up: they bunch if they are multiples of one number. */
struct pith_bunch {
    double cosines, sines, n;
};

void pith_bunch_add(struct pith_bunch *bunch, double phase);
/* Length of the sum against the number, 0 to 1. */
double pith_bunch_coherence(const struct pith_bunch *bunch);
/* The mean phase, -0.5 to 0.5. */
double pith_bunch_phase(const struct pith_bunch *bunch);

#endif
