/* Floating-point mode: pinned to what IEEE 754 calls the default while the network works.
 *
 * A program may have rounding set to another direction, or denormals flushed to zero (linking one
 * library built with -Ofast does that to a whole process): the network would then compute other
 * numbers than the machine that packed.  What the caller had is put back afterwards. */
#ifndef PITH_NUM_FPMODE_H
#define PITH_NUM_FPMODE_H

#include <stdint.h>

/* Rounding to nearest, denormals kept, no traps.  Returns the mode before. */
uint64_t pith_fpmode_pin(void);
/* Puts back what pith_fpmode_pin() returned. */
void pith_fpmode_restore(uint64_t mode);

#endif
