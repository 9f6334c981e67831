#!/bin/bash
# Checks what users read and what their shells read: that the man pages and completions are what
# `make docs` makes of the sources, that they are sound, and that file(1) knows archives by our magic.
#
#   run.sh BUILD_FOLDER
set -u
build=$(cd "$1" && pwd)
# shellcheck source=tests/support/checks.sh
. "$(dirname "$0")/../support/checks.sh"
cd "$(dirname "$0")/../.." || exit 2

# --- up to date -------------------------------------------------------------------------------------
check "make_docs.sh runs" tools/make_docs.sh "$build/make_docs" "$work/made"
for file in completions/pith.bash completions/_pith completions/pith.fish docs/man/pith.1.scd \
    docs/man/pith.1 docs/man/pith-format.5; do
    if [ -e "$work/made/$file" ]; then
        check "$file is up to date (else: make docs)" diff "$file" "$work/made/$file"
    else
        skip "$file is up to date: no tool to make it"
    fi
done

# --- man pages ---------------------------------------------------------------------------------------
no_warnings()
{
    local said
    said=$(MANROFFOPT='' man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null)
    [ -z "$said" ] || { echo "$said"; return 1; }
}
says_all_options()
{
    local option text
    text=$(MANWIDTH=80 man -l docs/man/pith.1 | col -b)
    for option in $("$build/pith" --help | grep -oE '^ {2,6}-[^ ]*(, --[a-z-]*)?' |
        grep -oE -e '--?[a-zA-Z-]+'); do
        grep -qe "$option" <<<"$text" || { echo "no $option"; return 1; }
    done
}
if has man && has groff; then
    for page in docs/man/*.[15]; do
        check "$page: no warnings" no_warnings "$page"
    done
    check "pith.1 names every option of --help" says_all_options
else
    skip "man pages: no man or no groff here"
fi

# --- completions: each gives the words that its shell offers after a command line --------------------
mkdir "$work/files" "$work/files/folder"
touch "$work/files/a.pith" "$work/files/b.txt"

bash_offers() # WORD...: the last is what has been typed of it
{
    (cd "$work/files" && bash --norc -c '. "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _pith
        printf "%s\n" "${COMPREPLY[@]}"' "$OLDPWD/completions/pith.bash" "$@")
}
zsh_offers()
{
    timeout 20 zsh -f tests/docs/offers.zsh "$PWD/completions" "$work/files" "$*"
}
fish_offers()
{
    (cd "$work/files" && HOME=$work fish --no-config -c \
        "source '$OLDPWD/completions/pith.fish'; complete -C '$*'" | cut -f1)
}

# offers SHELL WANTED UNWANTED WORD...: WANTED (blank between) are offered, UNWANTED are not
offers()
{
    local shell=$1 wanted=$2 unwanted=$3 said word
    shift 3
    said=$("${shell}_offers" "$@")
    for word in $wanted; do
        grep -qxFe "$word" <<<"$said" || { echo "no $word in:" "$said"; return 1; }
    done
    for word in $unwanted; do
        ! grep -qxFe "$word" <<<"$said" || { echo "$word in:" "$said"; return 1; }
    done
}
for shell in bash zsh fish; do
    if ! has $shell; then
        skip "completion of $shell: no $shell here"
        continue
    fi
    value='--threads --suffix'
    [ $shell != bash ] || value='--threads= --suffix='
    check "$shell: syntax" $shell -n completions/*"${shell/zsh/_pith}"
    check "$shell: long options" offers $shell "--decompress --no-verify $value" '-d' pith --
    check "$shell: short options" offers $shell '-d -7 -9 -T' '-0' pith -
    check "$shell: levels" offers $shell '1 7 9' '0 10 b.txt' pith -b -e ''
    check "$shell: sizes" offers $shell '64MiB' 'b.txt' pith -M 6
    check "$shell: any file to pack" offers $shell \
        "$([ $shell = bash ] || echo a.pith b.txt)" '' pith ''
    check "$shell: archives to restore" offers $shell a.pith \
        "$([ $shell = fish ] || echo b.txt)" pith -kdc ''
    check "$shell: archives to list" offers $shell a.pith \
        "$([ $shell = fish ] || echo b.txt)" pith --list ''
    check "$shell: archives for unpith" offers $shell a.pith \
        "$([ $shell = fish ] || echo b.txt)" unpith ''
done
check "bash: value behind =" offers bash '0 4' 'b.txt' pith --threads = ''
check "bash: no archive's name behind -o" offers bash '' 'a.pith b.txt' pith -d -o ''

# --- file(1) ------------------------------------------------------------------------------------------
file_says() # FILE PATTERN
{
    file -b -m docs/magic/pith.magic "$1" | tee "$work/said" | grep -q "$2" ||
        { cat "$work/said"; return 1; }
}
knows_no_text() { ! file_says README.md 'pith compressed'; }
if has file; then
    for archive in tests/golden/good-*.pith; do
        check "file knows $archive" file_says "$archive" '^pith compressed data, version 0, level [1-9]'
    done
    check "file tells the level" file_says tests/golden/good-text-level-6.pith 'level 6, single chunk$'
    check "file tells the full form" file_says tests/golden/good-two-chunks.pith \
        'with index, with content size$'
    check "file reads no flags of a later version" file_says \
        tests/golden/unsupported-version.pith '^pith compressed data, version 1$'
    check "file takes no text for an archive" knows_no_text
else
    skip "magic: no file(1) here"
fi
finish
