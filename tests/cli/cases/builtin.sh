# Built-in priors: by default where they help, named by -l, left out by --no-prior.
. "$CLI_LIB"
printf 'The committee will meet on Thursday afternoon; please let us know whether you can come.\n' >note
expect 0 "$PITH" -qk note
expect 0 "$PITH" -qk --no-prior -o plain.pith note
[ "$(wc -c <note.pith)" -lt "$(wc -c <plain.pith)" ] || fail "the built-in prior gains nothing"
"$PITH" -lv note.pith | grep -q 'built-in prior [1-9]' || fail "-lv does not name it"
"$PITH" -lv plain.pith | grep -q 'built-in' && fail "-lv names one that is not used"
"$PITH" -lv --json note.pith | grep -q '"builtin_prior": [1-9]' || fail "JSON does not name it"
"$PITH" -lv --json plain.pith | grep -q '"builtin_prior": null' || fail "JSON names one"
"$PITH" -dc note.pith | cmp - note || fail "note does not come back"
"$PITH" -dc plain.pith | cmp - note || fail "note does not come back without"
expect 0 "$PITH" -qk -4 --no-prior -o a.pith note
expect 0 "$PITH" -qk -4 -o b.pith note
cmp a.pith b.pith || fail "level 4 uses one"
complains 1 'exclude each other' "$PITH" --no-prior -D x.prior -c note
