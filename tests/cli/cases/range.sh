# --range: the same bytes as the same part of the whole, however it is asked for.
. "$CLI_LIB"
text 300000 >a
expect 0 "$PITH" -1 --block-size=64KiB a
part() # OFFSET LENGTH RANGE
{
    tail -c +$(($1 + 1)) a | head -c "$2" >wanted
    silent "$PITH" -dc --range="$3" a.pith >got
    same got wanted
}
part 0 10 0:10
part 0 10 :10
part 65530 20 65530:20
part 70000 200000 70000:200000
part 131072 1024 128KiB:1K
part 299990 10 299990:
part 299990 10 299990:100000
part 0 300000 0:
silent "$PITH" -d -T3 --range=60000:150000 -o b a.pith
tail -c +60001 a | head -c 150000 | cmp - b || fail "-T3 -o"
cat a.pith a.pith >two.pith
silent "$PITH" -dc --range=299000:2000 two.pith >got
cat a a | tail -c +299001 | head -c 2000 | cmp - got || fail "two frames"
silent "$PITH" -dc --range=5:5 <a.pith >got
[ "$(cat got)" = "$(head -c 10 a | tail -c 5)" ] || fail "stdin, a file"
silent "$PITH" -d --range=5:5 - <a.pith >got
[ "$(cat got)" = "$(head -c 10 a | tail -c 5)" ] || fail "stdin by its name"
cat a.pith | silent "$PITH" -dc --range=5:5 >got
[ "$(cat got)" = "$(head -c 10 a | tail -c 5)" ] || fail "stdin, a pipe"
"$PITH" -1 -c </dev/null >empty.pith
silent "$PITH" -dc --range=0:10 empty.pith >got
[ ! -s got ] || fail "an empty archive"
complains 1 'a.pith: --range begins at byte 300000, the content has 300000' "$PITH" -dc --range=300000:1 a.pith
complains 1 'begins at byte 999999999' "$PITH" -dc --range=999999999:1 a.pith
for bad in '' 5 : 5:-1 x:1 1:x ' 1:1' 1:1:1 99999999999999999999:1 18446744073709551615:5 1:1MB; do
    complains 1 "^pith: --range: '$bad' is not a range" "$PITH" -dc --range="$bad" a.pith
done
complains 1 'goes with -d' "$PITH" -c --range=0:1 a
complains 1 'goes with -d' "$PITH" -t --range=0:1 a.pith
complains 1 'with -o' "$PITH" -d --range=0:1 a.pith
complains 1 'exclude' "$PITH" -d --rm --range=0:1 -o c a.pith
complains 1 'exclude' "$PITH" -dc --keep-going --range=0:1 a.pith
# Damage elsewhere does no harm; damage within gives what is before it, exit code 2.
cp a.pith bad.pith
flip bad.pith $(($(len_of a.pith) / 2)) 4
silent "$PITH" -dc --range=0:60000 bad.pith >got
head -c 60000 a | cmp - got || fail "before the damage"
expect 2 "$PITH" -dc --range=0: bad.pith >got 2>err
[ $(($(len_of got) % 65536)) = 0 ] && head -c "$(len_of got)" a | cmp - got || fail "what came out"
grep -q '^pith: bad.pith: byte [0-9]*: ' err || fail "$(cat err)"
complains 2 'not a pith archive' "$PITH" -dc --range=0:1 a
complains 4 'allow more with -M' "$PITH" -dc -M64K --range=0:1 a.pith
clean
