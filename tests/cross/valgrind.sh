#!/bin/bash
# No byte of an archive, and no decision on the way, comes from memory that was never written.
#
#   valgrind.sh PITH
set -u
pith=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
run=(valgrind --quiet --error-exitcode=99 --leak-check=full --track-origins=yes)

for level in 1 3 5 7 8 9; do
    len=20000
    [ "$level" -lt 8 ] || len=2000 # slow, and fifty times slower here
    head -c "$len" "$root/include/pith/pith.h" >"$work/text"
    if "${run[@]}" "$pith" -"$level" -c "$work/text" >"$work/packed" 2>"$work/log" </dev/null &&
        "${run[@]}" "$pith" -d -c <"$work/packed" >"$work/out" 2>>"$work/log" &&
        cmp "$work/out" "$work/text"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL  level $level under valgrind"
        head -60 "$work/log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
