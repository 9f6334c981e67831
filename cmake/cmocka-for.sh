#!/bin/bash
# Fetches Debian's cmocka for another machine into a folder, without touching the system: a foreign
# architecture added to dpkg would stay there.  apt-get works on a state of its own for it.
#
#   cmocka-for.sh DEBIAN_ARCH FOLDER     then FOLDER/tree/usr/... holds header and library
set -u
arch=$1
folder=$2
[ -e "$folder/tree/usr/include/cmocka.h" ] && exit 0
command -v apt-get >/dev/null 2>&1 || exit 1

mkdir -p "$folder"/{state,cache,tree} || exit 1
cd "$folder" || exit 1
folder=$PWD
apt=(apt-get -q -o APT::Architecture="$arch" -o APT::Architectures::="$arch"
    -o Dir::State="$folder/state" -o Dir::State::status=/dev/null -o Dir::Cache="$folder/cache"
    -o Acquire::Retries=1 -o Acquire::http::Timeout=20)
{
    timeout 180 "${apt[@]}" update && timeout 60 "${apt[@]}" download \
        "libcmocka-dev:$arch" "libcmocka0:$arch"
} </dev/null >apt.log 2>&1 || exit 1
for package in ./*.deb; do
    dpkg -x "$package" tree || exit 1
done
rm -rf state cache
[ -e tree/usr/include/cmocka.h ]
