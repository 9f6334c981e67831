# Wrong options: one line each, exit code 1, nothing written.
. "$CLI_LIB"
text 300 >a
for options in -19 -12 -0 -1x --level=0 --level=10 --level=05x --level= --level=-1 '--level= 1' \
    -T-1 -Tx -T1x -T99999999999999999999 -M0 -M -Mx -M-1 -M1KB -M1.5G -M1GiBx -M1kib \
    -M99999999999999999999 -M16777216T --block-size=0 --block-size=1Q --no-such --force=1 \
    -e3 -Sa/b; do
    "$PITH" -c $options a >out 2>err && fail "accepted: $options"
    expect 1 "$PITH" -c $options a >out 2>err
    [ "$(wc -l <err)" = 1 ] || fail "$options: $(cat err)"
    [ ! -s out ] || fail "$options wrote"
done
complains 1 'not a level: use 1 to 9' "$PITH" --level=10 a
complains 1 'one digit' "$PITH" -k19 a
complains 1 'unknown option --bogus' "$PITH" --bogus a
complains 1 'unknown option -j' "$PITH" -kj a
complains 1 'unknown option --keep=3' "$PITH" --keep=3 a
complains 1 'option -o needs a value' "$PITH" a -o
complains 1 'option -T needs a value' "$PITH" a --threads
complains 1 'not several' "$PITH" -o b a a
complains 1 'beside each input' "$PITH" -r -o b a
complains 1 'beside each input' "$PITH" -r -o b .
complains 1 'needs directories' "$PITH" -r
complains 1 'exclude' "$PITH" -c -o b a
complains 1 'nothing is written' "$PITH" -t -o b a
complains 1 'needs files' "$PITH" -b
complains 1 'there is none' "$PITH" -b -5 -e2 a
complains 1 'PITH_LEVEL' env PITH_LEVEL=10 "$PITH" a
complains 1 'PITH_LEVEL' env PITH_LEVEL=x "$PITH" a
complains 1 'PITH_NBTHREADS' env PITH_NBTHREADS=-2 "$PITH" a
complains 1 'not a suffix' "$PITH" -S '' a
absent a.pith b
"$PITH" -1 -c a >a.p
PITH_LEVEL=99 "$PITH" -dc a.p | cmp - a || fail "a bad level keeps from unpacking"
