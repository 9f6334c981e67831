# unpith and pithcat.
. "$CLI_LIB"
text 5000 >a
ln -s "$PITH" unpith
ln -s "$PITH" pithcat
silent "$PITH" -1 a
./pithcat a.pith | cmp - a || fail pithcat
mv a b
silent ./unpith a.pith
same a b
./unpith <a.pith | cmp - a || fail "unpith as a filter"
