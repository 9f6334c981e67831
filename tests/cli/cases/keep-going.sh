# --keep-going: what is sound comes back in its place, zeros stand for the rest, each loss is told.
. "$CLI_LIB"
text 400000 >a
expect 0 "$PITH" -1 --block-size=64KiB a
cp a.pith sound.pith
silent "$PITH" -d --keep-going sound.pith
same sound a
rm sound
# One flip: one chunk.
cp a.pith bad.pith
flip bad.pith $(($(len_of a.pith) / 2)) 4
expect 2 "$PITH" -d bad.pith 2>err
absent bad
expect 2 "$PITH" -d --keep-going bad.pith 2>err
[ "$(wc -l <err)" = 2 ] || fail "$(cat err)"
grep -q '^pith: bad.pith: lost: bytes [0-9]* to [0-9]* (65536): ' err || fail "$(cat err)"
grep -q '^pith: bad.pith: damaged: 334464 bytes are found, 65536 lost in 1 places$' err || fail "$(cat err)"
first=$(sed -n 's/.*lost: bytes \([0-9]*\) to.*/\1/p' err)
[ "$(len_of bad)" = 400000 ] || fail "length $(len_of bad)"
{
    head -c "$first" a
    head -c 65536 /dev/zero
    tail -c +$((first + 65537)) a
} | cmp - bad || fail "what came back"
# The same to stdout, from a pipe, with threads; the list alone with -t.
cat bad.pith | "$PITH" -d --keep-going -T3 2>err >got
[ $? = 2 ] || fail "exit code"
same got bad
grep -q '^pith: (stdin): lost: bytes' err || fail "$(cat err)"
for how in '-t -v' '-t --keep-going'; do
    "$PITH" $how bad.pith 2>err
    [ $? = 2 ] || fail "exit code of $how"
    grep -q "^pith: bad.pith: lost: bytes $first to $((first + 65535)) (65536): " err || fail "$how: $(cat err)"
done
"$PITH" -d --keep-going --json -c bad.pith 2>err >got
grep -q "^{\"command\": \"lost\", \"name\": \"bad.pith\", \"raw_offset\": $first, \"raw_bytes\": 65536," err || fail "$(cat err)"
# The source stays even with --rm.
rm bad
expect 2 "$PITH" -d --keep-going --rm bad.pith 2>err
[ -f bad.pith ] && [ -f bad ] || fail "--rm"
# The tail is gone, the head is gone.
head -c $(($(len_of a.pith) - 1000)) a.pith >tail.pith
expect 2 "$PITH" -d --keep-going tail.pith 2>err
head -c "$(len_of tail)" a | cmp - tail || fail "no tail"
[ "$(len_of tail)" -ge 327680 ] || fail "no tail: $(len_of tail)"
tail -c +2000 a.pith >head.pith
expect 2 "$PITH" -d --keep-going head.pith 2>err
[ "$(len_of head)" = 400000 ] || fail "no head: $(len_of head)"
tail -c 300000 a >wanted
tail -c 300000 head | cmp - wanted || fail "no head"
# The index alone is broken: nothing is lost, and it is still told.
cp a.pith index.pith
flip index.pith $(($(len_of a.pith) - 20)) 1
expect 2 "$PITH" -d --keep-going index.pith 2>err
same index a
grep -q 'nothing is known to be lost' err || fail "$(cat err)"
# Nothing to save.
complains 2 'nothing of a pith archive' "$PITH" -d --keep-going -o none a
absent none
complains 1 'goes with -d and -t' "$PITH" --keep-going -c a
# An existing file gives way to what is found only with -f.
echo old >bad
complains 1 'exists' "$PITH" -d --keep-going bad.pith
[ "$(cat bad)" = old ] || fail "overwritten"
expect 4 "$PITH" -d --keep-going -M64K -o none bad.pith 2>err
absent none
expect 4 "$PITH" -d --keep-going --max-output=300000 -o none bad.pith 2>err
absent none
clean
