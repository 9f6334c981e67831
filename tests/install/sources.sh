#!/bin/bash
# An honest supply chain: the tarball of `make dist` holds what is in git; it builds without tests/;
# two builds in different folders give the same bytes; and every file that is not text can be made
# again from files that are.
#
#   sources.sh BUILD_FOLDER
set -u
build=$(cd "$1" && pwd)
# shellcheck source=tests/support/checks.sh
. "$(dirname "$0")/../support/checks.sh"
cd "$(dirname "$0")/../.." || exit 2
if ! has git || ! git rev-parse --verify -q HEAD >/dev/null 2>&1; then
    skip "sources: this is no checkout of git"
    finish
    exit
fi

# --- the tarball ---------------------------------------------------------------------------------------
version=$("$build/pith" -V | sed 's/^pith //')
tarball=build/pith-$version.tar.gz
check "make dist" cmake/dist.sh
holds_what_git_holds()
{
    diff <(git ls-tree -r --name-only HEAD | sed "s|^|pith-$version/|" | sort) \
        <(tar tzf "$tarball" | grep -v '/$' | sort)
}
check "the tarball holds what is in git" holds_what_git_holds

# Debug information has the names of folders in it, if anything has.
build_in() # FOLDER
{
    mkdir -p "$work/$1" && tar xzf "$tarball" -C "$work/$1" --strip-components=1 || return
    rm -rf "$work/$1/tests"
    cd "$work/$1" && CFLAGS=-g cmake --preset release -DPITH_TESTS=OFF &&
        cmake --build build/release -j "$(nproc)"
}
for folder in one another/place; do
    check "builds without tests/, in $folder" eval "(build_in $folder)"
done
works()
{
    echo words | "$work/one/build/release/pith" | "$work/another/place/build/release/pith" -d |
        grep -qx words
}
check "the builds work" works
for file in pith libpith.a "libpith.so.$version"; do
    check "$file is the same from both folders" cmp "$work/one/build/release/$file" \
        "$work/another/place/build/release/$file"
    echo "note  $(sha256sum <"$work/one/build/release/$file" | cut -c1-16) $file, with -g"
done

# --- files that are not text ----------------------------------------------------------------------------
# What is neither made again below nor in this list is a fault.  PATH: where it comes from
known='fuzz/corpus: made by fuzz/seeds.sh, or found by fuzzing from there; only fuzz targets read it
src/prior/builtin.priors: made by tools/make_builtin.sh of samples that docs/priors.md describes
docs/pictures/points-scan.png: drawn by tools/draw_points.py of tests/golden/good-large-swept-level-3.pith'

git ls-files | while IFS= read -r file; do
    [ ! -s "$file" ] || grep -qI '' "$file" || echo "$file"
done >"$work/binary"
echo "note  $(grep -c . "$work/binary") files are not text," \
    "$(grep -c '^tests/golden/.*\.pith$' "$work/binary") of them golden archives"
while IFS= read -r line; do
    echo "note  $(grep -cE "^${line%%:*}(/|$)" "$work/binary") in $line"
done <<<"$known"
has_origin()
{
    local folders
    folders=$(sed 's/:.*//' <<<"$known" | paste -sd'|')
    ! grep -vE "^tests/golden/[^/]*\.pith$|^($folders)(/|$)" "$work/binary"
}
check "no file that is not text is of unknown origin" has_origin

golden_again()
{
    mkdir "$work/golden" && sh tests/golden/make.sh "$build" "$work/golden" || return
    diff <(git ls-files 'tests/golden/*.pith' | sed 's|.*/||' | sort) \
        <(find "$work/golden" -type f | sed 's|.*/||' | sort) || return
    for file in "$work"/golden/*; do
        cmp "$file" "tests/golden/${file##*/}" || return
    done
}
if echo '#include <cmocka.h>' | "${CC:-cc}" -E -include setjmp.h -include stdarg.h \
    -include stddef.h -include stdint.h -xc - >/dev/null 2>&1; then
    check "make.sh makes every golden archive again, byte for byte" golden_again
else
    skip "golden archives made again: no cmocka here"
fi
finish
