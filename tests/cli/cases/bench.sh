# -b measures what it is asked for and finds that everything comes back.
. "$CLI_LIB"
text 20000 >a
text 3000 >b
silent "$PITH" -b -1 -e2 a b >table
[ "$(wc -l <table)" = 7 ] || fail "$(cat table)"
tail -1 table | grep -q '2 files$' || fail "$(cat table)"
silent "$PITH" -b2 a >table
[ "$(wc -l <table)" = 2 ] || fail "-b2: $(cat table)"
awk 'NR == 2 && $1 == 2 && $2 < 20000 && $3 > 1 { good = 1 } END { exit !good }' table ||
    fail "$(cat table)"
"$PITH" -2 -c a >a.p
awk -v n="$(len_of a.p)" 'NR == 2 && $2 == n { good = 1 } END { exit !good }' table ||
    fail "packed bytes differ from the command's"
[ "$("$PITH" -b a | wc -l)" = 10 ] || fail "all levels"
complains 1 'only regular files' "$PITH" -b -f -1 /dev/null >table
expect 1 "$PITH" -b -1 nothere b >table 2>err
grep -q 'nothere: No such file' err || fail "$(cat err)"
absent a.pith b.pith
