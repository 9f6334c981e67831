# Zeros become holes in regular files, never elsewhere, and the bytes stay right.
. "$CLI_LIB"
n=300000
truncate -s $n hole 2>/dev/null || skip "no truncate"
[ "$(du -k hole | cut -f1)" -lt 100 ] || skip "no holes on this file system"
text 5000 >a
cat a hole a hole >z
expect 0 "$PITH" -1 --no-verify z
silent "$PITH" -d -o y z.pith
same y z
[ "$(du -k y | cut -f1)" -lt 100 ] || fail "not sparse: $(du -k y)"
"$PITH" -dc z.pith >x
same x z
[ "$(du -k x | cut -f1)" -lt 100 ] || fail "stdout not sparse: $(du -k x)"
"$PITH" -dc z.pith | cmp - z || fail "pipe"
cp a w
"$PITH" -dc z.pith >>w
cat a z | cmp - w || fail "appended"
cp z v
tr '\000' x <z >full
cp full v
(head -c 5 a; "$PITH" -dc z.pith) 1<>v
(head -c 5 a; cat z; tail -c +$((1 + 5 + 2 * n + 10000)) full) | cmp - v || fail "over old bytes"
printf '\000' | "$PITH" -1 | "$PITH" -d -o one
[ "$(len_of one)" = 1 ] || fail "one zero"
