#!/bin/bash
# Prints the man page pith-format(5), made from docs/format.md by lowdown.
#
#   make_format_page.sh docs/format.md
#
# What lowdown does not know: a man page begins with its name; "2^64" is no superscript on a terminal;
# and a table fits 80 columns only if its short cells are not set as blocks of text, all of one width.
set -euo pipefail

# The title becomes the section NAME, and the page ends as man pages do.
titled()
{
    sed '1s/^# The pith format\(.*\)$/# NAME\n\npith-format - the format of pith archives\1\n\n# DESCRIPTION/' "$1"
    printf '\n# SEE ALSO\n\n**pith**(1)\n'
}

# Cells of at most 24 characters stand as they are.  Longer ones stay blocks of text, T{ to T}, and the
# column with the longest gets what is left of the line.  Code is bold: \fC is no font of a terminal.
tidy_tables()
{
    awk '
    function end_cell()
    {
        column++
        if (length(cell) > longest[column]) longest[column] = length(cell)
        if (length(cell) > 24 || cell ~ /^[.\047]/) cell = "T{\n" cell "\nT}"
        rows = rows (column > 1 ? "|" : "") cell
        cell = ""
    }
    function end_table(    i, widest)
    {
        widest = 1
        for (i = 1; i <= columns; i++) if (longest[i] > longest[widest]) widest = i
        for (i = 1; i <= columns; i++) printf "lb%s", i < columns ? " " : "\n"
        for (i = 1; i <= columns; i++) printf "l%s%s", i == widest ? "x" : "", i < columns ? " " : ".\n"
        printf "%s.TE\n", rows
    }
    { gsub(/\\fC/, "\\fB") }
    /^\.TS/ { in_table = 1; rows = ""; columns = 0; delete longest; print; print "tab(|);"; next }
    /^\.TE/ { in_table = 0; end_table(); next }
    !in_table { print; if (/^\.TH/) print ".ad l\n.nh"; next }
    /^tab|^l[b ]/ { next }
    /^T\{$/ { column = 0; cell = ""; next }
    /^T}\|T\{$/ { end_cell(); next }
    /^T}$/ { end_cell(); rows = rows "\n"; columns = column; next }
    { cell = cell (cell == "" ? "" : "\n") $0 }'
}

titled "$1" |
    lowdown -s -Tman --parse-no-super --out-no-smarty -M title=pith-format -M section=5 \
        -M date="$(sed -n 's/^; date //p' docs/man/pith.1.scd)" |
    tidy_tables
