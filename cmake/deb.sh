#!/bin/bash
# Makes Debian packages in build/deb: pith, libpith0 and libpith-dev.
#
# Times in them are that of the newest entry of the changelog, so that the same sources give the same
# packages.
set -eu
cd "$(dirname "$0")/.."
SOURCE_DATE_EPOCH=$(date -d "$(sed -n 's/^ -- .*>  //p' cmake/debian/changelog | head -1)" +%s)
export SOURCE_DATE_EPOCH
cmake --preset deb >/dev/null
cmake --build build/deb
rm -f build/deb/*.deb
(cd build/deb && cpack -B . >cpack.log) || { cat build/deb/cpack.log; exit 1; }
ls build/deb/*.deb
