# Of a damaged archive of many chunks only whole, right chunks leave.
. "$CLI_LIB"
text 230000 >a
expect 0 "$PITH" -1 --block-size=64KiB -c a >a.pith
len=$(len_of a.pith)
for twelfth in 2 5 8 11; do
    cp a.pith bad.pith
    flip bad.pith $((len * twelfth / 12)) 16
    expect 2 "$PITH" -dc bad.pith >out 2>err
    n=$(len_of out)
    [ $((n % 65536)) = 0 ] || [ "$n" = 230000 ] || fail "$n bytes are not whole chunks"
    head -c "$n" a | cmp - out || fail "wrong bytes left"
done
head -c $((len / 2)) a.pith | "$PITH" -d >out 2>err
n=$(len_of out)
[ "$n" -gt 0 ] && [ $((n % 65536)) = 0 ] || fail "truncated: $n bytes"
head -c "$n" a | cmp - out || fail "wrong bytes left"
grep -q '^pith: (stdin): byte [0-9]*: ' err || fail "$(cat err)"
