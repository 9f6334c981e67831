#!/bin/bash
# Packs real files with pith, xz and zstd, restores each, compares, prints one table.  Status 1 if
# any restored file differs.
#
#   demo.sh PITH
#
# The files: this repository as a tar, without the word list, which pith knows; the shell that runs
# this, a program of the system; a generated log and a generated table; and the files of the folder
# PITH_DATA, if there is one, cut to DEMO_MAX bytes to keep this short.
set -u
export LC_ALL=C
root=$(cd "$(dirname "$0")/.." && pwd)
PITH=$(realpath "$1")
DEMO_MAX=${DEMO_MAX:-1000000}
data_folder=${PITH_DATA:+$(cd "$root" && realpath -q "$PITH_DATA")}
# shellcheck source=bench/measure.sh
. "$root/bench/measure.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/files"
files=$work/files

tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --exclude=./build --exclude=./.git \
    --exclude=./src/codec/bytes/words_table.c -C "$root" -cf "$files/sources.tar" .
cp "/proc/$$/exe" "$files/bash"
# A minimal-standard generator (Park and Miller), so that every machine makes the same files.
awk 'BEGIN {
    x = 20240229
    split("login logout search upload download checkout refund", what, " ")
    split("berlin osaka lagos lima oslo", place, " ")
    for (i = 0; i < 8000; i++) {
        x = (x * 16807) % 2147483647; t += x % 4000
        x = (x * 16807) % 2147483647; user = int((x % 1000) * (x % 1000) / 1000)
        x = (x * 16807) % 2147483647
        printf "{\"time\":%.3f,\"level\":\"%s\",\"event\":\"%s\",\"user\":%d,\"city\":\"%s\",\"ms\":%d}\n",
            1700000000 + t / 1000, x % 50 ? "info" : "error", what[1 + x % 7], user,
            place[1 + user % 5], 5 + x % 97
    } }' >"$files/events.jsonl"
awk 'BEGIN {
    x = 77; temperature = 180; print "minute,station,temperature,pressure,state"
    for (i = 0; i < 24000; i++) {
        x = (x * 16807) % 2147483647; temperature += x % 5 - 2
        x = (x * 16807) % 2147483647
        printf "%d,S%02d,%.1f,%d,%s\n", int(i / 12), i % 12, temperature / 10, 1010 + x % 9,
            x % 40 ? "ok" : "check"
    } }' >"$files/sensors.csv"
if [ -n "$data_folder" ] && [ -d "$data_folder" ]; then
    for file in "$data_folder"/*; do
        [ -f "$file" ] && [ "${file##*.}" != md ] || continue
        head -c "$DEMO_MAX" "$file" >"$files/${file##*/}"
        [ "$(stat -c %s "$file")" -gt "$DEMO_MAX" ] &&
            echo "${file##*/}: its first $DEMO_MAX bytes"
    done
fi

programs=("pith -1" "pith -5" "pith -7" "xz -9e" "zstd -19")
faults=0
echo "user s: CPU seconds to pack / to restore, one thread; MiB: peak memory to pack"
printf '%-16s %12s  %-9s %12s %8s %15s %6s  %s\n' \
    file bytes program packed ratio 'user s' MiB restored
cd "$work" || exit 2
for file in "$files"/*; do
    cp "$file" data
    len=$(stat -c %s data)
    for program in "${programs[@]}"; do
        if ! command -v "$(program_command "$program")" >/dev/null 2>&1; then
            echo "${file##*/}: $program is not installed"
            continue
        fi
        measure "$program"
        verdict=exact
        [ "$exact" = yes ] || { verdict=DIFFERS; faults=$((faults + 1)); }
        printf '%-16s %12s  %-9s %12s %8s %7s /%6s %6s  %s\n' "${file##*/}" "$(thousands "$len")" \
            "$program" "$(thousands "$packed_len")" \
            "$(awk -v a="$len" -v b="$packed_len" 'BEGIN { printf "%.3f", b ? a / b : 0 }')" \
            "$pack_s" "$unpack_s" "$pack_mib" "$verdict"
    done
done
if [ "$faults" -ne 0 ]; then
    echo "$faults files were NOT restored exactly"
    exit 1
fi
echo "every file was restored exactly"
