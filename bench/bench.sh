#!/bin/bash
# Measures pith and its peers on real files and writes the result as Markdown.
#
#   bench.sh PITH OUTPUT.md
#
# BENCH_FILES="a b c" names the files; without it, those of the folder PITH_DATA are taken, and the
# first 1,000,000 bytes of enwik8 if a longer piece is there.  BENCH_PROGRAMS (one a line) narrows the
# programs; BENCH_ZEROS is the length of the run of zeros.
# Sizes are exact.  Times are user CPU seconds of one run (the best of three for files below 1 MB):
# on a busy machine they are good to 20 % or so, so each table also gives them relative to xz -9e,
# which runs in between.  Peak memory is the largest resident set.
set -u
export LC_ALL=C
root=$(cd "$(dirname "$0")/.." && pwd)
PITH=$(realpath "$1")
output=$(realpath -m "$2")
data_folder=${PITH_DATA:+$(cd "$root" && realpath -q "$PITH_DATA")}
zeros=${BENCH_ZEROS:-1000000000}
# shellcheck source=bench/measure.sh
. "$root/bench/measure.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
result=$work/result.md

inputs=() names=()
add_input() { inputs+=("$1"); names+=("$2"); }
if [ -n "${BENCH_FILES-}" ]; then
    for file in $BENCH_FILES; do
        if [ ! -r "$file" ]; then
            echo "bench: cannot read $file" >&2
            exit 1
        fi
        add_input "$(realpath "$file")" "${file##*/}"
    done
elif [ -n "$data_folder" ] && [ -d "$data_folder" ]; then
    for file in "$data_folder"/*; do
        [ -f "$file" ] && [ "${file##*.}" != md ] || continue
        case ${file##*/} in
        enwik8*)
            head -c 1000000 "$file" >"$work/enwik8_1M"
            add_input "$work/enwik8_1M" "enwik8, first 1,000,000 bytes"
            len=$(stat -c %s "$file")
            add_input "$file" "enwik8, first $(thousands "$len") bytes"
            ;;
        *) add_input "$file" "${file##*/}" ;;
        esac
    done
fi
if [ ${#inputs[@]} -eq 0 ]; then
    echo "bench: no data; set BENCH_FILES='file ...' or PITH_DATA=folder.  Nothing was measured."
    exit 0
fi

if [ -n "${BENCH_PROGRAMS-}" ]; then
    mapfile -t programs <<<"$BENCH_PROGRAMS"
else
    programs=("gzip -9" "xz -9e" "zstd -19" "zstd -22 --ultra --long=27" "brotli -q11 -w24"
        "bzip3 -b40" "7z PPMd o16 1g" "zpaq -m5"
        "pith -1" "pith -2" "pith -3" "pith -4" "pith -5" "pith -6" "pith -7" "pith -8"
        "pith -9")
fi

version_of()
{
    case $1 in
    pith) "$PITH" -V ;;
    zpaq) zpaq ;;
    7z) 7z ;;
    bzip3) bzip3 -V ;;
    *) "$1" --version ;;
    esac 2>&1 </dev/null | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -1
}

cd "$work" || exit 2
{
    echo "# Benchmarks"
    echo
    echo "Written by \`make bench\`; every number was measured in this one run, none is carried over."
    echo
    echo "- date: $(date -u +%Y-%m-%d)"
    echo "- processor: $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -1)," \
        "$(nproc) cores; load average at the start $(cut -d' ' -f1 /proc/loadavg)"
    echo "- system: $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)"
    compiler=$(sed -n 's/^CMAKE_C_COMPILER:[^=]*=//p' "$root/build/release/CMakeCache.txt" 2>/dev/null)
    [ -n "$compiler" ] && echo "- compiler of pith: $("$compiler" --version | head -1), -O3"
    commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) && echo "- pith at commit: $commit"
    printf -- '- versions:'
    separator=' '
    for command in pith gzip xz zstd brotli bzip3 7z zpaq; do
        if [ "$command" = pith ] || command -v "$command" >/dev/null 2>&1; then
            printf '%s%s %s' "$separator" "$command" "$(version_of "$command")"
            separator=', '
        fi
    done
    echo
    echo
    echo "One thread each.  Times are user CPU seconds (best of three below 1 MB, else one run);" \
        "\"x xz\" is the time relative to xz -9e on the same file in the same run."
    echo "pith runs with --no-verify, as no peer verifies; what verifying costs has its own table."
} >"$result"

ratio() { awk -v a="$1" -v b="$2" -v f="${3-%.2f}" 'BEGIN { if (b > 0) printf f, a / b; else print "-" }'; }

faults=0
for index in "${!inputs[@]}"; do
    name=${names[$index]}
    cp "${inputs[$index]}" data
    chmod u+w data
    len=$(stat -c %s data)
    repeats=1
    [ "$len" -lt 1000000 ] && repeats=3
    {
        echo
        echo "## $name ($(thousands "$len") bytes)"
        echo
        echo "| program | bytes | bits/byte | pack user s | x xz | restore user s | peak MiB pack" \
            "| peak MiB restore | round trip |"
        echo "|---|---:|---:|---:|---:|---:|---:|---:|---|"
    } >>"$result"
    # xz first, whatever the order of the table: the others are given relative to it.
    xz_s=0
    if command -v xz >/dev/null 2>&1; then
        measure "xz -9e" "$repeats" && xz_s=$pack_s
        xz_row=("$packed_len" "$pack_s" "$unpack_s" "$pack_mib" "$unpack_mib" "$exact")
    fi
    for program in "${programs[@]}"; do
        if ! command -v "$(program_command "$program")" >/dev/null 2>&1; then
            echo "| $program | not installed | | | | | | | |" >>"$result"
            continue
        fi
        if [ "$program" = "xz -9e" ]; then
            packed_len=${xz_row[0]} pack_s=${xz_row[1]} unpack_s=${xz_row[2]}
            pack_mib=${xz_row[3]} unpack_mib=${xz_row[4]} exact=${xz_row[5]}
        else
            measure "$program" "$repeats"
        fi
        [ "$exact" = yes ] || faults=$((faults + 1))
        echo "| $program | $(thousands "$packed_len") | $(ratio $((packed_len * 8)) "$len" %.4f)" \
            "| $pack_s | $(ratio "$pack_s" "$xz_s") | $unpack_s | $pack_mib | $unpack_mib | $exact |" \
            | tee -a "$result" | sed "s/^/$name: /; s/|/ /g"
        rm -f "$packed" restored
    done
done

{
    cp "${inputs[0]}" data
    chmod u+w data
    echo
    echo "## What verifying costs"
    echo
    echo "pith decodes what it wrote before it says done, unless told --no-verify." \
        "User seconds to pack ${names[0]}:"
    echo
    echo "| level | --no-verify | verified (the default) |"
    echo "|---|---:|---:|"
    for level in 1 3 5 7 8 9; do
        timed "$PITH -$level -T1 --no-verify -qfk -o packed.pith data" || faults=$((faults + 1))
        plain_s=$user_s
        timed "$PITH -$level -T1 -qfk -o packed.pith data" || faults=$((faults + 1))
        echo "| -$level | $plain_s | $user_s |"
    done

    echo
    echo "## Edges"
    echo
    echo "Packed bytes:"
    echo
    head -c 1000000 /dev/urandom >random
    : >empty
    head -c 100 "${inputs[0]}" >hundred
    echo "| input | bytes | xz -9e | zstd -19 | pith -1 | pith -5 | pith -7 | pith -8 |" \
        "pith -9 |"
    echo "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for edge in "random:random bytes" "empty:empty" "hundred:first 100 bytes of ${names[0]}"; do
        cp "${edge%%:*}" data
        row="| ${edge#*:} | $(thousands "$(stat -c %s data)")"
        for program in "xz -9e" "zstd -19" "pith -1" "pith -5" "pith -7" "pith -8" \
            "pith -9"; do
            measure "$program" 1 || faults=$((faults + 1))
            row+=" | $(thousands "$packed_len")"
        done
        echo "$row |"
    done

    echo
    echo "$(thousands "$zeros") zero bytes through a pipe (\`head -c $zeros /dev/zero | pith -N -T1\`):"
    echo
    echo "| level | packed bytes | pack user s | restore user s | peak MiB pack | round trip |"
    echo "|---|---:|---:|---:|---:|---|"
    for level in 1 5; do
        exact=no unpack_s=-
        timed "head -c $zeros /dev/zero | $PITH -$level -T1 --no-verify -qc >packed.pith" ||
            faults=$((faults + 1))
        pack_s=$user_s pack_mib=$peak_mib
        mkfifo zeros
        head -c "$zeros" /dev/zero >zeros &
        timed "$PITH -d -T1 -qc <packed.pith | cmp - zeros" && exact=yes
        unpack_s=$user_s
        wait
        rm -f zeros
        [ "$exact" = yes ] || faults=$((faults + 1))
        echo "| -$level | $(thousands "$(stat -c %s packed.pith)") | $pack_s | $unpack_s | $pack_mib" \
            "| $exact |"
    done
} >>"$result"

mkdir -p "$(dirname "$output")"
cp "$result" "$output"
echo "wrote $output"
if [ "$faults" -ne 0 ]; then
    echo "$faults measurements failed or were not restored exactly"
    exit 1
fi
