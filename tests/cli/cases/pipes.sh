# Standard input and output, as files and as pipes, with and without "-".
. "$CLI_LIB"
text 20000 >a
"$PITH" -1 <a >a.p || fail "file to file"
cat a | "$PITH" -1 | "$PITH" -d | cmp - a || fail "pipes"
cat a | "$PITH" -1 - | "$PITH" -d - | cmp - a || fail "-"
cat a | "$PITH" -1 -c | "$PITH" -dc | cmp - a || fail "-c"
"$PITH" -d <a.p | cmp - a || fail "decode from a file"
cat a | "$PITH" -1 -o b.pith || fail "-o from stdin"
"$PITH" -dc b.pith | cmp - a || fail "decode -o"
"$PITH" -1 -c - a <a >two || fail "- among names"
cat a a >aa
"$PITH" -dc two | cmp - aa || fail "two inputs to one output"
printf '' | "$PITH" -1 | "$PITH" -d | cmp - /dev/null || fail "nothing"
printf x | "$PITH" -1 | "$PITH" -d >x
[ "$(cat x)" = x ] || fail "one byte"
(sleep 0.2; cat a; sleep 0.2; cat a) | "$PITH" -1 | "$PITH" -d | cmp - aa || fail "slow pipe"
