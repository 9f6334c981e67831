/* See utf8.h. */
#include "utf8.h"

unsigned utf8_take(uint32_t *value, const unsigned char *at, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned need = at[0] < 0x80   ? 1
                    : at[0] < 0xc0 ? 0
                    : at[0] < 0xe0 ? 2
                    : at[0] < 0xf0 ? 3
                    : at[0] < 0xf8 ? 4
                                   : 0;

    *value = need < 2 ? at[0] : at[0] & (0x7fu >> need);
    if (need > len)
        return 0;
    for (unsigned i = 1; i < need; i++) {
        if ((at[i] & 0xc0) != 0x80) /* the final zero of a string as well */
            return 0;
        *value = *value << 6 | (at[i] & 0x3fu);
    }
    if (need == 0 || *value < least[need] || *value > 0x10ffff ||
        (*value >= 0xd800 && *value < 0xe000))
        return 0;
    return need;
}

bool utf8_is_shown(uint32_t value)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
        {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
        {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0x10ffff},
    };

    for (unsigned i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (value >= hidden[i].first && value <= hidden[i].last)
            return false;
    return true;
}
