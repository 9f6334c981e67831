/* x86 branch transform: relative targets of CALL, JMP and Jcc become absolute.
 *
 * The same function called from many places then has the same bytes.  A 32-bit target whose top byte
 * is 00 or ff is a number of 25 bits with sign; position is added to it modulo 2^25, and its lower
 * three bytes are turned round so that the ones that vary least come first.  Opcode and top byte,
 * which decide what is changed, do not change, so the inverse sees the same places. */
#ifndef PITH_CODEC_BYTES_BRANCH_H
#define PITH_CODEC_BYTES_BRANCH_H

#include <stddef.h>
#include <stdint.h>

void pith_branch_encode(uint8_t *data, size_t len);
void pith_branch_decode(uint8_t *data, size_t len);
/* Bytes of encoded data that share their cost in a study: a branch with its target, or one byte. */
size_t pith_branch_len(const uint8_t *data, size_t len);

#endif
