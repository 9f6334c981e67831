/* Bit-history state: what one context node has seen, in a byte.
 *
 * State 0 is "nothing yet".  Histories of up to four bits are kept exactly, longer ones as
 * (zeros, ones, last bit) with bounded, discounted counts.  See tools/make_states.py. */
#ifndef PITH_MODEL_STATE_H
#define PITH_MODEL_STATE_H

#include <stdint.h>

extern const uint8_t pith_state_next[256][2];
extern const uint16_t pith_state_start_p1[256]; /* first guess of P(1), 1/65536 */
extern const uint8_t pith_state_seen[256];      /* bits seen, roughly: confidence */
extern const uint8_t pith_state_rounded[256];   /* the state that a prior keeps in its place */

#endif
