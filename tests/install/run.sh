#!/bin/bash
# Installs a build into a fresh folder, below a prefix that it was not configured for, and builds and
# runs programs of users against it: by pkg-config (shared and static) and by find_package.  Installs it
# below a DESTDIR and removes it again.
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
check "installed command answers" "$prefix/bin/pith" -V
by_other_names()
{
    echo one two three | "$prefix/bin/pith" >"$work/words.pith" &&
        [ "$("$prefix/bin/pithcat" "$work/words.pith")" = "one two three" ] &&
        "$prefix/bin/unpith" "$work/words.pith" && [ "$(cat "$work/words")" = "one two three" ]
}
check "installed command under its other names" by_other_names

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

# --- DESTDIR, and uninstall -------------------------------------------------------------------------
# A folder of others must stay, with what is in it.
destination=$work/destination
mkdir -p "$destination/opt/pith/share/man/man1"
touch "$destination/opt/pith/share/man/man1/other.1"
before=$(cd "$destination" && find . | sort)
check "cmake --install below DESTDIR" env DESTDIR="$destination" \
    cmake --install "$build" --prefix /opt/pith
for file in bin/{pith,unpith,pithcat} include/pith/pith.h lib/libpith.{a,so,so.0} \
    lib/pkgconfig/pith.pc lib/cmake/pith/pith-{config,config-version,targets}.cmake \
    share/man/man1/{pith,unpith,pithcat}.1 share/man/man5/pith-format.5 \
    share/bash-completion/completions/{pith,unpith,pithcat} share/zsh/site-functions/_pith \
    share/fish/vendor_completions.d/pith.fish share/pith/pith.magic \
    share/doc/pith/{README.md,docs/format.md,docs/bytes.md}; do
    check "installed: $file" test -f "$destination/opt/pith/$file"
done
nothing_points_outside()
{
    ! grep -rI -e "$work" -e "$build" "$destination" && ! find "$destination" -xtype l | grep .
}
check "installed files name neither DESTDIR nor the build" nothing_points_outside
check "uninstall" "$source/cmake/uninstall.sh" "$build" /opt/pith "$destination"
nothing_is_left() { diff <(echo "$before") <(cd "$destination" && find . | sort); }
check "uninstall leaves nothing of ours and all of others" nothing_is_left
rm -rf "$destination/opt"
empty_again()
{
    DESTDIR=$destination cmake --install "$build" --prefix /opt/pith &&
        "$source/cmake/uninstall.sh" "$build" /opt/pith "$destination" && [ -d "$destination" ] &&
        [ -z "$(ls -A "$destination")" ]
}
check "an empty DESTDIR is empty again" empty_again

finish
