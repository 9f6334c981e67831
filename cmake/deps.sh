#!/bin/bash
# Installs what a target of the Makefile needs and this machine lacks, by apt-get.
#
#   deps.sh [--check] GROUP...      groups: make build test cross cross-full fuzz coverage demo bench docs deb fmt
#
# A thing is looked for by what is used of it (a command, a header), so that it may have been
# installed in any way.  With --check nothing is installed: what is missing is named, status 1.
set -u

check_only=
[ "${1-}" = --check ] && { check_only=1; shift; }

missing=()

# command NAME PACKAGE, header PATH PACKAGE
need_command() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need_file() { [ -e "$1" ] || missing+=("$2"); }
need_header()
{
    echo "#include <$1>" | "${CC:-cc}" -E -xc - >/dev/null 2>&1 || missing+=("$2")
}

for group in "$@"; do
    case $group in
    build)
        if ! command -v "${CC:-cc}" >/dev/null 2>&1; then
            missing+=(gcc libc6-dev libxxhash-dev)
        else
            need_header stdio.h libc6-dev
            need_header xxhash.h libxxhash-dev
        fi
        need_command cmake cmake
        need_command ninja ninja-build
        need_command pkg-config pkg-config
        ;;
    test)
        if command -v "${CC:-cc}" >/dev/null 2>&1; then
            need_header "cmocka.h" libcmocka-dev
        else
            missing+=(libcmocka-dev)
        fi
        need_command c++ g++ # the public header must compile as C++ too
        need_command nm binutils
        need_command cmp diffutils
        # what the Python module gives its arrays as
        /usr/bin/python3 -c 'import numpy' 2>/dev/null || missing+=(python3-numpy)
        ;;
    cross)
        if [ "$(uname -m)" = x86_64 ]; then
            need_command aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
            need_file /usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross
            need_command qemu-aarch64 qemu-user
        fi
        ;;
    cross-full)
        if [ "$(uname -m)" = x86_64 ]; then
            need_command s390x-linux-gnu-gcc gcc-s390x-linux-gnu
            need_file /usr/s390x-linux-gnu/include/stdio.h libc6-dev-s390x-cross
            need_command qemu-s390x qemu-user
            need_command i686-linux-gnu-gcc gcc-i686-linux-gnu
            need_file /usr/i686-linux-gnu/include/stdio.h libc6-dev-i386-cross
        fi
        need_command clang clang
        need_command valgrind valgrind
        ;;
    fuzz)
        need_command clang clang
        # the runtimes of fuzzer and sanitizers are a package of their own
        echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
            clang -fsanitize=fuzzer,address -xc - -o /dev/null 2>/dev/null ||
            missing+=(libclang-rt-dev)
        ;;
    coverage)
        need_command gcovr gcovr
        ;;
    demo)
        need_file /usr/bin/time time
        need_command xz xz-utils
        need_command zstd zstd
        need_command cmp diffutils
        ;;
    bench)
        need_command gzip gzip
        need_command brotli brotli
        need_command bzip3 bzip3
        need_command 7z p7zip-full
        need_command zpaq zpaq
        ;;
    docs)
        need_command scdoc scdoc
        need_command lowdown lowdown
        ;;
    deb)
        need_command dpkg-shlibdeps dpkg-dev
        need_command file file
        need_command gzip gzip
        need_command readelf binutils
        ;;
    make) need_command make make ;;
    fmt) need_command clang-format clang-format ;;
    *)
        echo "deps.sh: unknown group '$group'" >&2
        exit 2
        ;;
    esac
done

[ ${#missing[@]} -eq 0 ] && exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

if [ -n "$check_only" ]; then
    echo "missing Debian packages: ${missing[*]}" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "deps.sh: this is not Debian or Ubuntu; please install what these packages hold:" \
        "${missing[*]}" >&2
    exit 1
fi

if [ "$(id -u)" = 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null 2>&1; then
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
else
    echo "deps.sh: please install as root: apt-get install ${missing[*]}" >&2
    exit 1
fi

echo "installing: ${missing[*]}"
install=("${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}")
# The lists of a fresh or old machine may be absent or stale: refresh them only when needed.
if ! "${install[@]}" </dev/null >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update -q </dev/null >/dev/null
    if ! "${install[@]}" </dev/null >/dev/null; then
        echo "deps.sh: apt-get could not install: ${missing[*]}" >&2
        echo "Without a network, install them from local media and run this again." >&2
        exit 1
    fi
fi
