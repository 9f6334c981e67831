# System calls that fail: the source is never lost, the destination is old or whole, nothing is left,
# and what failed is told with the name of the file.
. "$CLI_LIB"
command -v strace >/dev/null || skip "no strace"
strace -f -qq -o /dev/null -e inject=fsync:error=EIO true 2>/dev/null || skip "strace may not trace"
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # it cannot be traced and look for leaks
export ASAN_OPTIONS
text 5000 >keep
"$PITH" -1 -c keep >whole
echo old >old
steps=0

# try CALL ERROR WHEN OLD OPTIONS: compresses a to a.pith while that call fails.
try()
{
    cp keep a
    rm -f a.pith
    [ "$4" = no ] || cp old a.pith
    strace -f -qq -o trace -e inject="$1:error=$2:when=$3" "$PITH" -1 -T1 $5 a 2>err
    code=$?
    grep -q INJECTED trace || return 1
    what="$1 $2 number $3, $4 old file, '$5'"
    steps=$((steps + 1))
    clean
    if [ $code = 0 ]; then
        same a.pith whole
    else
        # 127: the program could not even be loaded.
        [ $code = 1 ] || [ $code = 127 ] || fail "$what: exit code $code: $(cat err)"
        [ -s err ] || fail "$what: nothing said"
    fi
    if [ ! -e a.pith ]; then
        [ "$4" = no ] || fail "$what: the old file is gone"
    elif ! cmp -s a.pith old; then
        same a.pith whole
    fi
    [ -e a ] || same a.pith whole
    [ ! -e a ] || same a keep
    return 0
}

for call in write fsync fchmod utimensat renameat2; do
    for error in EIO ENOSPC; do
        try $call $error 1 no --rm || fail "$call is not called"
        [ $code = 1 ] || fail "$call $error: exit code $code"
        grep -q '^pith: a.pith: ' err || fail "$call $error: $(cat err)"
        try $call $error 1 an '-f --rm' || [ $call = renameat2 ] || fail "$call is not called"
    done
done
for call in rename unlink; do
    try $call EPERM 1 an '-f --rm' || continue # another name on some machines
    [ $code = 1 ] || fail "$call: exit code $code"
done
try renameat2 EINVAL 1 no --rm && [ $code = 0 ] || fail "a file system without renameat2"
try renameat2 EEXIST 1 no --rm && [ $code = 1 ] || fail "a file that came between"
try write EINTR 1 no --rm && [ $code = 0 ] || fail "an interrupted write"
for call in openat read close lseek newfstatat fstat fcntl; do
    number=1
    while [ $number -le 14 ] && try $call EIO $number no --rm; do
        number=$((number + 1))
    done
done
[ $steps -gt 40 ] || fail "only $steps steps"
