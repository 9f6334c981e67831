#!/bin/sh
# Small files with a prior of their own, beside zstd with a trained dictionary and brotli.
#
#   bench/priors.sh PITH FOLDER [OUT.md]
#
# FOLDER holds sets: SET/train/* to learn from, SET/test/* to pack one by one.  LEVELS (default "5 7") are
# those of the priors, FILES (default 40) how many files of each test part are packed.  pith's sizes with
# a prior of the set's own are of whole compact frames, the others of whole files; zstd's and brotli's of whole files without checksums; times are user
# seconds for all of a set's files together, each program started anew for each file, training apart.
set -eu
pith=$1 folder=$2 out=${3:-/dev/stdout}
levels=${LEVELS:-5 7} files=${FILES:-40}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

user_seconds() # COMMAND...: prints how long it took
{
    { env TIMEFORMAT=%U bash -c 'time "$@" >/dev/null' _ "$@" 2>&1; } | tail -1
}

total() { awk '{ n += $1 } END { print n + 0 }'; }

pack_all() # COMMAND...: sums up what each file of the list takes
{
    while read -r file; do "$@" <"$file" | wc -c; done <"$work/list" | total
}

{
    printf '| set | bytes | zstd -19 | brotli -11 | zstd -19 + dictionary |'
    for level in $levels; do printf ' pith -%s --no-prior | built-in -%s | prior -%s | training |' "$level" "$level" "$level"; done
    printf '\n|---|---:|---:|---:|---:|'
    for level in $levels; do printf '%s' '---:|---:|---:|---:|'; done
    echo
    for set in "$folder"/*/; do
        name=$(basename "$set")
        find "$set/test" -type f | LC_ALL=C sort | head -n "$files" >"$work/list"
        find "$set/train" -type f | LC_ALL=C sort >"$work/train"
        raw=$(xargs cat <"$work/list" | wc -c)
        percent() { awk -v n="$1" -v raw="$raw" 'BEGIN { printf " %.1f %% |", 100 * n / raw }'; }
        xargs zstd -q -f --train --maxdict=112640 -o "$work/dictionary" <"$work/train" 2>/dev/null
        printf '| %s | %s |' "$name" "$raw"
        percent "$(pack_all zstd -19 -c --no-check -q)"
        percent "$(pack_all brotli -q 11 -c)"
        percent "$(pack_all zstd -19 -c --no-check -q -D "$work/dictionary")"
        for level in $levels; do
            seconds=$(user_seconds xargs -a "$work/train" -n 100000 "$pith" --train -q -f "-$level" \
                -o "$work/prior")
            percent "$(pack_all "$pith" "-$level" -c --no-verify --no-prior)"
            percent "$(pack_all "$pith" "-$level" -c --no-verify)"
            percent "$(pack_all "$pith" --compact --no-verify -c -D "$work/prior")"
            printf ' %s s |' "$seconds"
        done
        echo
    done
} >"$out"
