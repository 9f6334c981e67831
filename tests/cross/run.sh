#!/bin/bash
# Equal bytes everywhere: builds pith by other compilers, optimisation levels and machines, and
# compares.  For each build and level: it packs a sample to the same bytes as the release build does
# and restores what the release build packed; so the release build restores what it packed too.  An
# archive of several chunks is made and restored by different numbers of threads as well.  suite.sh
# then runs the unit tests of the foreign builds, for which cmocka is fetched.
#
#   run.sh BUILD...      plain                  one call of cc -O1, as the README shows it
#                        gcc-O0 gcc-O2 gcc-O3-native, clang-O0 clang-O2 clang-O3-native
#                        ubsan                  cc -O1 with the undefined-behaviour sanitizer
#                        aarch64 s390x i686     cross compilers, run under qemu-user
#
# With PITH_TEST_FULL all levels and 1, 2, 3 and 8 threads.  What the machine lacks is skipped with a
# line that says so.
#
# Levels 8 and 9 are slow, and an emulator is 20 times slower: they get the first CROSS_LEN bytes of each
# sample (2,000; 10,000 in a full run).  CROSS_FILES names more samples for them; `make cross` sets both.
set -u
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
# shellcheck source=tests/support/checks.sh
. tests/support/checks.sh
reference=$root/build/release/pith

# The samples: text, a binary, typed records, a long run, tensors; small, for an emulator is 20 times slower.
mkdir "$work/in"
cat README.md include/pith/pith.h src/base/*.c 2>/dev/null | head -c 60000 >"$work/in/text"
head -c 40000 "$reference" >"$work/in/binary"
awk 'BEGIN { x = 1; for (i = 0; i < 900; i++) { x = (x * 16807) % 2147483647
    printf "%d,%d,%.3f,%s\n", i, 1700000000 + i * 60, 20 + x % 1000 / 250, x % 3 ? "ok" : "late" } }' \
    >"$work/in/csv"
head -c 30000 /dev/zero >"$work/in/zeros"
: >"$work/in/empty"
"$reference" -dc tests/golden/good-tensors-level-5.pith >"$work/in/tensors"
cat "$work"/in/text "$work"/in/csv "$work"/in/binary "$work"/in/text >"$work/chunks"
head -c 150000 /dev/zero >>"$work/chunks" # a fill chunk among the others
cat "$work/in/csv" >>"$work/chunks"
levels=(1 5 7)
thread_counts=(1 3)
best_len=2000
[ -n "${PITH_TEST_FULL-}" ] && levels=(1 2 3 4 5 6 7) thread_counts=(1 2 3 8) best_len=10000
best_len=${CROSS_LEN:-$best_len}

# Samples and levels are pairs, "FILE LEVEL" a line.
mkdir "$work/packed" "$work/best"
for sample in "$work"/in/*; do
    for level in "${levels[@]}"; do
        echo "$sample $level"
    done
done >"$work/pairs"
echo "$work/in/tensors 3" >>"$work/pairs" # the fast path with scales
for sample in "$work"/in/* ${CROSS_FILES-}; do
    short=$work/best/${sample##*/}-$best_len
    head -c "$best_len" "$sample" >"$short" || exit 2
    printf '%s\n' "$short 8" "$short 9"
done >>"$work/pairs"
while read -r sample level; do
    "$reference" -"$level" -c "$sample" >"$work/packed/${sample##*/}.$level" </dev/null || exit 1
done <"$work/pairs"

split=(-1 --block-size=64KiB)
"$reference" "${split[@]}" -T1 -c <"$work/chunks" >"$work/chunks.packed" || exit 1

# compare_threads NAME COMMAND...: the same for several chunks and numbers of threads
compare_threads()
{
    local name=$1 threads
    shift
    for threads in "${thread_counts[@]}"; do
        same_bytes()
        {
            "$@" "${split[@]}" -T"$threads" -c <"$work/chunks" >"$work/out" &&
                cmp "$work/out" "$work/chunks.packed"
        }
        restores()
        {
            "$@" -d -T"$threads" -c <"$work/chunks.packed" >"$work/out" &&
                cmp "$work/out" "$work/chunks"
        }
        check "$name: chunks by $threads threads pack to the same bytes" same_bytes "$@"
        check "$name: chunks by $threads threads are restored" restores "$@"
    done
}

# compare NAME COMMAND...: COMMAND runs the other build's pith
compare()
{
    local name=$1 sample level base
    shift
    while read -r sample level; do
        base=$work/packed/${sample##*/}.$level
        same_bytes() { "$@" -"$level" -c "$sample" </dev/null >"$work/out" &&
            cmp "$work/out" "$base"; }
        restores() { "$@" -d -c <"$base" >"$work/out" && cmp "$work/out" "$sample"; }
        check "$name: ${sample##*/} at level $level packs to the same bytes" same_bytes "$@"
        check "$name: ${sample##*/} at level $level is restored" restores "$@"
    done <"$work/pairs"
    compare_threads "$name" "$@"
}

for build in "$@"; do
    case $build in
    plain | gcc-* | clang-* | ubsan)
        compiler=${CC:-cc}
        options=(-O1)
        case $build in
        gcc-*) compiler=gcc ;;
        clang-*) compiler=clang ;;
        ubsan) options=(-O1 -fsanitize=undefined -fno-sanitize-recover=all) ;;
        esac
        case $build in
        *-O0) options=(-O0) ;;
        *-O2) options=(-O2) ;;
        *-O3-native) options=(-O3 -march=native) ;;
        esac
        if ! command -v "$compiler" >/dev/null 2>&1; then
            echo "skip  cross $build: no $compiler here"
            continue
        fi
        check "$build: one call of $compiler builds it" "$compiler" -std=c11 "${options[@]}" \
            -ffp-contract=off -Iinclude -Isrc src/*/*.c src/codec/*/*.c cli/*.c \
            -lxxhash -lpthread -o "$work/pith-$build"
        [ -x "$work/pith-$build" ] && compare "$build" "$work/pith-$build"
        ;;
    aarch64 | s390x | i686)
        case $build in
        aarch64) emulator=qemu-aarch64 debian=arm64 ;;
        s390x) emulator=qemu-s390x debian=s390x ;;
        i686) emulator='env' debian=i386 ;;
        esac
        if ! command -v "$build-linux-gnu-gcc" >/dev/null 2>&1 ||
            ! command -v "$emulator" >/dev/null 2>&1; then
            echo "skip  cross $build: no $build-linux-gnu-gcc or no $emulator here"
            continue
        fi
        cmocka=()
        sysroot=$root/build/cmocka/$debian
        if cmake/cmocka-for.sh "$debian" "$sysroot"; then
            cmocka=(-DPITH_CMOCKA_INCLUDE="$sysroot/tree/usr/include"
                -DPITH_CMOCKA_LIBRARY="$(echo "$sysroot"/tree/usr/lib/*/libcmocka.so)")
        else
            echo "skip  cross $build: unit tests, as cmocka for $debian could not be fetched"
        fi
        configure()
        {
            cmake --preset "$build" ${cmocka[@]+"${cmocka[@]}"} &&
                cmake --build "build/$build" -j "$(nproc)"
        }
        check "$build: builds" configure
        [ -x "build/$build/pith" ] && compare "$build" "$emulator" "build/$build/pith"
        ;;
    *)
        echo "run.sh: unknown build $build" >&2
        exit 2
        ;;
    esac
done

finish
