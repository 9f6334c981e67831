# The encoder's own check fails: exit code 3, nothing written, the source stays, and the old file.
. "$CLI_LIB"
library=$(dirname "$PITH")/tests/libcli_wrong_hash.so
[ -f "$library" ] || skip "no library to preload in this build"
text 20000 >a
cp a keep
wrong()
{
    LD_PRELOAD=$library "$PITH" "$@"
}
complains 3 '^pith: a: byte [0-9]*: the chunk of 20000 bytes .* a fault of pith or of this machine' wrong -1 --rm a
absent a.pith
same a keep
echo old >a.pith
expect 3 wrong -1 -f a 2>err
[ "$(cat a.pith)" = old ] || fail "the old file is gone"
expect 3 wrong -1 -c a 2>err >out
[ ! -s out ] || fail "bytes came out"
clean
