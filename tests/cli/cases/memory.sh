# Over the memory limit: exit code 4 and the way out, which works.
. "$CLI_LIB"
text 20000 >a
expect 0 "$PITH" -5 a -o a.pith
complains 4 '^pith: a.pith: needs .*, limit 64.0 KiB: allow it with -M ' "$PITH" -d -M64KiB -o b a.pith
absent b
clean
"$PITH" -d -M64KiB -c a.pith >out 2>err && fail "decoded"
[ ! -s out ] || fail "bytes came out"
size=$(sed 's/.*allow it with -M //' err)
"$PITH" -d -M "$size" -c a.pith | cmp - a || fail "-M $size was not enough"
expect 4 "$PITH" -t -M 64K <a.pith 2>err
grep -q '(stdin): needs' err || fail "$(cat err)"
for level in 7 8 9; do
    complains 1 '^pith: a: needs .* allow it with -M .* lower level' "$PITH" -$level -M1MiB -c a
    "$PITH" -$level -M1MiB -c a 2>err
    size=$(sed 's/.*allow it with -M //; s/,.*//' err)
    "$PITH" -$level -M "$size" -c a | "$PITH" -d | cmp - a || fail "-$level: -M $size was not enough"
done
