/* x86 contexts: a light decoder of instruction lengths that says what the next byte is.
 *
 * It follows prefixes, opcode, ModRM, SIB, displacement and immediate by the encoding rules of
 * Intel's Software Developer's Manual, volume 2, chapter 2 and appendix A; 32- and 64-bit code alike
 * (REX prefixes are the one-byte INC and DEC of 32-bit code, which have the same length; LDS and LES
 * are taken for VEX prefixes).  It may be
 * out of step with the code at first, but soon falls into step by itself. */
#ifndef PITH_MODEL_X86_H
#define PITH_MODEL_X86_H

#include "model/history.h"

#define PITH_X86_CONTEXTS 20

enum pith_x86_place {
    PITH_X86_OPCODE,
    PITH_X86_OPCODE2, /* after 0f */
    PITH_X86_OPCODE3, /* after 0f 38 or 0f 3a */
    PITH_X86_MODRM,
    PITH_X86_SIB,
    PITH_X86_DISPLACEMENT,
    PITH_X86_IMMEDIATE,
    PITH_X86_VEX /* the one or two bytes after c5 or c4, before the opcode */
};

struct pith_x86 {
    uint32_t place;  /* enum pith_x86_place of the next byte */
    uint32_t left;   /* bytes left of the displacement or immediate, counting the next */
    uint32_t opcode; /* of the current instruction: escape bytes, then the opcode */
    uint32_t modrm;  /* with bit 8 set once known */
    uint32_t sib;
    uint32_t prefixes;      /* the last four */
    uint32_t is_short;      /* operands of 16 bits: 66 and no REX.W */
    uint32_t immediate_len; /* still to come after ModRM and displacement */
    uint64_t past;          /* opcodes of the last instructions, one byte each, latest lowest */
    uint64_t past_modrm;
};

void pith_x86_init(struct pith_x86 *x86);
void pith_x86_update(struct pith_x86 *x86, uint8_t byte);
void pith_x86_contexts(const struct pith_x86 *x86, const struct pith_history *history, uint32_t n,
                       uint32_t *hashes);

#endif
