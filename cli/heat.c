/* See heat.h.  The colours are of the 256 that terminals agree on, from cold to hot, each with black or
 * white on it, whichever is easier to read.  The map is text if at least half of the mapped bytes
 * were taken as text, else two digits a byte. */
#include "posix.h"

#include "heat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NO_HEAT = N_HEATS, HEX_COLUMNS = 16 };

bool heat_is_wanted(const struct settings *settings)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

    if (settings->color != COLOR_AUTO)
        return settings->color == COLOR_ALWAYS;
    return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/* Writes `text` on the colour of `heat`; *now is the colour that the terminal has. */
static void put(unsigned *now, unsigned heat, const char *text)
{
    static const struct {
        int ground, ink;
    } colours[N_HEATS] = {{17, 231}, {19, 231}, {25, 231}, {30, 231},
                          {71, 16},  {179, 16}, {208, 16}, {196, 16}};

    if (*now != heat && heat == NO_HEAT)
        fputs("\033[0m", stdout);
    else if (*now != heat)
        printf("\033[48;5;%d;38;5;%dm", colours[heat].ground, colours[heat].ink);
    *now = heat;
    fputs(text, stdout);
}

static void print_legend(const struct findings *findings)
{
    unsigned now = NO_HEAT;

    fputs("\nBits a byte, from   ", stdout);
    for (unsigned heat = 0; heat < N_HEATS; heat++) {
        put(&now, heat, " ");
        put(&now, heat, findings_heat_names[heat]);
        put(&now, heat, " ");
    }
    put(&now, NO_HEAT, "\nAlong the input     ");
    for (unsigned i = 0; i < findings->n_along; i++)
        put(&now, findings_heat(findings->along[i].cost, findings->along[i].bytes), " ");
    put(&now, NO_HEAT, "\n");
}

static void print_text(const struct findings *findings)
{
    unsigned now = NO_HEAT;
    size_t len;

    for (size_t at = 0; at < findings->map_len; at += len) {
        uint64_t cost;
        char text[5];

        len = findings_character(findings, at, &cost, text);
        put(&now, findings_heat(cost, len), text);
        if (findings->data[at] == '\n')
            put(&now, NO_HEAT, "\n");
    }
    put(&now, NO_HEAT, findings->data[findings->map_len - 1] == '\n' ? "" : "\n");
}

/* The end of a row of digits: what of its n bytes is plain ASCII. */
static void print_shown(const unsigned char *bytes, size_t n)
{
    printf("%*s", (int)(3 * (HEX_COLUMNS - n) + 1), "");
    for (size_t i = 0; i < n; i++)
        putchar(bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.');
    putchar('\n');
}

static void print_hex(const struct findings *findings)
{
    for (size_t row = 0; row < findings->map_len; row += HEX_COLUMNS) {
        unsigned now = NO_HEAT;
        char hex[4];

        printf("%08zx  ", row);
        for (size_t at = row; at < row + HEX_COLUMNS && at < findings->map_len; at++) {
            snprintf(hex, sizeof hex, "%02x ", (unsigned)findings->data[at]);
            put(&now, findings_heat(findings->costs[at], 1), hex);
        }
        put(&now, NO_HEAT, "");
        print_shown(findings->data + row,
                    findings->map_len - row < HEX_COLUMNS ? findings->map_len - row : HEX_COLUMNS);
    }
}

void heat_print(const struct findings *findings)
{
    if (findings->len == 0)
        return;
    print_legend(findings);
    putchar('\n');
    if (findings->map_text_len * 2 >= findings->map_len)
        print_text(findings);
    else
        print_hex(findings);
    if (findings->map_len < findings->len)
        printf("(the first %zu of %zu bytes; --map=SIZE shows more)\n", findings->map_len,
               findings->len);
}
