# --ablate's moving line on a terminal and only there, gone at the end; SIGUSR1.
. "$CLI_LIB"
need_terminal
text 400000 >a
line='a: run [0-9]* of [0-9]*  0:[0-9][0-9]  0:[0-9][0-9] left *$'
sizes() { sed -E 's/ +[0-9]+\.[0-9]{3}(  |$)/ S\1/' "$1"; }
"$PITH" --ablate -1 a >plain 2>said
[ ! -s said ] || fail "progress without a terminal: $(cat said)"
sizes plain >sizes

expect 0 terminal e -- "$PITH" --ablate -1 --progress a >out
grep -q '^a: run 1  0:00 *$' screen || fail "no first line: $(cat -v screen)"
grep -q "^$line" screen || fail "no line: $(cat -v screen)"
[ -z "$(tail -1 screen | tr -d ' ')" ] || fail "progress stays: $(cat -v screen)"
sizes out | cmp - sizes || fail "the rows: $(cat out)"

# By itself it comes after half a second, but not in the middle of a pipeline.
cat a a >b
expect 0 terminal e -- "$PITH" --ablate -1 b >out
grep -q '^b: run ' screen || fail "no line: $(cat -v screen)"
expect 0 terminal e -- sh -c '"$PITH" --ablate -1 a | cat >out'
[ ! -s screen ] || fail "a line in the middle of a pipeline: $(cat -v screen)"
expect 0 terminal e -- "$PITH" --ablate -1q b >out
[ ! -s screen ] || fail "-q: $(cat -v screen)"

"$PITH" --ablate -1 b >out 2>said &
pid=$!
sleep 0.3
kill -USR1 $pid
wait $pid || fail "SIGUSR1 ended it"
grep -q '^b: run [0-9]' said || fail "SIGUSR1: $(cat said)"
[ "$(wc -l <said)" = 1 ] || fail "more than one line: $(cat said)"
