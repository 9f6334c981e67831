/* Prints the help text from the table of options, and what each level costs from the library, so
 * that neither can go stale. */
#include "help.h"
#include "number.h"
#include "option.h"

#include <limits.h>
#include <stdio.h>

enum { HELP_COLUMN = 28 };

static void print_row(const struct option_row *row)
{
    char left[80], help[OPTION_HELP_CAP];
    int len;

    if (row->letter == '1')
        len = snprintf(left, sizeof left, "  -%d .. -%d", PITH_LEVEL_MIN, PITH_LEVEL_MAX);
    else if (row->letter > UCHAR_MAX)
        len = snprintf(left, sizeof left, "      --%s", row->name);
    else if (row->name == NULL)
        len = snprintf(left, sizeof left, "  -%c", row->letter);
    else
        len = snprintf(left, sizeof left, "  -%c, --%s", row->letter, row->name);
    if (row->value != NULL)
        snprintf(left + len, sizeof left - (size_t)len, "%s%s", row->name != NULL ? "=" : " ",
                 row->value);
    printf("%-*s%s\n", HELP_COLUMN, left, option_help(row, help));
}

static void print_levels(void)
{
    char pack[NUMBER_TEXT_CAP], unpack[NUMBER_TEXT_CAP];

    printf("\nLevels (default %d), and the memory that one thread needs for long inputs:\n",
           PITH_LEVEL_DEFAULT);
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
        printf("  -%d  compress %10s   decompress %10s\n", level,
               number_size_text(pack, pith_encode_need(level, UINT64_MAX, 0)),
               number_size_text(unpack, pith_decode_need(level, UINT64_MAX, 0)));
}

enum code help_print(void)
{
    const struct option_row *row;

    printf("Usage: pith [OPTIONS] [FILES]\n"
           "Compress FILES by prediction, each to FILE.pith, or decompress them.\n"
           "With no FILE, or when FILE is -, standard input goes to standard output.\n");
    for (unsigned i = 0; (row = option_at(i)) != NULL; i++) {
        if (row->letter == 0)
            printf("\n%s:\n", row->help);
        else if (row->help != NULL)
            print_row(row);
    }
    print_levels();
    printf(
        "\nSizes are in bytes, or end in K, M, G or T, or KiB, MiB, GiB or TiB (powers of "
        "1024).\n"
        "Environment: PITH_LEVEL, PITH_NBTHREADS; PITH_PRIOR_PATH: folders where priors are\n"
        "looked for that -D does not name.  As unpith: -d.  As pithcat: -dc.\n"
        "Only --explain prints colours: to terminals, and not where NO_COLOR is set.\n"
        "Exit codes: 0 done; 1 usage, file or environment; 2 data corrupt or truncated;\n"
        "3 internal check failed; 4 cannot decode here (newer format, over a limit, prior missing).\n");
    return CODE_DONE;
}

enum code help_print_version(void)
{
    printf("pith %s\n", pith_version());
    return CODE_DONE;
}
