#!/bin/bash
# Removes what `cmake --install` puts below a prefix, and the folders that are empty after that.
#
#   uninstall.sh BUILD_FOLDER PREFIX [DESTDIR]
#
# What there is to remove is found out by installing into an empty folder.  A list that the last
# install has left would be that of another prefix as soon as anyone, a test say, installs once more.
set -eu
build=$1
prefix=$2
destination=${3-}
[ -f "$build/cmake_install.cmake" ] || { echo "uninstall.sh: nothing is built in $build" >&2; exit 1; }
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
DESTDIR=$trial cmake --install "$build" --prefix "$prefix" >/dev/null

cd "$trial"
find . ! -type d | while IFS= read -r file; do
    file=$destination${file#.}
    if [ -e "$file" ] || [ -L "$file" ]; then
        rm -v -- "$file"
    fi
done
# Folders that systems have below /usr and /usr/local stay, even if nothing is in them.
find . -mindepth 1 -depth -type d | sed 's/^\.//' |
    grep -vE '^/usr(/local)?(/[^/]+|/share/man)?$' | while IFS= read -r folder; do
    rmdir -- "$destination$folder" 2>/dev/null || true
done
