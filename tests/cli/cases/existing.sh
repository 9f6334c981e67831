# An existing output is refused, and replaced with -f.
. "$CLI_LIB"
text 1000 >a
echo old >a.pith
complains 1 '^pith: a.pith: exists' "$PITH" -1 a
[ "$(cat a.pith)" = old ] || fail "touched"
silent "$PITH" -1 -f a
"$PITH" -dc a.pith | cmp - a || fail "-f"
echo changed >a
complains 1 '^pith: a: exists' "$PITH" -d a.pith
[ "$(cat a)" = changed ] || fail "touched"
silent "$PITH" -df a.pith
[ "$(len_of a)" = 1000 ] || fail "-df"
complains 1 'exists' "$PITH" -1 -o a.pith a
mkdir d
complains 1 '^pith: d: is a directory' "$PITH" -1 -f -o d a
ln -s nowhere dangling
complains 1 '^pith: dangling: exists' "$PITH" -1 -o dangling a
ln -s a.pith leads
silent "$PITH" -1 -f -o leads a
[ ! -h leads ] || fail "wrote through a link"
clean
