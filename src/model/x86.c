/* See x86.h. */
#include "model/x86.h"

#include <string.h>

#include "model/hash.h"

/* What follows an opcode: bit 3 = ModRM, bits 0..2 = bytes of immediate (7 = six bytes). */
enum { M = 8 };

/* clang-format off */
static const uint8_t one_byte[256] = {
    /* 0x */ M, M, M, M, 1, 4, 0, 0, M, M, M, M, 1, 4, 0, 0,
    /* 1x */ M, M, M, M, 1, 4, 0, 0, M, M, M, M, 1, 4, 0, 0,
    /* 2x */ M, M, M, M, 1, 4, 0, 0, M, M, M, M, 1, 4, 0, 0,
    /* 3x */ M, M, M, M, 1, 4, 0, 0, M, M, M, M, 1, 4, 0, 0,
    /* 4x */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    /* 5x */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    /* 6x */ 0, 0, M, M, 0, 0, 0, 0, 4, M | 4, 1, M | 1, 0, 0, 0, 0,
    /* 7x */ 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    /* 8x */ M | 1, M | 4, M | 1, M | 1, M, M, M, M, M, M, M, M, M, M, M, M,
    /* 9x */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0,
    /* ax */ 4, 4, 4, 4, 0, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0,
    /* bx */ 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 4, 4, 4,
    /* cx */ M | 1, M | 1, 2, 0, M, M, M | 1, M | 4, 3, 0, 2, 0, 0, 1, 0, 0,
    /* dx */ M, M, M, M, 1, 1, 0, 0, M, M, M, M, M, M, M, M,
    /* ex */ 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 7, 1, 0, 0, 0, 0,
    /* fx */ 0, 0, 0, 0, 0, 0, M, M, 0, 0, 0, 0, 0, 0, M, M,
};
/* clang-format on */

static int is_prefix(uint8_t byte)
{
    return (byte & 0xf0) == 0x40 || byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e ||
           (byte >= 0x64 && byte <= 0x67) || byte == 0xf0 || byte == 0xf2 || byte == 0xf3;
}

/* As one_byte, for the opcodes after 0f. */
static uint8_t two_byte(uint8_t opcode)
{
    if ((opcode & 0xf0) == 0x80)
        return 4;
    if ((opcode >= 0x05 && opcode <= 0x0b) || (opcode & 0xf8) == 0x30 || opcode == 0x77 ||
        (opcode & 0xf8) == 0xc8 || (opcode & 0xf7) == 0xa0 || (opcode & 0xf7) == 0xa1 ||
        opcode == 0xa2 || opcode == 0xaa)
        return 0;
    if ((opcode & 0xfc) == 0x70 || (opcode & 0xf7) == 0xa4 || opcode == 0xba || opcode == 0xc2 ||
        (opcode >= 0xc4 && opcode <= 0xc6))
        return M | 1;
    return M;
}

void pith_x86_init(struct pith_x86 *x86)
{
    memset(x86, 0, sizeof *x86);
}

static void end_instruction(struct pith_x86 *x86)
{
    x86->past = x86->past << 8 | (x86->opcode & 255);
    x86->past_modrm = x86->past_modrm << 8 | (x86->modrm & 255);
    x86->place = PITH_X86_OPCODE;
    x86->opcode = x86->modrm = x86->sib = x86->prefixes = 0;
    x86->left = x86->immediate_len = x86->is_short = 0;
}

static void begin_immediate(struct pith_x86 *x86)
{
    x86->place = PITH_X86_IMMEDIATE;
    x86->left = x86->immediate_len;
    if (x86->left == 0)
        end_instruction(x86);
}

static void begin_displacement(struct pith_x86 *x86, uint32_t len)
{
    x86->place = PITH_X86_DISPLACEMENT;
    x86->left = len;
    if (len == 0)
        begin_immediate(x86);
}

static void take_opcode(struct pith_x86 *x86, uint8_t byte, uint8_t follows)
{
    x86->opcode = x86->opcode << 8 | byte;
    x86->immediate_len = (follows & 7) == 7 ? 6 : follows & 7u;
    if (x86->immediate_len == 4 && x86->is_short)
        x86->immediate_len = 2;
    if ((x86->opcode & ~7u) == 0xb8 && (x86->prefixes & 0xf8) == 0x48) /* mov r64, imm64 */
        x86->immediate_len = 8;
    if (follows & M)
        x86->place = PITH_X86_MODRM;
    else
        begin_immediate(x86);
}

static void take_first(struct pith_x86 *x86, uint8_t byte)
{
    if (is_prefix(byte)) {
        x86->prefixes = x86->prefixes << 8 | byte;
        x86->is_short = (x86->is_short || byte == 0x66) && (byte & 0xf8) != 0x48;
        if ((byte & 0xf0) == 0x40)
            x86->past = x86->past << 8 | byte;
    } else if (byte == 0x0f) {
        x86->opcode = byte;
        x86->place = PITH_X86_OPCODE2;
    } else if (byte == 0xc4 || byte == 0xc5) {
        x86->prefixes = x86->prefixes << 8 | byte;
        x86->place = PITH_X86_VEX;
        x86->left = byte == 0xc4 ? 2 : 1;
    } else {
        take_opcode(x86, byte, one_byte[byte]);
    }
}

/* The bytes of a VEX prefix: with two, the low bits of the first say which escape bytes the prefix
 * stands for, and the second is skipped. */
static void take_vex(struct pith_x86 *x86, uint8_t byte)
{
    uint32_t map = x86->left == 2 ? byte & 31 : 1;

    if (x86->opcode == 0) {
        x86->opcode = map == 2 ? 0x0f38 : map == 3 ? 0x0f3a : 0x0f;
        x86->prefixes = x86->prefixes << 8 | (byte & 3);
    }
    if (--x86->left == 0)
        x86->place = x86->opcode == 0x0f ? PITH_X86_OPCODE2 : PITH_X86_OPCODE3;
}

static void take_modrm(struct pith_x86 *x86, uint8_t byte)
{
    uint32_t mod = byte >> 6, rm = byte & 7u;

    x86->modrm = byte | 256u;
    if ((x86->opcode == 0xf6 || x86->opcode == 0xf7) && (byte & 0x30) == 0)
        x86->immediate_len = x86->opcode == 0xf6 ? 1 : x86->is_short ? 2 : 4;
    if (mod == 3) {
        begin_immediate(x86);
    } else if (rm == 4) {
        x86->place = PITH_X86_SIB;
        x86->left = mod == 1 ? 1 : mod == 2 ? 4 : 0;
    } else {
        begin_displacement(x86, mod == 1 ? 1 : mod == 2 || rm == 5 ? 4 : 0);
    }
}

void pith_x86_update(struct pith_x86 *x86, uint8_t byte)
{
    switch (x86->place) {
    case PITH_X86_OPCODE:
        take_first(x86, byte);
        break;
    case PITH_X86_OPCODE2:
        if (byte == 0x38 || byte == 0x3a) {
            x86->opcode = x86->opcode << 8 | byte;
            x86->place = PITH_X86_OPCODE3;
        } else {
            take_opcode(x86, byte, two_byte(byte));
        }
        break;
    case PITH_X86_VEX:
        take_vex(x86, byte);
        break;
    case PITH_X86_OPCODE3:
        take_opcode(x86, byte, (x86->opcode & 255) == 0x3a ? M | 1 : M);
        break;
    case PITH_X86_MODRM:
        take_modrm(x86, byte);
        break;
    case PITH_X86_SIB:
        x86->sib = byte;
        begin_displacement(x86, (byte & 7) == 5 && x86->modrm < 256 + 64 ? 4 : x86->left);
        break;
    case PITH_X86_DISPLACEMENT:
        if (--x86->left == 0)
            begin_immediate(x86);
        break;
    default:
        if (--x86->left == 0)
            end_instruction(x86);
    }
}

void pith_x86_contexts(const struct pith_x86 *x86, const struct pith_history *history, uint32_t n,
                       uint32_t *hashes)
{
    if (n == 0)
        return;

    uint64_t here = (uint64_t)x86->place | x86->left << 3;
    uint64_t now = here | (uint64_t)x86->opcode << 8 | (uint64_t)x86->modrm << 32;
    uint64_t last = history->last8, past = x86->past, past_modrm = x86->past_modrm;
    const uint32_t all[PITH_X86_CONTEXTS] = {
        pith_hash2(90, now, x86->past & 0xffff),
        pith_hash2(91, now, (x86->past & 0xffffff) | (uint64_t)x86->prefixes << 32),
        pith_hash2(92, now, (uint64_t)x86->sib << 8 | x86->prefixes << 16),
        pith_hash2(93, now, last & 0xffff),
        pith_hash2(94, now, (x86->past & 0xff) | (x86->past_modrm & 0xff) << 8),
        pith_hash2(95, now, x86->past & 0xffffffffff),
        pith_hash2(96, here | (uint64_t)(x86->modrm & 0x38) << 8, last & 0xffffff),
        pith_hash2(97, now, (x86->past & 0xffff) | (x86->past_modrm & 0xffff) << 16),
        pith_hash2(170, now, past & 0xff),
        pith_hash2(171, here, last & 0xffff),
        pith_hash2(172, here | (past & 0xffffffff) << 8, last & 0xff),
        pith_hash2(173, now, (past & 0xffffff) | (past_modrm & 0xffffff) << 24),
        pith_hash2(174, now, last & 0xff),
        pith_hash2(175, here | (past & 0xffff) << 8, last & 0xffffff),
        pith_hash2(176, now, past_modrm & 0xff),
        pith_hash2(177, here | past << 8, past_modrm & 0xffffffff),
        pith_hash2(178, now, last & 0xffffff),
        pith_hash2(179, here | (uint64_t)x86->opcode << 8, last & 0xffffffff),
        pith_hash2(180, here, last & 0xff0000),
        pith_hash2(181, now, 0),
    };

    memcpy(hashes, all, n * sizeof *all);
}
