# With --rm the output is on the disk before it takes its name, and the name before the source goes.
. "$CLI_LIB"
command -v strace >/dev/null || skip "no strace"
strace -f -qq -o trace true 2>/dev/null || skip "strace may not trace"
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # it cannot be traced and look for leaks
export ASAN_OPTIONS
text 3000 >a
calls()
{
    strace -f -qq -o trace -e trace=fsync,rename,renameat,renameat2,unlink,unlinkat "$PITH" "$@" ||
        fail "$*"
    sed -n 's/^[0-9]* *\(fsync\|rename\|unlink\)[a-z0-9]*(.*= 0$/\1/p' trace | tr '\n' ' '
}
# The second fsync is the directory's: it holds the name.
is='fsync rename fsync unlink '
got=$(calls -1 --rm a)
[ "$got" = "$is" ] || fail "-1 --rm: $got"
absent a
got=$(calls -d --rm a.pith)
[ "$got" = "$is" ] || fail "-d --rm: $got"
got=$(calls -1 a)
[ "$got" = 'rename ' ] || fail "without --rm: $got"
