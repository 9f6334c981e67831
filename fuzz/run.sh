#!/bin/bash
# Runs the fuzz targets, two at a time, and prints what each did.  Status 1 when one found a fault.
#
#   run.sh            FUZZ_SECONDS=60 per target, FUZZ_TARGETS="info stream" (default: all)
#   run.sh --merge    rewrites fuzz/corpus from it, the seeds and all finds: the fewest and shortest
#                     inputs that reach the same code
#
# Uses the build of preset "fuzz".  Finds: build/fuzz/finds/TARGET; faults: build/fuzz/faults/; logs
# beside them.
set -u
cd "$(dirname "$0")/.." || exit 2
seconds=${FUZZ_SECONDS:-60}
programs=build/fuzz/fuzz
work=build/fuzz
targets=${FUZZ_TARGETS:-$(cd fuzz && printf '%s\n' fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')}
# One input at a time needs little: the quarantine of freed blocks is most of what is held.
export ASAN_OPTIONS=quarantine_size_mb=16:allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export UBSAN_OPTIONS=print_stacktrace=1
options=(-max_len=4096 -timeout=60 -rss_limit_mb=2048 -dict=fuzz/pith.dict)

rm -rf "$work/seeds"
mkdir -p "$work/faults" "$work/fuzz-logs" fuzz/corpus
bash fuzz/seeds.sh "$work/seeds" || exit 2

fuzz() # TARGET
{
    mkdir -p "$work/finds/$1" "fuzz/corpus/$1" "$work/seeds/$1"
    "$programs/fuzz_$1" "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 \
        -artifact_prefix="$work/faults/$1-" "$work/finds/$1" "fuzz/corpus/$1" "$work/seeds/$1" \
        >"$work/fuzz-logs/$1.log" 2>&1
    echo $? >"$work/fuzz-logs/$1.status"
}

merge() # TARGET
{
    local fresh=$work/merged/$1
    rm -rf "$fresh"
    mkdir -p "$fresh" "$work/finds/$1" "fuzz/corpus/$1" "$work/seeds/$1"
    "$programs/fuzz_$1" "${options[@]}" -merge=1 "$fresh" "fuzz/corpus/$1" "$work/seeds/$1" \
        "$work/finds/$1" >"$work/fuzz-logs/merge-$1.log" 2>&1 || return 1
    rm -rf "fuzz/corpus/$1"
    cp -r "$fresh" "fuzz/corpus/$1"
    printf '%-12s %5d files, %7d bytes\n' "$1" "$(find "fuzz/corpus/$1" -type f | wc -l)" \
        "$(cat "fuzz/corpus/$1"/* | wc -c)"
}

two_at_a_time() # FUNCTION
{
    local target running=0
    for target in $targets; do
        [ "$running" -lt 2 ] || { wait -n; running=$((running - 1)); }
        "$1" "$target" &
        running=$((running + 1))
    done
    wait
}

for target in $targets; do
    [ -x "$programs/fuzz_$target" ] || { echo "run.sh: no fuzz target $target" >&2; exit 2; }
done

if [ "${1-}" = --merge ]; then
    two_at_a_time merge
    printf '%-12s %5d files, %7d bytes\n' all "$(find fuzz/corpus -type f | wc -l)" \
        "$(cat fuzz/corpus/*/* | wc -c)"
    exit
fi

# Last number that follows a word in a log; 0 if none does.
number_after() { grep -oE "$1 *[0-9]+" "$2" | tail -1 | grep -oE '[0-9]+$' || echo 0; }

two_at_a_time fuzz
any=0
printf '%-12s %12s %8s %8s %8s  %s\n' target runs exec/s edges finds outcome
for target in $targets; do
    log=$work/fuzz-logs/$target.log
    outcome=ok
    if [ "$(cat "$work/fuzz-logs/$target.status")" != 0 ]; then
        any=1
        outcome="FAULT: $(grep -oE "Test unit written to .*" "$log" | tail -1 | sed 's/.* //')"
    fi
    printf '%-12s %12s %8s %8s %8s  %s\n' "$target" \
        "$(number_after 'stat::number_of_executed_units:' "$log")" \
        "$(number_after 'stat::average_exec_per_sec:' "$log")" "$(number_after 'cov:' "$log")" \
        "$(number_after 'stat::new_units_added:' "$log")" "$outcome"
    [ "$outcome" = ok ] || tail -40 "$log" | grep -E 'ERROR|SUMMARY|not so|runtime error' | sed 's/^/    /'
done
exit "$any"
