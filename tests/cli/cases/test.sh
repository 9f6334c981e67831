# -t: silent and 0, or not.
. "$CLI_LIB"
text 70000 >a
expect 0 "$PITH" -1 a
silent "$PITH" -t a.pith
silent "$PITH" -t <a.pith
silent "$PITH" --test -k a.pith a.pith
[ "$(find . -type f | wc -l)" = 2 ] || fail "-t wrote files"
"$PITH" -tv a.pith 2>err || fail "-tv"
grep -q '^pith: a.pith: ' err || fail "-v says nothing"
