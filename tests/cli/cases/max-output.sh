# --max-output: no archive gives out more, and the refusal names the way out.
. "$CLI_LIB"
text 200000 >a
expect 0 "$PITH" -1 --block-size=64KiB a
rm a
complains 4 '^pith: a.pith: .* the limit is 199999: allow more with --max-output$' "$PITH" -d --max-output=199999 a.pith
absent a
complains 4 'the limit is' "$PITH" -t --max-output=100K a.pith
silent "$PITH" -d --max-output=200000 a.pith
# A stream whose length its header does not say stops within a chunk.
"$PITH" -1 -c --block-size=64KiB <a >s.pith
"$PITH" -dc --max-output=150000 s.pith >out 2>err
[ $? = 4 ] || fail "exit code"
[ "$(len_of out)" = 131072 ] || fail "$(len_of out) bytes"
head -c 131072 a | cmp - out || fail "other bytes"
# A bomb of a hundred bytes.
head -c 300000000 /dev/zero | "$PITH" -1 -c >bomb.pith
[ "$(len_of bomb.pith)" -lt 200 ] || fail "$(len_of bomb.pith) bytes"
complains 4 'the limit is' "$PITH" -dc --max-output=1M bomb.pith
complains 4 'the limit is' "$PITH" -dc --keep-going --max-output=1M bomb.pith
# A part is held to it as well: by its own length, not by where it stands.
rm a
text 200000 >a
complains 4 '^pith: a.pith: the range has 100 bytes, the limit is 99: allow more with --max-output$' \
    "$PITH" -dc --range=150000:100 --max-output=99 a.pith
complains 4 'the range has 50000 bytes' "$PITH" -d -o part --range=150000: --max-output=49999 a.pith
absent part
silent "$PITH" -dc --range=150000:100 --max-output=100 a.pith >part
silent "$PITH" -dc --range=199900:1T --max-output=100 a.pith >part
[ "$(len_of part)" = 100 ] || fail "$(len_of part) bytes"
complains 1 'not a size' "$PITH" -d --max-output=0 a.pith
complains 1 'goes with -d and -t' "$PITH" -1 --max-output=1M -c a
clean
