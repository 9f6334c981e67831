/* See profile.h. */
#include "engine/profile.h"

static const struct pith_profile by_level[7] = {
    {{2, 4, 6}, 3, 1, 0, 0, 0, {6}, 1, 3},
    {{2, 3, 4, 6}, 4, 1, 0, 0, 0, {6}, 1, 3},
    {{2, 3, 4, 6}, 4, 2, 1, 1, 1, {6}, 1, 4},
    {{2, 3, 4, 6}, 4, 3, 2, 1, 2, {5, 13}, 2, 5},
    {{2, 3, 4, 5, 6, 8}, 6, 5, 3, 2, 3, {5, 8, 21}, 3, 8},
    {{2, 3, 4, 5, 6, 8}, 6, 6, 5, 3, 5, {5, 8, 21}, 3, 8},
    {{2, 3, 4, 5, 6, 7, 8}, 7, 8, 8, 4, 6, {5, 8, 13, 21}, 4, 8},
};

static const uint8_t lines_log2_max[7] = {19, 20, 20, 21, 22, 23, 24};

const struct pith_profile *pith_profile_for(int level)
{
    return &by_level[level - 1];
}

static uint32_t ceil_log2(uint64_t value)
{
    uint32_t log2 = 0;

    while (((uint64_t)1 << log2) < value)
        log2++;
    return log2;
}

uint32_t pith_profile_lines_log2(int level, uint64_t raw_len)
{
    /* Two groups a context and byte, four groups a line, about half of the contexts seen before. */
    uint32_t wanted = ceil_log2(raw_len * 4 + 256);

    return wanted < lines_log2_max[level - 1] ? wanted : lines_log2_max[level - 1];
}

uint32_t pith_profile_heads_log2(int level, uint64_t raw_len)
{
    uint32_t wanted = ceil_log2(raw_len + 256), most = level < 3 ? 18 : level < 6 ? 20 : 22;

    return wanted < most ? wanted : most;
}
