#!/bin/bash
# Tensor files beside zstd: shares, and MB of raw data a second of user time, one thread, pack / restore.
#
#   bench/tensors.sh PITH FILE...      LEVELS: default "3 5 9"
#
# Each program packs and restores a file in a process of its own; what takes less than REPEAT seconds (default 1) of user
# time is done again and again.
set -eu -o pipefail
pith=$1
shift
levels=${LEVELS:-3 5 9}
repeat=${REPEAT:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TIMEFORMAT=%U

speed() # BYTES COMMAND...: prints MB a second
{
    local bytes=$1 n=0 seconds=0
    shift
    while awk -v s="$seconds" -v r="$repeat" 'BEGIN { exit !(s < r) }' && [ $n -lt 200 ]; do
        one=$({ time "$@" >/dev/null 2>&1; } 2>&1)
        seconds=$(awk -v a="$seconds" -v b="$one" 'BEGIN { print a + b }')
        n=$((n + 1))
    done
    awk -v b="$bytes" -v n=$n -v s="$seconds" 'BEGIN { printf "%.3g", b * n / 1e6 / (s > 0 ? s : 0.001) }'
}

row() # FILE PACK RESTORE PACKED: a cell
{
    local raw packed
    raw=$(stat -Lc %s "$1")
    $2 >"$4"
    packed=$(stat -c %s "$4")
    $3 "$4" | cmp - "$1" || exit 1
    # shellcheck disable=SC2086 # commands with their options
    printf ' %s %% | %s / %s |' "$(awk -v a="$packed" -v b="$raw" 'BEGIN { printf "%.2f", 100 * a / b }')" \
        "$(speed "$raw" $2)" "$(speed "$raw" $3 "$4")"
}

printf '| file | zstd -3 | MB/s |'
for level in $levels; do printf ' pith -%s | MB/s |' "$level"; done
printf '\n|---|---:|---:|'
for level in $levels; do printf '%s' '---:|---:|'; done
echo
for file in "$@"; do
    printf '| %s |' "$(basename "$file")"
    row "$file" "zstd -3 -q -c $file" "zstd -dqc" "$work/x.zst"
    for level in $levels; do
        row "$file" "$pith -$level -T1 --no-verify -c $file" "$pith -dc -T1" "$work/x.pith"
    done
    echo
done
