/* The memory that pith declares against what its process takes at most (peak RSS): no more than
 * declared + 5 % + 1 MiB, at every level, compressing with and without verification, and restoring,
 * beside what a process takes for its code and libraries, which is what restoring one byte takes: no
 * more than 4 MiB.  How many pages of code are mapped is the system's choice, not pith's.
 *
 *   memory PITH_BINARY
 *
 * The input is long enough for every table to have its full size and be used.  Levels above 2 in the
 * long run only.  Prints the table; "of declared" below 100 % is what the declaration is too high. */
#include "promises/command.h"

#include <pith/pith.h>

/* Text, then numbers in structures, then bytes that do not shrink. */
static void fill_mixed(unsigned char *data, size_t len, uint64_t seed)
{
    size_t text_len = len / 2, end = len / 10 * 9;

    fill_lines(data, text_len, seed);
    for (size_t i = text_len; i < end; i++) {
        uint64_t row = i / 16;

        data[i] = (unsigned char)(i % 16 < 4   ? row >> 8 * (i % 16)
                                  : i % 16 < 6 ? next_random(&seed)
                                               : i % 16 * (row % 3));
    }
    for (size_t i = end; i < len; i++)
        data[i] = (unsigned char)next_random(&seed);
}

/* Returns the peak of a run, 0 if it failed. */
static uint64_t peak_of(const char *const *arguments)
{
    struct rusage usage;
    int status = finish(start(arguments, NULL), &usage);

    return status == 0 ? (uint64_t)usage.ru_maxrss << 10 : 0;
}

/* What a process takes before it takes anything for the data. */
static uint64_t find_code_len(void)
{
    const char *const packed[] = {"-f", "-T1", "-1", "a", NULL};
    const char *const restored[] = {"-df", "-T1", "-o", "b", "a.pith", NULL};
    char text[100];
    uint64_t len;

    write_file("a", "a", 1);
    if (peak_of(packed) == 0)
        die("pith a");
    len = peak_of(restored);
    snprintf(text, sizeof text, "one byte, decompress: peak %.1f MiB", (double)len / 1048576);
    verdict(len > 0 && len <= (uint64_t)4 << 20, text);
    return len;
}

static void compare(int level, const char *what, uint64_t declared, uint64_t code_len,
                    const char *const *arguments)
{
    char text[300];
    uint64_t peak = peak_of(arguments);
    uint64_t allowed = code_len + declared + declared / 20 + ((uint64_t)1 << 20);

    snprintf(text, sizeof text,
             "level %d, %-22s declared %7.1f MiB, peak %7.1f MiB, %5.1f %% of declared, "
             "%+6.1f MiB",
             level, what, (double)declared / 1048576, (double)peak / 1048576,
             100 * (double)peak / (double)declared, ((double)peak - (double)declared) / 1048576);
    verdict(peak > 0 && declared > 0 && peak <= allowed, text);
}

static uint64_t peek_need(void)
{
    size_t len;
    unsigned char *packed = read_file("a.pith", &len);
    pith_frame_info info = {.decode_memory = 0};

    if (!packed || pith_peek(&info, packed, len, NULL) != PITH_OK)
        die("a.pith");
    free(packed);
    return info.decode_memory;
}

int main(int argc, char **argv)
{
    size_t len = is_full_run() ? (size_t)4400 << 10 : (size_t)1 << 20;
    int level_max = is_full_run() ? PITH_LEVEL_MAX : 2;
    unsigned char *raw = malloc(len);
    uint64_t code_len;

    begin(argc, argv);
    code_len = find_code_len();
    if (!raw)
        die("malloc");
    fill_mixed(raw, len, test_seed());
    write_file("a", raw, len);
    free(raw); /* a child begins with its parent's peak */
    for (int level = PITH_LEVEL_MIN; level <= level_max; level++) {
        char option[8];
        const char *const verified[] = {"-f", "-T1", option, "a", NULL};
        const char *const alone[] = {"-f", "-T1", "--no-verify", option, "a", NULL};
        const char *const restored[] = {"-df", "-T1", "-o", "b", "a.pith", NULL};
        uint64_t need = pith_encode_need(level, len, 0);

        snprintf(option, sizeof option, "-%d", level);
        compare(level, "compress", need, code_len, verified);
        compare(level, "compress --no-verify", need, code_len, alone);
        compare(level, "decompress", peek_need(), code_len, restored);
    }
    return end();
}
