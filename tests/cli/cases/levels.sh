# Every level comes back, and says which it is.
. "$CLI_LIB"
text 20000 >a
for level in 1 2 3 4 5 6 7 8 9; do
    "$PITH" -$level -c a >a.$level || fail "level $level"
    "$PITH" -dc a.$level | cmp - a || fail "level $level does not come back"
    [ "$(len_of a.$level)" -lt 20000 ] || fail "level $level does not compress"
    "$PITH" -l a.$level | awk -v level=$level '$NF == "a." level' | grep -q " $level " ||
        fail "-l of level $level"
done
"$PITH" -c a | cmp - a.5 || fail "the default is not 5"
