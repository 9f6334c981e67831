#!/bin/bash
# Makes the Debian packages and looks into them: what is in each, that the command runs from where it
# was unpacked, that a program can be built from libpith-dev and libpith0.  With PITH_TEST_FULL=1, as
# root, and where no pith is installed, installs and removes them.
#
#   packages.sh
set -u
# shellcheck source=tests/support/checks.sh
. "$(dirname "$0")/../support/checks.sh"
cd "$(dirname "$0")/../.." || exit 2
for tool in dpkg-deb dpkg-shlibdeps dpkg-architecture file readelf; do
    has $tool || { skip "packages: no $tool here"; finish; exit; }
done

check "make deb" cmake/deb.sh
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
for name in pith libpith0 libpith-dev; do
    package=$(echo build/deb/"${name}"_*.deb)
    check "$name is unpacked" dpkg-deb -x "$package" "$work/$name"
    check "$name has changelog and copyright" test -s \
        "$work/$name/usr/share/doc/$name/changelog.Debian.gz" -a -s \
        "$work/$name/usr/share/doc/$name/copyright"
    for field in Maintainer Section Description; do
        check "$name says its $field" grep -q . <(dpkg-deb -f "$package" $field)
    done
done

# holds NAME LIST: the package holds these files, besides those above, and no others
holds()
{
    diff <(tr ' ' '\n' <<<"$2" | grep . | sort) <(cd "$work/$1/usr" && find . ! -type d |
        sed 's/^\.\///' | grep -v "^share/doc/$1/[^/]*$" | sort)
}
check "files of pith" holds pith "bin/pith bin/unpith bin/pithcat share/man/man1/pith.1.gz
share/man/man1/unpith.1.gz share/man/man1/pithcat.1.gz share/man/man5/pith-format.5.gz
share/bash-completion/completions/pith share/bash-completion/completions/unpith
share/bash-completion/completions/pithcat share/zsh/vendor-completions/_pith
share/fish/vendor_completions.d/pith.fish share/pith/pith.magic
share/doc/pith/docs/format.md share/doc/pith/docs/bytes.md share/doc/pith/docs/json.md
share/doc/pith/docs/benchmarks.md
share/doc/pith/docs/scowl.txt"
version=$("$work/pith/usr/bin/pith" -V | sed 's/^pith //')
lib=lib/$multiarch
check "files of libpith0" holds libpith0 "$lib/libpith.so.0 $lib/libpith.so.$version"
check "files of libpith-dev" holds libpith-dev "include/pith/pith.h $lib/libpith.a $lib/libpith.so
$lib/pkgconfig/pith.pc $lib/cmake/pith/pith-config.cmake $lib/cmake/pith/pith-config-version.cmake
$lib/cmake/pith/pith-targets.cmake $lib/cmake/pith/pith-targets-release.cmake"

depends_on() { dpkg-deb -f build/deb/"$1"_*.deb Depends | grep -qE "(^|, )$2"; }
check "pith needs libc6 and libxxhash0" depends_on pith 'libc6 .*libxxhash0'
check "libpith0 needs libc6 and libxxhash0" depends_on libpith0 'libc6 .*libxxhash0'
check "libpith-dev needs this libpith0" depends_on libpith-dev "libpith0 \\(= $version-"

command_runs()
{
    local pith=$work/pith/usr/bin/pith
    head -c 20000 README.md >"$work/in" && "$pith" -1 -c "$work/in" >"$work/in.pith" &&
        "$work/pith/usr/bin/pithcat" "$work/in.pith" | cmp - "$work/in"
}
check "the unpacked command packs and restores" command_runs
example_runs()
{
    "${CC:-cc}" -std=c99 -I"$work/libpith-dev/usr/include" examples/1-one-shot.c \
        "$work/libpith0/usr/$lib/libpith.so.0" -o "$work/example" &&
        LD_LIBRARY_PATH=$work/libpith0/usr/$lib "$work/example"
}
check "an example is built from the packages and runs" example_runs

if has lintian; then
    no_errors() { lintian --allow-root --fail-on error build/deb/*.deb; }
    check "lintian finds no error" no_errors
else
    skip "lintian is not here"
fi

installed_command_runs() { [ "$(pith -V)" = "pith $version" ] && [ "$(command -v pith)" = /usr/bin/pith ]; }
if [ -z "${PITH_TEST_FULL-}" ]; then
    skip "installing the packages: only in the full run"
elif [ "$(id -u)" != 0 ] || has pith || dpkg -s libpith0 >/dev/null 2>&1; then
    skip "installing the packages: not root, or some pith is installed already"
elif ! dpkg -s libxxhash-dev >/dev/null 2>&1; then
    skip "installing the packages: libxxhash-dev is no package here"
else
    check "dpkg -i" dpkg -i build/deb/*.deb
    hash -r
    check "the installed command answers" installed_command_runs
    check "dpkg -P" dpkg -P pith libpith-dev libpith0
    check "nothing is left" test ! -e /usr/bin/pith -a ! -e "/usr/$lib/libpith.so.0"
fi
finish
