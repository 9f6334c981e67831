#!/bin/sh
# The built-in priors on files of many kinds, each packed alone, beside brotli.
#
#   bench/builtin.sh PITH FOLDER [OUT.md]
#
# FOLDER holds a folder for each kind, files at any depth below; those of 1 byte to 256 KiB are packed, FILES
# of each kind at most (default all).  LEVELS: default "5 7".  For each kind: all bytes packed as a share of
# the raw ones, without and with the built-in priors; the mean over files of the packed bytes with by those without;
# and the same of the file that is worst.
set -eu
pith=$1 folder=$2 out=${3:-/dev/stdout}
levels=${LEVELS:-5 7} files=${FILES:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
    printf '| kind | files | bytes | brotli -11 |'
    for level in $levels; do printf ' without -%s | with -%s | mean of files | worst |' "$level" "$level"; done
    printf '\n|---|---:|---:|---:|'
    for level in $levels; do printf '%s' '---:|---:|---:|---:|'; done
    echo
    for kind in "$folder"/*/; do
        find "$kind" -type f -size +0 -size -257k | LC_ALL=C sort | head -n "$files" >"$work/list"
        [ -s "$work/list" ] || continue
        while read -r file; do
            raw=$(wc -c <"$file")
            [ "$raw" -le 262144 ] || continue
            printf '%s %s' "$raw" "$(brotli -q 11 -c "$file" | wc -c)"
            for level in $levels; do
                printf ' %s %s' "$("$pith" "-$level" --no-prior --no-verify -c "$file" | wc -c)" \
                    "$("$pith" "-$level" --no-verify -c "$file" | wc -c)"
            done
            echo
        done <"$work/list" | awk -v kind="$(basename "$kind")" '
            {
                for (i = 1; i <= NF; i++)
                    sum[i] += $i
                for (i = 4; i <= NF; i += 2) {
                    ratio = $i / $(i - 1)
                    ratios[i] += ratio
                    worst[i] = ratio > worst[i] ? ratio : worst[i]
                }
            }
            END {
                printf "| %s | %d | %d | %.1f %% |", kind, NR, sum[1], 100 * sum[2] / sum[1]
                for (i = 4; i <= NF; i += 2)
                    printf " %.1f %% | %.1f %% | %.3f | %.3f |", 100 * sum[i - 1] / sum[1],
                        100 * sum[i] / sum[1], ratios[i] / NR, worst[i]
                print ""
            }'
    done
} >"$out"
