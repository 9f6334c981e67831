#!/bin/sh
# Makes the golden archives anew, with the library of a finished build.  Only for a change of the
# format; from version 1.0 on archives are added, never changed.
#
#   tests/golden/make.sh [BUILD_FOLDER [FOLDER]]   (build/release, and here, if not said)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${1:-$root/build/release}
folder=${2:-$here}
program=$(mktemp)
trap 'rm -f "$program"' EXIT

${CC:-cc} -std=c11 -O1 -I"$root/include" -I"$root/src" -I"$root/tests" -o "$program" \
    "$here/make.c" "$build/libpith.a" -lcmocka -lxxhash -lpthread
# the prior stays, unless its file is removed by hand
for file in "$folder"/*.pith; do
    [ "${file##*/}" = prior-json.pith ] || rm -f "$file"
done
"$program" "$folder" "$here/prior-json.pith"
