#!/bin/bash
# Runs the test suite and adds everything up.  Last line: "N passed, N failed"; status 0 when none
# failed.
#
#   suite.sh fast    what every change must pass: release and sanitizer builds, each CPU level that
#                    this machine has, lint, CLI cases, install, other compilers and machines
#   suite.sh full    the same at full size (PITH_TEST_FULL=1), with clang, tsan, msan, valgrind and every
#                    machine of the cross matrix
#
# What counts as one test: a cmocka test function, a CLI case, a lint rule, a cross comparison; a
# program that crashes or times out counts as one failure.  Logs: build/logs/.
set -u
cd "$(dirname "$0")/.." || exit 2
mode=${1:-fast}
logs=$PWD/build/logs
mkdir -p "$logs"
jobs=$(nproc)
totals=$logs/totals # "PASSED FAILED" a line: what runs beside other things adds to it too
: >"$totals"
ctest_timeout=900
if [ "$mode" = full ]; then
    export PITH_TEST_FULL=1
    ctest_timeout=21600
fi
# Sanitizers: stop at the first fault, and let tests ask for absurd sizes.
export ASAN_OPTIONS=${ASAN_OPTIONS-allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}
unset PITH_CPU PITH_LEVEL PITH_NBTHREADS PITH_PRIOR_PATH

# add TITLE PASSED FAILED SECONDS
add()
{
    printf '%-44s %5d passed, %d failed  (%d s)\n' "$1" "$2" "$3" "$4"
    echo "$2 $3" >>"$totals"
}

slug() { tr 'A-Z' 'a-z' <<<"$1" | tr -cs 'a-z0-9' '-' | sed 's/^-//; s/-$//'; }

# build PRESET [OPTIONS]: 0 if it can be tested; a broken build is one failure.
build()
{
    local preset=$1 log=$logs/build-$1.log
    shift
    if cmake --preset "$preset" -DPITH_TESTS=ON "$@" >"$log" 2>&1 &&
        cmake --build "build/$preset" -j "$jobs" >>"$log" 2>&1; then
        return 0
    fi
    echo "--- build $preset failed:"
    grep -E -A6 'error|Error|FAILED' "$log" | head -40
    add "build $preset" 0 1 0
    return 1
}

# tests TITLE PRESET [CTEST OPTIONS]: runs ctest and reads the counts from its log.
tests()
{
    local title=$1 preset=$2 log start=$SECONDS counts
    shift 2
    log=$logs/$(slug "$title").log
    ctest --test-dir "build/$preset" -V -j "$jobs" --timeout "$ctest_timeout" \
        "$@" >"$log" 2>&1 </dev/null
    # Lines of test K begin with "K: ".  A program that ran to its end has said how many of its
    # tests passed; one that has not counts as one, by its exit status.
    counts=$(awk '
        function said(k, p, f) { passed[k] += p; failed[k] += f }
        match($0, /^[0-9]+: /) {
            k = substr($0, 1, RLENGTH - 2); line = substr($0, RLENGTH + 1)
            if (line ~ /^\[  PASSED  \] [0-9]+ test/) { split(line, w, " "); said(k, w[4], 0) }
            if (line ~ /^\[  FAILED  \] [0-9]+ test/) { split(line, w, " "); said(k, 0, w[4]) }
            if (line ~ /^[0-9]+ passed, [0-9]+ failed$/) { split(line, w, " "); said(k, w[1], w[3]) }
        }
        /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
            k = $0; sub(/^[^#]*#/, "", k); sub(/:.*/, "", k)
            if ($0 ~ / Passed +[0-9.]+ sec/) { if (!passed[k] && !failed[k]) passed[k] = 1 }
            else if ($0 !~ /\*\*\*Skipped/ && !failed[k]) failed[k] = 1
        }
        END {
            for (k in passed) p += passed[k]
            for (k in failed) f += failed[k]
            print p + 0, f + 0
        }' "$log" 2>/dev/null)
    # shellcheck disable=SC2086
    set -- ${counts:-0 1}
    if [ "$1" = 0 ] && [ "$2" = 0 ]; then
        tail -3 "$log"
        echo "--- $title: no test ran (see $log)"
        set -- 0 1
    fi
    if [ "$2" != 0 ]; then
        echo "--- $title: what failed (whole log: $log)"
        grep -E '^[0-9]+: (\[  (FAILED|ERROR ) ? ?\]|FAIL|Error|.*runtime error|.*ERROR: )|\*\*\*(Failed|Exception|Timeout|Not Run)|: (FAIL|not ok)' \
            "$log" | head -60
    fi
    add "$title" "$1" "$2" $((SECONDS - start))
}

# script TITLE COMMAND...: a suite that prints its own "N passed, N failed" as its last line.
script()
{
    local title=$1 log start=$SECONDS status last
    shift
    log=$logs/$(slug "$title").log
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    last=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -1)
    # shellcheck disable=SC2086
    set -- ${last:-0 passed, 0 failed}
    local p=$1 f=$3
    [ "$status" != 0 ] && [ "$f" = 0 ] && f=1
    if [ "$f" != 0 ]; then
        echo "--- $title: what failed (whole log: $log)"
        grep -vE '^ok|^skip' "$log" | head -60
    fi
    grep -E '^skip' "$log"
    add "$title" "$p" "$f" $((SECONDS - start))
}

has_cpu() # LEVEL: can this machine run it?
{
    case $1 in
    scalar) true ;;
    avx2) grep -qw avx2 /proc/cpuinfo 2>/dev/null ;;
    avx512) grep -qw avx512bw /proc/cpuinfo 2>/dev/null && grep -qw avx512vl /proc/cpuinfo ;;
    esac
}

# The areas whose results depend on arithmetic; under emulation, which is slow, those of which the others are made, and archives: that whole
# codecs give equal bytes is compared there.
emulated='^(cpu|num|coder|model|mix|golden)$'
numeric='^(cpu|num|coder|model|mix|engine|codec|prior|golden)$'

if build release; then
    tests "release build, lint, CLI cases, install" release
    # The models give the same bits with and without SIMD: the tests that depend on them again, at
    # each level that this machine has.  PITH_CPU is read by the test programs, never by the library.
    for level in scalar avx2 avx512; do
        if has_cpu "$level"; then
            export PITH_CPU=$level
            tests "release build, PITH_CPU=$level" release \
                -L "$numeric"
            unset PITH_CPU
        else
            echo "skip  PITH_CPU=$level: this processor has none"
        fi
    done
    machines=(aarch64)
    compilers=(plain)
    [ "$mode" = full ] && machines+=(s390x i686) &&
        compilers+=({gcc,clang}-{O0,O2,O3-native} ubsan)
    script "equal bytes: ${compilers[*]}" tests/cross/run.sh "${compilers[@]}" &
    script "equal bytes: ${machines[*]}" tests/cross/run.sh "${machines[@]}"
    wait
    [ "$mode" = full ] && emulated=$numeric
    for machine in "${machines[@]}"; do
        if compgen -G "build/$machine/tests/test_*" >/dev/null; then
            tests "$machine unit tests" "$machine" -L "$emulated"
        fi
    done
fi

if build asan; then
    # What the models take is the same with sanitizers, and slow to touch.  The cases that measure time,
    # and what others do at more levels, are half of the command's time: once is enough in the fast run.
    [ "$mode" = full ] || export PITH_CLI_WITHOUT='bench bench-options estimate levels terminal-ablate'
    tests "address and undefined sanitizers" asan -E '^promises/model_memory$'
fi

if [ "$mode" = full ]; then
    build clang && tests "clang, assertions" clang
    # Threads start in src/par alone; what runs on them is under container and api.
    build tsan && tests "thread sanitizer" tsan -L '^(par|container|api|cli|fuzz)$'
    # cmocka is not built for it: the fuzz targets stand for the tests.
    build msan -DPITH_TESTS=OFF && tests "memory sanitizer, fuzz corpus" msan
    if command -v valgrind >/dev/null 2>&1; then
        build dev && PITH_TEST_FULL='' script "valgrind" tests/cross/valgrind.sh build/dev/pith
    fi
fi

awk '{ p += $1; f += $2 } END { print p + 0 " passed, " f + 0 " failed"; exit f > 0 }' "$totals"
