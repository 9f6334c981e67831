/* See bunch.h. */
#include "codec/points/bunch.h"

#include "num/trig.h"

#define TURN (2 * PITH_PI)

void pith_bunch_add(struct pith_bunch *bunch, double phase)
{
    double sine, cosine;

    phase -= pith_floor(phase);
    pith_sin_cos(phase * TURN, &sine, &cosine);
    bunch->cosines += cosine;
    bunch->sines += sine;
    bunch->n++;
}

double pith_bunch_coherence(const struct pith_bunch *bunch)
{
    return bunch->n > 0
               ? pith_sqrt(bunch->cosines * bunch->cosines + bunch->sines * bunch->sines) / bunch->n
               : 0;
}

double pith_bunch_phase(const struct pith_bunch *bunch)
{
    return pith_atan2(bunch->sines, bunch->cosines) / TURN;
}
