#!/bin/bash
# Holds the tree to its rules: one-way layers, names of symbols, what wire code may call, sizes of
# files, words that must not be published.
#
#   lint.sh --root DIR [--static libpith.a] [--shared libpith.so]
#
# One line a rule ("ok" or "FAIL", the faults below it); rules that only warn say "warn" and count as
# passed.  Closing line: "N passed, N failed".  tests/lint/selftest.sh proves that each rule can fail.
set -u
export LC_ALL=C

root=. static_lib='' shared_lib=''
while [ $# -gt 0 ]; do
    case $1 in
    --root) root=$2 ;;
    --static) static_lib=$2 ;;
    --shared) shared_lib=$2 ;;
    *) echo "lint.sh: unknown option $1" >&2; exit 2 ;;
    esac
    shift 2
done
cd "$root" || exit 2

passed=0 failed=0

# rule NAME FAULTS: passes when FAULTS is empty.
rule()
{
    if [ -z "$2" ]; then
        echo "ok    $1"
        passed=$((passed + 1))
    else
        echo "FAIL  $1"
        sed 's/^/      /' <<<"$2"
        failed=$((failed + 1))
    fi
}

# warn NAME REMARKS: never fails.
warn()
{
    if [ -z "$2" ]; then
        echo "ok    $1"
    else
        echo "warn  $1"
        sed 's/^/      /' <<<"$2"
    fi
    passed=$((passed + 1))
}

find_c() # FOLDER...: C files below the folders that exist
{
    local folder
    for folder in "$@"; do
        [ -d "$folder" ] && find "$folder" -name '*.[ch]' -type f
    done | sort
}

# A file with its comments and the contents of its literals blanked, each line led by FILE:LINE.
code_lines()
{
    awk '
    FNR == 1 { in_comment = 0 }
    {
        line = $0; out = ""
        if (line ~ /^[ \t]*#[ \t]*include/) { print FILENAME ":" FNR ": " line; next }
        while (line != "") {
            if (in_comment) {
                end = index(line, "*/")
                if (!end) break
                line = substr(line, end + 2); in_comment = 0
            } else if (match(line, /^"([^"\\]|\\.)*"/) || match(line, /^\047([^\047\\]|\\.)*\047/)) {
                out = out "\"\""; line = substr(line, RLENGTH + 1)
            } else if (substr(line, 1, 2) == "/*") {
                in_comment = 1; line = substr(line, 3)
            } else if (substr(line, 1, 2) == "//") {
                break
            } else {
                out = out substr(line, 1, 1); line = substr(line, 2)
            }
        }
        print FILENAME ":" FNR ": " out
    }' "$@" /dev/null
}

# --- layers -------------------------------------------------------------------------------------
# For each folder of src/, the folders that it may include from.  A new folder must be entered here:
# where it stands is a decision.
layers='base: base
cpu: base cpu
num: base cpu num
coder: base cpu num coder
model: base cpu num model
mix: base cpu num mix
engine: base cpu num coder model mix engine
codec: base cpu num coder model mix engine codec
prior: base cpu num coder model mix engine codec prior
par: base par
container: base cpu num coder model mix engine codec prior par container
api: base cpu num coder model mix engine codec prior par container api'

mapfile -t src_files < <(find_c src)
mapfile -t cli_files < <(find_c cli)

layer_faults=$(
    [ ${#src_files[@]} -eq 0 ] || awk -v layers="$layers" '
    BEGIN {
        n = split(layers, rows, "\n")
        for (i = 1; i <= n; i++) {
            k = split(rows[i], words, /:? /)
            known[words[1]] = 1
            for (j = 2; j <= k; j++) allowed[words[1], words[j]] = 1
        }
    }
    /^[ \t]*#[ \t]*include[ \t]*["<]/ {
        split(FILENAME, path, "/"); from = path[2]
        where = FILENAME ":" FNR ": "
        if (!(from in known)) { print where "folder src/" from " is not in the table of layers"; next }
        quoted = ($0 ~ /include[ \t]*"/)
        name = $0; sub(/^[^"<]*["<]/, "", name); sub(/[">].*/, "", name)
        if (name ~ /\.\./) { print where "\"..\" in an include: " name; next }
        if (name == "pith/pith.h") next
        if (!quoted) next                       # the system
        folder = FILENAME; sub(/\/[^\/]*$/, "", folder)
        if (name !~ /\//) {
            # only the file beside this one
            if ((getline line < (folder "/" name)) < 0)
                print where "\"" name "\" is not beside this file; write \"folder/" name "\""
            close(folder "/" name)
            next
        }
        split(name, parts, "/")
        if (!((from, parts[1]) in allowed))
            print where from " must not include from " parts[1] ": " name
    }' "${src_files[@]}"
)
rule "layers: src includes only downward" "$layer_faults"

cli_faults=$(
    [ ${#cli_files[@]} -eq 0 ] || awk '
    /^[ \t]*#[ \t]*include[ \t]*["<]/ {
        name = $0; sub(/^[^"<]*["<]/, "", name); sub(/[">].*/, "", name)
        where = FILENAME ":" FNR ": "
        if (name == "pith/pith.h") next
        if ($0 !~ /include[ \t]*"/) next
        own = name; sub(/^cli\//, "", own)
        if ((getline line < ("cli/" own)) < 0) print where "cli includes only pith/ and its own: " name
        close("cli/" own)
    }' "${cli_files[@]}"
)
rule "layers: cli includes only pith/ and its own headers" "$cli_faults"

# --- what library code may call ------------------------------------------------------------------
wire_folders=(src/num src/coder src/model src/mix src/engine src/codec src/container)
mapfile -t wire_files < <(find_c "${wire_folders[@]}")

calls() # NAMES-REGEX FILES...: calls of plain functions with these names
{
    local names=$1
    shift
    [ $# -eq 0 ] && return
    code_lines "$@" | grep -E "(^|[^A-Za-z0-9_.>])($names)[ \t]*\("
}

rule "library reads no environment" "$(calls 'getenv|secure_getenv|setenv|putenv' "${src_files[@]}")"
rule "wire code allocates nothing" "$(calls \
    'malloc|calloc|realloc|reallocarray|free|aligned_alloc|posix_memalign|alloca|strdup|strndup' \
    "${wire_files[@]}")"
# sqrt is absent from the list: IEEE rounds it exactly, on every machine.
math='exp|exp2|exp10|expm1|log|log2|log10|log1p|logb|pow|cbrt|hypot|sin|cos|tan|asin|acos|atan|atan2'
math+='|sinh|cosh|tanh|asinh|acosh|atanh|erf|erfc|tgamma|lgamma|fmod|remainder|ldexp|frexp|scalbn'
math+='|floor|ceil|round|trunc|rint|nearbyint|lround|llround|lrint|llrint|fma|fmin|fmax|fdim'
rule "wire code calls no libm" "$(calls "($math)[fl]?" "${wire_files[@]}"
    [ ${#wire_files[@]} -eq 0 ] || grep -nE '^[ \t]*#[ \t]*include[ \t]*<(math|tgmath|fenv)\.h>' \
        "${wire_files[@]}" /dev/null)"
printing='(v|f|vf|d|vd|s|vs|sn|vsn|as|vas)?printf|puts|fputs|putchar|fputc|fwrite|perror'
mapfile -t no_print_files < <(printf '%s\n' ${src_files[@]+"${src_files[@]}"} |
    grep -v '^src/base/status\.c$')
rule "library prints nothing and does no file I/O (base/status.c formats)" "$(
    calls "$printing|fopen|fread|scanf|fscanf|sscanf" \
        ${no_print_files[@]+"${no_print_files[@]}"})"
rule "library never ends the process" "$(calls 'abort|exit|_exit|_Exit|quick_exit|raise|kill' \
    ${src_files[@]+"${src_files[@]}"})"

# --- sizes ----------------------------------------------------------------------------------------
file_lengths() # LIMIT
{
    find_c include src cli tests fuzz examples bench tools | grep -v '_table\.c$' | while read -r file; do
        lines=$(wc -l <"$file")
        [ "$lines" -gt "$1" ] && echo "$file: $lines lines"
    done
}
rule "no file is longer than 800 lines (tables apart)" "$(file_lengths 800)"
warn "no file is longer than 600 lines (tables apart)" "$(file_lengths 600)"
mapfile -t all_c < <(find_c src cli | grep -v '_table\.c$')
warn "no function is longer than 60 lines" "$([ ${#all_c[@]} -eq 0 ] || awk '
    /^\{/ { start = FNR }
    /^\}/ { if (start && FNR - start - 1 > 60) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0 }
    ' "${all_c[@]}")"
rule "file names are unique in src and cli" "$(
    { find_c src cli; } | sed 's|.*/||' | sort | uniq -d | sed 's/^/used twice: /')"

# --- words ----------------------------------------------------------------------------------------
published() # every file that is not built
{
    find . \( -name .git -o -path './build' -o -path './build-*' -o -name '*.pith' \) -prune \
        -o -type f -print | sed 's|^\./||' | sort
}
grep_published()
{
    published | tr '\n' '\0' | xargs -0 grep -InE "$1" /dev/null
}
rule "nothing is marked as left to do" "$(grep_published '\b(TO[D]O|FIX[M]E)\b')"
rule "no path of one machine is named" "$(grep_published '(^|[^A-Za-z0-9_.])/(wor[k]|hom[e]|roo[t])/')"
rule "text has no trailing blanks and no carriage returns" "$(
    published | grep -E '\.([ch]|sh|cmake|md|json|txt)$|(^|/)(Makefile|CMakeLists\.txt)$' |
        grep -v '^tests/cli/' | tr '\n' '\0' | xargs -0 -r grep -nE "([ 	]|$(printf '\r'))\$" /dev/null)"

# --- the public header -----------------------------------------------------------------------------
header=include/pith/pith.h
strict='-fsyntax-only -pedantic-errors -Wall -Wextra -Werror -Iinclude'
# shellcheck disable=SC2086
rule "pith.h compiles alone as strict C99" "$(
    echo '#include <pith/pith.h>' | ${CC:-cc} -std=c99 $strict -xc - 2>&1)"
cxx=${CXX:-c++}
if command -v "$cxx" >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    rule "pith.h compiles alone as strict C++11" "$(
        echo '#include <pith/pith.h>' | $cxx -std=c++11 $strict -xc++ - 2>&1)"
else
    echo "skip  pith.h as C++11: no C++ compiler here"
fi
rule "every function of pith.h is called pith_" "$(
    [ -f "$header" ] && grep -nE 'PITH_API .*\(' "$header" |
        grep -vE 'PITH_API [A-Za-z0-9_ ]*[ *]pith_[a-z0-9_]+\(' | grep -v '#define')"

# --- symbols of the built library --------------------------------------------------------------------
if [ -n "$static_lib" ]; then
    rule "static library: every global symbol is called pith_" "$(
        nm -g --defined-only "$static_lib" 2>/dev/null | awk 'NF == 3 && $3 !~ /^pith_/ { print $3 }')"
    # What an object may take from outside.  Anything else (libm, stdio, the environment) is a fault
    # even where macros hide it from the rules above.
    outside='mem(cpy|move|set|cmp|chr)|str(len|cmp|ncmp|chr|nlen|str|spn)|malloc|calloc|free|aligned_alloc'
    outside+='|posix_memalign|v?snprintf|__v?snprintf_chk|__mem[a-z]*_chk|XXH[A-Za-z0-9_]+'
    outside+='|pthread_[a-z_]+|clock_gettime|sigfillset|sysconf|madvise|sched_[a-z_]+|getauxval|__assert_fail|__stack_chk_fail'
    outside+='|_GLOBAL_OFFSET_TABLE_|__cpu_(model|indicator_init)|__[a-z]+[sdt]i[0-9]?|__errno_location'
    rule "static library: takes nothing from outside but what is listed here" "$(
        nm -g "$static_lib" 2>/dev/null | awk '
            NF == 3 { defined[$3] = 1 }
            $1 == "U" { used[$2] = 1 }
            END { for (name in used) if (!(name in defined)) print name }' |
            grep -vxE "$outside" | sort)"
fi
if [ -n "$shared_lib" ]; then
    # Type A is the name of the version itself; the others are NAME@@VERSION.
    versioned=$(nm -D --defined-only "$shared_lib" | awk 'NF == 3 && $2 != "A" { print $3 }')
    exported=$(sed 's/@.*//' <<<"$versioned")
    rule "shared library: every exported symbol is called pith_" "$(grep -v '^pith_' <<<"$exported")"
    node=$(sed -n 's/^\(PITH_[0-9]*\) {$/\1/p' cmake/libpith.map 2>&1)
    rule "shared library: every exported symbol has the version of cmake/libpith.map" "$(
        grep -v "@@$node\$" <<<"$versioned")"
    count=$(grep -c . <<<"$exported")
    rule "shared library: at most 60 symbols are exported" "$(
        [ "$count" -gt 60 ] && echo "$count symbols")"
    rule "shared library: exactly the functions of pith.h are exported" "$(
        diff <(tr '\n' ' ' <"$header" | grep -oE 'PITH_API [^;(]*[ *]pith_[a-z0-9_]+\(' |
            grep -oE 'pith_[a-z0-9_]+\($' | tr -d '(' | sort) <(sort <<<"$exported") |
            sed -n 's/^< /declared, not exported: /p; s/^> /exported, not declared: /p')"
fi

# --- layout --------------------------------------------------------------------------------------------
if command -v clang-format >/dev/null 2>&1 && [ -f .clang-format ]; then
    warn "clang-format agrees (make fmt)" "$(find_c include src cli tests fuzz examples bench tools |
        grep -v '_table\.c$' | while read -r file; do
        clang-format --dry-run --Werror "$file" >/dev/null 2>&1 || echo "$file"
    done)"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
