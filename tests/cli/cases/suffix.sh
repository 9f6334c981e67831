# -S, and names that do not fit.
. "$CLI_LIB"
text 1000 >a
silent "$PITH" -1 -S .pp a
mv a b
silent "$PITH" -d -S .pp a.pp
same a b
complains 1 'a.pp: does not end in .pith' "$PITH" -d a.pp
cp a.pp .pith
complains 1 '^pith: ./.pith: does not end' "$PITH" -d ./.pith
"$PITH" -dc a.pp | cmp - a || fail "-dc with any name"
silent "$PITH" -d -o c a.pp
same a c
mv a.pp a.pith
complains 1 'ends in .pith already' "$PITH" -1 a.pith
silent "$PITH" -1 -f a.pith
"$PITH" -dc a.pith.pith | cmp - a.pith || fail "twice"
