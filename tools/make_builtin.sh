#!/bin/bash
# Makes the built-in priors anew from a folder of samples: about an hour on two processors, 5 GB of memory
# for each.
#
#   make_builtin.sh PROGRAM SAMPLES [OUT]     or: make prior PITH_SAMPLES=folder
#
# PROGRAM is that of tools/make_builtin.c.  SAMPLES has a folder for each kind of data, named as below; what is
# in it is taken in the order of names, so the same samples give the same priors.  The numbers of stores are
# their order here, and part of the format: a store may be added, and none goes away.
set -eu -o pipefail

program=$(realpath "$1")
samples=$(realpath "$2")
out=$(realpath -m "${3:-$(dirname "$0")/../src/prior/builtin.priors}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# name, most bytes, kinds of samples
stores=(
    "prose 930000 prose-en"
    "docs 400000 docs email"
    "other 450000 prose-other"
    "markup 400000 html xml"
    "json 350000 json config"
    "rows 200000 csv sql logs"
    "code 550000 code"
    "binary 120000 binary"
)
# level, parts, least move: the first level has the direct counters of all; to the strongest levels their many
# vectors are not worth their bytes
levels=("9 0 0" "8 0 0" "7 1 48" "6 1 48" "5 3 48")

list_files()
{
    local kind
    for kind in "$@"; do
        find "$samples/$kind" -type f
    done | LC_ALL=C sort
}

# A third of the English books would not change much.
for store in "${stores[@]}"; do
    read -r name _ kinds <<<"$store"
    # shellcheck disable=SC2086 # several kinds
    list_files $kinds | awk -v all="$name" 'all != "prose" || NR % 3 != 0' >"$work/$name.list"
done

run_all() { xargs -P2 -L1 "$program" "$@"; }

pairs=()
joined=()
for store in "${stores[@]}"; do
    read -r name room _ <<<"$store"
    echo "$work/$name.store $room $work/$name.list"
    pairs+=("$work/$name.store" "$work/$name.list")
    joined+=("$work/$name.store")
done >"$work/stores.jobs"
run_all store <"$work/stores.jobs"
for level in "${levels[@]}"; do
    read -r number parts move <<<"$level"
    echo "$work/$number.learnt $number $parts $move ${pairs[*]}"
    joined+=("$work/$number.learnt")
done >"$work/levels.jobs"
run_all learnt <"$work/levels.jobs"
"$program" join "$out" "${joined[@]}"
ls -l "$out"
