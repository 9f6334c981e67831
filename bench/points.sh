#!/bin/bash
# Files of points beside xz, and LASzip where it is: bits a point, thousands of points a second of user time, peak memory, one thread,
# pack / restore.
#
#   bench/points.sh PITH FILE...      LEVELS: default "3 7 9"
#
# The number of points is what `pith -lv` says.  Each program packs and restores a file in a process of its own; what takes less
# than REPEAT seconds (default 1) of user time is done again and again.
set -eu -o pipefail
pith=$1
shift
levels=${LEVELS:-3 7 9}
repeat=${REPEAT:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

measured() # POINTS COMMAND...: thousands of points a second, MiB
{
    local points=$1 n=0 seconds=0 memory=0 one
    shift
    while awk -v s="$seconds" -v r="$repeat" 'BEGIN { exit !(s < r) }' && [ $n -lt 100 ]; do
        /usr/bin/time -o "$work/time" -f '%U %M' "$@" >/dev/null
        read -r one memory <"$work/time"
        seconds=$(awk -v a="$seconds" -v b="$one" 'BEGIN { print a + b }')
        n=$((n + 1))
    done
    awk -v p="$points" -v n=$n -v s="$seconds" -v m="$memory" \
        'BEGIN { printf "%.0f (%.0f)", p * n / 1e3 / (s > 0 ? s : 0.01), m / 1024 }'
}

cell() # FILE POINTS PACK RESTORE PACKED
{
    # shellcheck disable=SC2086 # commands with their options
    $3 >"$5"
    # shellcheck disable=SC2086
    $4 "$5" | cmp - "$1"
    awk -v b="$(stat -c %s "$5")" -v n="$2" 'BEGIN { printf " %.2f |", 8 * b / n }'
    # shellcheck disable=SC2086
    printf ' %s / %s |' "$(measured "$2" $3)" "$(measured "$2" $4 "$5")"
}

has_laszip=$(command -v laszip || true)
printf '| file | points | xz -9e | kpts/s (MiB) |'
[ -z "$has_laszip" ] || printf ' LASzip | kpts/s (MiB) |'
for level in $levels; do printf ' pith -%s | kpts/s (MiB) |' "$level"; done
printf '\n|---|---:|---:|---:|'
[ -z "$has_laszip" ] || printf '%s' '---:|---:|'
for level in $levels; do printf '%s' '---:|---:|'; done
echo
for file in "$@"; do
    "$pith" -1 -c "$file" >"$work/x"
    points=$("$pith" -lv "$work/x" | sed -n 's/^  \([0-9]*\) points of .*/\1/p')
    if [ -z "$points" ]; then
        echo "$file: no points that pith knows" >&2
        continue
    fi
    printf '| %s | %s |' "$(basename "$file")" "$points"
    cell "$file" "$points" "xz -9e -k -c $file" "xz -dc" "$work/x.xz"
    if [ -n "$has_laszip" ]; then
        case $file in
        *.las) cell "$file" "$points" "laszip -i $file -olaz -stdout" "laszip -olas -stdout -i" "$work/x.laz" ;;
        *) printf ' | |' ;;
        esac
    fi
    for level in $levels; do
        cell "$file" "$points" "$pith -$level -T1 --no-verify -c $file" "$pith -dc -T1" "$work/x.pith"
    done
    echo
done
