#!/bin/bash
# A disk that is full: exit code 1 and a message with the path; nothing of the new file is left, the
# source is kept, and so is the old destination under -f.
#
#   full_disk.sh PITH_BINARY
#
# Needs to mount a small file system in memory: as root, or in a namespace of its own.
set -u
pith=$(realpath "$1")
passed=0 failed=0

folder=$(mktemp -d)
mount_small() { mount -t tmpfs -o size=256k none "$folder" 2>/dev/null; }
if ! mount_small; then
    rmdir "$folder"
    if [ -z "${PITH_IN_NAMESPACE-}" ] && unshare -rm true 2>/dev/null; then
        PITH_IN_NAMESPACE=1 exec unshare -rm "$0" "$pith"
    fi
    echo "skip  full disk: no small file system can be mounted here"
    echo "1 passed, 0 failed"
    exit 0
fi
outside=$(mktemp -d)
trap 'umount "$folder"; rm -rf "$folder" "$outside"' EXIT

fault() { faults+="      $*"$'\n'; }

# refused NAME PATH OPTIONS...: must fail for want of room and say so with the path
refused()
{
    local name=$1 path=$2 code
    shift 2
    "$pith" "$@" 2>"$outside/err"
    code=$?
    [ "$code" = 1 ] || fault "exit code $code"
    grep -q "^pith: $path: .*No space left on device" "$outside/err" ||
        fault "said: $(cat "$outside/err")"
    [ -z "$(find "$folder" -name '.pith-*')" ] || fault "left: $(find "$folder" -name '.pith-*')"
}

conclude()
{
    if [ -z "$faults" ]; then
        passed=$((passed + 1))
        echo "ok    full disk: $1"
    else
        failed=$((failed + 1))
        printf 'FAIL  full disk: %s\n%s' "$1" "$faults"
    fi
    faults=''
}
faults=''

# noise LEN: bytes that do not shrink, always the same
noise()
{
    awk -v len="$1" 'BEGIN { srand(7); while (n++ < len) printf "%c", 33 + int(rand() * 90) }'
}

noise 400000 >"$outside/big"
"$pith" -1 "$outside/big"

for size in 100000 180000; do
    for options in '' '-f' '--rm' '-f --rm'; do
        rm -f "$folder"/*
        noise $size >"$folder/a"
        cp "$folder/a" "$outside/a"
        case $options in
        *-f*)
            echo old >"$folder/a.pith"
            ;;
        esac
        noise 256000 | head -c $((245760 - size - 8192 * 2)) >"$folder/filler"
        # shellcheck disable=SC2086
        refused "compress $options" "$folder/a.pith" -1 $options "$folder/a"
        cmp -s "$folder/a" "$outside/a" || fault "the source is not what it was"
        case $options in
        *-f*) [ "$(cat "$folder/a.pith")" = old ] || fault "the old destination is lost" ;;
        *) [ ! -e "$folder/a.pith" ] || fault "a destination is left" ;;
        esac
        conclude "compress $size bytes $options"
    done
done
for options in '' '-f' '--rm' '-f --rm'; do
    rm -f "$folder"/*
    case $options in
    *-f*) echo old >"$folder/big" ;;
    esac
    cp "$outside/big.pith" "$outside/copy.pith"
    # shellcheck disable=SC2086
    refused "decompress $options" "$folder/big" -d $options -o "$folder/big" "$outside/copy.pith"
    cmp -s "$outside/big.pith" "$outside/copy.pith" || fault "the source is not what it was"
    case $options in
    *-f*) [ "$(cat "$folder/big")" = old ] || fault "the old destination is lost" ;;
    *) [ ! -e "$folder/big" ] || fault "a destination is left" ;;
    esac
    conclude "decompress $options"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
