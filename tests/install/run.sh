#!/bin/bash
# Installs a build into a fresh folder, below a prefix that it was not configured for, and builds and
# runs a user's program against it: by pkg-config (shared and static) and by find_package.
#
#   run.sh BUILD_FOLDER
set -u
build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/checks.sh
. "$source/tests/support/checks.sh"
prefix=$work/root/opt/pith
cc=${CC:-cc}

cat >"$work/user.c" <<'C'
#include <pith/pith.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char text[] = "one one one one one one one one";
    unsigned char packed[4096];
    char raw[sizeof(text)];
    size_t packed_len = 0, raw_len = 0;
    pith_options options = {sizeof(options), 1, 0, 0, 0, 0, 0, NULL, NULL, NULL};
    pith_error error;

    if (pith_compress(packed, sizeof(packed), &packed_len, text, sizeof(text), &options, &error) ||
        pith_decompress(raw, sizeof(raw), &raw_len, packed, packed_len, &options, &error)) {
        printf("%s\n", error.text);
        return 1;
    }
    return raw_len != sizeof(text) || memcmp(raw, text, raw_len) != 0;
}
C

check "cmake --install" cmake --install "$build" --prefix "$prefix"
if [ -e "$prefix/bin/pith" ]; then
    check "installed command answers" "$prefix/bin/pith" -V
fi

pc=$(find "$prefix" -name pith.pc)
libdir=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH=$libdir/pkgconfig
# shellcheck disable=SC2046
shared_program()
{
    $cc -std=c99 "$work/user.c" -o "$work/user" $(pkg-config --cflags --libs pith) &&
        LD_LIBRARY_PATH=$libdir "$work/user"
}
check "program by pkg-config, shared" shared_program
static_program()
{
    # shellcheck disable=SC2046
    $cc -std=c99 "$work/user.c" -o "$work/user" $(pkg-config --cflags pith) "$libdir/libpith.a" \
        $(pkg-config --libs-only-l --static pith | sed 's/-lpith//') && "$work/user"
}
check "program by pkg-config, static" static_program

for example in "$source"/examples/*.c; do
    example_runs()
    {
        # shellcheck disable=SC2046
        $cc -std=c99 -Wall -Wextra -Werror "$example" -o "$work/example" \
            $(pkg-config --cflags --libs pith) && LD_LIBRARY_PATH=$libdir "$work/example"
    }
    check "${example##*/} against the installed library" example_runs
done

mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
find_package(pith REQUIRED)
add_executable(user ../user.c)
target_link_libraries(user PRIVATE pith::pith)
add_executable(user_static ../user.c)
target_link_libraries(user_static PRIVATE pith::pith_static)
CMAKE
by_find_package()
{
    cmake -G Ninja -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix" &&
        cmake --build "$work/project/build" && "$work/project/build/user" &&
        "$work/project/build/user_static"
}
check "program by find_package" by_find_package

finish
