/* Prints what is made from the command's table of options: parts of the man page, and completions.
 *
 *   make_docs options | levels | bash | zsh | fish
 *
 * cli/option.c says which options there are and the library what a level takes, so neither the man
 * page nor a completion can tell another story than `pith --help`.  tools/make_docs.sh puts the parts
 * in their places, which are checked in; a test says when they are out of date. */
#include "number.h"
#include "option.h"

#include <ctype.h>
#include <limits.h>
#include <pith/pith.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_CAP = 8, NAME_LEN_CAP = 40 };

/* An option and all that it is called by, dashes included, the letter first. */
struct documented {
    const struct option_row *row;
    char names[NAMES_CAP][NAME_LEN_CAP];
    unsigned n_names;
    char help[OPTION_HELP_CAP];
};

/* The digits are one row of the table; it stands for the levels there are. */
static bool stands_for_levels(const struct option_row *row)
{
    return row->letter == '1';
}

static bool has_letter(const struct option_row *row)
{
    return row->letter > 0 && row->letter <= UCHAR_MAX;
}

static void add_name(struct documented *option, const char *dashes, const char *name)
{
    int len;

    if (option->n_names == NAMES_CAP) {
        fprintf(stderr, "make_docs: more than %d names: %s\n", NAMES_CAP, name);
        exit(EXIT_FAILURE);
    }
    len = snprintf(option->names[option->n_names++], NAME_LEN_CAP, "%s%s", dashes, name);
    if (len >= NAME_LEN_CAP) {
        fprintf(stderr, "make_docs: too long: %s\n", name);
        exit(EXIT_FAILURE);
    }
}

/* Fills in the next option that has a help text, or the next heading (which has no names), and moves
 * *at behind it.  False at the end of the table. */
static bool next_documented(struct documented *option, unsigned *at)
{
    const struct option_row *row;

    while ((row = option_at((*at)++)) != NULL && row->help == NULL)
        ;
    if (row == NULL)
        return false;
    *option = (struct documented){.row = row};
    (void)option_help(row, option->help);
    if (row->letter == 0)
        return true;
    if (has_letter(row))
        add_name(option, "-", (char[2]){(char)row->letter, '\0'});
    for (unsigned i = 0; (row = option_at(i)) != NULL; i++)
        if (row->letter == option->row->letter && row->name != NULL)
            add_name(option, "--", row->name);
    return true;
}

static bool is_long(const char *name)
{
    return name[1] == '-';
}

/* What a shell can offer for a value. */
enum value_kind {
    VALUE_NONE,
    VALUE_FILE,
    VALUE_SIZE,
    VALUE_LEVEL,
    VALUE_THREADS,
    VALUE_WHEN,
    VALUE_FREE
};

static enum value_kind value_kind(const struct option_row *row)
{
    if (row->value == NULL)
        return VALUE_NONE;
    if (strcmp(row->value, "FILE") == 0)
        return VALUE_FILE;
    if (strcmp(row->value, "SIZE") == 0)
        return VALUE_SIZE;
    switch (row->letter) {
    case OPTION_LEVEL:
    case 'e':
        return VALUE_LEVEL;
    case 'T':
        return VALUE_THREADS;
    case OPTION_COLOR:
        return VALUE_WHEN;
    default:
        return VALUE_FREE;
    }
}

/* The words to choose from, a blank between; empty if there are none to offer. */
static void print_choices(enum value_kind kind)
{
    switch (kind) {
    case VALUE_SIZE:
        printf("1MiB 16MiB 64MiB 256MiB 1GiB");
        break;
    case VALUE_LEVEL:
        for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
            printf("%s%d", level > PITH_LEVEL_MIN ? " " : "", level);
        break;
    case VALUE_THREADS:
        printf("0 1 2 4 8 16");
        break;
    case VALUE_WHEN:
        printf("auto always never");
        break;
    default:
        break;
    }
}

/* `text` with a backslash before each of the characters `special`. */
static void print_escaped(const char *text, const char *special)
{
    for (; *text != '\0'; text++) {
        if (strchr(special, *text) != NULL)
            putchar('\\');
        putchar(*text);
    }
}

static void print_level_help(int level)
{
    char pack[NUMBER_TEXT_CAP], unpack[NUMBER_TEXT_CAP];

    printf("level %d: compress in %s, decompress in %s", level,
           number_size_text(pack, pith_encode_need(level, UINT64_MAX, 0)),
           number_size_text(unpack, pith_decode_need(level, UINT64_MAX, 0)));
}

/* --- the man page, in scdoc's language ---------------------------------------------------------- */

static const char scdoc_special[] = "\\*_`+~[]<>#";

static void print_man_names(const struct documented *option)
{
    const struct option_row *row = option->row;

    if (stands_for_levels(row)) {
        printf("*-%d* ... *-%d*\n", PITH_LEVEL_MIN, PITH_LEVEL_MAX);
        return;
    }
    for (unsigned i = 0; i < option->n_names; i++) {
        printf("%s*", i > 0 ? ", " : "");
        print_escaped(option->names[i], scdoc_special);
        printf("*");
        if (row->value != NULL) {
            printf("%s_", is_long(option->names[i]) ? "=" : " ");
            print_escaped(row->value, scdoc_special);
            printf("_");
        }
    }
    printf("\n");
}

static void print_man_options(void)
{
    struct documented option;

    for (unsigned at = 0; next_documented(&option, &at);) {
        const char *help = option.help;

        if (option.row->letter == 0) {
            printf("## %s\n\n", help);
            continue;
        }
        print_man_names(&option);
        /* A dash would begin a list, a dot a request. */
        printf(isalnum((unsigned char)help[0]) ? "\t%c" : "\t\\%c",
               toupper((unsigned char)help[0]));
        print_escaped(help + 1, scdoc_special);
        printf(".\n\n");
    }
}

static void print_man_levels(void)
{
    char pack[NUMBER_TEXT_CAP], unpack[NUMBER_TEXT_CAP];

    printf("[[ *Level*\n:] *compress*\n:] *decompress*\n");
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
        printf("|  -%d%s\n:  %s\n:  %s\n", level, level == PITH_LEVEL_DEFAULT ? " (default)" : "",
               number_size_text(pack, pith_encode_need(level, UINT64_MAX, 0)),
               number_size_text(unpack, pith_decode_need(level, UINT64_MAX, 0)));
    printf("\n");
}

/* --- completions -------------------------------------------------------------------------------- */

static const char made_by[] = "# Completion of pith, unpith and pithcat for %s.  Made by "
                              "tools/make_docs.c from the\n# table of options; edit that.\n";

/* An extended regular expression of arguments that make pith read archives, clusters like -kdc
 * included: in a cluster only letters without a value can come before. */
static void print_decoding_pattern(void)
{
    struct documented option;

    printf("^(-[");
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
        printf("%d", level);
    for (unsigned at = 0; next_documented(&option, &at);)
        if (has_letter(option.row) && option.row->value == NULL && !stands_for_levels(option.row))
            printf("%c", option.row->letter);
    printf("]*[dtl].*");
    for (unsigned at = 0; next_documented(&option, &at);)
        for (unsigned i = 0; i < option.n_names; i++)
            if (is_long(option.names[i]) &&
                (option.row->letter == 'd' || option.row->letter == 't' ||
                 option.row->letter == 'l'))
                printf("|%s", option.names[i]);
    printf(")$");
}

static void print_bash_values(void)
{
    struct documented option;

    for (unsigned at = 0; next_documented(&option, &at);) {
        enum value_kind kind = value_kind(option.row);

        if (kind == VALUE_NONE)
            continue;
        printf("    ");
        for (unsigned i = 0; i < option.n_names; i++)
            printf("%s%s", i > 0 ? " | " : "", option.names[i]);
        printf(")\n");
        if (kind == VALUE_FILE) {
            printf("        return ;; # bash offers files by itself\n");
            continue;
        }
        printf("        choices='");
        print_choices(kind);
        printf("' ;;\n");
    }
}

static void print_bash_names(void)
{
    struct documented option;

    for (unsigned at = 0; next_documented(&option, &at);) {
        if (stands_for_levels(option.row))
            for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
                printf(" -%d", level);
        else
            for (unsigned i = 0; i < option.n_names; i++)
                printf(" %s%s", option.names[i],
                       option.row->value != NULL && is_long(option.names[i]) ? "=" : "");
    }
}

static void print_bash(void)
{
    printf(made_by, "bash");
    printf("_pith()\n"
           "{\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} word\n"
           "    local choices=- archives= decoding='");
    print_decoding_pattern();
    printf("'\n\n"
           "    COMPREPLY=()\n"
           "    # --name=value comes as three words\n"
           "    if [[ $current == '=' ]]; then\n"
           "        current=\n"
           "    elif [[ $before == '=' ]]; then\n"
           "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "    fi\n\n"
           "    case $before in\n");
    print_bash_values();
    printf("    esac\n"
           "    if [[ $choices != - ]]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$current\")\n"
           "        compopt +o default 2>/dev/null\n"
           "        return\n"
           "    fi\n\n"
           "    if [[ $current == -* ]]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W '");
    print_bash_names();
    printf("' \\\n"
           "            -- \"$current\")\n"
           "        [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] &&\n"
           "            compopt -o nospace 2>/dev/null\n"
           "        return\n"
           "    fi\n\n"
           "    [[ ${COMP_WORDS[0]##*/} =~ ^(unpith|pithcat)$ ]] && archives=1\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        [[ $word =~ $decoding ]] && archives=1\n"
           "    done\n"
           "    [[ $archives ]] || return\n"
           "    compopt -o filenames 2>/dev/null\n"
           "    mapfile -t COMPREPLY < <(\n"
           "        compgen -d -- \"$current\"\n"
           "        compgen -f -X '!*.pith' -- \"$current\"\n"
           "    )\n"
           "}\n"
           "complete -o default -F _pith pith unpith pithcat\n");
}

/* Within single quotes, where a quote has to be left and entered again. */
static void print_zsh_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            printf("'\\'");
        else if (strchr("[]:\\", *text) != NULL)
            putchar('\\');
        putchar(*text);
    }
}

static void print_zsh_value(const struct option_row *row)
{
    enum value_kind kind = value_kind(row);

    if (kind == VALUE_NONE)
        return;
    printf(":");
    print_zsh_text(row->value);
    printf(":");
    if (kind == VALUE_FILE) {
        printf("_files");
    } else if (kind == VALUE_FREE) {
        printf(" ");
    } else {
        printf("(");
        print_choices(kind);
        printf(")");
    }
}

static void print_zsh_option(const struct documented *option)
{
    const struct option_row *row = option->row;
    bool repeatable = row->letter == 'v' || row->letter == 'q';

    printf("        '");
    if (repeatable) {
        printf("*");
    } else {
        printf("(");
        for (unsigned i = 0; i < option->n_names; i++)
            printf("%s%s", i > 0 ? " " : "", option->names[i]);
        printf(")");
    }
    printf("'%s", option->n_names > 1 ? "{" : "");
    for (unsigned i = 0; i < option->n_names; i++)
        printf("%s%s%s", i > 0 ? "," : "", option->names[i],
               row->value == NULL          ? ""
               : is_long(option->names[i]) ? "="
                                           : "+");
    printf("%s'[", option->n_names > 1 ? "}" : "");
    print_zsh_text(option->help);
    printf("]");
    print_zsh_value(row);
    printf("' \\\n");
}

static void print_zsh(void)
{
    struct documented option;

    printf("#compdef pith unpith pithcat\n");
    printf(made_by, "zsh");
    printf("\n_pith_files()\n"
           "{\n"
           "    local word decoding='");
    print_decoding_pattern();
    printf("'\n\n"
           "    for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
           "        [[ $word =~ $decoding ]] && { _files -g '*.pith(-.)'; return }\n"
           "    done\n"
           "    [[ $service == pith ]] || { _files -g '*.pith(-.)'; return }\n"
           "    _files\n"
           "}\n\n"
           "_pith()\n"
           "{\n"
           "    _arguments -s -S \\\n");
    for (unsigned at = 0; next_documented(&option, &at);) {
        if (option.row->letter == 0)
            continue;
        if (!stands_for_levels(option.row)) {
            print_zsh_option(&option);
            continue;
        }
        for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
            printf("        '-%d[", level);
            print_level_help(level);
            printf("]' \\\n");
        }
    }
    printf("        '*:file:_pith_files'\n"
           "}\n\n"
           "_pith \"$@\"\n");
}

static void print_fish_option(const struct documented *option)
{
    enum value_kind kind = value_kind(option->row);

    printf("complete -c pith");
    for (unsigned i = 0; i < option->n_names; i++)
        printf(" %s %s", is_long(option->names[i]) ? "-l" : "-s",
               option->names[i] + (is_long(option->names[i]) ? 2 : 1));
    if (kind == VALUE_FILE) {
        printf(" -r -F");
    } else if (kind != VALUE_NONE) {
        printf(" -x");
        if (kind != VALUE_FREE) {
            printf(" -a '");
            print_choices(kind);
            printf("'");
        }
    }
    printf(" -d '");
    print_escaped(option->help, "'\\");
    printf("'\n");
}

static void print_fish(void)
{
    struct documented option;

    printf(made_by, "fish");
    printf("function __pith_decodes\n"
           "    set -l words (commandline -opc)\n"
           "    string match -qr '(^|/)(unpith|pithcat)$' -- $words[1]\n"
           "    or string match -qr '");
    print_decoding_pattern();
    printf("' -- $words[2..]\n"
           "end\n\n"
           "complete -c unpith -w pith\n"
           "complete -c pithcat -w pith\n"
           "complete -c pith -n __pith_decodes -k -x -a '(__fish_complete_suffix .pith)'\n");
    for (unsigned at = 0; next_documented(&option, &at);) {
        if (option.row->letter == 0)
            continue;
        if (!stands_for_levels(option.row)) {
            print_fish_option(&option);
            continue;
        }
        for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
            printf("complete -c pith -s %d -d '", level);
            print_level_help(level);
            printf("'\n");
        }
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } parts[] = {{"options", print_man_options},
                 {"levels", print_man_levels},
                 {"bash", print_bash},
                 {"zsh", print_zsh},
                 {"fish", print_fish}};

    for (size_t i = 0; argc == 2 && i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(argv[1], parts[i].name) == 0) {
            parts[i].print();
            return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    fprintf(stderr, "usage: make_docs options | levels | bash | zsh | fish\n");
    return EXIT_FAILURE;
}
