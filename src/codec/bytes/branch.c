/* See branch.h. */
#include "codec/bytes/branch.h"

#define TARGET_MASK 0x1ffffffu /* 25 bits */

/* The length of the opcode of a branch with a 32-bit target at data[i], or 0. */
static size_t branch_opcode_len(const uint8_t *data, size_t i, size_t len)
{
    size_t n = 0;

    if (data[i] == 0xe8 || data[i] == 0xe9)
        n = 1;
    else if (data[i] == 0x0f && i + 1 < len && (data[i + 1] & 0xf0) == 0x80)
        n = 2;
    if (n == 0 || len - i < n + 4)
        return 0;
    return data[i + n + 3] == 0x00 || data[i + n + 3] == 0xff ? n : 0;
}

/* The 25-bit number with bit 24 as its sign: top byte 00 or ff. */
static uint8_t top_byte(uint32_t target)
{
    return target >> 24 & 1 ? 0xff : 0x00;
}

/* Encoding goes backwards and decoding forwards, so that both judge a place by the same bytes: those
 * behind it as they are in the transformed data, whatever overlaps. */
void pith_branch_encode(uint8_t *data, size_t len)
{
    for (size_t i = len; i-- > 0;) {
        size_t n = branch_opcode_len(data, i, len);
        uint8_t *at = data + i + n;
        uint32_t target;

        if (n == 0)
            continue;
        target = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                 (uint32_t)(at[3] & 1) << 24;
        target = (target + (uint32_t)i) & TARGET_MASK;
        at[0] = (uint8_t)(target >> 16);
        at[1] = (uint8_t)(target >> 8);
        at[2] = (uint8_t)target;
        at[3] = top_byte(target);
    }
}

void pith_branch_decode(uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        size_t n = branch_opcode_len(data, i, len);
        uint8_t *at = data + i + n;
        uint32_t target;

        if (n == 0)
            continue;
        target = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | (uint32_t)at[2] |
                 (uint32_t)(at[3] & 1) << 24;
        target = (target - (uint32_t)i) & TARGET_MASK;
        at[0] = (uint8_t)target;
        at[1] = (uint8_t)(target >> 8);
        at[2] = (uint8_t)(target >> 16);
        at[3] = top_byte(target);
    }
}

size_t pith_branch_len(const uint8_t *data, size_t len)
{
    size_t n = branch_opcode_len(data, 0, len);

    return n > 0 ? n + 4 : 1;
}
