# A bad file does not stop the others; the worst exit code is the one returned.
. "$CLI_LIB"
text 1000 >a
cp a b
silent "$PITH" -1 a b
cp a.pith bad.pith
flip bad.pith $(($(len_of bad.pith) / 2)) 4
rm a b
expect 2 "$PITH" -d nothere.pith bad.pith a.pith b.pith 2>err
same a b
[ "$(wc -l <err)" = 2 ] || fail "$(cat err)"
absent bad
expect 1 "$PITH" -t a.pith nothere.pith b.pith 2>err
expect 2 "$PITH" -qqt nothere.pith bad.pith b.pith 2>err
[ ! -s err ] || fail "-qq is not silent"
cp a.pith new.pith
flip new.pith 4 64
expect 4 "$PITH" -t nothere.pith new.pith 2>err
expect 2 "$PITH" -t new.pith bad.pith nothere.pith 2>err
clean
